"""How tiles of the input must overlap: lines and data of `show --halo`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from rflint.formats.columns import fitted, line
from rflint.formats.end_name import end_name
from rflint.geometry.ends import ends
from rflint.geometry.tiling import AxisTiling, Break, Tiling, differences, tile_shapes, tilings, with_breaks
from rflint.trace import Shape, Trace, show_shape

Again: TypeAlias = Callable[[Trace, Mapping[str, Shape]], "Trace | None"]
"""Traces a network on inputs of other shapes."""

HEAD = ("axis", "starts at", "size", "outputs at", "halo", "overlap", "drop")


def tiled(trace: Trace, again: Again) -> tuple[list[Tiling], Trace] | str:
    """The tilings with the trace of a tile that they are measured on; or why there are none."""
    if not any(end.output is not None for end in ends(trace)):
        return "no map is returned whose units see a part of the input only"
    shapes, larger = tile_shapes(trace), tile_shapes(trace, 1)
    if shapes is None or larger is None:
        return "it is not known how the network moves with its input"
    tile, other = again(trace, shapes), again(trace, larger)
    if tile is None or other is None:
        return f"the network cannot be followed on a tile of {sizes(shapes)}"
    breaks = [*differences(tile, other), *(differences(tile, trace) if is_concrete(trace) else ())]
    return with_breaks(tilings(tile), breaks), tile


def is_concrete(trace: Trace) -> bool:
    """Whether all input sizes are numbers."""
    return all(isinstance(size, int) for shape in trace.input_shapes.values() for size in (shape or ())[2:])


def sizes(shapes: Mapping[str, Shape]) -> str:
    """The spatial sizes, the same of all inputs."""
    return show_shape(next(iter(shapes.values()))[2:])


def tiling_lines(trace: Trace, again: Again) -> Iterator[str]:
    """A table for every returned map, and whether tiles are exact."""
    found = tiled(trace, again)
    if isinstance(found, str):
        yield f"no tiles: {found}"
        return
    for one in found[0]:
        yield f"tiles for {end_name(found[1], one.end)}:"
        yield from (f"  {text}" for text in table(one))
        yield from (f"  {text}" for text in verdict(one, found[1]))


def table(one: Tiling) -> Iterator[str]:
    """A row for each axis."""
    rows = [HEAD, *(row(axis, tiling) for axis, tiling in enumerate(one.axes, 2))]
    widths = fitted(rows, None, ())
    yield from (line(each, widths, range(1, len(HEAD))) for each in rows)


def row(axis: int, tiling: AxisTiling | None) -> tuple[str, ...]:
    """The cells of an axis."""
    if tiling is None:
        return (str(axis), *("?" for _ in HEAD[1:]))
    rest = f" + {tiling.remainder}" if tiling.remainder else ""
    before, after = tiling.halo
    return (
        str(axis),
        f"{tiling.step}·k",
        f"{tiling.step}·n{rest}",
        f"{tiling.units}·k",
        f"{before} + {after}",
        str(tiling.overlap),
        f"{tiling.drop[0]} + {tiling.drop[1]}",
    )


def verdict(one: Tiling, tile: Trace) -> Iterator[str]:
    """Whether tiles are exact, with an example, or why not."""
    known = [axis for axis in one.axes if axis is not None]
    if one.breaks:
        yield "not exact, whatever the overlap:"
        yield from (f"  {text}" for text in dict.fromkeys(because(each, tile) for each in one.breaks))
    elif len(known) < len(one.axes):
        yield "not known to be exact"
    else:
        yield f"exact: {example(one, known, tile)}"


def because(each: Break, tile: Trace) -> str:
    """The use, and what it does."""
    if each.use is None:
        return f"the network {each.why}"
    use = tile.uses[each.use]
    return f"{use.path} {use.kind} {each.why}".strip()


def example(one: Tiling, known: Sequence[AxisTiling], tile: Trace) -> str:
    """`tiles of 480×480 every 288×288 positions, without the outputs to drop`."""
    shape = (tile.input_shapes[one.end.name] or ())[2:]
    apart = [size - axis.overlap for size, axis in zip(shape, known, strict=True)]
    return (
        f"such as tiles of {show_shape(shape)} every {show_shape(tuple(apart))}, less what is to drop of their outputs"
    )


def tiling_data(trace: Trace, again: Again) -> list[dict[str, Any]]:
    """For every returned map one entry for each axis, null where it is not known, and why tiles are not exact."""
    found = tiled(trace, again)
    if isinstance(found, str):
        return []
    return [
        {
            "output": one.end.output,
            "input": one.end.name,
            "exact": not one.breaks and None not in one.axes,
            "why_not": [because(each, found[1]) for each in one.breaks],
            "axes": [axis and axis_data(axis) for axis in one.axes],
        }
        for one in found[0]
    ]


def axis_data(axis: AxisTiling) -> dict[str, Any]:
    """The figures of one axis; sizes leave `remainder` when divided by `step`."""
    return {
        "step": axis.step,
        "remainder": axis.remainder,
        "outputs_per_step": axis.units,
        "halo": list(axis.halo),
        "overlap": axis.overlap,
        "drop": list(axis.drop),
    }
