"""Accesses, intervals and exact sets agree with explicit index sets, and with the figures of the literature."""

from __future__ import annotations

import random
from fractions import Fraction
from functools import reduce

import pytest
from bruteforce import (
    Reads,
    adaptive,
    block,
    cell_sums,
    convolution,
    copies,
    cubic_spline,
    moved,
    nearest_exact_index,
    nearest_index,
    reaches,
    sliced,
    tent,
    transposed_convolution,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import IDENTITY, INPUT, Access, Interval, Positions, spread

Op = tuple[Access, Reads]


def reads_of(access: Access, output: int) -> frozenset[int]:
    """The definition in Access's docstring."""
    turn, phase = divmod(output, len(access.taps))
    return frozenset(access.step * turn + t for t in access.taps[phase])


def known(access: Access | None) -> Access:
    assert access is not None
    return access


def then(*accesses: Access | None) -> Interval:
    """The field after these operations, in order."""
    interval = INPUT
    for access in accesses:
        after = interval.through(known(access))
        assert after is not None
        interval = after
    return interval


def backwards(accesses: list[Access | None], unit: int = 0) -> set[int]:
    needed = Positions(unit, 1)
    for access in reversed(accesses):
        read = spread(needed, known(access))
        assert read is not None
        needed = read
    return set(needed)


small = st.integers(1, 5)
windows = st.builds(
    lambda k, s, p, d: (field.window(k, s, p, d), convolution(k, s, p, d)),
    small,
    st.integers(1, 3),
    st.integers(0, 4),
    st.integers(1, 4),
)
transposes = st.builds(
    lambda k, s, p, d: (known(field.transposed(k, s, p, d)), transposed_convolution(k, s, p, d)),
    small,
    st.integers(1, 4),
    st.integers(0, 4),
    st.integers(1, 4),
)
slices = st.one_of(
    st.builds(lambda by: (field.shifted(by), moved(by)), st.integers(-5, 5)),
    st.builds(
        lambda start, step: (field.strided(start, step), sliced(start, step)),
        st.integers(-4, 4),
        st.sampled_from((-3, -1, 2, 3)),
    ),
)
pixels = st.one_of(
    st.builds(lambda r: (field.blocks(r), block(r)), small),
    st.builds(lambda r: (known(field.repeated(r)), copies(r)), small),
)
sizes = st.integers(1, 9)
bin_pools = st.builds(lambda n, m: (known(field.bins(n, m)), adaptive(n, m)), sizes, sizes)


@st.composite
def interpolations(draw: st.DrawFn) -> Op:
    n, m, aligned = draw(sizes), draw(sizes), draw(st.booleans())
    make, shape = draw(st.sampled_from(((field.linear, tent), (field.cubic, cubic_spline))))
    aligned = aligned and m > 1
    rate = Fraction(n - 1, m - 1) if aligned else Fraction(n, m)
    return known(make(n, m, aligned)), shape(rate, aligned)


upsampled = st.builds(lambda r: (known(field.linear_by(r)), tent(Fraction(1, r))), st.integers(1, 5))
operations = st.one_of(windows, transposes, slices, pixels, bin_pools, interpolations(), upsampled)
gentle = st.one_of(windows, windows, transposes, slices, pixels, upsampled)


@settings(max_examples=150, deadline=None)
@given(operations, st.integers(-20, 20))
def test_an_access_reads_what_the_operation_reads(op: Op, output: int) -> None:
    access, reads = op
    assert reads_of(access, output) == reads(output)


@settings(max_examples=80, deadline=None)
@given(st.lists(gentle, min_size=1, max_size=4))
def test_the_interval_of_a_chain_is_the_extent_of_every_unit(ops: list[Op]) -> None:
    interval = then(*(access for access, _ in ops))
    layers = [reads for _, reads in ops]
    for unit in range(-3, 2 * interval.period + 3):
        seen = reaches(layers, unit)
        assert interval.span(unit) == ((min(seen), max(seen)) if seen else None)


@settings(max_examples=60, deadline=None)
@given(st.lists(operations, min_size=1, max_size=3))
def test_chains_of_any_ratio_agree_too(ops: list[Op]) -> None:
    interval = then(*(access for access, _ in ops))
    layers = [reads for _, reads in ops]
    for unit in range(min(2 * interval.period, 40)):
        seen = reaches(layers, unit)
        assert interval.span(unit) == ((min(seen), max(seen)) if seen else None)


@settings(max_examples=150, deadline=None)
@given(st.lists(operations, min_size=1, max_size=4), st.integers(-9, 9))
def test_the_exact_set_of_a_chain(ops: list[Op], unit: int) -> None:
    assert backwards([access for access, _ in ops], unit) == reaches([reads for _, reads in ops], unit)


@settings(max_examples=60, deadline=None)
@given(operations, st.sets(st.integers(-30, 30)))
def test_an_operation_reads_the_union_for_many_positions(op: Op, outputs: set[int]) -> None:
    access, reads = op
    needed = reduce(joined, (Positions(output, 1) for output in outputs), Positions())
    assert set(needed) == outputs
    read = spread(needed, access)
    assert read is not None
    assert set(read) == {x for output in outputs for x in reads(output)}


def joined(a: Positions, b: Positions) -> Positions:
    both = a.union(b)
    assert both is not None
    return both


@settings(max_examples=60, deadline=None)
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


@settings(max_examples=80, deadline=None)
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


@settings(max_examples=80, deadline=None)
@given(st.lists(gentle, min_size=1, max_size=4))
def test_no_fewer_phases_say_the_same(ops: list[Op]) -> None:
    interval = then(*(access for access, _ in ops))
    for period in range(1, interval.period):
        if interval.period % period == 0 and interval.step * period % interval.period == 0:
            by = interval.step * period // interval.period
            moved_on = [interval.span(unit + period) for unit in range(interval.period)]
            here = [interval.span(unit) for unit in range(interval.period)]
            assert moved_on != [span and (span[0] + by, span[1] + by) for span in here]


@settings(max_examples=80, deadline=None)
@given(st.lists(windows, min_size=1, max_size=5))
def test_back_to_front_gives_the_same_size_and_start(ops: list[Op]) -> None:
    size, start = 1, 0
    for access, _ in reversed(ops):
        taps = access.taps[0]
        size, start = ((size - 1) * access.step + taps[-1] - taps[0] + 1, start * access.step + taps[0])
    interval = then(*(access for access, _ in ops))
    assert (interval.size, interval.start) == ((size, size), start)


# Figures that everyone can look up.


def dilated(*dilations: int, kernel: int = 3) -> list[Access | None]:
    return [field.window(kernel, 1, d * (kernel - 1) // 2, d) for d in dilations]


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
    ("dilations", "count", "extent"),
    [
        ((2, 2, 2), 7, 13),
        ((1, 2, 9), 21, 25),
        ((2, 4, 8), 15, 29),
        ((4, 8, 16), 15, 57),
        ((3, 4, 5), 21, 25),
        ((5, 9, 17), 27, 63),
        ((2, 4, 8, 16), 31, 61),
        ((2,) * 6, 13, 25),
        ((3, 3, 3), 7, 19),
        ((2, 3), 9, 11),
        ((2, 3, 5), 19, 21),
        ((3, 5), 9, 17),
        ((6, 12, 18), 13, 73),
        ((1, 2, 5), 17, 17),
        ((1, 2, 5, 9), 35, 35),
        ((1, 3, 9), 27, 27),
    ],
)
def test_positions_reached_by_dilated_convolutions(dilations: tuple[int, ...], count: int, extent: int) -> None:
    layers = dilated(*dilations)
    found = Positions(0, 1)
    for access in layers:
        found = spread(found, known(access)) or Positions()
    assert (found.count, found.extent) == (count, extent)
    assert found.extent == then(*layers).size[0]
    assert bool(found.holes) == (count < extent) == field.holes_in_chain([3] * len(dilations), dilations)


def test_a_set_with_holes_describes_itself() -> None:
    found = spread(spread(Positions(10, 1), field.window(3, 1, 0, 2)) or Positions(), field.window(2, 1, 0, 8))
    assert found is not None
    assert list(found) == [10, 12, 14, 18, 20, 22]
    assert (found.count, found.extent, found.gcd, found.pattern) == (6, 13, 2, "#.#.#...#.#.#")
    assert found.holes == (range(11, 12), range(13, 14), range(15, 18), range(19, 20), range(21, 22))


def test_the_empty_set_and_a_single_position() -> None:
    empty, one = Positions(), Positions(7, 1)
    assert (empty.count, empty.extent, empty.holes, empty.pattern, empty.gcd, list(empty)) == (0, 0, (), "", 0, [])
    assert (one.count, one.extent, one.holes, one.pattern, one.gcd, list(one)) == (1, 1, (), "#", 0, [7])
    assert one.union(empty) == empty.union(one) == one


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from((1, 2, 3, 5)), st.integers(1, 7)), max_size=5), st.randoms())
def test_the_closed_form_finds_holes_in_any_order(layers: list[tuple[int, int]], shuffle: random.Random) -> None:
    kernels, dilations = ([kernel for kernel, _ in layers], [dilation for _, dilation in layers])
    sums = cell_sums(kernels, dilations)
    holed = len(sums) < max(sums) - min(sums) + 1
    assert field.holes_in_chain(kernels, dilations) == holed
    shuffle.shuffle(layers)
    assert field.holes_in_chain([kernel for kernel, _ in layers], [dilation for _, dilation in layers]) == holed


