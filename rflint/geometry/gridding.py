"""How densely the maps at the end of a network read its input: exact sets, and how strongly a lattice comes through."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rflint.field import INPUT, Positions
from rflint.geometry.ends import End, ends
from rflint.geometry.gains import MAX_SPACING, gain, lattices
from rflint.geometry.influence import shares
from rflint.receptive import Coverage, coverage, fields, reached
from rflint.receptive.links import Link, links_along
from rflint.trace import Trace, Use

MAX_WORK = 1 << 18
"""The index is not computed (`None`) for more lattices than this, times layers."""


class Gridding(NamedTuple):
    """What an interior unit of an end reads: along each axis, and over all of them; None where that is not known."""

    end: End
    sets: tuple[Positions | None, ...]
    coverage: Coverage | None
    indices: tuple[float | None, ...]
    """The gridding index along each axis, see `network_index`."""


def griddings(trace: Trace) -> list[Gridding]:
    """For every map at which the local geometry of a network ends, and each input."""
    if "gridding" not in trace.memo:
        trace.memo["gridding"] = [_gridding(trace, end) for end in ends(trace)]
    found: list[Gridding] = trace.memo["gridding"]
    return found


def _gridding(trace: Trace, end: End) -> Gridding:
    axes = range(len(end.axes))
    sets = tuple(reached(trace, end.use, end.name, axis) for axis in axes)
    indices = tuple(network_index(trace, end.use, end.name, axis) for axis in axes)
    return Gridding(end, sets, coverage(trace, end.use, end.name), indices)


def network_index(trace: Trace, use: int, name: str, axis: int) -> float | None:
    """The most that a use's units keep of any lattice of input positions, 0 to 1, with uniform weights.

    As `gains.gridding_index`, over the graph: branches count by their shares, whatever their signs.  None where
    something on the way is not known, upsampled, or dilated too much.
    """
    ways = _ways(trace, use, name, axis)
    return None if ways is None else _index(ways, name)


class _Way(NamedTuple):
    """How a use reads one tensor: its share, and its taps in positions of the network's input."""

    source: int | str
    share: float
    kernel: int
    dilation: int


_Ways = tuple[tuple[int, tuple[_Way, ...]], ...]
"""For every use on the way to another one, in order, the last one: how it reads tensors."""


def _ways(trace: Trace, use: int, name: str, axis: int) -> _Ways | None:
    """None where something is not known, pooled or upsampled."""
    found: dict[int, tuple[_Way, ...]] = {}
    waiting: list[int | str] = [use]
    while waiting:
        at = waiting.pop()
        if isinstance(at, str) or at in found:
            continue
        local = links_along(trace, name, axis)[at].local
        into = [_way(trace, name, axis, link, share) for link, share in _weighed(trace.uses[at], local or ())]
        known = tuple(way for way in into if way is not None)
        if not known or len(known) < len(into):
            return None
        found[at] = known
        waiting += [way.source for way in known]
    return tuple(sorted(found.items()))


@lru_cache(maxsize=64)
def _index(ways: _Ways, name: str) -> float | None:
    """The index, once for axes that are read alike."""
    spacing = max(way.dilation for _, into in ways for way in into)
    if spacing > MAX_SPACING:
        return None
    known = list(lattices(spacing))
    if len(known) * len(ways) > MAX_WORK:
        return None
    return max((_kept(ways, name, m, q) for m, q in known), default=0.0)


def _weighed(use: Use, local: Sequence[Link]) -> Iterable[tuple[Link, float]]:
    return zip(local, shares(use, local), strict=True)


def _way(trace: Trace, name: str, axis: int, link: Link, share: float) -> _Way | None:
    interval = INPUT if isinstance(link.source, str) else fields(trace)[link.source][name][axis].interval
    if interval is None or len(link.access.taps) > 1 or not link.access.taps[0]:
        return None
    taps = link.access.taps[0]
    return _Way(link.source, share, len(taps), abs(taps.step * interval.step) if len(taps) > 1 else 1)


def _kept(ways: _Ways, name: str, m: int, q: int) -> float:
    """What is left of a lattice at the last use."""
    left: dict[int | str, float] = {name: 1.0}
    for at, into in ways:
        left[at] = sum(way.share * left[way.source] * gain(way.kernel, way.dilation, m, q) for way in into)
    return left[ways[-1][0]]
