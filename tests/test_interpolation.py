"""Accesses of interpolation read the indices that torch computes."""

from __future__ import annotations

from axis_operations import (
    known,
    reads_of,
)
from bruteforce import (
    nearest_exact_index,
    nearest_index,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint import field
from rflint.field import IDENTITY


@settings(max_examples=80)
@given(st.integers(1, 150), st.integers(1, 150))
def test_nearest_reads_the_index_that_torch_computes(n: int, m: int) -> None:
    access, exact = known(field.nearest(n, m)), known(field.nearest_exact(n, m))
    for i in range(m):
        assert reads_of(access, i) == {nearest_index(i, n, m)}
        assert reads_of(exact, i) == {nearest_exact_index(i, n, m)}


@settings(max_examples=60)
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
