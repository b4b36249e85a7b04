"""Layers that would widen a field as far as is wanted: fewest, without holes, and just as far where that can be."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from rflint.checks._widening import extension, just
from rflint.field import Interval


def seeing(size: int, jump: Fraction) -> Interval:
    """What units see of which every phase sees `size` positions."""
    starts = [jump.numerator * phase // jump.denominator for phase in range(jump.denominator)]
    return Interval(jump.numerator, tuple(starts), tuple(start + size - 1 for start in starts))


def is_dense(size: int, jump: Fraction, rates: Sequence[int]) -> bool:
    """Whether no layer skips a position, each with the rate that it has."""
    seen = Fraction(size)
    for rate in rates:
        if rate * jump > seen:
            return False
        seen += 2 * rate * jump
    return True


@cache
def farthest(size: int, jump: Fraction, layers: int) -> Fraction:
    """The most that so many layers add whose rates are powers of two."""
    if layers == 0:
        return Fraction(0)
    rates = [rate for power in range(8) if (rate := 2**power) * jump <= size]
    added = [2 * rate * jump + farthest(size + int(2 * rate * jump), jump, layers - 1) for rate in rates]
    return max(added, default=Fraction(-1))


jumps = st.sampled_from([Fraction(1), Fraction(2), Fraction(3), Fraction(8), Fraction(1, 2), Fraction(3, 2)])


@given(st.integers(1, 40), jumps, st.integers(1, 200))
def test_no_fewer_layers_would_do(size: int, jump: Fraction, missing: int) -> None:
    assume(jump <= size)
    rates = extension(seeing(size, jump), missing)
    assert all(rate & (rate - 1) == 0 for rate in rates)
    assert is_dense(size, jump, rates)
    assert 0 <= 2 * jump * sum(rates) - missing < 2 * jump * rates[-1]
    if jump.denominator == 1 and missing < 60:
        assert farthest(size, jump, len(rates) - 1) < missing


@given(st.integers(1, 40), jumps, st.integers(1, 200))
def test_just_as_many_positions_where_that_can_be(size: int, jump: Fraction, missing: int) -> None:
    rates = just(seeing(size, jump), missing)
    assert bool(rates) is (jump <= size and missing % (2 * jump) == 0)
    if rates:
        assert 2 * jump * sum(rates) == missing
        assert rates == sorted(rates)
        assert is_dense(size, jump, rates)
        assert len(rates) == len(extension(seeing(size, jump), missing))


@pytest.mark.parametrize(
    ("size", "jump", "missing", "fewest", "exact"),
    [
        (1, 1, 2, [1], [1]),
        (1, 1, 6, [1, 2], [1, 2]),
        (3, 1, 12, [2, 4], [2, 4]),
        (3, 1, 10, [2, 4], [2, 3]),
        (7, 2, 100, [2, 4, 8, 16], [2, 4, 8, 11]),
        (7, 1, 9, [1, 4], []),
        (2, 4, 16, [1, 1], []),
    ],
)
def test_layers_that_are_known(size: int, jump: int, missing: int, fewest: list[int], exact: list[int]) -> None:
    at = seeing(size, Fraction(jump))
    assert (extension(at, missing), just(at, missing)) == (fewest, exact)


def test_where_all_units_see_the_same_no_layer_widens_anything() -> None:
    at = Interval(0, (0,), (3,))
    assert extension(at, 4) == just(at, 4) == []
