"""RF503: output_padding of a transposed convolution is not smaller than its stride or dilation."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import number, one_or_each, spatial_rank, window
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.edits import Fix, SetArgument
from rflint.trace import Use


@rule("RF503", "output-padding-invalid", "error", fix="unsafe")
def output_padding_invalid(use: Use) -> Iterator[Finding]:
    """Whether output_padding ≥ max(stride, dilation) on an axis."""
    if use.conditional:
        return
    for axis in range(spatial_rank(use)):
        extra, stride, dilation = (number(use, name, axis) for name in ("output_padding", "stride", "dilation"))
        if extra is None or stride is None or dilation is None or extra < max(stride, dilation, 1):
            continue
        reason = f"output_padding {extra} is not smaller than stride {stride} or dilation {dilation}"
        right = [times_stride(use, at) for at in range(spatial_rank(use))]
        fits = [one for one in right if one is not None]
        fix = Fix((SetArgument(use.layer, "output_padding", one_or_each(fits)),)) if len(fits) == len(right) else None
        message = f"{reason}; it picks one of the sizes that round to the same"
        yield Finding(place_of(use, "output_padding"), message, called(use), fix=fix)
        return


def times_stride(use: Use, axis: int) -> int | None:
    """The output_padding s - K + 2p with which a layer makes s·n positions of n; None if it may not be that."""
    one = window(use, axis)
    if one is None:
        return None
    extra = one.stride - one.extent + one.padding
    return extra if 0 <= extra < max(one.stride, one.dilation) else None
