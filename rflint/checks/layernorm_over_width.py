"""RF411: a layer norm for channels normalises the width of a map, because that happens to be as large."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import normalized, times
from rflint.checks._maps import ends_in_width, maker_of_map
from rflint.checks._places import called, made, named, place_of
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Trace


@rule("RF411", "layernorm-over-width", "warning", fix="hint")
def layernorm_over_width(trace: Trace) -> Iterator[Finding]:
    """Whether a norm of the last axis is given a convolution's map whose channels and width are alike."""
    for use in trace.uses:
        wanted = normalized(use)
        shape = use.operands[0].shape if use.operands else None
        if len(wanted) != 1 or shape is None or len(shape) < 4:
            continue
        maker = maker_of_map(trace, use.operands[0].source)
        both = equal(shape[1], wanted[0]) is True and equal(shape[-1], wanted[0]) is True
        if both and maker and not use.conditional and use.given is None and ends_in_width(trace, use):
            message = (
                f"{use.kind} normalises the last axis of {times(shape)}, its width, which happens to be {wanted[0]} "
                f"like its channels; permute first, or use GroupNorm(1, {wanted[0]})"
            )
            related = (*called(use), made(maker, f"{named(maker)} makes the map"))
            yield Finding(place_of(use, "normalized_shape"), message, related, use=use.index)
