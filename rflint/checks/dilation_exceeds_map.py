"""RF204: a dilation as large as the map, so that all but a few taps fall on padding wherever the kernel lies."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import number, spatial_rank, times
from rflint.checks._places import called, place_of
from rflint.checks._taps import is_beyond, live_taps
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use


@rule("RF204", "dilation-exceeds-map", "warning", fix="hint")
def dilation_exceeds_map(trace: Trace) -> Iterator[Finding]:
    """Whether a convolution has dead taps because its dilation is at least the size of what it is given, each time."""
    for use in filter(is_beyond, trace.uses):
        calls = [other for other in trace.uses if other.path == use.path and other.layer.defined == use.layer.defined]
        if calls[0] is use and all(map(is_beyond, calls)):
            yield finding(use)


def finding(use: Use) -> Finding:
    """The finding at the dilation, with the axis where the fewest taps are alive."""
    rank = spatial_rank(use)
    taps = live_taps(use)
    axis = min(range(rank), key=lambda at: taps[at][0] / taps[at][1])
    live, kernel = taps[axis]
    size = times((use.operands[0].shape or ())[-rank:])
    message = f"dilation {number(use, 'dilation', axis)} on a map of {size}: {live} of {kernel} taps ever meet data"
    effect = ", it is a 1×1 convolution" if all(alive == 1 for alive, _ in taps) and rank == 2 else ""
    return Finding(place_of(use, "dilation"), message + effect, called(use), use=use.index)
