"""Segments whose units skip positions in a grid: which are found, and what share of their window is read."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import N, Network, T

from rflint.checks._grids import Grid, grids, has_grid
from rflint.field import Positions

Rates = Any
"""One rate for both axes, or one for each."""


def chain(net: Network, x: T, *rates: Rates, kernel: int = 3) -> T:
    for rate in rates:
        x = net.conv(x, k=kernel, dilation=rate, path=f"conv{len(net.uses)}")
    return x


def found(*rates: Rates, rank: int = 2) -> list[Grid]:
    """The grids in a chain of convolutions with these dilations."""
    net = Network(x=(N, 8, *(99,) * rank))
    return grids(net.trace(chain(net, net.input(), *rates)))


def shares(*rates: Rates, rank: int = 2) -> list[tuple[int, Fraction, int]]:
    """The number of layers of each grid, the share that is read, over so many axes."""
    return [(len(grid.steps), grid.share, grid.axes) for grid in found(*rates, rank=rank)]


def test_a_chain_of_two_equal_dilations() -> None:
    [grid] = found(2, 2)
    assert [step.use.path for step in grid.steps] == ["conv0", "conv1"]
    assert grid.seen.extent == 9
    assert grid.seen.count == 5
    assert (grid.share, grid.axes) == (Fraction(25, 81), 2)


@pytest.mark.parametrize(
    ("rates", "rank", "expected"),
    [
        ((2, 2), 1, [(2, Fraction(5, 9), 1)]),
        ((2, 2), 3, [(2, Fraction(125, 729), 3)]),
        ((2,), 1, []),
        ((1, 2), 1, []),
        ((1, 1), 1, []),
        ((), 1, []),
        ((1, 2, 3), 1, []),
        ((3, 3, 1), 1, []),
        ((1, 4, 4), 1, [(3, Fraction(15, 19), 1)]),
        ((2, (2, 1)), 2, [(2, Fraction(5, 9), 2)]),
        (((2, 1), (2, 1)), 2, [(2, Fraction(25, 45), 2)]),
        (((1, 2), (1, 2)), 2, [(2, Fraction(25, 45), 2)]),
    ],
)
def test_grids_of_chains(rates: tuple[Rates, ...], rank: int, expected: list[Any]) -> None:
    assert shares(*rates, rank=rank) == expected


def test_a_grid_has_a_hole_in_the_central_half() -> None:
    """Of eight positions the central ones are the third to the sixth."""
    assert [has_grid(Positions(10, 0b11111111 ^ 1 << hole)) for hole in range(1, 7)] == [False, *[True] * 4, False]
    assert has_grid(Positions(0, 0b101))
    assert not has_grid(Positions(0, 0b1))
    assert not has_grid(Positions(-3, 0b111))


@given(st.integers(2, 9), st.integers(1, (1 << 12) - 1), st.integers(-9, 9))
def test_multiples_of_something_are_a_grid(apart: int, some: int, offset: int) -> None:
    bits = sum(1 << apart * at for at in range(12) if some >> at & 1)
    if some & (some - 1):
        assert has_grid(Positions(offset, bits))


def test_nothing_is_said_of_layers_in_constructor_order() -> None:
    net = Network(x=(N, 8, 99, 99))
    x = chain(net, net.input(), 2, 2)
    assert len(grids(net.trace(x))) == 1
    assert grids(net.trace(x, order="constructor")) == []
    trace = net.trace(x)
    assert grids(trace) is grids(trace)


def test_of_two_grids_with_a_layer_in_common_the_later_is_told() -> None:
    net = Network(x=(N, 8, 99, 99))
    trunk = chain(net, net.input(), 2, 2)
    ends = [chain(net, trunk, 2), chain(net, trunk, 2)]
    [grid] = grids(net.trace(*ends))
    assert [step.use.path for step in grid.steps] == ["conv0", "conv1", "conv3"]
    net = Network(x=(N, 8, 99, 99))
    ends = [chain(net, net.input(), 2, 2), chain(net, net.input(), 3, 3)]
    assert [[step.use.path for step in grid.steps] for grid in grids(net.trace(*ends))] == [
        ["conv2", "conv3"],
        ["conv0", "conv1"],
    ]


def test_a_way_with_one_dilated_layer_is_no_chain() -> None:
    """Beside a chain of two dilated layers a branch of one: not every way has two."""
    net = Network(x=(N, 8, 99, 99))
    x = net.input()
    wide = chain(net, chain(net, x, 2, 2))
    side = net.conv(x, dilation=4, path="side")
    assert grids(net.trace(net.join(wide, side))) == []


def test_the_emptiest_of_several_starts_is_told() -> None:
    """Two inputs meet: from one of them units read 5 of 9 rows, from the other 9 of 33."""
    net = Network(x=(N, 8, 99, 99), y=(N, 8, 99, 99))
    met = net.cat(chain(net, net.input("x"), 2, 2), chain(net, net.input("y"), 8, 8))
    [grid] = grids(net.trace(net.conv(met, k=1, path="last")))
    assert [step.use.path for step in grid.steps][:2] == ["conv2", "conv3"]
    assert grid.share == Fraction(25, 33 * 33)


def test_an_axis_along_which_too_much_is_seen_is_left_out() -> None:
    net = Network(x=(N, 8, 99, 1 << 23))
    [grid] = grids(net.trace(chain(net, net.input(), (2, 1 << 20), (2, 1 << 20))))
    assert (grid.share, grid.axes) == (Fraction(5, 9), 1)


def test_an_axis_along_which_two_are_seen_counts() -> None:
    net = Network(x=(N, 8, 99, 99))
    x = net.conv(net.input(), k=(3, 1), dilation=2, path="first")
    [one] = grids(net.trace(net.conv(x, k=(3, 1), dilation=2, path="second")))
    assert (one.share, one.axes) == (Fraction(5, 9), 1)
    net.uses.pop()
    [two] = grids(net.trace(net.conv(x, k=(3, 2), dilation=(2, 1), path="second")))
    assert (two.share, two.axes) == (Fraction(5, 9), 2)
