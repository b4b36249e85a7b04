"""Tiled inference: how far tiles of the input must overlap so that what they give is what the whole gives.

A tile is a piece of the input on which the network runs by itself.  Where all tiles start and end at multiples of the
step, every tensor of a tile lies on the units of the whole, and a unit is exact if nothing that it reads, directly or
through others, lies beyond the ends of the tile.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import NamedTuple

from rflint.dims import Size
from rflint.field import INPUT, Interval
from rflint.geometry.ends import End, behind, counts, ends
from rflint.geometry.exact_units import exact_units
from rflint.receptive import fields
from rflint.receptive.edges import edge_of
from rflint.receptive.links import links_along
from rflint.receptive.norms import is_normalised
from rflint.trace import Operand, Read, Shape, Trace, Use

ROOM = 4
"""Tiles on which margins are measured have room for so many steps between them."""
TRIMMED = 64
"""They have room for as many positions more at either end, which layers may crop."""


@dataclass(frozen=True, slots=True)
class AxisTiling:
    """How tiles lie along one axis of the input."""

    step: int
    """They start at multiples of so many input positions."""
    units: int
    """So many output units there are for each step."""
    remainder: int
    """What is left of a tile's size when divided by the step."""
    drop: tuple[int, int]
    """So many output units at the two ends of a tile are not those of the whole, except at the ends of the input."""
    overlap: int
    """A tile is so many positions longer than the distance to the next one: then each output is exact in one."""
    halo: tuple[int, int]
    """So many positions before and after those that it is for are read by the outputs of a tile."""


class Break(NamedTuple):
    """Why tiles do not give exactly what the whole gives: a use, or None for the network, and what it does."""

    use: int | None
    why: str


@dataclass(frozen=True, slots=True)
class Tiling:
    """The tiles of one map that the network returns."""

    end: End
    axes: tuple[AxisTiling | None, ...]
    """For each axis of the input; None where it is not known."""
    breaks: tuple[Break, ...]
    """What keeps tiles from being exact whatever the overlap; without any, they are."""


def tilings(tile: Trace) -> list[Tiling]:
    """The tiling of every returned map, from the trace of a tile (`tile_shapes`)."""
    found = []
    for end in ends(tile):
        if end.output is not None:
            axes = tuple(_axis(tile, end, axis) for axis in range(len(end.axes)))
            found.append(Tiling(end, axes, tuple(dict.fromkeys(_breaks(tile, end)))))
    return found


def _axis(tile: Trace, end: End, axis: int) -> AxisTiling | None:
    interval = end.axes[axis].interval
    every = step(tile, end.use, end.name, axis)
    exact = exact_units(tile, end.name, axis, {})[end.use]
    whole, size = counts(tile, end, axis)
    if every is None or interval is None or not exact or not isinstance(size, int) or not isinstance(whole, int):
        return None
    units = every / interval.jump
    if units.denominator > 1:
        return None
    apart = len(exact) // int(units) * every
    drop = (exact.start, size - exact.stop)
    return AxisTiling(every, int(units), whole % every, drop, whole - apart, _halo(interval))


def _halo(interval: Interval) -> tuple[int, int]:
    """What a period of units reads beyond the positions that it stands for."""
    lows, highs = [lo for lo in interval.lo if lo is not None], [hi for hi in interval.hi if hi is not None]
    return max([0, *(-lo for lo in lows)]), max([0, *(hi - interval.step + 1 for hi in highs)])


def step(trace: Trace, use: int, name: str, axis: int) -> int | None:
    """The least number of input positions by which the input can be moved so that all tensors move by whole units.

    On the way to a use: each operation must repeat, too, so that its phases are the same.  None where an operation is
    not known, or does not repeat (it reads backwards, one position only, or by the size of what it reads).
    """
    least = Fraction(1)
    for index in behind(trace, use):
        for link in links_along(trace, name, axis)[index].local or ():
            interval = INPUT if isinstance(link.source, str) else fields(trace)[link.source][name][axis].interval
            if interval is None or link.access.step < 1 or link.access.fixed or interval.jump <= 0:
                return None
            least = _common(least, interval.jump * link.access.step)
    return int(least) if least.denominator == 1 else None


def _common(a: Fraction, b: Fraction) -> Fraction:
    """The least common multiple of two fractions."""
    return Fraction(lcm(a.numerator, b.numerator), gcd(a.denominator, b.denominator))


