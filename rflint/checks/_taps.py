"""Which taps of a convolution ever meet its input, and how many: a small map lets the outer ones fall on padding."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import NamedTuple

from rflint.checks._layers import Window, is_convolution, spatial_rank, windows
from rflint.checks._places import is_constructed
from rflint.trace import Use

MOST_TAPS = 1 << 12
"""Larger kernels are not looked at, so that absurd numbers take no time."""


class Line(NamedTuple):
    """A spatial axis of a convolution: its window, and how many positions there are before and behind it."""

    window: Window
    n: int
    m: int


def live_taps(use: Use) -> list[tuple[int, int]]:
    """For each spatial axis: how many taps of the kernel read a position of the input at least once, and of how many.

    [] where that is not known, or does not matter, see `lines`.
    """
    return [(sum(is_live(one, tap, n, m) for tap in range(one.kernel)), one.kernel) for one, n, m in lines(use)]


def lines(use: Use) -> list[Line]:
    """The spatial axes of a convolution.

    [] where they are not known, or do not matter: sizes that depend on symbols, padding that is not zeros.
    """
    shape, rank = use.operands[0].shape if use.operands else None, spatial_rank(use)
    zeros = use.layer.args.get("padding_mode", None if is_constructed(use) else "zeros") == "zeros"
    if shape is None or use.output is None or use.conditional or not zeros or not is_convolution(use):
        return []
    found = list[Line]()
    for one, n, m in zip(windows(use), shape[-rank:], use.output[-rank:], strict=False):
        if not isinstance(n, int) or not isinstance(m, int) or one is None or one.kernel > MOST_TAPS or min(n, m) < 1:
            return []
        found.append(Line(one, n, m))
    return found


def is_live(one: Window, tap: int, n: int, m: int) -> bool:
    """Whether the tap reads a position of the map anywhere."""
    return places_on_map(one, tap, n, m) > 0


def is_beyond(use: Use) -> bool:
    """Whether the taps of a dilated convolution lie further apart, on an axis with dead ones, than the map is large."""
    pairs = zip(lines(use), live_taps(use), strict=True)
    return any(live < kernel and 1 < one.dilation >= n for (one, n, _), (live, kernel) in pairs)


def share_on_map(use: Use) -> Fraction | None:
    """Of all pairs of an output position and a tap, the share whose tap falls on the map; None where not known."""
    shares = [
        Fraction(sum(places_on_map(one, tap, n, m) for tap in range(one.kernel)), one.kernel * m)
        for one, n, m in lines(use)
    ]
    return prod(shares, start=Fraction(1)) if shares else None


def places_on_map(one: Window, tap: int, n: int, m: int) -> int:
    """For how many output positions i < m the tap reads a position of the map: 0 ≤ s·i - p + d·t < n.

    Of an odd total of padding the left part is less.
    """
    offset = one.dilation * tap - one.padding // 2
    first, behind = max(0, -(offset // one.stride)), -((offset - n) // one.stride)  # i with 0 ≤ s·i + offset < n
    return max(0, min(m, behind) - first)
