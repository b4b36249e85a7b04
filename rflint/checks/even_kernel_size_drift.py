"""RF305: a convolution with an even kernel changes the size by one, and its output meets one that has the old size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.checks import rule
from rflint.checks._branches import drift, drifting, keeping_size
from rflint.checks._layers import spatial_rank, window
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
        for axis in range(-spatial_axes(use), 0):
            layers = drifting(trace, use, axis)
            if layers:
                yield finding(layers, use, axis)
                break


def spatial_axes(use: Use) -> int:
    """How many spatial axes the two operands share; 0 if their ranks differ."""
    a, b = (operand.shape or () for operand in use.operands)
    return max(0, len(a) - 2) if len(a) == len(b) else 0


def finding(layers: Sequence[Use], use: Use, axis: int) -> Finding:
    """The finding at the kernel of the first such layer."""
    layer, count = layers[0], len(layers)
    one, change = window(layer, spatial_rank(layer) + axis), drift(layer, axis)
    kernel = one.kernel if one else 0
    others = f", as {count - 1} more of its branch" if count > 1 else ""
    message = (
        f"the even kernel {kernel} makes one row {'more' if change > 0 else 'less'}{others}, and is joined with a "
        f"tensor of the old size; an odd kernel or padding='same' keeps it"
    )
    related = (*called(layer), (use.place, "joined here"))
    return Finding(place_of(layer, "kernel_size"), message, related, fix=keeping_size(layers), use=use.index)
