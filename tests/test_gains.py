"""The gridding index against explicit sums, and figures that are known."""

from __future__ import annotations

import cmath
from math import pi

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rflint.geometry.gains import gain, gridding_index, lattices


@given(st.integers(1, 9), st.integers(1, 20), st.integers(2, 24), st.data())
def test_the_gain_is_that_of_the_mean_of_the_taps(kernel: int, dilation: int, q: int, data: st.DataObject) -> None:
    m = data.draw(st.integers(1, q - 1))
    taps = [cmath.exp(2j * pi * m * dilation * t / q) for t in range(kernel)]
    assert gain(kernel, dilation, m, q) == pytest.approx(abs(sum(taps)) / kernel, abs=1e-12)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=5))
def test_the_index_is_the_greatest_gain_of_all_frequencies(dilations: list[int]) -> None:
    impulse = [1.0]
    for d in dilations:
        wider = [0.0] * (len(impulse) + 2 * d)
        for at, value in enumerate(impulse):
            for tap in (0, d, 2 * d):
                wider[at + tap] += value / 3
        impulse = wider
    spectrum = [
        abs(sum(v * cmath.exp(-2j * pi * m * at / q) for at, v in enumerate(impulse)))
        for q in range(2, max(dilations) + 1)
        for m in range(1, q)
    ]
    assert gridding_index([3] * len(dilations), dilations) == pytest.approx(max(spectrum, default=0.0), abs=1e-9)


@pytest.mark.parametrize(
    ("dilations", "index"),
    [
        ((2, 2, 2), 1.0),
        ((2, 4, 8), 1.0),
        ((1, 2, 9), 0.38),
        ((1, *(2,) * 6), 1 / 3),
        ((1, 2, 4, 8), 1 / 3),
        ((1, 2, 5), 0.11),
        ((1, 2, 3), 0.11),
        ((1, 1, 2, 4, 8, 16, 1), 0.077),
        ((1, 1, 1, *(2,) * 6), 0.037),
        ((1, 1), 0.0),
    ],
)
def test_figures_that_are_known(dilations: tuple[int, ...], index: float) -> None:
    assert gridding_index([3] * len(dilations), dilations) == pytest.approx(index, abs=0.005)


def test_a_kernel_of_1_changes_nothing() -> None:
    assert gridding_index([1, 3, 1], [9, 2, 9]) == gridding_index([3], [2]) == 1.0


def test_lattices_are_named_once() -> None:
    assert list(lattices(5)) == [(1, 2), (1, 3), (1, 4), (1, 5), (2, 5)]


def test_very_coarse_lattices_are_not_looked_at() -> None:
    assert gridding_index([3, 3], [1, 257]) is None
    assert gridding_index([3, 1], [1, 9]) == 0.0
    assert gridding_index([1], [9]) == gridding_index([], []) == 0.0
    assert gridding_index([2, 3], [2, 1]) == 1 / 3


def test_the_coarsest_lattice_that_is_looked_at() -> None:
    assert gridding_index([3], [256]) == 1.0
    assert gridding_index([3], [257]) is None
