"""RF501: a transposed convolution close to the output lays more taps on some positions than on others."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from rflint.checks import rule
from rflint.checks._evening import evened
from rflint.checks._layers import Window, is_transposed, spatial_rank, windows
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.dims import at_most
from rflint.trace import Operand, Trace, Use

FEW_CHANNELS = 4
"""Up to so many channels an output is taken for an image: grey, colour, colour and transparency."""
SQUASHING = ("Tanh", "Sigmoid")


@rule("RF501", "checkerboard-overlap", "warning", fix="unsafe")
def checkerboard_overlap(trace: Trace) -> Iterator[Finding]:
    """Whether the taps that fall on an output position differ from phase to phase, with little after to smooth it."""
    for use in trace.uses:
        slides = [one for one in windows(use) if one] if is_transposed(use) else []
        uneven = next((one for one in slides if is_uneven(one)), None)
        if uneven and not any(map(leaves_out, slides)) and reaches_image(trace, use):
            most, least = overlap(uneven)
            what = f"kernel {uneven.kernel} at stride {uneven.stride} lays {most} taps on some rows, {least} on others"
            cure, fix = evened(use) if all(one.dilation == 1 for one in slides) else ("", None)
            message = f"{what}: a checkerboard{f'; {cure} lays as many on all' if cure else ''}"
            yield Finding(place_of(use, "kernel_size"), message, called(use), fix=fix, use=use.index)


def is_uneven(one: Window) -> bool:
    """Whether some positions get more taps than others."""
    most, least = overlap(one)
    return most > least


def leaves_out(one: Window) -> bool:
    """Whether some positions get no taps at all: that is another defect of the layer, RF502, and the greater one."""
    _, least = overlap(one)
    return least == 0


def overlap(one: Window) -> tuple[int, int]:
    """The most and the fewest taps t < k with d·t ≡ φ (mod s), over the phases φ: alike if s divides k, and d = 1."""
    shared = gcd(one.dilation, one.stride)
    return -(-one.kernel * shared // one.stride), 0 if shared > 1 else one.kernel // one.stride


def reaches_image(trace: Trace, use: Use) -> bool:
    """Whether a picture is made of the output, directly or through one more convolution with a kernel above 1."""
    spatial = spatial_rank(use)
    waiting, seen = [(use, 0)], set[tuple[int, int]]()
    while waiting:
        maker, smoothed = waiting.pop()
        if maker.index in trace.output_sources and is_picture(maker, spatial):
            return True
        seen.add((maker.index, smoothed))
        for reader, number_of in trace.consumers().get(maker.index, []):
            more = smoothed + any(one is None or one.kernel > 1 for one in windows(reader))
            if more < 2 and (reader.index, more) not in seen and keeps_resolution(reader.operands[number_of], spatial):
                waiting.append((reader, more))
    return False


def keeps_resolution(operand: Operand, spatial: int) -> bool:
    """Whether the spatial axes, the last ones, are read locally and not downsampled."""
    accesses = [read.access for read in operand.reads[-spatial:]]
    return all(one is not None and one.step <= len(one.taps) for one in accesses)


def is_picture(use: Use, spatial: int) -> bool:
    """Whether an output of the network has few channels, or values between fixed bounds."""
    shape = use.output or ()
    return use.base in SQUASHING or (len(shape) > spatial and at_most(shape[-1 - spatial], FEW_CHANNELS) is True)
