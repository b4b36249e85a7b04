"""RF601: a bias in front of a normalisation that takes the mean of each channel away, and the bias with it."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import size_given, spatial_rank
from rflint.checks._places import argument_fix, called, named, place_of
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Trace, Use

BIASED = ("Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d", "Linear")
BATCH_NORMS = ("BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "SyncBatchNorm")


@rule("RF601", "conv-bias-before-norm", "info", fix="unsafe")
def conv_bias_before_norm(trace: Trace) -> Iterator[Finding]:
    """Whether all that reads a layer with a bias, at every call, subtracts the mean of each of its channels."""
    calls: dict[object, list[Use]] = {}
    for use in trace.uses:
        if use.base in BIASED and not use.inner:
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
    if norm.output is None or norm.conditional or norm.given is not None:
        return False
    rank, features = len(norm.output), size_given(norm, "num_features")
    axis = averaged_axis(norm, rank)
    if axis != rank - 1 - spatial_rank(use) or has_stored_mean(norm):
        return False
    return features is None or equal(norm.output[axis], features) is not False  # else torch refuses it


def averaged_axis(norm: Use, rank: int) -> int | None:
    """The axis of whose every position a normalisation takes the mean; None if it does not, or is none."""
    if norm.base.startswith("InstanceNorm"):
        return rank - 1 - int(norm.base[-2])
    channels = size_given(norm, "num_channels")
    by_group = norm.base == "GroupNorm" and channels is not None and norm.layer.args.get("num_groups") == channels
    return 1 if by_group or norm.base in BATCH_NORMS else None


def has_stored_mean(norm: Use) -> bool:
    """Whether it takes away a mean that it is given, or may do so: that of F.batch_norm, where it is not training."""
    args = norm.layer.args
    return not (args.get("training", True) is True and args.get("use_input_stats", True) is True)
