"""What single paths through a network see: the narrowest and the widest way from the input to a unit.

A unit sees the union of all paths.  The narrowest one, of identities and the smallest kernels, says how much of the
input reaches the unit at least by every path; where branches are aligned the widest one is the whole field.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import lcm
from typing import NamedTuple

from rflint.field import INPUT, Interval
from rflint.receptive.backward import represented
from rflint.receptive.forward import fields
from rflint.receptive.links import Link, links_along
from rflint.trace import Trace

MOST_PATHS = 16
"""More paths than this, none of which is narrower (wider) than another whatever follows, are not followed."""

MOST_UNITS = 256
"""Paths that repeat only after more units than this are only compared for being the same."""

Paths = tuple[Interval, ...]


class PathSizes(NamedTuple):
    """Least extent of any unit on the narrowest path, and greatest extent of any unit on the widest path."""

    least: int
    greatest: int


def path_sizes(trace: Trace, use: int, name: str, axis: int) -> PathSizes | None:
    """The extents of the narrowest and of the widest path from an input's axis to the units of a use.

    None where what is read on some path is not known, or the paths are too many to compare.
    """
    if axis >= len(fields(trace)[use].get(name, ())):
        return None
    start, _ = represented(links_along(trace, name, axis), use)
    if start == name:
        return PathSizes(1, 1)
    ends = [_paths(trace, name, axis, widest)[start] for widest in (False, True)] if isinstance(start, int) else []
    if not ends or not all(ends):
        return None
    return PathSizes(min(one.size[0] for one in ends[0] or ()), max(one.size[1] for one in ends[1] or ()))


def _paths(trace: Trace, name: str, axis: int, widest: bool) -> list[Paths | None]:
    """For every use, the paths to it that no other path beats; None: not known, (): the input does not reach it."""
    known: dict[tuple[str, int, bool], list[Paths | None]] = trace.memo.setdefault("paths", {})
    if (name, axis, widest) not in known:
        made: list[Paths | None] = []
        for links in links_along(trace, name, axis):
            made.append(None if links.local is None else _of_use(links.local, made, widest))
        known[name, axis, widest] = made
    return known[name, axis, widest]


def _of_use(local: Sequence[Link], made: Sequence[Paths | None], widest: bool) -> Paths | None:
    found: list[Interval] = []
    for link in local:
        before = made[link.source] if isinstance(link.source, int) else (INPUT,)
        for path in before or ():
            after = path.through(link.access)
            if after is None:
                return None
            found.append(after)
        if before is None:
            return None
    kept = _unbeaten(found, widest)
    return kept if len(kept) <= MOST_PATHS else None


def _unbeaten(paths: Sequence[Interval], widest: bool) -> Paths:
    kept: list[Interval] = []
    for path in dict.fromkeys(paths):
        if not any(_beats(other, path, widest) for other in kept):
            kept = [other for other in kept if not _beats(path, other, widest)] + [path]
    return tuple(kept)


def _beats(a: Interval, b: Interval, widest: bool) -> bool:
    """Whether a path is at least as narrow (wide) as another one after any further operations.

    These see from the first position of one unit to the last of another, so that all pairs of units are compared.
    """
    units = lcm(a.period, b.period)
    if a.jump != b.jump or units > MOST_UNITS:
        return a == b
    spans = [(one, other) for unit in range(units) if (one := a.span(unit)) and (other := b.span(unit))]
    if len(spans) < units:
        return a == b
    lows, highs = ([one[end] - other[end] for one, other in spans] for end in (0, 1))
    return min(highs) >= max(lows) if widest else max(highs) <= min(lows)
