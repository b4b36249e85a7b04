"""RF409: pixels and channels change places, but there are no whole blocks of them."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.dims import divides
from rflint.trace import Shape, Use

ARGUMENTS = {"PixelShuffle": "upscale_factor", "PixelUnshuffle": "downscale_factor"}


@rule("RF409", "pixel-shuffle-channels", "error")
def pixel_shuffle_channels(use: Use) -> Iterator[Finding]:
    """Whether r² does not divide the channels of a shuffle, or r not the sizes of an unshuffle."""
    shape = use.operands[0].shape if use.operands else None
    argument = ARGUMENTS.get(use.base, "")
    factor = use.layer.args.get(argument)
    if shape is None or len(shape) < 3 or use.conditional or use.given is not None:
        return
    if isinstance(factor, int):
        problem = shuffled(shape, factor) if use.base == "PixelShuffle" else unshuffled(shape, factor)
        problem = problem if factor > 0 else f"{argument}={factor} is not a positive number"
        if problem:
            yield Finding(place_of(use, argument), problem, called(use))


def shuffled(shape: Shape, factor: int) -> str:
    """What is wrong with the channels of (…, C·r², H, W)."""
    if divides(factor * factor, shape[-3]) is not False:
        return ""
    needs = f"upscale_factor {factor} takes {factor}·{factor} channels for one"
    return f"{needs}, which does not divide the {shape[-3]} of {times(shape)}"


def unshuffled(shape: Shape, factor: int) -> str:
    """What is wrong with the sizes of (…, C, r·H, r·W)."""
    if all(divides(factor, size) is not False for size in shape[-2:]):
        return ""
    return f"downscale_factor {factor} does not divide the sizes {times(shape[-2:])}"