def test_a_stride_multiplies_the_dilations_after_it() -> None:
    # kernel 1 stride 2, then kernel 3: reads every other position
    found = backwards([field.window(1, 2), field.window(3)])
    assert found == {0, 2, 4}
    assert field.holes_in_chain([1, 3], [1, 2])


# Transposed convolutions and phases.


def test_a_transposed_convolution_has_one_set_of_taps_per_phase() -> None:
    # kernel 3, stride 2: even outputs read two inputs, odd ones read one
    assert field.transposed(3, 2, 0, 1) == Access(1, (range(-1, 1), range(1)))
    assert field.transposed(3, 2, 1, 1) == Access(1, (range(1), range(2)))
    assert field.transposed(4, 2, 1, 1) == Access(1, (range(-1, 1), range(2)))


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


def test_a_flip_turns_a_set_around() -> None:
    assert set(spread(Positions(3, 0b1011), field.strided(10, -1)) or ()) == {7, 6, 4}
    assert set(spread(Positions(3, 0b1011), field.strided(0, -3)) or ()) == {-9, -12, -18}


def test_what_goes_up_and_comes_down_has_one_phase_again() -> None:
    assert then(field.repeated(4), field.window(4, 4)) == INPUT
    assert then(field.window(2, 2), field.repeated(2)).period == 2
    assert then(field.window(2, 2), field.repeated(2)).jump == 1


