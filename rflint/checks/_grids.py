"""Segments whose units skip rows between those that they read, for the dilations of the layers in them."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import NamedTuple

from rflint.checks._segments import Graph, Node, Step, ends, fewest_dilated, graph, reached, way
from rflint.field import Positions
from rflint.trace import Trace


class Grid(NamedTuple):
    """A segment with two or more dilated layers on every way: one of these, and what a unit at its end reads."""

    steps: tuple[Step, ...]
    seen: Positions
    share: Fraction
    """The share of the window that is read, over all axes of the two tensors."""
    axes: int
    """How many these are."""


def grids(trace: Trace) -> list[Grid]:
    """All such segments, the last ones first; of two with a layer in common the later one."""
    if "grids" not in trace.memo:
        trace.memo["grids"] = list(_grids(trace))
    found: list[Grid] = trace.memo["grids"]
    return found


def _grids(trace: Trace) -> Iterator[Grid]:
    if trace.order != "forward" or sum(1 for _ in trace.convolutions()) < 2:
        return
    links, told = graph(trace), set[int]()
    if sum(any(link.dilation > 1 for link in into or ()) for into in links.values()) < 2:
        return  # no way has two; most networks end here
    fewest = fewest_dilated(trace, links)
    for end in ends(trace, links):
        worst = gridded(links, end) if (fewest[end] or 0) > 1 else None
        if worst is None:
            continue
        start, seen = worst
        steps = way(trace, links, end, start)
        if not told & {step.use.index for step in steps}:
            told |= {step.use.index for step in steps}
            yield Grid(tuple(steps), seen, *share(links, end, start))


def gridded(links: Graph, end: Node) -> tuple[Node, Positions] | None:
    """The start of the segment of which a unit at its end reads the smallest share, if it reads it with such holes."""
    starts = reached(links, end) or {}
    holed = [(start, seen) for start, seen in starts.items() if has_grid(seen)]
    return min(holed, key=lambda pair: Fraction(pair[1].count, pair[1].extent), default=None)


def has_grid(seen: Positions) -> bool:
    """Whether there is a hole in the central half, as there always is where only multiples of something are read."""
    quarter = Fraction(seen.extent, 4)
    central = (seen.offset + quarter, seen.offset + 3 * quarter)
    return any(hole.start < central[1] and hole.stop > central[0] for hole in seen.holes)


def share(links: Graph, end: Node, start: Node) -> tuple[Fraction, int]:
    """The share of the window that is read, over all axes of the two tensors, and how many these are."""
    axes = [node for node in links if node[0] == end[0]]
    sets = [seen for axis in axes for at, seen in (reached(links, axis) or {}).items() if at[0] == start[0]]
    wide = [Fraction(seen.count, seen.extent) for seen in sets if seen.extent > 1]
    return prod(wide, start=Fraction(1)), len(wide)
