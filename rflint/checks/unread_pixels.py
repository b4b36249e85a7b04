"""RF304: all that read a tensor step over the same rows, so that these were computed for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod

from rflint.checks import rule
from rflint.checks._layers import is_convolution, spatial_rank, windows
from rflint.checks._places import place_of
from rflint.checks._readers import Reader, Rows, readers_of, rows_read, tensors
from rflint.diagnostics import Finding
from rflint.dims import Size
from rflint.receptive import fields
from rflint.trace import Trace, Use

LABELS = ("mask", "label", "target")
"""Inputs with such names hold classes, of which every other one is picked to make them smaller."""


@rule("RF304", "unread-pixels", "warning", fix="hint")
def unread_pixels(trace: Trace) -> Iterator[Finding]:
    """Whether the rows that all readers of a tensor read leave out some remainder, on a spatial axis."""
    if not trace.complete or trace.order != "forward":
        return
    for source, axes in tensors(trace):
        readers = readers_of(trace, source)
        rows = [found for axis, size in axes if (found := rows_read(readers, axis, size))]
        skipping = [reader.use for reader in readers if is_layer(reader.use) and skips(reader, axes)]
        if skipping and rows and not is_meant(trace, readers, skipping):
            yield finding(skipping, rows)


def skips(reader: Reader, axes: Sequence[tuple[int, Size]]) -> bool:
    """Whether it leaves out rows of any axis."""
    return any(rows_read([reader], axis, size) for axis, size in axes)


def is_layer(use: Use) -> bool:
    """Whether it is a layer or function that should read all, and no slice, which says itself what it leaves out."""
    return spatial_rank(use) > 0 or use.base == "Upsample"


def is_meant(trace: Trace, readers: Sequence[Reader], skipping: Sequence[Use]) -> bool:
    """Whether it is a known design: labels made smaller, or a ResNet block with the stride on both its 1×1 layers."""
    if all(use.base == "Upsample" and is_label(trace, use) for use in skipping):
        return True
    ones = [
        is_convolution(use) and all(one and one.kernel == 1 for one in windows(use))
        for use in (reader.use for reader in readers)
    ]
    return len(ones) > 1 and all(ones)


def is_label(trace: Trace, use: Use) -> bool:
    """Whether all that the use sees are inputs whose names speak of labels."""
    names = fields(trace)[use.index]
    return bool(names) and all(any(word in name.lower() for word in LABELS) for name in names)


def finding(skipping: Sequence[Use], rows: Sequence[Rows]) -> Finding:
    """The finding at the first layer that steps over rows, with how many positions are lost over all axes."""
    first, *others = skipping
    lost = 1 - prod(Fraction(len(read), period) for period, read in rows)
    period, read = rows[0]
    picture = "".join("#" if row % period in read else "." for row in range(max(6, period)))
    shown = f" {picture}" if len(picture) <= 12 else ""
    rest = f"nothing reads the rest, {round(100 * lost)} % of the positions"
    message = f"{cause(first)} reads rows{shown} only, and {rest}{cure(first)}"
    place = place_of(first, "stride", "scale_factor")
    return Finding(place, message, tuple((place_of(use, "stride"), "steps over the same rows") for use in others))


def cause(use: Use) -> str:
    """What steps over rows."""
    slides = next((one for one in windows(use) if one and one.stride > 1), None)
    if slides is None:
        return f"{use.layer.args.get('mode', 'this')} resampling"
    dilated = f" with dilation {slides.dilation}" if slides.kernel > 1 and slides.dilation > 1 else ""
    return f"kernel {slides.kernel} at stride {slides.stride}{dilated}"


def cure(use: Use) -> str:
    """What would read all of them."""
    slides = next((one for one in windows(use) if one and one.stride > 1), None)
    if slides is None:
        return "; antialias=True or a pool would" if "linear" in str(use.layer.args.get("mode")) else "; a pool would"
    if slides.kernel >= slides.stride:
        return "; without dilation it would"
    return f"; a kernel of {slides.stride} or a pool would"
