"""Whether a tensor is a map of a convolution: channels on axis 1, and its last axis the width of a network input."""

from __future__ import annotations

from rflint.checks._layers import is_convolution, is_transposed, spatial_rank
from rflint.checks._places import chain
from rflint.receptive import fields
from rflint.trace import Trace, Use

PASSING = ("MaxPool", "AvgPool", "AdaptiveAvgPool", "AdaptiveMaxPool", "Upsample", "Dropout")
"""Layers that leave the axes of a map where they are; those that leave its shape as it is are looked through anyway."""


def maker_of_map(trace: Trace, source: int | str | None) -> Use | None:
    """The two- or three-dimensional convolution that made a tensor, before activations, norms and pools."""
    for use in chain(trace, source):
        if (is_convolution(use) or is_transposed(use)) and spatial_rank(use) > 1:
            batched = use.output is not None and len(use.output) == spatial_rank(use) + 2
            return use if batched and not use.inner else None
        alike = len(use.operands) == 1 and use.operands[0].shape == use.output and keeps_axes(use)
        if not alike and not use.base.startswith(PASSING):
            return None
    return None


def keeps_axes(use: Use) -> bool:
    """Whether every axis of the operand is the same axis of the output."""
    return all(read.to == axis for axis, read in enumerate(use.operands[0].reads))


def ends_in_width(trace: Trace, use: Use) -> bool:
    """Whether the last axis of a use's first operand is the last axis of the network inputs that it is made of."""
    source, shape = use.operands[0].source, use.operands[0].shape or ()
    seen = fields(trace)[source].values() if isinstance(source, int) else ()
    return bool(seen) and all(field and field[-1].at == len(shape) - 1 for field in seen)
