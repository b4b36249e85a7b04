"""RF504: an output misses, by a few positions, the size that the strides of its network promise."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from rflint.checks import rule
from rflint.checks._evening import times_stride
from rflint.checks._layers import number, spatial_rank, window
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.dims import Size
from rflint.geometry.ends import behind
from rflint.receptive import fields
from rflint.trace import Trace, Use


class Drift(NamedTuple):
    """An axis of an output (counted from its last one), its size, and that of the input over the output's jump."""

    axis: int
    size: Size
    promised: Size
    by: int


@rule("RF504", "transposed-size-drift", "warning", fix="unsafe")
def transposed_size_drift(trace: Trace) -> Iterator[Finding]:
    """Whether an output has nearly n/jump positions, but not quite, and a transposed convolution is to blame."""
    told = set[int]()
    outputs = [one for one in trace.output_sources if isinstance(one, int)] if trace.order == "forward" else []
    for output in dict.fromkeys(outputs):
        for name in fields(trace)[output]:
            drift = drifting(trace, output, name)
            layer = to_blame(trace, output, drift.axis) if drift else None
            if drift and layer and layer.index not in told:
                told.add(layer.index)
                yield finding(layer, drift)


def drifting(trace: Trace, output: int, name: str) -> Drift | None:
    """The first spatial axis of an output whose size is not that of the input over the jump, but near to it."""
    axes, after = fields(trace)[output][name], trace.uses[output].output or ()
    for number_of, (axis, n) in enumerate(zip(axes, trace.spatial_sizes(name), strict=False)):
        if axis.at is None or axis.interval is None or axis.pooled:
            continue
        jump, size = axis.interval.jump, after[axis.at]
        gap = size * jump.numerator - n * jump.denominator
        if not isinstance(gap, int) or not jump or gap % jump.numerator:
            continue
        by = gap // jump.numerator
        if 0 < abs(by) < max(total_stride(trace, output, name, number_of), 1 / jump):
            return Drift(axis.at - len(after), size, size - by, by)
    return None


def total_stride(trace: Trace, output: int, name: str, axis: int) -> Fraction:
    """The largest jump on the way to an output."""
    ways = (fields(trace)[index].get(name, ()) for index in behind(trace, output))
    known = (field[axis].interval for field in ways if axis < len(field))
    return max(interval.jump for interval in known if interval)


def to_blame(trace: Trace, output: int, axis: int) -> Use | None:
    """The last transposed convolution on the way that makes more or fewer than stride·n positions."""
    ways = [trace.uses[index] for index in reversed(behind(trace, output))]
    return next((use for use in ways if surplus(use, axis)), None)


def surplus(use: Use, axis: int) -> int:
    """K - 2p + output_padding - s: how many positions more than s·n are made on an axis, counted from the last.

    0 where that is not known, and for layers other than transposed convolutions: they have no output_padding.
    """
    at = spatial_rank(use) + axis
    one = window(use, at) if at >= 0 else None
    extra = number(use, "output_padding", at)
    return one.extent - one.padding + extra - one.stride if one and extra is not None else 0


def finding(use: Use, drift: Drift) -> Finding:
    """The finding at the layer's constructor, with what would make its size a multiple of the stride."""
    more = f"{abs(drift.by)} {'more' if drift.by > 0 else 'fewer'}"
    over, stride = surplus(use, drift.axis), number(use, "stride", spatial_rank(use) + drift.axis)
    off = f"this layer makes {stride}·n {'+' if over > 0 else '-'} {abs(over)} of n"
    cure, fix = times_stride(use)
    message = f"the output has {drift.size} positions, {more} than the {drift.promised} of its strides: {off}"
    message += f"; {cure} makes {stride}·n" if cure else ""
    place = place_of(use, "output_padding", "padding", "kernel_size")
    return Finding(place, message, called(use), fix=fix, use=use.index)
