"""RF301: a window is larger than what it slides over, so that the output would have no positions."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from rflint.checks import rule
from rflint.checks._layers import is_transposed, number, spatial_rank, times, window
from rflint.checks._places import called, comes_astray, place_of
from rflint.diagnostics import Finding
from rflint.dims import less
from rflint.trace import Shape, Trace, Use

UNPADDED = ("AvgPool3d", "LPPool3d")
"""Pools that torch refuses on less than their kernel, whatever padding and ceil_mode make of it."""


@rule("RF301", "output-size-nonpositive", "error")
def output_size_nonpositive(trace: Trace) -> Iterator[Finding]:
    """Whether the output of a convolution, pool or resampling would have a size of zero or less, on any axis."""
    for use in trace.uses:
        sizes = spatial_sizes(use)
        needed = [smallest_input(use, axis) for axis in range(len(sizes))]
        short = [less(size, need) is True for size, need in zip(sizes, needed, strict=True) if need is not None]
        if any(short) and not use.conditional and not comes_astray(trace, use):
            place = place_of(use, "kernel_size", "scale_factor")
            least = "×".join("?" if need is None else str(need) for need in needed)
            message = f"{reason(use, sizes)}; the smallest that works is {least}"
            yield Finding(place, message, called(use), use=use.index)


def spatial_sizes(use: Use) -> Shape:
    """The spatial sizes of the input of a layer that slides a window or resamples; () for all others."""
    shape = use.operands[0].shape if use.operands else None
    if shape is None:
        return ()
    rank = len(shape) - 2 if use.base == "Upsample" else spatial_rank(use)
    return shape[-rank:] if 0 < rank < len(shape) else ()


def smallest_input(use: Use, axis: int) -> int | None:
    """The smallest size from which the layer makes one output position; None if its arguments are not known.

    ⌊(n + 2p - K)/s⌋ + 1 ≥ 1 for a window of extent K (a pool in ceil_mode may lack s - 1 positions);
    (n - 1)s - 2p + K + output_padding ≥ 0 for a transposed convolution, of which torch takes an output without
    positions; ⌊n·scale⌋ ≥ 1 for resampling, but for areas, of which there may be none.
    """
    if use.base == "Upsample":
        scale = use.layer.args.get("scale_factor") if use.layer.args.get("mode") != "area" else None
        if isinstance(scale, tuple):
            scale = scale[axis] if axis < len(scale) else None
        return ceil(1 / scale) if isinstance(scale, (int, float)) and scale > 0 else None
    sliding = window(use, axis)
    if sliding is None:
        return None
    if is_transposed(use):
        extra = number(use, "output_padding", axis)
        missing = None if extra is None else sliding.padding - sliding.extent - extra
        return None if missing is None else 1 + max(0, -(-missing // sliding.stride))
    if use.base in UNPADDED:
        return max(sliding.kernel, sliding.extent - sliding.padding)
    spare = sliding.stride - 1 if use.layer.args.get("ceil_mode", "Pool" in use.base) else 0
    return max(1, sliding.extent - sliding.padding - spare)


def reason(use: Use, sizes: Shape) -> str:
    """Why nothing is left: the window and the size that it does not fit."""
    if use.base == "Upsample":
        return f"scale_factor={use.layer.args['scale_factor']} leaves nothing of {times(sizes)}"
    if is_transposed(use):
        return f"the padding takes away the whole output of an input of {times(sizes)}"
    slides = [window(use, axis) for axis in range(len(sizes))]
    extents = "×".join(str(one.extent) if one else "?" for one in slides)
    dilated = " (kernel and dilation)" if any(one and one.dilation > 1 for one in slides) else ""
    counts = use.base not in UNPADDED
    padded = [size + one.padding if one and counts else size for size, one in zip(sizes, slides, strict=True)]
    with_padding = f" ({times(padded)} with padding)" if padded != list(sizes) else ""
    return f"a window of {extents}{dilated} does not fit an input of {times(sizes)}{with_padding}"
