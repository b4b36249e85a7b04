"""RF601: a bias in front of a normalisation that takes the mean of each channel away, and the bias with it."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import size_given
from rflint.checks._places import argument_fix, called, named, place_of
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Trace, Use

BIASED = ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Linear")
BY_CHANNEL = (
    *("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm"),
    *("InstanceNorm1d", "InstanceNorm2d", "InstanceNorm3d"),
)


@rule("RF601", "conv-bias-before-norm", "info", fix="unsafe")
def conv_bias_before_norm(trace: Trace) -> Iterator[Finding]:
    """Whether all that reads a layer with a bias, at every call, subtracts the mean of each of its channels."""
    calls: dict[object, list[Use]] = {}
    for use in trace.uses:
        if use.base in BIASED and not use.inner and use.layer.defined is not None:
            calls.setdefault((use.path, use.layer.defined), []).append(use)
    for uses in calls.values():
        first = uses[0]
        if first.layer.args.get("bias") is True and all(is_cancelled(trace, use) for use in uses):
            norm = trace.consumers()[first.index][0][0]
            message = f"{norm.base} takes the mean of each channel away, and the bias of {named(first)} with it"
            fix = argument_fix(first, "bias", False)
            message += ": bias=False trains the same"
            yield Finding(place_of(first, "bias"), message, called(first), fix=fix, use=first.index)


def is_cancelled(trace: Trace, use: Use) -> bool:
    """Whether normalisations by channel read the output, and nothing else."""
    readers = trace.consumers().get(use.index, [])
    shown = use.index in trace.output_sources or use.conditional
    return bool(readers) and not shown and all(subtracts(reader, use) for reader, _ in readers)


def subtracts(norm: Use, use: Use) -> bool:
    """Whether the mean that a normalisation takes away is that of each channel that the layer has made."""
    if (
        norm.conditional
        or norm.output is None
        or norm.given is not None
        or (use.base == "Linear" and len(use.output or ()) != 2)
    ):
        return False
    shape, features = norm.operands[0].shape or (), size_given(norm, "num_features")
    if features is not None and len(shape) > 1 and equal(shape[1], features) is False:
        return False  # torch refuses it, and another rule says so
    if norm.base in ("GroupNorm", "group_norm"):
        channels = size_given(norm, "num_channels")
        return isinstance(channels, int) and norm.layer.args.get("num_groups") == channels
    return norm.base in BY_CHANNEL
