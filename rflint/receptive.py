"""Receptive fields: what the units of every use see of the network's inputs.  Folds over a finished trace.

`fields` goes once forwards and gives extents; `reached` goes backwards from one unit and gives the exact set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce
from typing import Any, NamedTuple

from rflint.field import IDENTITY, INPUT, Access, Interval, Positions, spread, union
from rflint.trace import Operand, Read, Trace, Use


@dataclass(frozen=True, slots=True)
class AxisField:
    """What the units of a tensor see along one axis of a network input."""

    at: int | None
    """The tensor's axis on which this input axis lies; None: no longer there."""
    interval: Interval | None
    """What a unit sees locally; None: not known, see `reason`."""
    whole: str = ""
    """Path and kind of the use that first made every unit see everything ("": none did)."""
    pooled: bool = False
    """Nothing local is left (a global pool, or what was computed from one): `interval` is that of before."""
    reason: str = ""
    folded: int | None = None
    """The tensor's axis into which this input axis was folded as a whole, while that can be told."""


Field = tuple[AxisField, ...]
"""One entry per axis of the network input, from the third axis on."""


def fields(trace: Trace) -> list[dict[str, Field]]:
    """For every use, by index: the field of its output in each network input that reaches it, by name."""
    if "fields" not in trace.memo:
        made: list[dict[str, Field]] = []
        for use in trace.uses:
            made.append(_field_of(trace, use, made))
        trace.memo["fields"] = made
    found: list[dict[str, Field]] = trace.memo["fields"]
    return found


def _field_of(trace: Trace, use: Use, made: list[dict[str, Field]]) -> dict[str, Field]:
    arrived: dict[str, list[Field]] = {}
    for operand in use.operands:
        for name, field in _source_fields(trace, operand, made).items():
            arrived.setdefault(name, []).append(_read(field, operand, use))
    return {name: branches[0] if len(branches) == 1 else _met(branches) for name, branches in arrived.items()}


def _source_fields(trace: Trace, operand: Operand, made: list[dict[str, Field]]) -> dict[str, Field]:
    if isinstance(operand.source, int):
        return made[operand.source]
    if operand.source is None:
        return {}
    shape = trace.input_shapes.get(operand.source) or operand.shape or operand.reads
    return {operand.source: _seen_by_input(len(shape))}


@lru_cache(maxsize=64)
def _seen_by_input(rank: int) -> Field:
    return tuple(AxisField(axis, INPUT) for axis in range(2, rank))


def _read(field: Field, operand: Operand, use: Use) -> Field:
    return tuple(_axis_read(axis, operand, use) for axis in field)


def _label(use: Use) -> str:
    return f"{use.path} {use.kind}".strip()


def _axis_read(axis: AxisField, operand: Operand, use: Use) -> AxisField:
    """The field along one input axis after a use has read the tensor."""
    if axis.at is None:
        return _folded_read(axis, operand, use)
    if axis.at >= len(operand.reads):
        return _unknown(axis, None, f"reads of {use.kind} are not described")
    read = operand.reads[axis.at]
    if read.how == "kept":
        return _kept(axis, read, use)
    if read.how == "whole":
        return replace(axis, at=read.to, whole=axis.whole or _label(use), pooled=True)
    if read.how == "mixed":
        lost = _unknown(axis, None, f"{_label(use)} folds it into other axes")
        return replace(lost, folded=_only_free_axis(operand, use))
    return _unknown(axis, read.to, read.reason or f"the positions that {_label(use)} reads are not known")


def _kept(axis: AxisField, read: Read, use: Use) -> AxisField:
    if axis.pooled or axis.interval is None:
        return axis if axis.at == read.to else replace(axis, at=read.to)
    if read.access is None:
        return _unknown(axis, read.to, read.reason or f"the positions that {_label(use)} reads are not known")
    interval = axis.interval.through(read.access)
    if interval is None:
        return _unknown(axis, read.to, f"after {_label(use)} the field has too many phases to follow")
    same = interval is axis.interval and axis.at == read.to
    return axis if same else AxisField(read.to, interval, axis.whole, axis.pooled, axis.reason)


