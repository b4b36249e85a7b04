"""Dilation schedules against an enumeration of all that are allowed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rflint.field import holes_in_chain
from rflint.geometry.schedules import covering_rates, dense_rates, extent, fewest_layers, hybrid_distances, is_hybrid


@cache
def allowed(kernels: tuple[int, ...]) -> list[tuple[int, ...]]:
    """All schedules that start with 1, do not decrease and never dilate by more than what is filled before."""
    widest = max(kernels) ** (len(kernels) - 1)
    every = combinations_with_replacement(range(1, widest + 1), len(kernels))
    return [rates for rates in every if rates[0] == 1 and never_ahead(kernels, rates)]


def never_ahead(kernels: Sequence[int], rates: Sequence[int]) -> bool:
    return all(rate <= extent(kernels[:at], rates[:at]) for at, rate in enumerate(rates))


@pytest.mark.parametrize("kernels", [(3,), (2, 2), (3, 3), (4, 4), (5, 5), (2, 2, 2), (3, 3, 3), (2, 2, 2, 2)])
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


# The fewest layers


@cache
def dense(kernel: int, layers: int) -> list[tuple[int, ...]]:
    """All dense schedules without two that differ in their order only: it does not matter."""
    every = combinations_with_replacement(range(1, kernel**layers + 1), layers)
    return [rates for rates in every if not holes_in_chain((kernel,) * layers, rates)]


def reach(kernel: int, rates: Sequence[int]) -> int:
    return extent((kernel,) * len(rates), rates)


SMALL = [(2, 4), (3, 3), (4, 2), (5, 2)]


@pytest.mark.parametrize(("kernel", "most"), SMALL)
def test_no_dense_schedule_has_fewer_layers(kernel: int, most: int) -> None:
    for wanted in range(1, kernel**most + 1):
        found = fewest_layers(kernel, wanted)
        possible = [n for n in range(most + 1) if any(reach(kernel, rates) >= wanted for rates in dense(kernel, n))]
        assert len(found) == possible[0]
        assert reach(kernel, found) >= wanted
        assert not holes_in_chain((kernel,) * len(found), found)


@pytest.mark.parametrize(("kernel", "most"), SMALL)
def test_of_as_many_layers_none_has_a_smaller_field_or_last_rate(kernel: int, most: int) -> None:
    for wanted in range(1, kernel**most + 2):
        rows = [(reach(kernel, rates), rates[-1]) for rates in dense(kernel, most) if reach(kernel, rates) >= wanted]
        found = covering_rates(kernel, most, wanted)
        assert (found and (reach(kernel, found), found[-1])) == min(rows, default=None)


@pytest.mark.parametrize(("kernel", "most"), SMALL)
def test_no_schedule_that_is_valid_by_the_hybrid_criterion_has_fewer_layers(kernel: int, most: int) -> None:
    for wanted in range(1, kernel**most + 1):
        found = fewest_layers(kernel, wanted, growth=2)
        assert is_hybrid(kernel, found)
        assert not holes_in_chain((kernel,) * len(found), found)
        rising = [rates for rates in dense(kernel, len(found) - 1) if is_hybrid(kernel, rates)] if found else []
        assert all(reach(kernel, rates) < wanted for rates in rising)


@given(st.integers(2, 9), st.integers(1, 10**9), st.sampled_from((None, 1, 2)))
def test_every_wanted_field_is_reached_without_holes(kernel: int, wanted: int, growth: int | None) -> None:
    rates = fewest_layers(kernel, wanted, growth)
    assert wanted <= reach(kernel, rates) < wanted + kernel - 1
    assert not holes_in_chain((kernel,) * len(rates), rates)
    assert growth != 2 or is_hybrid(kernel, rates)


@pytest.mark.parametrize(
    ("rates", "distances"),
    [([1, 2, 5], [1, 2, 5]), ([1, 2, 9], [3, 5, 9]), ([2, 2, 2], [2, 2, 2]), ([1, 3, 2], [2, 4, 2]), ([], [])],
)
def test_distances_of_the_hybrid_criterion(rates: list[int], distances: list[int]) -> None:
    assert hybrid_distances(rates) == distances


def test_the_hybrid_criterion() -> None:
    assert is_hybrid(3, [1, 2, 5])
    assert not is_hybrid(3, [1, 2, 9])
    assert not is_hybrid(3, [2, 2, 2])
    assert is_hybrid(3, [7]) is False
    assert is_hybrid(3, [1])


@pytest.mark.parametrize(
    ("kernel", "wanted", "growth", "rates"),
    [
        (3, 512, None, [1, 3, 9, 27, 81, 135]),
        (3, 512, 1, [1, 3, 6, 12, 24, 48, 81, 81]),
        (2, 1024, None, [2**i for i in range(10)]),
        (5, 512, None, [1, 5, 25, 97]),
        (5, 512, 2, [1, 5, 15, 45, 62]),
        (3, 1, None, []),
    ],
)
def test_fewest_layers_that_are_known(kernel: int, wanted: int, growth: int | None, rates: list[int]) -> None:
    assert fewest_layers(kernel, wanted, growth) == rates


def test_a_field_may_be_too_large_for_so_many_layers() -> None:
    assert covering_rates(3, 3, 27) == [1, 3, 9]
    assert covering_rates(3, 3, 28) is None
