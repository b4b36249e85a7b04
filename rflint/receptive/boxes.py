"""Exact sets of positions over all axes at once: as unions of boxes, each the product of one set for each axis.

A chain of layers reads one box.  Branches side by side can read several: a 1×5 and a 5×1 layer read a cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from math import prod
from typing import NamedTuple

from rflint.field import Positions, spread
from rflint.receptive.backward import interior_unit, reached, represented
from rflint.receptive.forward import fields
from rflint.receptive.links import Link, Links, links_along
from rflint.trace import Trace

MOST_BOXES = 64
"""Unions of more boxes than this are not followed (`None`)."""

Box = tuple[Positions, ...]
"""One set for each spatial axis of the input; all combinations are meant."""


class Coverage(NamedTuple):
    """How many positions a unit reads, of how many in its window; `exact`, or else an upper bound."""

    read: int
    window: int
    exact: bool


def coverage(trace: Trace, use: int, name: str, units: Sequence[int] | None = None) -> Coverage | None:
    """What a unit of a use reads of input `name` over all axes; an interior unit if none is given.

    Where the boxes are too many, or cannot be told, the product over the axes is the bound.  None where what is read
    along an axis is not known.
    """
    rank = len(fields(trace)[use].get(name, ()))
    sides = [reached(trace, use, name, axis, None if units is None else units[axis]) for axis in range(rank)]
    known = [side for side in sides if side is not None]
    if len(known) < rank or not rank:
        return None
    window = prod(side.extent for side in known)
    found = boxes(trace, use, name, units)
    if found is None:
        return Coverage(prod(side.count for side in known), window, False)
    return Coverage(size(found), window, True)


def boxes(trace: Trace, use: int, name: str, units: Sequence[int] | None = None) -> list[Box] | None:
    """The positions that a unit of a use reads of input `name`, as a union of boxes; an interior unit if none is given.

    None where a read on the way is not known, or other tensors are read along one axis than along another, or the
    boxes are more than MOST_BOXES.
    """
    along = [links_along(trace, name, axis) for axis in range(len(fields(trace)[use].get(name, ())))]
    starts = [represented(links, use) for links in along]
    start, pooled = starts[0] if starts else (None, False)
    if pooled and len(set(starts)) > 1:
        return None
    start = start if pooled else use
    if units is None or pooled:
        units = [interior_unit(trace, start, name, axis) for axis in range(len(along))]
    if start is None:
        return None
    needed: dict[int | str, list[Box]] = {start: [tuple(Positions(unit, 1) for unit in units)]}
    for index in range(start if isinstance(start, int) else -1, -1, -1):
        wanted = needed.pop(index, None)
        ways = _ways([links[index] for links in along]) if wanted else []
        if ways is None:
            return None
        for source, links in ways:
            together = _united([*needed.get(source, []), *(_read(box, links) for box in wanted or ())])
            if together is None:
                return None
            needed[source] = together
    return needed.get(name, [])


def _ways(links: Sequence[Links]) -> list[tuple[int | str, tuple[Link, ...]]] | None:
    """For each tensor that a use reads locally: how, along all axes; None if it reads others along other axes."""
    local = [one.local for one in links if one.local is not None]
    sources = {tuple(link.source for link in one) for one in local}
    if len(local) < len(links) or len(sources) > 1:
        return None
    return [(ways[0].source, ways) for ways in zip(*local, strict=True)]


def _read(box: Box, links: Sequence[Link]) -> Box | None:
    sides = [spread(side, link.access) for side, link in zip(box, links, strict=True)]
    known = tuple(side for side in sides if side is not None)
    return known if len(known) == len(sides) else None


def _united(found: Sequence[Box | None]) -> list[Box] | None:
    """As few boxes as pairs of them can be joined to; None if one is not known, or they are too many."""
    made = [box for box in found if box is not None and all(side.bits for side in box)]
    if None in found or len(made) > MOST_BOXES:
        return None
    while (pair := next(((a, b, one) for a, b in combinations(made, 2) if (one := _one(a, b))), None)) is not None:
        first, second, one = pair
        made = [box for box in made if box is not first and box is not second] + [one]
    return made


def _one(a: Box, b: Box) -> Box | None:
    """Two boxes as one, if one holds the other or they differ along one axis only."""
    for outer, inner in ((a, b), (b, a)):
        if all(one.holds(other) for one, other in zip(outer, inner, strict=True)):
            return outer
    differ = [axis for axis, (one, other) in enumerate(zip(a, b, strict=True)) if one != other]
    side = a[differ[0]].union(b[differ[0]]) if len(differ) == 1 else None
    return None if side is None else (*a[: differ[0]], side, *a[differ[0] + 1 :])


def size(found: Sequence[Box]) -> int:
    """How many positions a union of boxes holds."""
    if not found:
        return 0
    axes = [_aligned([box[axis] for box in found]) for axis in range(len(found[0]))]
    return _counted(list(zip(*axes, strict=True)))


def _aligned(sides: Sequence[Positions]) -> list[int]:
    """Sets as bits that begin at the same position."""
    low = min(side.offset for side in sides)
    return [side.bits << (side.offset - low) for side in sides]


def _counted(found: Sequence[tuple[int, ...]]) -> int:
    """The first axis is cut into parts that are in the same boxes; each part counts what these hold on the others."""
    if not found[0]:
        return 1
    parts: dict[tuple[int, ...], int] = {(): reduce(int.__or__, (box[0] for box in found))}
    for number, (side, *_) in enumerate(found):
        split = [((*boxes, number), part & side) for boxes, part in parts.items()]
        parts = {key: part for key, part in [*split, *((k, p & ~side) for k, p in parts.items())] if part}
    return sum(part.bit_count() * _counted([found[n][1:] for n in key]) for key, part in parts.items() if key)
