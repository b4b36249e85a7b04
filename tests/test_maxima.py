"""Where the maxima of a pool may lie, against a list of all its windows."""

from __future__ import annotations

from itertools import product
from math import log2, prod
from typing import NamedTuple

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from networks import H, Network

from rflint.checks._maxima import MOST, chance_within
from rflint.dims import Size


class Axis(NamedTuple):
    """How a pool slides along an axis of so many positions."""

    n: int
    kernel: int = 2
    stride: int = 2
    dilation: int = 1
    padding: int = 0

    @property
    def m(self) -> int:
        return (self.n + 2 * self.padding - self.dilation * (self.kernel - 1) - 1) // self.stride + 1

    def taps(self, place: int) -> list[int]:
        found = (place * self.stride - self.padding + tap * self.dilation for tap in range(self.kernel))
        return [at for at in found if 0 <= at < self.n]


def chance(axes: list[Axis], *after: Size, channels: Size = 1) -> float:
    """What is said of the maxima of a pool."""
    net = Network(x=(1, channels, *(axis.n for axis in axes)))
    names = {"kernel_size": "kernel", "stride": "stride", "dilation": "dilation", "padding": "padding"}
    args = {name: tuple(getattr(axis, field) for axis in axes) for name, field in names.items()}
    net.use(f"MaxPool{len(axes)}d", [(net.input(), [])], (1, channels, *(axis.m for axis in axes)), "pool", args)
    return chance_within(net.uses[0], len(axes), (1, channels, *after))


def listed(axes: list[Axis], end: int) -> float:
    """The same of each window by itself, multiplied over all."""
    left = 1.0
    for places in product(*(range(axis.m) for axis in axes)):
        taps = list(product(*(axis.taps(place) for axis, place in zip(axes, places, strict=True))))
        beyond = [tap for tap in taps if index(axes, tap) >= end]
        left *= 1 - len(beyond) / len(taps) if taps else 1
    return left


def index(axes: list[Axis], at: tuple[int, ...]) -> int:
    return sum(one * prod(axis.n for axis in axes[number + 1 :]) for number, one in enumerate(at))


axis = st.builds(Axis, *(st.integers(1, most) for most in (12, 4, 4, 3)), st.integers(0, 2))


def is_taken(axes: list[Axis]) -> bool:
    return all(one.m > 0 and 2 * one.padding <= one.kernel for one in axes)


@given(st.lists(axis, min_size=1, max_size=3))
@example([Axis(2, 2, 1, 2, 1)])
@example([Axis(2, 2, 1, 3, 1), Axis(4)])
@example([Axis(9, 3, 2, 1, 1), Axis(4)])
def test_the_last_index(axes: list[Axis]) -> None:
    assume(is_taken(axes))
    reached = [{at for place in range(one.m) for at in one.taps(place)} for one in axes]
    last = index(axes, tuple(max(taps, default=0) for taps in reached))
    ones = [1] * (len(axes) - 1)
    assert chance(axes, *ones, last + 1) == 1
    assert (chance(axes, *ones, last) < 1) is all(reached)


@given(axis, st.integers(-2, 14))
@example(Axis(2), 0)
def test_windows_that_share_no_position(one: Axis, end: int) -> None:
    assume(is_taken([one]) and one.stride > one.dilation * (one.kernel - 1))
    beyond = [sum(at >= end for at in one.taps(place)) for place in range(one.m)]
    assert chance([one], end) == pytest.approx(prod(1 - number / one.kernel for number in beyond))


def test_of_windows_that_share_positions_the_last_counts() -> None:
    assert chance([Axis(5, 3, 1)], 3) == pytest.approx(1 / 3)
    assert chance([Axis(2), Axis(12, 6, 3)], 1, 17) == pytest.approx(1 / 2 * 11 / 12)
    assert chance([Axis(2, 2, 1, 2, 1)], 1) == 1 / 2


@given(st.lists(axis, min_size=1, max_size=2), st.integers(1, 150))
@example([Axis(1, 2, 1, 2, 1), Axis(2, 1, 1)], 1)
def test_the_chance_is_no_less_than_that_of_all_windows(axes: list[Axis], end: int) -> None:
    assume(is_taken(axes))
    found, exact = chance(axes, *([1] * (len(axes) - 1)), end), listed(axes, end)
    assert exact <= found + 1e-12
    assert (found < 1) is (exact < 1)


def test_each_channel_has_maxima_of_its_own() -> None:
    assert chance([Axis(9)], 7) == 1 / 2
    assert chance([Axis(9)], 7, channels=3) == 1 / 8
    assert chance([Axis(9)], 7, channels=H) == 1 / 2
    assert chance([Axis(5), Axis(5)], 4, 4) == 3 / 8


def test_the_chances_that_the_page_names() -> None:
    assert round(1 / chance([Axis(33), Axis(33)], 32, 32)) == 43691
    assert round(log2(chance([Axis(33), Axis(33)], 32, 32, channels=8))) == -123


def test_windows_that_read_nothing_have_no_maximum() -> None:
    assert chance([Axis(5), Axis(1, 2, 1, 2, 1), Axis(2)], 1, 1, 1) == 1
    assert chance([Axis(1, 1, 1), Axis(9)], 1, 7) == 1 / 2


def test_what_is_not_known_may_lie_within() -> None:
    assert chance([Axis(9)], H) == 1
    net = Network(x=(1, 1, H))
    args = {"kernel_size": (2,), "stride": (2,), "dilation": (1,), "padding": (0,)}
    net.use("MaxPool1d", [(net.input(), [])], (1, 1, H // 2), "pool", args)
    assert chance_within(net.uses[0], 1, (1, 1, 3)) == 1


def test_absurd_pools_take_no_time() -> None:
    wide = Axis(10**12, 10**11, 10**11)
    assert chance([wide], 10**12 - 1) == 1 - 1e-11
    assert chance([wide], 0) == 0
    assert chance([wide, Axis(4)], 1, 4 * (10**12 - 1)) < 1 == chance([wide, Axis(4)], 1, 4 * 10**12)
    tall, broad = Axis(10**4, 10**4, 10**4), Axis(10**9, 10**4, 10**4)
    assert chance([tall, broad], 10**4 - 1, 10**9) == pytest.approx((1 - 1e-4) ** MOST, rel=1e-9)
