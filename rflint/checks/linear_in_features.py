"""RF402: a linear layer is given another number of features than it is made for."""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt, prod

from rflint.checks import rule
from rflint.checks._blame import blamed
from rflint.checks._layers import enclosed, is_overridden, size_given, times
from rflint.checks._makers import size_fix
from rflint.checks._places import called, chain, comes_astray, made, named, twins
from rflint.diagnostics import Finding
from rflint.dims import Size, equal
from rflint.edits import Fix, Replace
from rflint.trace import Shape, Trace, Use


@rule("RF402", "linear-in-features", "error", fix="unsafe")
def linear_in_features(trace: Trace) -> Iterator[Finding]:
    """Whether `in_features` differs from the last size of the input, for every input size."""
    for use in trace.uses:
        given, wanted = features_given(use), size_given(use, "in_features")
        if given is None or wanted is None or equal(given, wanted) is not False:
            continue
        if use.conditional or comes_astray(trace, use):
            continue
        astray, flat = unflattened(use, wanted), flattening(trace, use)
        message = f"Linear expects {astray or arithmetic(flat, given, wanted)}"
        source = (made(flat, f"{named(flat)} makes {given} features"),) if flat else ()
        alike = {features_given(twin) for twin in twins(trace, use)} == {given}
        is_map = len(use.operands[0].shape or ()) > 3  # of which a layer for features acts on the width
        number = given if not astray and not is_map and isinstance(given, int) else None
        fix = size_fix(trace, use, "in_features", number, alike, product(flat, given)) or flattened_first(
            trace, use, astray
        )
        at_call = bool(astray) and next(other for other in trace.uses if other.place == use.place) is use
        place = use.place if at_call else blamed(trace, use, "in_features", "weight")
        yield Finding(place, message, (*called(use), *source), fix=fix, use=use.index)


def features_given(use: Use) -> Size | None:
    """The last size of what a linear layer is given; None for other layers and unknown shapes."""
    shape = use.operands[0].shape if use.base == "Linear" and use.operands and not is_overridden(use) else None
    return shape[-1] if shape else None


def unflattened(use: Use, wanted: Size) -> str:
    """What is missing if the input has the features that are wanted, but not on its last axis."""
    shape = use.operands[0].shape or ()
    if len(shape) < 3:
        return ""
    if equal(prod(shape[1:]), wanted) is True:
        return f"{wanted} features, but acts on the last axis of {times(shape)}: torch.flatten(x, 1) is missing"
    if equal(shape[1], wanted) is True:
        return f"{wanted} features on the last axis, {times(shape)} has them on axis 1: pool and flatten, or permute"
    return ""


def flattened_first(trace: Trace, use: Use, astray: str) -> Fix | None:
    """The edit that flattens what the layer is called on, if that is all that is missing."""
    shape, wanted = use.operands[0].shape or (), size_given(use, "in_features")
    first = next(other for other in trace.uses if other.place == use.place)
    if not astray or first is not use or wanted is None or equal(prod(shape[1:]), wanted) is not True:
        return None
    edit = Replace(use.place, "torch.flatten({}, 1)", operand=0, layer=use.layer, otherwise="{}.flatten(1)")
    return Fix((edit,), message="flatten the input: torch.flatten(x, 1)")


def flattening(trace: Trace, use: Use) -> Use | None:
    """The use that flattened the features, if only layers that leave them as they are stand between."""
    for maker in chain(trace, use.operands[0].source):
        if maker.base in ("flatten", "reshape"):
            return maker
        if maker.base == "Linear" or not maker.operands or maker.operands[0].shape != maker.output:
            return None
    return None


def arithmetic(flat: Use | None, given: Size, wanted: Size) -> str:
    """Both numbers, as products of channels and sizes where the features were flattened from a map."""
    folded = folded_axes(flat, given) if flat else ()
    if not folded:
        return f"{wanted} features and gets {given}"
    return f"{wanted} features{squared(folded, wanted)}, flatten gives {given} = {'·'.join(map(enclosed, folded))}"


def product(flat: Use | None, given: Size) -> str:
    """`32 * 8 * 8` as source text, for where such a product is written; "" if the features are none."""
    folded = folded_axes(flat, given) if flat else ()
    return " * ".join(map(str, folded)) if all(isinstance(size, int) for size in folded) else ""


def folded_axes(flat: Use, given: Size) -> Shape:
    """The sizes, that of the batch aside, that were folded into so many features; () if it was one, or other ones."""
    shape, reads = flat.operands[0].shape or (), flat.operands[0].reads
    folded = tuple(size for size, read in zip(shape[1:], reads[1:], strict=False) if read.how == "mixed")
    return folded if len(folded) > 1 and equal(prod(folded), given) is True else ()


def squared(folded: Shape, wanted: Size) -> str:
    """` = 32·7·7` if that many channels of a square map are wanted."""
    channels = folded[0]
    if len(folded) != 3 or not isinstance(channels, int) or not isinstance(wanted, int):
        return ""
    side = isqrt(wanted // channels)
    return f" = {channels}·{side}·{side}" if side * side * channels == wanted else ""
