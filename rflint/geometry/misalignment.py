"""Which layers move what the outputs of a network see away from the places that the outputs stand for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import NamedTuple

from rflint.dims import Size, substitute
from rflint.geometry.ends import End, ends, example_sizes
from rflint.receptive import drift, fields
from rflint.trace import Operand, Trace


class Cause(NamedTuple):
    """A use that moves the centres along one axis, by so many input positions."""

    use: int
    by: Fraction


class OffCentre(NamedTuple):
    """How far the units of a returned map see off their places, along each axis; None where that is not known."""

    end: End
    drifts: tuple[Fraction | None, ...]
    causes: tuple[tuple[Cause, ...], ...]
    """For each axis the uses whose moves add up to it; moves that undo each other are left out."""
    sizes: tuple[Size, ...]
    """The input sizes for which it holds: those of the trace, or numbers in place of symbols where they matter."""


def misalignments(trace: Trace) -> list[OffCentre]:
    """The drift of every returned map in every network input, see `receptive.drift`."""
    return [_off_centre(trace, end) for end in ends(trace) if end.output is not None]


def is_causal(one: OffCentre) -> bool:
    """Whether there is one axis, along which units see their own places and what is before, and nothing beyond."""
    seen = one.end.axes[0].interval if len(one.end.axes) == 1 else None
    if seen is None:
        return False
    own = (floor(seen.jump * unit) for unit in range(seen.period))
    return all(last is None or last <= place for last, place in zip(seen.hi, own, strict=True))


def _off_centre(trace: Trace, end: End) -> OffCentre:
    values: dict[str, Size] = {}
    drifts = _drifts(trace, end, values)
    if None in drifts and (values := example_sizes(trace, end)):
        drifts = _drifts(trace, end, values)
    axes = range(len(end.axes))
    causes = tuple(tuple(_causes(trace, end, axis, values)) if drifts[axis] else () for axis in axes)
    return OffCentre(end, drifts, causes, tuple(substitute(size, values) for size in trace.spatial_sizes(end.name)))


def _drifts(trace: Trace, end: End, values: Mapping[str, Size]) -> tuple[Fraction | None, ...]:
    return tuple(_drift(trace, end.name, end.use, axis, values) for axis in range(len(end.axes)))


def _drift(trace: Trace, name: str, use: int, axis: int, values: Mapping[str, Size]) -> Fraction | None:
    """The drift of what a use makes."""
    seen, made = fields(trace)[use][name][axis], trace.uses[use].output
    if made is None or seen.at is None:
        return None
    return drift(seen, substitute(trace.spatial_sizes(name)[axis], values), substitute(made[seen.at], values))


def _causes(trace: Trace, end: End, axis: int, values: Mapping[str, Size]) -> list[Cause]:
    """The uses along the widest branches that move the centres and are not undone by another; [] if not known."""
    way = list(_way(trace, end, axis))[::-1]
    drifts = [Fraction(0), *(_drift(trace, end.name, use, axis, values) for use in way)]
    known = [one for one in drifts if one is not None]
    if len(known) < len(drifts):
        return []
    moves = [b - a for a, b in pairwise(known)]
    return remaining([Cause(use, by) for use, by in zip(way, moves, strict=True)])


def remaining(causes: Sequence[Cause]) -> list[Cause]:
    """The moves without those that a later one undoes."""
    left = list[Cause]()
    for cause in causes:
        undone = next((one for one in reversed(left) if one.by == -cause.by), None)
        if undone is not None:
            left.remove(undone)
        elif cause.by:
            left.append(cause)
    return left


def _way(trace: Trace, end: End, axis: int) -> Iterator[int]:
    """The uses from the output back to the input: of several branches along the one that sees most."""
    source: int | str | None = end.use
    while isinstance(source, int) and end.name in fields(trace)[source]:
        yield source
        source = max(trace.uses[source].operands, key=lambda one: _extent(trace, one, end.name, axis)).source


def _extent(trace: Trace, operand: Operand, name: str, axis: int) -> int:
    """How much the units of an operand see locally along the axis; 0 if nothing, or it is not known."""
    if not isinstance(operand.source, int):
        return int(operand.source == name)
    seen = fields(trace)[operand.source].get(name)
    interval = seen[axis].interval if seen and not seen[axis].pooled else None
    return interval.size[1] if interval else 0
