"""Intervals are the extents of explicit index sets, and the figures of the literature."""

from __future__ import annotations

from fractions import Fraction

import pytest
from axis_operations import (
    Op,
    dilated,
    gentle,
    known,
    operations,
    then,
    windows,
)
from bruteforce import (
    convolution,
    reaches,
    sliced,
    transposed_convolution,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import INPUT, Access, Interval


@settings(max_examples=80)
@given(st.lists(gentle, min_size=1, max_size=4))
def test_the_interval_of_a_chain_is_the_extent_of_every_unit(ops: list[Op]) -> None:
    interval = then(*(access for access, _ in ops))
    layers = [reads for _, reads in ops]
    for unit in range(-3, 2 * interval.period + 3):
        seen = reaches(layers, unit)
        assert interval.span(unit) == ((min(seen), max(seen)) if seen else None)


@settings(max_examples=60)
@given(st.lists(operations, min_size=1, max_size=3))
def test_chains_of_any_ratio_agree_too(ops: list[Op]) -> None:
    interval = then(*(access for access, _ in ops))
    layers = [reads for _, reads in ops]
    for unit in range(min(2 * interval.period, 40)):
        seen = reaches(layers, unit)
        assert interval.span(unit) == ((min(seen), max(seen)) if seen else None)


@settings(max_examples=60)
@given(st.lists(gentle, max_size=3), st.lists(windows, max_size=2), st.lists(windows, max_size=2))
def test_a_union_holds_what_either_branch_sees(trunk: list[Op], left: list[Op], right: list[Op]) -> None:
    a, b = (then(*(access for access, _ in trunk + branch)) for branch in (left, right))
    both = field.union(a, b)
    assert (both is not None) == (a.jump == b.jump)
    if both is None:
        return
    for unit in range(2 * both.period):
        seen = [reaches([reads for _, reads in trunk + branch], unit) for branch in (left, right)]
        every = seen[0] | seen[1]
        assert both.span(unit) == ((min(every), max(every)) if every else None)


@settings(max_examples=80)
@given(st.lists(gentle, min_size=1, max_size=4))
def test_properties_follow_from_the_spans(ops: list[Op]) -> None:
    interval = then(*(access for access, _ in ops))
    spans = [interval.span(unit) for unit in range(interval.period)]
    sizes = [hi - lo + 1 for lo, hi in filter(None, spans)]
    assert interval.size == (min(sizes, default=0), max(sizes, default=0))
    assert interval.start == (spans[0] and spans[0][0])
    if not sizes:
        assert interval.hull is None
        return
    hull = interval.hull
    assert hull is not None
    assert hull[0] == interval.jump
    seen = [(phase, span) for phase, span in enumerate(spans) if span]
    assert min(lo - hull[0] * phase for phase, (lo, _) in seen) == hull[1]
    assert max(hi - hull[0] * phase for phase, (_, hi) in seen) == hull[2]


@settings(max_examples=80)
@given(st.lists(gentle, min_size=1, max_size=4))
def test_no_fewer_phases_say_the_same(ops: list[Op]) -> None:
    interval = then(*(access for access, _ in ops))
    for period in range(1, interval.period):
        if interval.period % period == 0 and interval.step * period % interval.period == 0:
            by = interval.step * period // interval.period
            moved_on = [interval.span(unit + period) for unit in range(interval.period)]
            here = [interval.span(unit) for unit in range(interval.period)]
            assert moved_on != [span and (span[0] + by, span[1] + by) for span in here]


@pytest.mark.parametrize(
    ("layers", "sizes"),
    [
        (dilated(1, 1, 1, 1), [3, 5, 7, 9]),
        (dilated(1, 2, 4), [3, 7, 15]),
        (dilated(1, 1, 2, 4, 8, 16, 1), [3, 5, 9, 17, 33, 65, 67]),
        ([field.window(3, 2), field.window(2, 1)], [3, 5]),
        ([field.window(3, 2), field.window(5, 1)], [3, 11]),
        ([field.window(3, 1, 1), field.window(5, 1, 2)], [3, 7]),
        ([field.window(9), field.window(1), field.window(5)], [9, 9, 13]),
        ([field.window(4, 2, 1)] * 3 + [field.window(4, 1, 1)] * 2, [4, 10, 22, 46, 70]),
        ([field.window(2, 1, 0, 2**i) for i in range(10)], [2**i for i in range(1, 11)]),
    ],
    ids=["plain", "doubling", "context module", "strided", "stride first", "3 then 5", "9-1-5", "PatchGAN", "causal"],
)
def test_sizes_after_each_layer(layers: list[Access], sizes: list[int]) -> None:
    assert [then(*layers[:count]).size[1] for count in range(1, len(layers) + 1)] == sizes


VGG16 = [2, 2, 3, 3, 3]


def test_vgg16_sees_212_positions_in_steps_of_32() -> None:
    interval = then(*(a for block in VGG16 for a in [field.window(3, 1, 1)] * block + [field.window(2, 2)]))
    assert (interval.size, interval.jump, interval.start) == ((212, 212), Fraction(32), -90)


@pytest.mark.parametrize(
    ("kernel", "stride", "dilation", "dead"), [(2, 3, 1, 1), (3, 2, 2, 1), (1, 4, 1, 3), (4, 2, 1, 0)]
)
def test_phases_that_no_tap_reaches_see_nothing(kernel: int, stride: int, dilation: int, dead: int) -> None:
    interval = then(field.transposed(kernel, stride, 0, dilation))
    assert interval.lo.count(None) == interval.hi.count(None) == dead


def test_dead_phases_come_back_to_life_when_a_convolution_reads_past_them() -> None:
    assert then(field.transposed(1, 2, 0, 1), field.window(2)) == Interval(1, (0, 1), (0, 1))
    assert then(field.transposed(1, 2, 0, 1), field.strided(1, 2)) == Interval(1, (None,), (None,))


@pytest.mark.parametrize("kernel", [2, 3, 4, 7, 50])
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("flip", [1, -1])
def test_windows_look_past_dead_phases(kernel: int, dilation: int, flip: int) -> None:
    accesses = [field.transposed(2, 5, 1, 1), field.strided(1, flip), field.window(kernel, 2, 3, dilation)]
    layers = [transposed_convolution(2, 5, 1, 1), sliced(1, flip), convolution(kernel, 2, 3, dilation)]
    interval = then(*accesses)
    for unit in range(2 * interval.period):
        seen = reaches(layers, unit)
        assert interval.span(unit) == ((min(seen), max(seen)) if seen else None)


def test_a_dead_phase_is_not_reduced_away() -> None:
    assert then(field.window(2, 2), field.transposed(1, 2, 1, 1)) == Interval(2, (None, 2), (None, 3))


def test_branches_of_different_periods_meet_in_a_common_one() -> None:
    halves = then(field.window(2, 2), field.repeated(2))
    thirds = then(field.window(3, 3), field.repeated(3))
    both = field.union(halves, thirds)
    assert both == Interval(6, (0, 0, 0, 2, 3, 3), (2, 2, 3, 5, 5, 5))


def test_branches_that_fill_each_other_s_gaps_have_one_phase() -> None:
    even = then(field.window(2, 2), field.transposed(1, 2, 0, 1))
    odd = then(field.window(2, 2, 1), field.transposed(1, 2, 1, 1))
    assert field.union(even, odd) == Interval(1, (0,), (1,))


def test_what_goes_up_and_comes_down_has_one_phase_again() -> None:
    assert then(field.repeated(4), field.window(4, 4)) == INPUT
    assert then(field.window(2, 2), field.repeated(2)).period == 2
    assert then(field.window(2, 2), field.repeated(2)).jump == 1


def test_too_many_phases_are_not_followed() -> None:
    sixty_four = known(field.repeated(64))
    assert then(sixty_four, sixty_four).period == 4096
    assert then(sixty_four, sixty_four).through(known(field.repeated(2))) is None
