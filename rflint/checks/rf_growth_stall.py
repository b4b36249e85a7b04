"""RF104: convolutions in a row that widen nothing, in a network whose units see less than the input."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import is_convolution, times
from rflint.checks._places import named, place_of
from rflint.checks._taps import live_taps
from rflint.checks._widening import seen
from rflint.diagnostics import Finding
from rflint.geometry.stated import Tensor, tensor
from rflint.receptive import fields
from rflint.trace import Trace, Use

SHORTEST = 4
"""So many steps in a row that widen nothing are a stall; what lies between two bottlenecks of a network is one step."""
Stall = list[Use]


@rule("RF104", "rf-growth-stall", "info", default=False, fix="hint", needs_size=True)
def rf_growth_stall(trace: Trace) -> Iterator[Finding]:
    """Whether four or more steps in a row widen nothing, before one that does."""
    if not trace.declared:
        return
    stall: Stall = []
    for part in parts(trace):
        convolutions = [use for use in part if is_convolution(use)]
        if any(widens(trace, use) for use in part):
            if len(stall) >= SHORTEST:
                yield from finding(trace, stall)
            stall = []
        elif convolutions:
            stall.append(convolutions[0])


def parts(trace: Trace) -> Iterator[list[Use]]:
    """The uses between the places that every way from the input to the output leads through: a layer, a block."""
    last = Counter({source: max(use.index for use, _ in readers) for source, readers in trace.consumers().items()})
    needed = max((last[name] for name in trace.input_shapes), default=0)
    part = list[Use]()
    for use in trace.uses:
        part.append(use)
        if needed <= use.index:
            yield part
            part = []
        needed = max(needed, last[use.index])
    yield part


def widens(trace: Trace, use: Use) -> bool:
    """Whether the units of a use see more than those that it reads, of any input; also where that is not known."""
    taps = live_taps(use)
    if taps and all(live <= 1 for live, _ in taps):
        return False
    for name, field in fields(trace)[use.index].items():
        for axis in range(len(field)):
            here = total(trace, use.index, name, axis)
            before = max(total(trace, operand.source, name, axis) for operand in use.operands)
            if field[axis].pooled or not here or here > before:
                return True
    return False


def total(trace: Trace, source: int | str | None, name: str, axis: int) -> int:
    """The least and the greatest extent together: behind an upsampling some phases grow before others do."""
    if not isinstance(source, int):
        return 2  # of an input its own position, of a parameter nothing, which is not more
    field = fields(trace)[source].get(name)
    interval = field[axis].interval if field else None
    return sum(interval.size) if interval else 0


def finding(trace: Trace, stall: Stall) -> Iterator[Finding]:
    """The finding at the first of these layers, if its units see less than the input."""
    at = tensor(trace, stall[0].operands[0].source)
    if at is None:
        return
    sizes, extents = trace.spatial_sizes(at.name), sees(trace, at)
    known = [size for size in sizes if isinstance(size, int)]
    if len(known) < len(sizes) or not any(a < b for a, b in zip(extents, known, strict=True)):
        return
    first, last = stall[0], stall[-1]
    what = f"{named(first)} to {named(last)}, {len(stall)} steps, widen nothing"
    text = f"{what}: units see {times(extents)} of {times(known)}{' px' if len(known) > 1 else ''}"
    related = ((last.place, "the last of them"),)
    yield Finding(place_of(first, "kernel_size"), text, related, use=first.index)


def sees(trace: Trace, at: Tensor) -> list[int]:
    """How much units see along each axis at least."""
    return [seen(trace, at.source, at.name, axis) for axis in range(len(at.axes))]
