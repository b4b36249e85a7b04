"""RF201: dilated convolutions in a row leave rows between their taps that no unit after them can see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod

from rflint.checks import rule
from rflint.checks._layers import is_convolution
from rflint.checks._places import place_of
from rflint.checks._segments import Graph, Node, Step, ends, fewest_dilated, graph, reached, way
from rflint.diagnostics import Finding
from rflint.field import Positions
from rflint.geometry.schedules import dense_rates, extent
from rflint.trace import Trace

MOST_RATES = 8
"""So many rates at most stand in a message."""


@rule("RF201", "gridding-holes", "warning", fix="hint")
def gridding_holes(trace: Trace) -> Iterator[Finding]:
    """Whether units at the end of a segment skip rows of its start, behind two or more dilated layers on every way."""
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
            yield finding(steps, seen, share(links, end, start))


def gridded(links: Graph, end: Node) -> tuple[Node, Positions] | None:
    """The start of the segment of which a unit at its end reads the smallest share, if it reads it with such holes."""
    starts = reached(links, end) or {}
    holed = [(start, seen) for start, seen in starts.items() if has_grid(seen)]
    return min(holed, key=lambda pair: Fraction(pair[1].count, pair[1].extent), default=None)


def has_grid(seen: Positions) -> bool:
    """Whether there is a hole in the central half, or all positions are multiples of something (from the first on)."""
    quarter = Fraction(seen.extent, 4)
    central = (seen.offset + quarter, seen.offset + 3 * quarter)
    return seen.gcd > 1 or any(hole.start < central[1] and hole.stop > central[0] for hole in seen.holes)


def share(links: Graph, end: Node, start: Node) -> tuple[Fraction, int]:
    """The share of the window that is read, over all axes of the two tensors, and how many these are."""
    axes = [node for node in links if node[0] == end[0]]
    sets = [seen for axis in axes for at, seen in (reached(links, axis) or {}).items() if at[0] == start[0]]
    wide = [Fraction(seen.count, seen.extent) for seen in sets if seen.extent > 1]
    return prod(wide, start=Fraction(1)), len(wide)


def finding(steps: Sequence[Step], seen: Positions, window: tuple[Fraction, int]) -> Finding:
    """The finding at the dilation of the first dilated layer; the others are related."""
    chain = [step for step in steps if step.link.kernel > 1 and is_convolution(step.use)]
    kernels, rates = [step.link.kernel for step in chain], [step.link.dilation for step in chain]
    read, axes = window
    most = "" if all(step.alone for step in steps) else "at most "
    part = f"{most}{round(100 * read)} %" + (" of the window" if axes > 1 else "")
    lattice = f", only multiples of {seen.gcd}" if seen.gcd > 1 else ""
    better = dense_rates(kernels, extent(kernels, rates))
    message = (
        f"dilations {listed(rates)} reach {seen.count} of {seen.extent} rows ({part}){lattice}; "
        f"{listed(better)} reach all of {extent(kernels, better)}"
    )
    first, *others = [step for step in chain if step.link.dilation > 1]
    place = place_of(first.use, "dilation")
    related = dict.fromkeys((place_of(one.use, "dilation"), f"dilation {one.link.dilation}") for one in others)
    elsewhere = tuple(pair for pair in related if pair[0] != place)
    return Finding(place, message, elsewhere, tuple(step.use.index for step in chain), use=chain[-1].use.index)


def listed(rates: Sequence[int]) -> str:
    """Rates as messages write them, the first ones if they are many."""
    return ", ".join(map(str, rates[:MOST_RATES])) + (", …" if len(rates) > MOST_RATES else "")