def test_identities_are_one_object() -> None:
    same = [
        field.window(1),
        field.shifted(0),
        field.strided(0, 1),
        field.repeated(1),
        field.blocks(1),
        field.bins(5, 5),
    ]
    same += [field.nearest(5, 5), field.nearest_exact(5, 5), field.linear(5, 5, True), field.cubic(5, 5, False)]
    assert all(access is IDENTITY for access in [*same, field.transposed(1, 1, 0, 1), field.linear_by(1)])


# Interpolation.


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 150), st.integers(1, 150))
def test_nearest_reads_the_index_that_torch_computes(n: int, m: int) -> None:
    access, exact = known(field.nearest(n, m)), known(field.nearest_exact(n, m))
    for i in range(m):
        assert reads_of(access, i) == {nearest_index(i, n, m)}
        assert reads_of(exact, i) == {nearest_exact_index(i, n, m)}


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 60), st.sampled_from((0.5, 0.25, 0.3, 1.5, 1.3, 2.0, 3.0, 3.3, 7.9)))
def test_nearest_uses_the_given_scale(n: int, scale: float) -> None:
    m = int(n * scale)
    if m and (m not in (n, 2 * n) or scale == m / n):
        access = known(field.nearest(n, m, scale))
        assert [reads_of(access, i) for i in range(m)] == [{nearest_index(i, n, m, scale)} for i in range(m)]


