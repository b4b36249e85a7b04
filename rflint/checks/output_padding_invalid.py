"""RF503: output_padding of a transposed convolution is not smaller than its stride or dilation."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import is_transposed, number, spatial_rank
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.trace import Use


@rule("RF503", "output-padding-invalid", "error", fix="hint")
def output_padding_invalid(use: Use) -> Iterator[Finding]:
    """Whether output_padding ≥ max(stride, dilation) on an axis."""
    if use.conditional or not is_transposed(use):
        return
    for axis in range(spatial_rank(use)):
        extra, stride, dilation = (number(use, name, axis) for name in ("output_padding", "stride", "dilation"))
        if extra is None or stride is None or dilation is None or extra < max(stride, dilation, 1):
            continue
        reason = f"output_padding {extra} is not smaller than stride {stride} or dilation {dilation}"
        yield Finding(
            place_of(use, "output_padding"), f"{reason}; it picks one of the sizes that round to the same", called(use)
        )
        return
