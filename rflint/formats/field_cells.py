"""Receptive fields in cells of a table: `7`, `7×15` where axes differ, `188–204` where it depends on the phase."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from rflint.dims import Size
from rflint.field import Interval
from rflint.formats.effective import effective_widths
from rflint.formats.reached_counts import reached_counts
from rflint.receptive import AxisField, Field, fields
from rflint.receptive.axes import LEAST_AXES
from rflint.trace import Shape, Trace, Use

UNKNOWN = "?"
GONE = "–"


Cell = Callable[[Trace, Use, str, Field], str]
"""The cell of a use for one network input."""


def field_cells(trace: Trace, use: Use, extra: Sequence[Cell] = ()) -> tuple[str, ...]:
    """Jump, field, extra cells, share of the input seen; each by input where a network has several."""
    seen = fields(trace)[use.index]
    cells = [input_cells(trace, use, name, extra) for name in seen]
    if not cells:
        return ("",) * (3 + len(extra))
    if len(trace.input_shapes) == 1:
        return cells[0]
    return tuple(labelled(seen, column) for column in zip(*cells, strict=True))


def labelled(names: Iterable[str], cells: Sequence[str]) -> str:
    """`x: 7, y: 9`, without the inputs that have nothing to say."""
    return ", ".join(f"{name}: {cell}" for name, cell in zip(names, cells, strict=True) if cell)


def input_cells(trace: Trace, use: Use, name: str, extra: Sequence[Cell]) -> tuple[str, ...]:
    """The cells of a use for one network input."""
    seen = fields(trace)[use.index][name]
    axes = tuple(_of_tokens(axis, use) if axis.at is None else _of_units(axis, use) for axis in seen)
    more = (cell(trace, use, name, axes) for cell in extra)
    return (jump_cell(axes), field_cell(axes), *more, seen_cell(axes, trace.spatial_sizes(name)))


def _of_tokens(axis: AxisField, use: Use) -> AxisField:
    """The field of tokens along an input axis that lies within theirs; as it is for all else."""
    if axis.at is not None or axis.pooled or len(axis.parts) != 1 or len(use.output or ()) < LEAST_AXES:
        return axis
    (part,) = axis.parts
    if len(part.layout) > 1:  # windows: those at the border see less, and which these are is not told by one number
        return axis
    return replace(axis, at=part.layout[0].axis, maps=part.maps)


def _of_units(axis: AxisField, use: Use) -> AxisField:
    """The field of the units that there are, where fewer of them are there than it has phases."""
    size = None if axis.at is None or axis.pooled or use.output is None else use.output[axis.at]
    seen = axis.interval
    if seen is None or not isinstance(size, int) or not 0 < size < seen.period or (seen.jump * size).denominator > 1:
        return axis
    return replace(axis, maps=(Interval(int(seen.jump * size), seen.lo[:size], seen.hi[:size]),))


def jump_cell(axes: Field) -> str:
    """Input positions from one unit to the next."""
    return per_axis([missing(axis) or str(axis.interval and axis.interval.jump) for axis in axes])


def field_cell(axes: Field) -> str:
    """Extent of what a unit sees, in input positions; `global (35)` if it sees everything, and 35 locally."""
    local = per_axis([size(axis) for axis in axes])
    if not axes or not all(axis.whole for axis in axes):
        return per_axis(["global" if axis.whole else size(axis) for axis in axes])
    return f"global ({local})" if local.strip(UNKNOWN) else "global"


def reached_cell(trace: Trace, use: Use, name: str, axes: Field) -> str:
    """How many positions inside the field are really read."""
    counts = reached_counts(trace, use, name, axes)
    return per_axis([missing(axis) or str(count or UNKNOWN) for axis, count in zip(axes, counts, strict=True)])


def effective_cell(trace: Trace, use: Use, name: str, axes: Field) -> str:
    """The width that holds the central 95 % of the influence at initialisation."""
    widths = effective_widths(trace, use, name, axes)
    return per_axis([missing(axis) or shown_width(width) for axis, width in zip(axes, widths, strict=True)])


def shown_width(width: float | None) -> str:
    """Positions, below 10 with one decimal."""
    return UNKNOWN if width is None else f"{width:.1f}" if width < 10 else f"{width:.0f}"


def seen_cell(axes: Field, sizes: Shape) -> str:
    """The share of each input axis that a unit sees, at most 100 %; "" where the input's size is not known."""
    shares = [share(axis, n) for axis, n in zip(axes, sizes, strict=False)]
    cell = per_axis(shares)
    return f"{cell} %" if cell.strip(f"{UNKNOWN}{GONE}×") else ""


def size(axis: AxisField) -> str:
    """The extent along one axis, least and greatest where it depends on the phase."""
    low, high = axis.interval.size if axis.interval else (0, 0)
    return missing(axis) or (f"{low}" if low == high else f"{low}–{high}")


def missing(axis: AxisField) -> str:
    """`–` for an axis that no longer exists, `?` where the field is not known, "" if it is."""
    return GONE if axis.at is None else UNKNOWN if axis.interval is None else ""


def share(axis: AxisField, n: Size) -> str:
    """The share of `n` positions along one axis, in per cent."""
    if axis.whole:
        return "100"
    if axis.at is None or axis.interval is None or not isinstance(n, int) or n < 1:
        return missing(axis) or UNKNOWN
    low, high = (percent(extent, n) for extent in axis.interval.size)
    return low if low == high else f"{low}–{high}"


def percent(extent: int, n: int) -> str:
    """`extent` of `n` in per cent, rounded down, clipped at 100; below 10 with one decimal."""
    tenths = min(1000, 1000 * extent // n)
    return str(tenths // 10) if tenths >= 100 else f"{tenths // 10}.{tenths % 10}"


def per_axis(texts: Sequence[str]) -> str:
    """One text if all axes agree, otherwise theirs with `×` between; "" if no axis is left."""
    if all(text == GONE for text in texts):
        return ""
    return texts[0] if len(set(texts)) == 1 else "×".join(texts)
