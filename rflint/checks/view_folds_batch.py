"""RF408: view or reshape to a number of features that a sample does not have, so that samples are mixed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

from rflint.checks import rule
from rflint.checks._layers import enclosed, size_given, times
from rflint.checks._places import argument_fix, comes_astray
from rflint.diagnostics import Finding
from rflint.dims import Dim, Size, divides, equal, less
from rflint.edits import Fix, Replace
from rflint.trace import Shape, Trace, Use


@rule("RF408", "view-folds-batch", "warning", fix="unsafe")
def view_folds_batch(trace: Trace) -> Iterator[Finding]:
    """Whether a tensor has not as many elements as it is viewed as, or only by taking some of the next sample."""
    for use in trace.uses:
        shape = use.operands[0].shape if use.base == "reshape" and use.operands else None
        wanted = use.layer.args.get("shape")
        if shape is None or not isinstance(wanted, tuple) or use.conditional or not all(map(is_size, wanted)):
            continue
        refused = misfit(shape, wanted)
        problem = refused or folded(shape, wanted)
        if problem and (refused or linear_behind(trace, use, wanted)) and not comes_astray(trace, use):
            severity, fix = "error" if refused else "", flattened(trace, use, shape, wanted)
            yield Finding(use.place, problem, fix=fix, severity=severity, use=use.index)


def is_size(value: object) -> bool:
    """Whether it is a number or a size that depends on symbols."""
    return isinstance(value, (int, Dim)) and not isinstance(value, bool)


def misfit(shape: Shape, wanted: Shape) -> str:
    """Why torch raises for all inputs; "" if it may not."""
    known, total = [size for size in wanted if size != -1], prod(shape)
    free = len(wanted) - len(known)
    if free > 1:
        return f"{times(wanted)} has {free} sizes -1, and only one can follow from the others: torch refuses it"
    if any(less(0, size) is not True for size in known):
        return ""
    number = prod(known)
    fits = equal(total, number) if not free else divides(number, total) if isinstance(number, int) else None
    return f"{counted(shape)} elements cannot be viewed as {times(wanted)}: torch refuses it" if fits is False else ""


def folded(shape: Shape, wanted: Shape) -> str:
    """What is mixed where (N, C, H, W) is viewed as (-1, F) for another F than C·H·W; "" if nothing surely is."""
    if len(shape) < 3 or len(wanted) != 2 or wanted[0] != -1 or less(0, wanted[1]) is not True:
        return ""
    features, of_sample = wanted[1], prod(shape[1:])
    if equal(features, of_sample) is not False or is_run(features, shape[1:]):
        return ""
    share = "a part of a sample" if less(features, of_sample) else "more than one sample"
    return (
        f"rows of {features} are {share}, which has {counted(shape[1:])}: samples are cut up and their number changes"
    )


def flattened(trace: Trace, use: Use, shape: Shape, wanted: Shape) -> Fix | None:
    """The edit that flattens each sample, and makes the linear layer behind it for as many features as that gives."""
    features, linear = prod(shape[1:]), linear_behind(trace, use, wanted)
    if len(shape) < 3 or linear is None or not isinstance(features, int):
        return None
    fits = argument_fix(linear, "in_features", features)
    if fits is None:
        return None
    flat = Replace(use.place, "torch.flatten({0}, 1)", otherwise="{0}.flatten(1)")
    return Fix((flat, *fits.edits), message="flatten each sample: torch.flatten(x, 1)")


def is_run(features: Size, axes: Sequence[Size]) -> bool:
    """Whether so many features may be some of the last axes, or a part of the very last: pixels as samples."""
    runs = [prod(axes[at:]) for at in range(1, len(axes))]
    within = divides(features, axes[-1]) if isinstance(features, int) else None
    return within is not False or any(equal(features, run) is not False for run in runs)


def linear_behind(trace: Trace, use: Use, wanted: Shape) -> Use | None:
    """A linear layer that takes these rows as features and reads them, directly or after layers that keep the shape."""
    same = {use.index}
    for reader in trace.uses:
        if same.isdisjoint(operand.source for operand in reader.operands):
            continue
        if reader.base == "Linear" and (size_given(reader, "in_features"),) == wanted[1:]:
            return reader
        if reader.output == use.output is not None:
            same.add(reader.index)
    return None


def counted(shape: Shape) -> str:
    """`8192 = 512·4·4`."""
    return f"{prod(shape)} = {'·'.join(map(enclosed, shape))}" if len(shape) > 1 else str(prod(shape))
