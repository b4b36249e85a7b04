"""RF305: a convolution with an even kernel changes the size by one, and its output meets one that has the old size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.checks import rule
from rflint.checks._branches import drift, drifting, keeping_size
from rflint.checks._layers import number, spatial_rank
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

MEETINGS = ("add", "sub", "mul", "div", "cat", "stack")


@rule("RF305", "even-kernel-size-drift", "warning", fix="unsafe")
def even_kernel_size_drift(trace: Trace) -> Iterator[Finding]:
    """Whether the even kernels of one branch explain just what is missing where it meets another one."""
    for use in trace.uses:
        if use.base not in MEETINGS or use.conditional or len(use.operands) != 2:
            continue
        for axis in spatial_axes(use):
            layers = drifting(trace, use, axis)
            if layers:
                yield finding(layers, use, axis)
                break


def spatial_axes(use: Use) -> Sequence[int]:
    """The spatial axes that the two operands share, counted from the last one; none if their ranks differ."""
    a, b = (len(operand.shape or ()) for operand in use.operands)
    return range(2 - a, 0) if a == b else ()


def finding(layers: Sequence[Use], use: Use, axis: int) -> Finding:
    """The finding at the kernel of the first such layer."""
    layer, count = layers[0], len(layers)
    kernel = number(layer, "kernel_size", spatial_rank(layer) + axis)
    row = "one row more" if drift(layer, axis) == 1 else "one row less"
    others = f", as {count - 1} more of its branch" if count > 1 else ""
    message = (
        f"the even kernel {kernel} makes {row}{others}, and is joined with a tensor of the old size; "
        "an odd kernel or padding='same' keeps it"
    )
    related = (*called(layer), (use.place, "joined here"))
    return Finding(place_of(layer, "kernel_size"), message, related, fix=keeping_size(layers), use=use.index)