def test_nearest_never_reads_past_the_end() -> None:
    assert [set(reads_of(known(field.nearest(3, 9, 1.5)), i)) for i in (3, 4, 8)] == [{2}, {2}, {2}]


def test_float32_may_land_one_lower() -> None:
    access = known(field.nearest(28, 46))
    assert 23 * 28 / 46 == 14
    assert reads_of(access, 23) == {13}


def test_doubling_by_another_scale_depends_on_the_kernel() -> None:
    assert field.nearest(10, 20, 2.0) == field.nearest(10, 20) == field.repeated(2)
    assert field.nearest(10, 20, 2.05) is None
    assert field.nearest(10, 10, 1.05) is None
    assert field.nearest(1, 2, 2.5) == field.repeated(2)


def test_ratios_are_reduced_to_their_period() -> None:
    assert known(field.nearest(7, 28)).taps == (range(1),) * 4
    assert known(field.bins(14, 7)) == field.window(2, 2)
    assert len(known(field.linear(28, 42, False)).taps) == 3
    assert len(known(field.linear(33, 65, True)).taps) == 2


def test_linear_by_an_odd_factor_hits_samples_exactly() -> None:
    assert [len(taps) for taps in known(field.linear_by(3)).taps] == [2, 1, 2]
    assert [len(taps) for taps in known(field.linear_by(2)).taps] == [2, 2]


def test_one_output_with_aligned_corners_reads_the_first_position() -> None:
    assert reads_of(known(field.linear(5, 1, True)), 0) == reads_of(known(field.cubic(5, 1, True)), 0) == {0}


def test_a_scale_stands_for_the_fraction_that_is_meant() -> None:
    assert field.linear(10, 11, False, 1.1) == field.linear(10, 11, False)
    assert field.linear(30, 10, False, 1 / 3) == field.strided(1, 3)
    assert field.linear(10, 10, False, 1.05) is IDENTITY


# Bounds: what would be too much is None, not an answer.


@pytest.mark.parametrize(
    "access",
    [
        field.transposed(3, 5000, 0, 1),
        field.transposed(3, 0, 0, 1),
        field.repeated(5000),
        field.repeated(0),
        field.bins(7, 5003),
        field.bins(7, 0),
        field.linear(7, 5003, False),
        field.linear(0, 5, False),
        field.linear(5, 5003, False, 3.14159265),
        field.linear(5, 7, False, float("nan")),
        field.nearest(10**9, 10**9 + 1),
        field.nearest(5, 0, 0.0),
        field.nearest_exact(5, 7, float("inf")),
        field.cubic(7, 10**30, True),
        field.linear_by(5000),
        field.linear_by(0),
    ],
)
def test_maps_without_a_reasonable_period_are_not_described(access: Access | None) -> None:
    assert access is None


def test_too_many_phases_are_not_followed() -> None:
    sixty_four = known(field.repeated(64))
    assert then(sixty_four, sixty_four).period == 4096
    assert then(sixty_four, sixty_four).through(known(field.repeated(2))) is None


def test_huge_windows_cost_nothing() -> None:
    huge = field.window(10**30, 1, 10**29)
    assert then(huge).size == (10**30, 10**30)
    assert then(field.repeated(2), huge).size == (10**30 // 2, 10**30 // 2 + 1)
    assert spread(Positions(0, 1), huge) is None
    assert spread(Positions(0, 0b11), field.strided(0, 10**30)) is None
    assert Positions(0, 1).union(Positions(10**30, 1)) is None
