"""RF108: units see more of one axis than of the other, though the input is square."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import number, spatial_rank, times, window
from rflint.checks._places import called, named, place_of
from rflint.diagnostics import Finding
from rflint.geometry.ends import behind
from rflint.geometry.stated import AXES, Tensor, extents, tensor
from rflint.trace import Trace, Use


@rule("RF108", "rf-anisotropic", "info", default=False, fix="hint", needs_size=True)
def rf_anisotropic(trace: Trace) -> Iterator[Finding]:
    """Whether outputs see more of one of two equal axes, and all layers that are not square are longer along it."""
    if not trace.declared or trace.task == "audio":
        return
    for source in dict.fromkeys(trace.output_sources):
        found = tensor(trace, source)
        if found is None or not isinstance(found.source, int) or len(found.axes) != 2:
            continue
        sizes = trace.spatial_sizes(found.name)
        known = [one for axis in (0, 1) if not isinstance(one := extents(trace, found, axis), str)]
        is_square = isinstance(sizes[0], int) and sizes[0] == sizes[1]
        if is_square and len(known) == 2 and known[0] != known[1] and not pools_one_axis(found):
            yield from finding(trace, found.source, [int(low) for low, _ in known])


def pools_one_axis(found: Tensor) -> bool:
    """Whether all of one axis is seen by something behind what the extents are those of, and of the other it is not."""
    rows, columns = found.axes
    return bool(rows.whole) != bool(columns.whole)


def finding(trace: Trace, source: int, seen: list[int]) -> Iterator[Finding]:
    """The finding at the first layer that is not square; none if others stretch the other axis."""
    uses = [trace.uses[index] for index in behind(trace, source)]
    oblong = [use for use in uses if longer_axes(use)]
    longer = {axis for use in oblong for axis in longer_axes(use)}
    if longer != {seen.index(max(seen))} or any(use.conditional for use in oblong):
        return
    first = oblong[0]
    uneven = [
        name for name in ("kernel_size", "dilation", "stride") if number(first, name, 0) != number(first, name, 1)
    ]
    which = f"{named(first)} and {len(oblong) - 1} more widen" if len(oblong) > 1 else f"{named(first)} widens"
    text = f"units see {times(seen)} px of a square input: {which} {AXES[2][longer.pop()]} alone"
    yield Finding(place_of(first, *uneven), text, called(first), use=first.index)


def longer_axes(use: Use) -> set[int]:
    """The axes along which a layer with a window reaches further, or moves faster, than along the other one."""
    windows = [window(use, axis) for axis in (0, 1)] if spatial_rank(use) == 2 else []
    known = [one for one in windows if one is not None]
    if len(known) < 2:
        return set()
    rows, columns = known
    pairs = [(rows.extent, columns.extent), (rows.stride, columns.stride)]
    return {pair.index(max(pair)) for pair in pairs if pair[0] != pair[1]}
