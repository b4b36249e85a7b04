"""Dilation schedules against an enumeration of all that are allowed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rflint.field import holes_in_chain
from rflint.schedules import dense_rates, extent


@cache
def allowed(kernels: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All schedules that start with 1, do not decrease and never dilate by more than what is filled before."""
    widest = max(kernels) ** (len(kernels) - 1)
    every = combinations_with_replacement(range(1, widest + 1), len(kernels))
    return [rates for rates in every if rates[0] == 1 and never_ahead(kernels, rates)]


def never_ahead(kernels: Sequence[int], rates: Sequence[int]) -> bool:
    return all(rate <= extent(kernels[:at], rates[:at]) for at, rate in enumerate(rates))


@pytest.mark.parametrize("kernels", [(3,), (2, 2), (3, 3), (5, 5), (2, 2, 2), (3, 3, 3), (2, 2, 2, 2)])
def test_no_schedule_comes_nearer_or_has_a_smaller_last_rate(kernels: tuple[int, ...]) -> None:
    for wanted in range(max(extent(kernels, rates) for rates in allowed(kernels)) + 4):
        found = dense_rates(kernels, wanted)
        best = min((abs(extent(kernels, rates) - wanted), rates[-1]) for rates in allowed(kernels))
        assert (abs(extent(kernels, found) - wanted), found[-1]) == best


@given(st.lists(st.sampled_from((2, 3, 5, 7)), min_size=1, max_size=12), st.integers(0, 10**6))
def test_every_schedule_is_dense(kernels: list[int], wanted: int) -> None:
    rates = dense_rates(kernels, wanted)
    assert rates[0] == 1
    assert rates == sorted(rates)
    assert never_ahead(kernels, rates)
    assert not holes_in_chain(kernels, rates)


def test_density_is_what_the_rates_may_not_outgrow() -> None:
    for rates in product(range(1, 8), repeat=3):
        if list(rates) == sorted(rates):
            assert holes_in_chain((3, 3, 3), rates) is not never_ahead((3, 3, 3), rates)


@pytest.mark.parametrize(
    ("kernels", "wanted", "rates"),
    [
        ([3] * 3, 13, [1, 2, 3]),
        ([3] * 3, 29, [1, 3, 9]),
        ([3] * 6, 25, [1, 2, 2, 2, 2, 3]),
        ([2] * 10, 1024, [2**i for i in range(10)]),
        ([3] * 4, 9, [1, 1, 1, 1]),
        ([3, 5], 10**9, [1, 3]),
        ([], 7, []),
    ],
)
def test_schedules_that_are_known(kernels: list[int], wanted: int, rates: list[int]) -> None:
    assert dense_rates(kernels, wanted) == rates


def test_a_kernel_of_1_has_no_rate() -> None:
    with pytest.raises(ValueError, match="one position"):
        dense_rates([3, 1], 9)
