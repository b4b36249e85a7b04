"""How many positions of the input a unit really reads: holes inside its field are left out."""

from __future__ import annotations

from rflint.receptive import Field, reached
from rflint.trace import Trace, Use


def reached_counts(trace: Trace, use: Use, name: str, axes: Field) -> list[int | None]:
    """For each axis of input `name`, what an interior unit of the use reads; None where it is not known or gone."""
    return [None if axes[axis].at is None else count(trace, use, name, axis) for axis in range(len(axes))]


def count(trace: Trace, use: Use, name: str, axis: int) -> int | None:
    """The number of positions along one axis."""
    found = reached(trace, use.index, name, axis)
    return None if found is None else found.count
