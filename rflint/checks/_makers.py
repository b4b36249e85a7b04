"""Which layer has made the channels or features that another one is given."""

from __future__ import annotations

from dataclasses import replace

from rflint.checks._layers import is_convolution, is_transposed, size_given
from rflint.checks._places import argument_fix, chain, is_constructed
from rflint.dims import Size, equal
from rflint.edits import Fix
from rflint.trace import Layer, Trace, Use


def size_fix(trace: Trace, use: Use, argument: str, right: int | None, alike: bool, symbolic: str = "") -> Fix | None:
    """The edit that gives a layer the number of channels or features that it is given.

    Where the call builds layers that are given different ones (they are not alike), only what is written for the layer
    that makes them may be right for all.
    """
    like = made_by(trace, use, right) if right is not None else None
    fix = argument_fix(use, argument, right, symbolic, like)
    if alike or like is None:
        return fix if alike else None
    return replace(fix, message=f"write {argument} like the {like[1]} of the layer before") if fix else None


def made_by(trace: Trace, use: Use, size: Size) -> tuple[Layer, str] | None:
    """The layer that has made so many channels of the first operand, and its argument that says so.

    None where it is no convolution or linear layer, or has made another number of them.
    """
    for before in chain(trace, use.operands[0].source):
        name = "out_features" if before.base == "Linear" else "out_channels"
        if before.base == "Linear" or is_convolution(before) or is_transposed(before):
            made = size_given(before, name)
            fits = made is not None and equal(made, size) is True and name in before.layer.places
            other = is_constructed(before) and before.layer.defined != use.layer.defined
            return (before.layer, name) if fits and other else None
    return None
