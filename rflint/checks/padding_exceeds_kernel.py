"""RF306: so much padding that whole windows lie on it, and their outputs are the bias and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import Window, one_or_each, spatial_rank, windows
from rflint.checks._places import argument_fix, called, is_constructed, place_of
from rflint.checks.dilation_padding_mismatch import is_resized_after
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

MOST = 10
"""Padding of more than so many kernels is a design (FCN pads its input by 100), and no slip."""


@rule("RF306", "padding-exceeds-kernel", "warning", fix="unsafe")
def padding_exceeds_kernel(trace: Trace) -> Iterator[Finding]:
    """Whether the padding of a convolution is larger than d·(k - 1), and nothing is cropped after it."""
    for use in trace.convolutions():
        slides = [one for one in windows(use) if one]
        axis = next((axis for axis, one in enumerate(slides) if is_swamped(one)), None)
        if len(slides) < spatial_rank(use) or axis is None or not pads_with_zeros(use):
            continue
        if not is_resized_after(trace, use, len(use.output or ()) - len(slides) + axis):
            yield finding(use, slides, slides[axis])


def is_swamped(one: Window) -> bool:
    """Whether the first window lies wholly on the padding before the map: p ≥ K."""
    return one.extent <= one.padding // 2 <= MOST * one.kernel


def pads_with_zeros(use: Use) -> bool:
    """Whether it pads a map with zeros."""
    mode = use.layer.args.get("padding_mode", None if is_constructed(use) else "zeros")
    return mode == "zeros" and use.output is not None


def finding(use: Use, slides: list[Window], worst: Window) -> Finding:
    """The finding at the padding, with how many outputs of each border see nothing."""
    padding = worst.padding // 2
    rows = (padding - worst.extent) // worst.stride + 1
    right = one_or_each([(one.extent - 1) // 2 for one in slides])
    message = (
        f"padding {padding} around a kernel that extends over {worst.extent}: the first {rows} "
        f"{'outputs see' if rows > 1 else 'output sees'} padding alone; padding={right} is meant for such a kernel"
    )
    fix = argument_fix(use, "padding", right)
    return Finding(place_of(use, "padding"), message, called(use), fix=fix, use=use.index)
