"""RF410: a linear layer acts on the width of a map, because that happens to be as large as the features are many."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import size_given, times
from rflint.checks._maps import ends_in_width, maker_of_map
from rflint.checks._places import called, made, named, place_of
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Trace, Use


@rule("RF410", "linear-on-spatial", "warning", fix="hint")
def linear_on_spatial(trace: Trace) -> Iterator[Finding]:
    """Whether a linear layer for the channels of a convolution's map is given the map, and its width fits too."""
    for use in trace.uses:
        wanted = size_given(use, "in_features") if use.base == "Linear" and use.given is None else None
        shape = use.operands[0].shape if use.operands else None
        if wanted is None or shape is None or len(shape) < 4 or use.conditional:
            continue
        maker = maker_of_map(trace, use.operands[0].source)
        both = equal(shape[1], wanted) is True and equal(shape[-1], wanted) is True
        if both and maker and ends_in_width(trace, use) and not keeps_width(use):
            message = (
                f"Linear acts on the last axis of {times(shape)}, its width, which happens to be {wanted} like its "
                "channels; pool and flatten first, or permute"
            )
            related = (*called(use), made(maker, f"{named(maker)} makes the map"))
            yield Finding(place_of(use, "in_features"), message, related, use=use.index)


def keeps_width(use: Use) -> bool:
    """Whether it makes as many features as it takes, as layers do that are meant to mix along the width."""
    return use.layer.args.get("out_features") in (None, use.layer.args["in_features"])
