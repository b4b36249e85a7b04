"""The uses at which something becomes true of what units see that was true of none of their operands."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rflint.receptive import AxisField, fields
from rflint.trace import Trace, Use


def first_uses(trace: Trace, is_so: Callable[[AxisField], object]) -> Iterator[tuple[Use, str, AxisField]]:
    """Such uses, each with the network input and its first axis for which it has become true; one for each use."""
    for use in trace.uses if trace.order == "forward" else ():
        found = next(newly(trace, use, is_so), None)
        if found is not None:
            yield trace.standing_for(use), *found


def newly(trace: Trace, use: Use, is_so: Callable[[AxisField], object]) -> Iterator[tuple[str, AxisField]]:
    """The axes of inputs of which it is true after the use, and not before on any operand."""
    before = [fields(trace)[operand.source] for operand in use.operands if isinstance(operand.source, int)]
    for name, axes in fields(trace)[use.index].items():
        for number, axis in enumerate(axes):
            if is_so(axis) and not any(is_so(seen[name][number]) for seen in before if name in seen):
                yield name, axis


def extent(axes: tuple[AxisField, ...]) -> str:
    """What units see locally, `7`, `7×15` where axes differ, `26–28` where it depends on the phase; "" if unknown."""
    sizes = [axis.maps[0].size for axis in axes if len(axis.maps) == 1]
    texts = [f"{low}" if low == high else f"{low}–{high}" for low, high in sizes]
    return "×".join(texts) if len(texts) == len(axes) else ""
