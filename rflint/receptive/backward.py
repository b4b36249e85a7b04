"""Receptive fields back to front: from one unit through the graph, as exact sets of positions."""

from __future__ import annotations

from collections.abc import Sequence

from rflint.field import IDENTITY, Positions, spread
from rflint.receptive.edges import inside
from rflint.receptive.forward import fields
from rflint.receptive.links import Link, Links, links_along
from rflint.receptive.reduced import Reduced, reduced_along
from rflint.trace import Trace


def reached(trace: Trace, use: int, name: str, axis: int, unit: int | None = None) -> Positions | None:
    """The exact set of positions of input `name` that a unit of a use reads, along spatial axis 0, 1, … (the third on).

    Unclipped.  Without `unit`: that of an interior unit, the first that sees anything.  Global branches are left out;
    where nothing local is left, it is the set from before.  None if a read on the way is not known, or too far.
    """
    if axis + 1 > len(fields(trace)[use].get(name, ())):
        return None
    links = links_along(trace, name, axis)
    start, pooled = represented(links, use)
    if start == name:
        return Positions(0 if pooled else unit or 0, 1)
    if not isinstance(start, int):
        return None
    if unit is None or pooled:
        return _reached_by_any(trace, start, name, axis)
    return _along_reduced(reduced_along(trace, name, axis), start, name, unit)


def represented(links: Sequence[Links], use: int) -> tuple[int | str | None, bool]:
    """The tensor whose units see the same: before pointwise operations, and (then True) before pooling."""
    at: int | str | None = use
    pooled = False
    while isinstance(at, int) and (local := links[at].local) is not None:
        if not local:
            at, pooled = links[at].pooled, True
        elif len(local) == 1 and local[0].access is IDENTITY:
            at = local[0].source
        else:
            break
    return at, pooled


def _reached_by_any(trace: Trace, use: int, name: str, axis: int) -> Positions | None:
    known: dict[tuple[int, str, int], Positions | None] = trace.memo.setdefault("reached", {})
    key = (use, name, axis)
    if key not in known:
        unit = interior_unit(trace, use, name, axis)
        known[key] = _along_reduced(reduced_along(trace, name, axis), use, name, unit)
    return known[key]


def interior_unit(trace: Trace, use: int | str | None, name: str, axis: int) -> int:
    """A unit that stands for all: the first phase that sees anything, the middle one where branches differ in jump."""
    if not isinstance(use, int):
        return 0
    output, seen = trace.uses[use].output, fields(trace)[use][name][axis]
    if len(seen.maps) > 1:
        size = output[seen.at] if output is not None and seen.at is not None else None
        return size // 2 if isinstance(size, int) else 0
    lows = seen.maps[0].lo if seen.maps else ()
    return next((phase for phase, lo in enumerate(lows) if lo is not None), 0)


def footprint(trace: Trace, use: int, name: str, axis: int, unit: int) -> Positions | None:
    """The positions of input `name` that really exist and that a unit reads, at the sizes of the trace.

    As `reached`, without padding: what lies beyond the ends of any tensor on the way is dropped, or is what circular,
    mirrored or repeated padding puts there.  None also if a size on the way is not a number.
    """
    if axis + 1 > len(fields(trace)[use].get(name, ())):
        return None
    links: dict[int | str, Links] = dict(enumerate(links_along(trace, name, axis)))
    return _backwards(links, use, name, unit, clipped=True)


Node = int | str | tuple[int | str, int]
"""A tensor, or one of its parts."""


def _along_reduced(graph: Reduced, use: int, name: str, unit: int) -> Positions | None:
    """The set without ends."""
    start = graph.stands_for.get(use, use)
    return Positions(unit, 1) if start == name else _backwards(graph.links, start, name, unit)


def _backwards(
    links: dict[int | str, Links], start: int | str, name: str, unit: int, clipped: bool = False
) -> Positions | None:
    needed: dict[Node, Positions] = {start: Positions(unit, 1)}
    for index, one in reversed(links.items()):
        if not one.parts:
            positions = needed.pop(index, None)
            if positions is not None and not _followed(needed, positions, one.local, clipped):
                return None
            continue
        for number, local in enumerate(one.parts):
            positions = needed.pop((index, number) if len(one.parts) > 1 else index, None)
            if positions is not None and not _followed(needed, positions, local, clipped):
                return None
        if index in needed:
            return None
    return needed.get(name, Positions())


def _followed(needed: dict[Node, Positions], positions: Positions, links: Sequence[Link] | None, clipped: bool) -> bool:
    """Add what links read for these positions to what is needed of their sources; False if that is not known."""
    if links is None:
        return False
    for link in links:
        read = spread(positions, link.access)
        if clipped and read is not None:
            read = inside(read, link.size, link.edge) if isinstance(link.size, int) else None
        source: Node = link.source if link.part is None else (link.source, link.part)
        other = needed.get(source)
        merged = read if other is None or read is None else read.union(other)
        if merged is None:
            return False
        needed[source] = merged
    return True
