"""RF305: a convolution with an even kernel changes the size by one, and its output meets one that has the old size."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._branches import own_layers
from rflint.checks._layers import Window, is_convolution, spatial_rank, window
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Trace, Use

MEETINGS = ("add", "sub", "mul", "div", "cat", "stack")


@rule("RF305", "even-kernel-size-drift", "warning", fix="hint")
def even_kernel_size_drift(trace: Trace) -> Iterator[Finding]:
    """Whether the even kernels of one branch explain just what is missing where it meets another one."""
    for use in trace.uses:
        if use.base not in MEETINGS or use.conditional or len(use.operands) != 2:
            continue
        for axis in range(-spatial_axes(use), 0):
            layers = drifting(trace, use, axis)
            if layers:
                yield finding(layers[0], use, axis, len(layers))
                break


def spatial_axes(use: Use) -> int:
    """How many spatial axes the two operands share; 0 if their ranks differ."""
    a, b = (operand.shape or () for operand in use.operands)
    return max(0, len(a) - 2) if len(a) == len(b) else 0


def drifting(trace: Trace, use: Use, axis: int) -> list[Use]:
    """The layers with an even kernel on one branch whose drifts add up to the difference; [] if they do not."""
    a, b = (operand.shape or () for operand in use.operands)
    if equal(a[axis], b[axis]) is not False or 1 in (a[axis], b[axis]):
        return []
    for sign, branch in zip((1, -1), own_layers(trace, use), strict=True):
        even = [layer for layer in branch if drift(layer, axis)]
        total = sum(drift(layer, axis) for layer in even)
        if even and equal(a[axis] - b[axis], sign * total) is True:
            return even[::-1]
    return []


def drift(use: Use, axis: int) -> int:
    """2p - d·(k - 1) of a convolution with stride 1 and an even kernel, padded as nearly as can be; else 0."""
    at = spatial_rank(use) + axis
    one = window(use, at) if is_convolution(use) and at >= 0 else None
    return one.padding - one.extent + 1 if one and is_nearly_same(one) else 0


def is_nearly_same(one: Window) -> bool:
    """Whether no padding keeps the size, and the next ones to it were taken: it changes by 1."""
    return one.kernel % 2 == 0 and one.stride == 1 and abs(one.padding - one.extent + 1) == 1


def finding(layer: Use, use: Use, axis: int, count: int) -> Finding:
    """The finding at the kernel of the first such layer."""
    one, change = window(layer, spatial_rank(layer) + axis), drift(layer, axis)
    kernel = one.kernel if one else 0
    others = f", as {count - 1} more of its branch" if count > 1 else ""
    message = (
        f"the even kernel {kernel} makes one row {'more' if change > 0 else 'less'}{others}, and is joined with a "
        f"tensor of the old size; an odd kernel or padding='same' keeps it"
    )
    return Finding(place_of(layer, "kernel_size"), message, (*called(layer), (use.place, "joined here")), use=use.index)
