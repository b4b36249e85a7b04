"""RF608: a convolution with a group for each input channel that makes several channels of each, unmixed."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import is_convolution, size_given
from rflint.checks._neighbours import ACTIVATIONS, TRANSPARENT, is_pointwise
from rflint.checks._places import called, is_constructed, named, place_of
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use


@rule("RF608", "depthwise-multiplier", "info", default=False, fix="hint")
def depthwise_multiplier(trace: Trace) -> Iterator[Finding]:
    """Whether a depthwise layer makes more channels than it is given, and no 1×1 convolution mixes them afterwards."""
    for use in trace.uses:
        inp, out, groups = (size_given(use, name) for name in ("in_channels", "out_channels", "groups"))
        if not is_convolution(use) or not is_constructed(use) or not isinstance(inp, int) or not isinstance(out, int):
            continue
        if 1 < inp == groups and out > inp and out % inp == 0 and not is_mixed(trace, use):
            message = (
                f"{named(use)} has as many groups as input channels, {inp}, and {out} output channels: {out // inp} of "
                f"each input channel alone, and no 1×1 convolution mixes them; a depthwise layer keeps {inp}"
            )
            yield Finding(place_of(use, "out_channels"), message, called(use), use=use.index)


def is_mixed(trace: Trace, use: Use) -> bool:
    """Whether all that reads it, norms and activations aside, is a 1×1 convolution; True if that is not certain."""
    readers = trace.consumers().get(use.index, [])
    waiting = [reader for reader, _ in readers]
    while waiting:
        reader = waiting.pop()
        if reader.base in ACTIVATIONS or reader.base.startswith(TRANSPARENT):
            waiting += [behind for behind, _ in trace.consumers().get(reader.index, [])]
        elif not is_pointwise(reader):
            return False
    return bool(readers) or not trace.complete
