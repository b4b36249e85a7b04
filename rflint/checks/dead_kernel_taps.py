"""RF105: taps of a kernel that only ever fall on padding, because the map is smaller than the kernel."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from rflint.checks import rule
from rflint.checks._layers import one_or_each, spatial_rank, times, windows
from rflint.checks._places import called, named, place_of
from rflint.checks._taps import is_beyond, live_taps
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

MOST_RELATED = 8


@rule("RF105", "dead-kernel-taps", "warning", fix="hint")
def dead_kernel_taps(trace: Trace) -> Iterator[Finding]:
    """Whether weights of a convolution never touch data at this input size; one finding for the whole network."""
    layers = {use.layer.defined or use.place: use for use in reversed(trace.uses) if has_dead_taps(use)}
    dead = [use for use in reversed(layers.values()) if not lives_elsewhere(trace, use)]
    if dead:
        yield finding(dead[0], dead[1:])


def has_dead_taps(use: Use) -> bool:
    """Whether some taps are dead, for another reason than a dilation as large as the map (RF204)."""
    return any(live < kernel for live, kernel in live_taps(use)) and not is_beyond(use)


def lives_elsewhere(trace: Trace, use: Use) -> bool:
    """Whether the same layer is called on a map on which more of its taps are alive, or may be."""
    same = (other for other in trace.uses if other.path == use.path and other.layer.defined == use.layer.defined)
    return any(live_taps(other) != live_taps(use) for other in same)


def finding(use: Use, others: list[Use]) -> Finding:
    """The finding at the first layer; the others are counted, and the first ones of them related."""
    taps, rank = live_taps(use), spatial_rank(use)
    whole, live = prod(kernel for _, kernel in taps), prod(alive for alive, _ in taps)
    kernel = "×".join(str(kernel) for _, kernel in taps)
    shape = use.operands[0].shape or ()
    strides = [one.stride for one in windows(use) if one is not None]
    strided = f" with stride {one_or_each(strides)}" if set(strides) != {1} else ""
    what = f"{kernel} kernel{strided} on a map of {times(shape[-rank:])}"
    message = f"{what}: {whole - live} of {whole} weights never touch data"
    more = f"; so do weights of {len(others)} more layers" if len(others) > 1 else "; so do weights of one more layer"
    related = tuple((place_of(one, "kernel_size"), f"{named(one)}, too") for one in others[:MOST_RELATED])
    return Finding(
        place_of(use, "kernel_size"), message + (more if others else ""), (*called(use), *related), use=use.index
    )
