"""Which taps of a convolution meet its input, against counting, and where the question has no answer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from networks import H, Network

from rflint.checks._layers import Window
from rflint.checks._taps import MOST_TAPS, is_beyond, is_live, live_taps, places_on_map, share_on_map
from rflint.trace import Use

small = st.integers(1, 5)
windows = st.builds(Window, small, small, small, st.integers(0, 9))


def conv(*size: Any, **about: Any) -> Use:
    """A convolution of a map of this size."""
    net = Network(x=(1, 8, *size))
    net.conv(net.input(), **about)
    return net.uses[0]


@given(windows, st.integers(1, 9), st.integers(1, 9), st.integers(0, 4))
def test_places_are_counted(one: Window, n: int, m: int, tap: int) -> None:
    read = [one.stride * i - one.padding // 2 + one.dilation * tap for i in range(m)]
    count = sum(0 <= at < n for at in read)
    assert places_on_map(one, tap, n, m) == count
    assert is_live(one, tap, n, m) is (count > 0)


def test_taps_are_counted_axis_by_axis() -> None:
    use = conv(1, 4, k=(3, 5), padding=(1, 2))
    assert live_taps(use) == [(1, 3), (5, 5)]
    assert share_on_map(use) == Fraction(1, 3) * Fraction(14, 20)
    assert live_taps(conv(4, k=MOST_TAPS, padding=MOST_TAPS)) == [(MOST_TAPS, MOST_TAPS)]


@pytest.mark.parametrize(
    "about",
    [
        {"padding_mode": "reflect"},
        {"unknown": ("padding_mode",)},
        {"unknown": ("kernel_size",)},
        {"more": {"conditional": "on a branch"}},
        {"k": 9, "padding": 0},
        {"k": MOST_TAPS + 1, "padding": MOST_TAPS},
        {"base": "ConvTranspose"},
    ],
    ids=["other padding", "padding of any kind", "unknown", "may not run", "no output", "absurd", "transposed"],
)
def test_nothing_is_said_of_what_is_not_known_or_does_not_matter(about: dict[str, Any]) -> None:
    use = conv(4, **({"padding": 1} | about))
    assert (live_taps(use), share_on_map(use), is_beyond(use)) == ([], None, False)


def test_sizes_are_known() -> None:
    assert live_taps(conv(4, H, padding=1)) == []
    assert live_taps(conv(H, padding=1)) == []
    use = conv(4, padding=1)
    assert live_taps(use) == [(3, 3)]
    for output in (None, (1, 8, H), (1, 8, 0)):
        assert live_taps(replace(use, output=output)) == []
    operand = use.operands[0]
    for shape in (None, (1, 8, 0)):
        assert live_taps(replace(use, operands=(replace(operand, shape=shape),))) == []
    assert live_taps(replace(use, operands=())) == []


def test_a_map_of_one_position_has_a_tap_each() -> None:
    assert live_taps(conv(1, padding=1)) == [(1, 3)]


def test_a_function_pads_with_zeros() -> None:
    use = conv(1, padding=1, path="", unknown=("padding_mode",))
    assert live_taps(use) == [(1, 3)]


@pytest.mark.parametrize(
    ("size", "about", "answer"),
    [
        ((4,), {"padding": 4, "dilation": 4}, True),
        ((5,), {"padding": 4, "dilation": 4}, False),
        ((2,), {"padding": 2, "dilation": 2}, True),
        ((1,), {"padding": 1}, False),
        ((3,), {"k": 1, "dilation": 4}, False),
        ((1, 64), {"padding": (1, 9), "dilation": (1, 9)}, False),
        ((64, 4), {"padding": (1, 4), "dilation": (1, 4)}, True),
    ],
)
def test_taps_lie_further_apart_than_the_map_is_large(size: tuple[int, ...], about: Any, answer: bool) -> None:
    assert is_beyond(conv(*size, **about)) is answer
