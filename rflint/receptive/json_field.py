"""The field of a use as the JSON of `show` gives it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from rflint.receptive.axes import AxisField, Field
from rflint.trace import Shape

MOST_UNITS = 4096
"""Units of longer axes are not looked at one by one."""


def json_field(axes: Field, reached: Sequence[int | None] | None = None, shape: Shape | None = None) -> dict[str, Any]:
    """One entry for each axis of the network input; `reached`: how many positions are read on each, if asked for.

    `shape` is that of the tensor: where branches with different jumps have met there is no jump, and the sizes are
    those of its units.  Where it depends on data what is read, the entries are null, `data_dependent` names the use
    that reads so, and `at_least` holds the figures of its regular grid.
    """
    field: dict[str, Any] = _figures([None if axis.data_dependent else axis for axis in axes], shape)
    if reached is not None:
        field["reached"] = list(reached)
    field["global"] = axes[-1].whole if axes and all(axis.whole for axis in axes) else False
    by_data = next((axis.data_dependent for axis in axes if axis.data_dependent), "")
    if by_data:
        field["data_dependent"] = by_data
        field["at_least"] = _figures(axes, shape)
    return field


def _figures(axes: Sequence[AxisField | None], shape: Shape | None) -> dict[str, Any]:
    known = [None if axis is None else _known(axis, shape) for axis in axes]
    return {
        "size": [one and _size(one[0]) for one in known],
        "jump": [one and _jump(one[1]) for one in known],
        "start": [one and one[2] for one in known],
    }


def _known(axis: AxisField, shape: Shape | None) -> tuple[tuple[int, int], Fraction | None, int | None] | None:
    """Sizes, jump (None: there are several) and start, as far as they are known."""
    if axis.at is None or not axis.maps:
        return None
    units = shape[axis.at] if shape is not None and axis.at < len(shape) else None
    if len(axis.maps) > 1 and not (isinstance(units, int) and 0 < units <= MOST_UNITS):
        return None
    first = axis.span(0)
    jump = axis.maps[0].jump if len(axis.maps) == 1 else None
    return axis.sizes(units if isinstance(units, int) else 0), jump, first and first[0]


def _size(size: tuple[int, int]) -> int | list[int]:
    return size[0] if size[0] == size[1] else list(size)


def _jump(jump: Fraction | None) -> int | str | None:
    if jump is None:
        return None
    return jump.numerator if jump.denominator == 1 else str(jump)
