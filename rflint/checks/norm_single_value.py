"""RF413: a norm whose statistics would be those of a single value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.dims import Size, equal
from rflint.trace import Shape, Trace, Use

TO_ZERO = "a value is its own mean, so all would become zero; leave the norm away here"


@rule("RF413", "norm-single-value", "error")
def norm_single_value(trace: Trace) -> Iterator[Finding]:
    """Whether there is one value for each mean that an instance, group or batch norm takes, where torch refuses it."""
    for use in trace.uses:
        shape = use.inputs[0] if use.inputs else None
        pooled = values_of_a_mean(trace, use, shape) if shape is not None and not use.conditional else None
        if pooled is not None and all(equal(size, 1) for size in pooled):
            message = f"{use.kind} takes means over single values of its {times(shape)} input; {TO_ZERO}"
            yield Finding(place_of(use, "num_features", "num_channels"), message, called(use), use=use.index)


def values_of_a_mean(trace: Trace, use: Use, shape: Shape) -> Sequence[Size] | None:
    """The sizes whose product says how many values are in one mean; None where no mean is taken of the input."""
    own = use.layer.args.get("track_running_stats")
    if len(shape) < 2:
        return None
    if own is False or (own is True and trace.training):
        return shape[-int(use.base[-2]) :] if use.base.startswith("InstanceNorm") else (shape[0], *shape[2:])
    return of_a_group(use, shape)


def of_a_group(use: Use, shape: Shape) -> Sequence[Size] | None:
    """What torch multiplies for a group norm: ⌊N·C / groups⌋ and the spatial sizes; None for all other layers."""
    groups, (batch, channels) = use.layer.args.get("num_groups"), shape[:2]
    return (batch * channels // groups, *shape[2:]) if isinstance(groups, int) and groups > 0 else None
