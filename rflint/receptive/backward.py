"""Receptive fields back to front: from one unit through the graph, as exact sets of positions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rflint.field import IDENTITY, Access, Positions, spread
from rflint.receptive.axes import AxisField
from rflint.receptive.forward import fields, source_fields
from rflint.trace import Operand, Read, Trace, Use


class _Links(NamedTuple):
    """How one use reads one input axis: the tensors it reads locally, or None if one of these reads is unknown."""

    local: tuple[tuple[int | str, Access], ...] | None
    pooled: int | str | None
    """If nothing local is left: the first tensor that it reads."""


def reached(trace: Trace, use: int, name: str, axis: int, unit: int | None = None) -> Positions | None:
    """The exact set of positions of input `name` that a unit of a use reads, along spatial axis 0, 1, … (the third on).

    Unclipped.  Without `unit`: that of an interior unit, the first that sees anything.  Global branches are left out;
    where nothing local is left, it is the set from before.  None if a read on the way is not known, or too far.
    """
    if axis + 1 > len(fields(trace)[use].get(name, ())):
        return None
    links = _links(trace, name, axis)
    start, pooled = _represented(links, use)
    if start == name:
        return Positions(0 if pooled else unit or 0, 1)
    if not isinstance(start, int):
        return None
    if unit is None or pooled:
        return _reached_by_any(trace, start, name, axis)
    return _backwards(links, start, name, unit)


def _represented(links: Sequence[_Links], use: int) -> tuple[int | str | None, bool]:
    """The tensor whose units see the same: before pointwise operations, and (then True) before pooling."""
    at: int | str | None = use
    pooled = False
    while isinstance(at, int) and (local := links[at].local) is not None:
        if not local:
            at, pooled = links[at].pooled, True
        elif len(local) == 1 and local[0][1] is IDENTITY:
            at = local[0][0]
        else:
            break
    return at, pooled


def _reached_by_any(trace: Trace, use: int, name: str, axis: int) -> Positions | None:
    known: dict[tuple[int, str, int], Positions | None] = trace.memo.setdefault("reached", {})
    key = (use, name, axis)
    if key not in known:
        unit = _interior(trace.uses[use], fields(trace)[use][name][axis])
        known[key] = _backwards(_links(trace, name, axis), use, name, unit)
    return known[key]


def _interior(use: Use, axis: AxisField) -> int:
    """A unit that stands for all: the first phase that sees anything, the middle one where branches differ in jump."""
    size = use.output[axis.at] if use.output is not None and axis.at is not None else None
    if len(axis.maps) > 1:
        return size // 2 if isinstance(size, int) else 0
    lows = axis.maps[0].lo if axis.maps else ()
    return next((phase for phase, lo in enumerate(lows) if lo is not None), 0)


def _backwards(links: Sequence[_Links], use: int, name: str, unit: int) -> Positions | None:
    needed: dict[int | str, Positions] = {use: Positions(unit, 1)}
    for index in range(use, -1, -1):
        if (positions := needed.pop(index, None)) is None:
            continue
        local = links[index].local
        if local is None:
            return None
        for source, access in local:
            read = spread(positions, access)
            merged = read and read.union(needed.get(source, Positions()))
            if merged is None:
                return None
            needed[source] = merged
    return needed.get(name, Positions())


def _links(trace: Trace, name: str, axis: int) -> list[_Links]:
    known: dict[tuple[str, int], list[_Links]] = trace.memo.setdefault("links", {})
    if (name, axis) not in known:
        known[name, axis] = [_links_of(trace, use, name, axis) for use in trace.uses]
    return known[name, axis]


def _links_of(trace: Trace, use: Use, name: str, axis: int) -> _Links:
    made = fields(trace)
    if name not in made[use.index]:
        return _Links((), None)
    at = made[use.index][name][axis].at
    local: list[tuple[int | str, Access]] = []
    pooled: int | str | None = None
    for operand in use.operands:
        before = source_fields(trace, operand, made).get(name)
        if before is None or operand.source is None:
            continue
        read = _local_read(before[axis], operand)
        if read is None:
            pooled = operand.source if pooled is None else pooled
        elif read.access is None or read.how != "kept" or read.to != at:
            return _Links(None, None)
        else:
            local.append((operand.source, read.access))
    return _Links(tuple(local), pooled)


def _local_read(axis: AxisField, operand: Operand) -> Read | None:
    """How an operand is read along the axis; None if nothing local is left after that."""
    place = axis.folded if axis.at is None else axis.at
    read = Read("unknown") if place is None or place >= len(operand.reads) else operand.reads[place]
    if axis.pooled or read.how == "whole":
        return None
    return Read("unknown") if axis.at is None else read