def tile_shapes(trace: Trace, more: int = 0) -> dict[str, Shape] | None:
    """Shapes of all inputs for a tile that is large enough to measure margins on, `more` steps larger.

    Divided by the step their sizes leave the same remainder as those of the whole, or none where these are symbolic.
    None where that is not known: no map is returned, or the inputs have different sizes.
    """
    returned = [end for end in ends(trace) if end.output is not None]
    shapes = {name: shape for name, shape in trace.input_shapes.items() if shape is not None and len(shape) > 2}
    spatial = {shape[2:] for shape in shapes.values()}
    if not returned or trace.images or len(spatial) != 1 or len(shapes) < len(trace.input_shapes):
        return None
    sizes = [_tile_size(trace, returned, axis, whole, more) for axis, whole in enumerate(spatial.pop())]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes):
        return None
    return {name: (*shape[:2], *known) for name, shape in shapes.items()}


def _tile_size(trace: Trace, returned: list[End], axis: int, whole: Size, more: int) -> int | None:
    every, widest = 1, 1
    for end in returned:
        least = step(trace, end.use, end.name, axis)
        if least is None:
            return None
        every = lcm(every, least)
        seen = end.axes[axis].interval
        widest = max(widest, seen.size[1] if seen else 0)
    remainder = whole % every if isinstance(whole, int) else 0
    return every * (2 * -(-(widest + TRIMMED) // every) + ROOM + more) + remainder


# What keeps tiles from being exact


def _breaks(tile: Trace, end: End) -> Iterator[Break]:
    for index in behind(tile, end.use):
        use = tile.uses[index]
        for operand in use.operands:
            whys = [_why(use, axis, _read(operand, axis)) for axis in _spatial_axes(tile, operand)]
            yield from (Break(index, why) for why in whys if why)
        if _is_placed(tile, use):
            yield Break(index, "has parameters for every position")


def _spatial_axes(tile: Trace, operand: Operand) -> list[int]:
    """The axes of an operand that are those of an input."""
    if isinstance(operand.source, int):
        return _places(tile, operand.source)
    return [] if operand.source is None else list(range(2, len(operand.reads)))


def _read(operand: Operand, axis: int) -> Read:
    return operand.reads[axis] if axis < len(operand.reads) else Read("unknown")


def _places(tile: Trace, use: int) -> list[int]:
    """The axes of a tensor on which those of the inputs lie."""
    seen = [axis for field in fields(tile)[use].values() for axis in field]
    return list(dict.fromkeys(axis.at for axis in seen if axis.at is not None and not axis.pooled))


def _is_placed(tile: Trace, use: Use) -> bool:
    """Whether a use adds something to positions that is made of no input and differs from place to place."""
    places = _places(tile, use.index)
    fixed = (operand for operand in use.operands if _is_fixed(tile, operand))
    rows = [row for operand in fixed for row in zip(operand.reads, operand.shape or (), strict=False)]
    return any(read.to in places and size != 1 for read, size in rows)


def _is_fixed(tile: Trace, operand: Operand) -> bool:
    """Whether an operand is made of no input: a parameter, or a row of numbers."""
    source = operand.source
    return not fields(tile)[source] if isinstance(source, int) else source is None


REASONS = {
    "whole": "reads all of the tile",
    "mixed": "takes the positions of the tile as features",
    "unknown": "reads positions that are not known",
}


def _why(use: Use, axis: int, read: Read) -> str:
    """What is not exact about how a use reads an axis, "" if nothing is."""
    if read.how in REASONS:
        return REASONS[read.how]
    if is_normalised(use, axis):
        return "takes its statistics over the tile"
    if edge_of(use) == "circular":
        return "reads the opposite edge"
    if read.access is None:
        return REASONS["unknown"]
    return "reads from the far end, or one position only" if read.access.step < 1 else ""


def differences(a: Trace, b: Trace) -> Iterator[Break]:
    """Uses that read otherwise in one trace of a network than in another, on inputs of another size."""
    if a.complete != b.complete:
        partial = b if a.complete else a
        why = partial.unknowns[0].reason if partial.unknowns else "it is not known why"
        yield Break(None, f"does not run on inputs of every size: {why}")
    elif len(a.uses) != len(b.uses):
        yield Break(None, "takes other layers on inputs of another size")
    else:
        for one, other in zip(a.uses, b.uses, strict=True):
            if _reads(one) != _reads(other):
                yield Break(one.index, "reads otherwise on inputs of another size")


def _reads(use: Use) -> list[tuple[object, object]]:
    return [(operand.source, operand.reads) for operand in use.operands]


def with_breaks(found: list[Tiling], more: list[Break]) -> list[Tiling]:
    """The tilings with further breaks: those of uses behind them, and those of the network."""
    return [Tiling(one.end, one.axes, tuple(dict.fromkeys((*one.breaks, *more)))) for one in found]
