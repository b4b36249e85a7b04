"""RF403: a normalisation is made for another number of channels or features than it is given."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rflint.checks import rule
from rflint.checks._blame import blamed
from rflint.checks._layers import normalized, size_given, times
from rflint.checks._makers import size_fix
from rflint.checks._places import called, comes_astray, is_constructed, twins
from rflint.diagnostics import Finding
from rflint.dims import Size, divides, equal
from rflint.trace import Trace, Use


class Misfit(NamedTuple):
    """The argument that does not fit, a sentence, and the number that would."""

    argument: str
    message: str
    right: int | None = None


@rule("RF403", "norm-features-mismatch", "error", fix="unsafe")
def norm_features_mismatch(trace: Trace) -> Iterator[Finding]:
    """Whether the features that a norm (or PReLU) has parameters for are not those of its input, whatever its size."""
    for use in trace.uses:
        found = misfit(use) if use.operands and not use.conditional and use.given is None else None
        if found is None or comes_astray(trace, use):
            continue
        alike = {channels(twin) for twin in twins(trace, use)} == {channels(use)}
        fix = size_fix(trace, use, found.argument, found.right, alike)
        place = blamed(trace, use, found.argument, "weight", "running_mean")
        yield Finding(place, found.message, called(use), fix=fix, use=use.index)


def misfit(use: Use) -> Misfit | None:
    """What does not fit; None if all may."""
    if use.base in ("LayerNorm", "RMSNorm"):
        return trailing(use)
    if use.base == "GroupNorm":
        return grouped(use)
    if use.base == "PReLU":
        return compared(use, "num_parameters") if use.layer.args.get("num_parameters") != 1 else None
    if not use.base.startswith(("BatchNorm", "InstanceNorm")):
        return None
    has_features = any(use.layer.args.get(name, not is_constructed(use)) for name in ("affine", "track_running_stats"))
    return compared(use, "num_features") if has_features else None


def channels(use: Use) -> Size | None:
    """The channels of the input; None where the rank does not tell which axis they are."""
    shape = use.operands[0].shape if use.operands else None
    if use.base == "PReLU" and shape is not None and len(shape) == 1:
        return 1
    if shape is None or len(shape) < 2:
        return None
    if not use.base.startswith(("BatchNorm", "InstanceNorm")):
        return shape[1]
    spatial = int(use.base[-2])
    if len(shape) == spatial + 2 or (use.base == "BatchNorm1d" and len(shape) == 2):
        return shape[1]
    unbatched = use.base.startswith("InstanceNorm") and len(shape) == spatial + 1 and is_constructed(use)
    return shape[0] if unbatched else None


def compared(use: Use, argument: str) -> Misfit | None:
    """One number against the channels of the input."""
    given, wanted = channels(use), size_given(use, argument)
    if given is None or wanted is None or equal(given, wanted) is not False:
        return None
    right = given if isinstance(given, int) else None
    message = (
        f"{use.kind} has parameters for {wanted} channels, but its {times(use.operands[0].shape)} input has {given}"
    )
    return Misfit(argument, message, right)


def grouped(use: Use) -> Misfit | None:
    """Groups that divide neither the channels that were announced nor those that come; or the latter are others."""
    groups, announced = use.layer.args.get("num_groups"), size_given(use, "num_channels")
    if not isinstance(groups, int):
        return None
    if groups < 1:
        return Misfit("num_groups", f"num_groups={groups} is not a positive number")
    if announced is not None and divides(groups, announced) is False:
        return Misfit("num_groups", f"num_groups={groups} does not divide num_channels={announced}")
    affine = use.layer.args.get("affine", None if is_constructed(use) else announced is not None)
    different = compared(use, "num_channels") if affine else None
    if different is not None:
        fits = different.right is not None and different.right % groups == 0
        return different if fits else different._replace(right=None)
    given = channels(use)
    if given is None or divides(groups, given) is not False:
        return None
    return Misfit("num_groups", f"num_groups={groups} does not divide the {given} channels of its input")


def trailing(use: Use) -> Misfit | None:
    """`normalized_shape` against the last axes of the input."""
    shape, wanted = use.operands[0].shape, normalized(use)
    if shape is None or not wanted:
        return None
    last = shape[-len(wanted) :]
    fits = len(last) == len(wanted) and not any(equal(a, b) is False for a, b in zip(last, wanted, strict=True))
    if fits:
        return None
    first = len(shape) > 1 and len(wanted) == 1 and equal(shape[1], wanted[0]) is True
    where = f", on axis 1 are {wanted[0]}: permute, or use GroupNorm(1, {wanted[0]})" if first else ""
    plural = "axis" if len(wanted) == 1 else f"{len(wanted)} axes"
    held = f"its {times(shape)} input has {times(last)}" if shape else "its input is a single number"
    message = f"{use.kind} normalises {times(wanted)} on the last {plural}, but {held}"
    right = last[0] if len(wanted) == 1 and not first and last else None
    return Misfit("normalized_shape", message + where, right if isinstance(right, int) else None)
