"""RF304: all that read a tensor step over the same rows, so that these were computed for nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod

from rflint.checks import rule
from rflint.checks._layers import is_convolution, spatial_rank, window, windows
from rflint.checks._places import place_of
from rflint.checks._readers import Reader, Rows, readers_of, rows_read, tensors
from rflint.diagnostics import Finding
from rflint.receptive import fields
from rflint.trace import Trace, Use

LONGEST_PICTURE = 12
LABELS = ("mask", "label", "target")
"""Inputs with such names hold classes, of which every other one is picked to make them smaller."""


@rule("RF304", "unread-pixels", "warning", fix="hint")
def unread_pixels(trace: Trace) -> Iterator[Finding]:
    """Whether the rows that all readers of a tensor read leave out some remainder, on a spatial axis."""
    for source, axes in tensors(trace) if trace.complete else ():
        readers = readers_of(trace, source)
        rows = {axis: found for axis, size in axes if (found := rows_read(readers, axis, size))}
        layers = [reader.use for reader in readers if should_read_all(trace, reader.use)]
        if rows and layers and not is_known_block(readers):
            yield finding(layers, rows)


def should_read_all(trace: Trace, use: Use) -> bool:
    """Whether it is a layer or a resampling, but not of labels; a slice says itself what it leaves out."""
    return spatial_rank(use) > 0 or (use.base == "Upsample" and not is_label(trace, use))


def is_known_block(readers: Sequence[Reader]) -> bool:
    """Whether it is a block of the first ResNet, which has its stride on both 1×1 convolutions at its start."""
    return len(readers) > 1 and all(is_one_by_one(reader.use) for reader in readers)


def is_one_by_one(use: Use) -> bool:
    """Whether it is a convolution with a kernel of 1 on all axes."""
    return is_convolution(use) and all(one is not None and one.kernel == 1 for one in windows(use))


def is_label(trace: Trace, use: Use) -> bool:
    """Whether all that the use sees are inputs whose names speak of labels."""
    return all(any(word in name.lower() for word in LABELS) for name in fields(trace)[use.index])


def finding(layers: Sequence[Use], rows: Mapping[int, Rows]) -> Finding:
    """The finding at the first layer that steps over rows, with how many positions are lost over all axes."""
    first, *others = layers
    lost = 1 - prod(Fraction(len(read), period) for period, read in rows.values())
    axis, (period, read) = next(iter(rows.items()))
    picture = "".join("#" if row % period in read else "." for row in range(max(6, period)))
    shown = f" {picture}" if len(picture) <= LONGEST_PICTURE else ""
    cause, cure = explanation(first, axis)
    rest = f"nothing reads the rest, {round(100 * lost)} % of the positions"
    related = tuple((place_of(use, "stride"), "steps over the same rows") for use in others)
    message = f"{cause} reads rows{shown} only, and {rest}; {cure} would"
    return Finding(place_of(first, "stride", "scale_factor"), message, related, use=first.index)


def explanation(use: Use, axis: int) -> tuple[str, str]:
    """What steps over rows of an axis, and what would not."""
    if use.base == "Upsample":
        mode = str(use.layer.args.get("mode", "this"))
        return f"{mode} resampling", "antialias=True or a pool" if "linear" in mode else "a pool"
    slides = window(use, axis - len(use.operands[0].shape or ()) + spatial_rank(use))
    if slides is None:
        return "this layer", "a pool"
    if slides.kernel >= slides.stride:
        return f"kernel {slides.kernel} at stride {slides.stride} with dilation {slides.dilation}", "dilation 1"
    return f"kernel {slides.kernel} at stride {slides.stride}", f"a kernel of {slides.stride} or a pool"
