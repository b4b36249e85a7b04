"""Which taps of a convolution ever meet its input, and how many: a small map lets the outer ones fall on padding."""

from __future__ import annotations

from fractions import Fraction
from math import prod

from rflint.checks._layers import Window, is_convolution, spatial_rank, window
from rflint.checks._places import is_constructed
from rflint.trace import Use

MOST_TAPS = 1 << 12
"""Larger kernels are not looked at, so that absurd numbers take no time."""


def live_taps(use: Use) -> list[tuple[int, int]]:
    """For each spatial axis: how many taps of the kernel read a position of the input at least once, and of how many.

    [] where that is not known, or does not matter: sizes that depend on symbols, padding that is not zeros.
    """
    shape, rank = use.operands[0].shape if use.operands else None, spatial_rank(use)
    zeros = use.layer.args.get("padding_mode", None if is_constructed(use) else "zeros") == "zeros"
    if shape is None or use.output is None or use.conditional or not zeros or not is_convolution(use):
        return []
    found = list[tuple[int, int]]()
    for axis in range(rank):
        n, m, one = shape[axis - rank], use.output[axis - rank], window(use, axis)
        if not isinstance(n, int) or not isinstance(m, int) or one is None or one.kernel > MOST_TAPS or min(n, m) < 1:
            return []
        found.append((sum(is_live(one, tap, n, m) for tap in range(one.kernel)), one.kernel))
    return found


def is_live(one: Window, tap: int, n: int, m: int) -> bool:
    """Whether 0 ≤ s·i - p + d·t < n for an output position i < m; of an odd total of padding the left part is less."""
    offset = one.dilation * tap - one.padding // 2
    first = max(0, -(offset // one.stride))  # the first i with s·i + offset ≥ 0
    return first < m and one.stride * first + offset < n


def is_beyond(use: Use) -> bool:
    """Whether the taps of a dilated convolution lie further apart, on an axis with dead ones, than the map is large."""
    rank = spatial_rank(use)
    for axis, (live, kernel) in enumerate(live_taps(use)):
        one, size = window(use, axis), (use.operands[0].shape or ())[axis - rank]
        if live < kernel and one and one.dilation > 1 and isinstance(size, int) and one.dilation >= size:
            return True
    return False


def share_on_map(use: Use) -> Fraction | None:
    """Of all pairs of an output position and a tap, the share whose tap falls on the map; None where not known."""
    shape, rank, shares = use.operands[0].shape if use.operands else None, spatial_rank(use), list[Fraction]()
    if shape is None or use.output is None or not live_taps(use):
        return None
    for axis in range(rank):
        n, m, one = shape[axis - rank], use.output[axis - rank], window(use, axis)
        if not isinstance(n, int) or not isinstance(m, int) or one is None:
            return None
        shares.append(Fraction(sum(places_on_map(one, tap, n, m) for tap in range(one.kernel)), one.kernel * m))
    return prod(shares, start=Fraction(1))


def places_on_map(one: Window, tap: int, n: int, m: int) -> int:
    """For how many output positions i < m the tap reads a position of the map: 0 ≤ s·i - p + d·t < n."""
    offset = one.dilation * tap - one.padding // 2
    first, behind = max(0, -(offset // one.stride)), -((offset - n) // one.stride)
    return max(0, min(m, behind) - first)
