"""Where the maxima of a pool may lie, counted as its indices count: row by row through the map that was pooled."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from rflint.checks._layers import Window, windows
from rflint.trace import Shape, Use

MOST = 4096
"""So many of the last taps of a kernel, and of the last places, are looked at, so that absurd numbers take no time."""


class Line(NamedTuple):
    """An axis of a pool: its window, and how many positions there are before and behind it."""

    window: Window
    n: int
    m: int

    def farthest(self) -> int:
        """The last position that a tap reads at any place; -1 if none does."""
        one = self.window
        starts = [tap * one.dilation - one.padding // 2 for tap in range(one.kernel)[-MOST:]]
        ends = [(start, start + one.stride * min(self.m - 1, (self.n - 1 - start) // one.stride)) for start in starts]
        return max([-1, *(end for start, end in ends if start <= end)])

    def beyond(self, place: int, end: int) -> int:
        """How many taps read a position from `end` on at a place."""
        start, dilation = self.window.stride * place - self.window.padding // 2, self.window.dilation
        first, stop = (-((start - at) // dilation) for at in (max(end, 0), self.n))
        return max(0, min(stop, self.window.kernel) - max(first, 0))


def chance_within(pool: Use, axes: int, after: Shape) -> float:
    """The chance that all maxima lie within a map of this shape, if each tap of a window is as likely to hold its own.

    1 where no tap lies behind its end, or it is not known whether one does.  Only windows in the last row that share no
    position are looked at, and of these the taps in the last row that they read: the true chance is no greater.
    """
    shape, output, found = pool.operands[0].shape or (), pool.output or (), windows(pool)
    rows = zip(found, shape[-axes:], output[-axes:], strict=False)
    lines = [Line(one, n, m) for one, n, m in rows if one and isinstance(n, int) and isinstance(m, int)]
    room = prod(after[-axes:])
    if len(lines) < axes or not isinstance(room, int):
        return 1.0
    *others, columns = lines
    first, taps = 0, prod(line.window.kernel for line in lines)
    for line in others:
        first = first * line.n + line.farthest()
    if any(line.farthest() < 0 for line in others):
        return 1.0
    chances = (1 - beyond / taps for beyond in apart(columns, room - first * columns.n))
    return prod(chances) ** prod(size for size in shape[:-axes] if isinstance(size, int))


def apart(columns: Line, end: int) -> Iterator[int]:
    """How many taps of windows that share no position lie behind the end, the last window first."""
    last = columns.m + columns.window.extent
    for place in range(columns.m)[: -MOST - 1 : -1]:
        beyond = columns.beyond(place, end)
        if beyond and (last - place) * columns.window.stride >= columns.window.extent:
            last = place
            yield beyond