def _unknown(axis: AxisField, at: int | None, reason: str) -> AxisField:
    """What is pooled sees everything, however it is read from then on; else the first reason stays."""
    if axis.pooled:
        return replace(axis, at=at)
    return replace(axis, at=at, interval=None, reason=axis.reason or reason)


def _only_free_axis(operand: Operand, use: Use) -> int | None:
    """The one output axis that no axis of the operand is kept on: what is folded lies there as a whole.

    With two or more such axes it may have been split (windows, patches): then reading one of them is not reading all.
    """
    if use.output is None:
        return None
    free = set(range(len(use.output))) - {read.to for read in operand.reads if read.how != "mixed"}
    return free.pop() if len(free) == 1 else None


def _folded_read(axis: AxisField, operand: Operand, use: Use) -> AxisField:
    """An axis that lies within another one: whoever reads all of that one sees everything."""
    if axis.folded is None:
        return axis
    read = operand.reads[axis.folded] if axis.folded < len(operand.reads) else Read("unknown")
    if read.how == "whole":
        return replace(axis, whole=axis.whole or _label(use), pooled=True, folded=None)
    moved = {"kept": read.to, "mixed": _only_free_axis(operand, use)}
    return replace(axis, folded=moved.get(read.how))


def _met(branches: Sequence[Field]) -> Field:
    """The field of an add, concatenation, product: axis by axis, what any branch sees."""
    if all(branch == branches[0] for branch in branches):
        return branches[0]
    return tuple(_axes_met(axes) for axes in zip(*branches, strict=False))


def _axes_met(axes: Sequence[AxisField]) -> AxisField:
    """Branches that see everything (a gate, a global context) leave the local field of the others as it is."""
    whole = next((axis.whole for axis in axes if axis.whole), "")
    local = [axis for axis in axes if not axis.pooled]
    return replace(reduce(_joined, local) if local else axes[0], whole=whole)


def _joined(a: AxisField, b: AxisField) -> AxisField:
    at = a.at if a.at == b.at else None
    if a.interval is None or b.interval is None:
        unknown = a if a.interval is None else b
        return replace(unknown, at=at, folded=a.folded if a.folded == b.folded else None)
    if a.at != b.at:
        return _unknown(a, None, "branches with the axis in different places meet")
    interval = union(a.interval, b.interval)
    if interval is None:
        differ = a.interval.jump != b.interval.jump
        return _unknown(a, at, "branches with different jumps meet" if differ else "branches with too many phases meet")
    return replace(a, interval=interval)


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
        interval = fields(trace)[use][name][axis].interval
        live = (phase for phase, lo in enumerate(interval.lo if interval else ()) if lo is not None)
        known[key] = _backwards(_links(trace, name, axis), use, name, next(live, 0))
    return known[key]


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
        before = _source_fields(trace, operand, made).get(name)
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


def json_field(axes: Field, reached: Sequence[int | None] | None = None) -> dict[str, Any]:
    """The field as the JSON of `show` gives it; `reached`: how many positions are read on each axis, if asked for."""
    known = [None if axis.at is None else axis.interval for axis in axes]
    field: dict[str, Any] = {
        "size": [interval and _size(interval) for interval in known],
        "jump": [interval and _jump(interval) for interval in known],
        "start": [interval and interval.start for interval in known],
    }
    if reached is not None:
        field["reached"] = list(reached)
    field["global"] = axes[-1].whole if axes and all(axis.whole for axis in axes) else False
    return field


def _size(interval: Interval) -> int | list[int]:
    low, high = interval.size
    return low if low == high else [low, high]


def _jump(interval: Interval) -> int | str:
    return interval.jump.numerator if interval.jump.denominator == 1 else str(interval.jump)
