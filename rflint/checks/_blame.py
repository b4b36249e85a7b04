"""Where a number that does not fit is wrong: where it is written, or at the layer that it is only handed on to."""

from __future__ import annotations

from rflint.checks._layers import channels_given, size_given
from rflint.checks._places import place_of
from rflint.dims import Size, equal
from rflint.trace import Place, Trace, Use

TAKEN = {"Conv": "in_channels", "Linear": "in_features", "BatchNorm": "num_features", "GroupNorm": "num_channels"}
"""How many channels or features a layer takes, by how its name begins."""


def blamed(trace: Trace, use: Use, *arguments: str) -> Place:
    """The place of the first of these arguments that is written: what is handed on may be wrong where it comes from.

    Not where an earlier layer is handed the same, and takes it: then it is wrong to hand it to this one too.
    """
    place = place_of(use, *arguments)
    earlier = trace.uses[: use.index]
    return use.layer.defined or place if any(fits(other, place) for other in earlier) else place


def fits(use: Use, place: Place) -> bool:
    """Whether what is written there says how many channels or features a layer takes, and it is given as many."""
    argument = next((name for stem, name in TAKEN.items() if use.base.startswith(stem)), "")
    if use.layer.places.get(argument) != place:
        return False
    given, wanted = given_to(use), size_given(use, argument)
    return given is not None and wanted is not None and equal(given, wanted) is True


def given_to(use: Use) -> Size | None:
    """The channels or features that such a layer is given; None where they are not known."""
    shape = use.operands[0].shape if use.operands else None
    if shape is None or len(shape) < 2:
        return None
    if use.base.startswith("Conv"):
        return channels_given(use)
    return shape[-1] if use.base == "Linear" else shape[1]
