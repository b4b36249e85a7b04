"""Where the local geometry of a network ends: at the maps that it returns, or before what pools them."""

from __future__ import annotations

from collections.abc import Iterator
from math import lcm
from typing import NamedTuple

from rflint.dims import Size, symbols
from rflint.receptive import Field, fields, outputs
from rflint.trace import Trace

ROOM = 64
"""Sizes that stand for symbolic ones are at least so much larger than the field."""


class End(NamedTuple):
    """A tensor whose units see one network input locally, and its field."""

    output: str | None
    """Its place in what `forward` returns; None if it is not returned but the last one before all is pooled."""
    use: int
    name: str
    """The network input."""
    axes: Field


def ends(trace: Trace) -> list[End]:
    """The returned maps of each network input; where a returned tensor is none, the last maps on the way to it."""
    found: dict[tuple[int, str], End] = {}
    for output in outputs(trace):
        if isinstance(output.source, int):
            for end in _ends_of(trace, output.source, output.name):
                found.setdefault((end.use, end.name), end)
    return list(found.values())


def _ends_of(trace: Trace, use: int, output: str) -> Iterator[End]:
    for name, axes in fields(trace)[use].items():
        if is_local(axes):
            yield End(output, use, name, axes)
        else:
            yield from _last_maps(trace, use, name)


def is_local(axes: Field) -> bool:
    """Whether units see anything locally, on some axis that is still there: on one that is not, nothing is known."""
    return any(axis.maps and not axis.pooled for axis in axes)


def _last_maps(trace: Trace, use: int, name: str) -> Iterator[End]:
    waiting, seen = [use], set[int]()
    while waiting:
        index = waiting.pop()
        axes = fields(trace)[index].get(name)
        if axes is None or index in seen:
            continue
        seen.add(index)
        if is_local(axes):
            yield End(None, index, name, axes)
        else:
            waiting.extend(o.source for o in trace.uses[index].operands if isinstance(o.source, int))


def example_sizes(trace: Trace, end: End) -> dict[str, Size]:
    """Numbers for the symbols of the input's sizes, which all strides divide and in which the field finds room."""
    steps = [one.step for seen in fields(trace) for axis in seen.get(end.name, ()) for one in axis.maps]
    step = lcm(*(abs(step) for step in steps if step))
    room = ROOM + max((axis.interval.size[1] for axis in end.axes if axis.interval), default=1)
    return dict.fromkeys(frozenset().union(*map(symbols, trace.spatial_sizes(end.name))), step * -(-room // step))


def counts(trace: Trace, end: End, axis: int) -> tuple[Size, Size | None]:
    """How many positions the input, and how many units the map has along an axis; None where these are not known."""
    made, at = trace.uses[end.use].output, end.axes[axis].at
    return trace.spatial_sizes(end.name)[axis], (made[at] if made is not None and at is not None else None)


def behind(trace: Trace, use: int) -> list[int]:
    """The uses that a use is made of, and itself, in order."""
    found, waiting = set[int](), [use]
    while waiting:
        index = waiting.pop()
        if index not in found:
            found.add(index)
            waiting.extend(o.source for o in trace.uses[index].operands if isinstance(o.source, int))
    return sorted(found)
