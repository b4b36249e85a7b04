"""RF412: a layer is given a tensor with more or fewer axes than it takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.checks._places import comes_astray, is_constructed, made, twins
from rflint.diagnostics import Finding
from rflint.edits import Fix, Rename
from rflint.trace import Trace, Use

SPATIAL = re.compile(r"(?:Conv|ConvTranspose|(?:Adaptive)?(?:Max|Avg)Pool|LPPool|BatchNorm|InstanceNorm)([123])d")
"""The layers whose name says how many spatial axes they have."""
SHUFFLING = ("PixelShuffle", "PixelUnshuffle")
AVERAGING = ("AdaptiveAvgPool2d", "AdaptiveAvgPool3d")
"""Pools to one bin that torch takes as a mean over the last axes."""
MOST_AXES = 64


@rule("RF412", "wrong-rank", "error", fix="unsafe")
def wrong_rank(trace: Trace) -> Iterator[Finding]:
    """Whether the number of axes is none that the layer takes, with or without a batch."""
    for use in trace.uses:
        shape = use.operands[0].shape if use.operands else None
        ranks = ranks_taken(use)
        if shape is None or not ranks or len(shape) in ranks or use.conditional or use.given is not None:
            continue
        if not comes_astray(trace, use):
            wanted = f"{ranks[0]} or more" if isinstance(ranks, range) else " or ".join(map(str, ranks))
            message = (
                f"{use.kind} takes tensors with {wanted} axes, {times(shape)} has {len(shape)}{hint(use, len(shape))}"
            )
            related = (made(use, "built here"),) if is_constructed(use) else ()
            yield Finding(use.place, message, related, fix=for_this_rank(trace, use), use=use.index)


def ranks_taken(use: Use) -> Sequence[int]:
    """The numbers of axes that a layer takes, a range if no less than so many; () if any will do or it is not known."""
    if use.base in SHUFFLING:
        return range(3, MOST_AXES + 1)
    if use.base == "pad":
        return padded_ranks(use)
    found = SPATIAL.fullmatch(use.base)
    if found is None or is_of_any_rank(use):
        return ()
    spatial = int(found[1])
    if use.base in AVERAGING and "output_size" not in use.layer.args:
        return ()
    if use.base in AVERAGING and use.layer.args["output_size"] == (1,) * spatial:
        return range(spatial, MOST_AXES + 1)
    if use.base.startswith("BatchNorm"):
        return (2, 3) if spatial == 1 else (spatial + 2,)
    return (spatial + 1, spatial + 2)


def padded_ranks(use: Use) -> tuple[int, ...]:
    """The ranks of which torch can mirror, repeat or replicate the last axes: one or two more than are padded."""
    mode = use.layer.args.get("mode", re.sub(r"\dd$", "", use.kind))
    pads = use.layer.args.get("pad", use.layer.args.get("padding"))
    modes = ("reflect", "circular", "replicate", "ReflectionPad", "CircularPad", "ReplicationPad")
    if mode not in modes or not isinstance(pads, tuple):
        return ()
    return (len(pads) // 2 + 1, len(pads) // 2 + 2)


def is_of_any_rank(use: Use) -> bool:
    """Whether it is a norm under a name that does not say its rank, such as `batch_norm` or `SyncBatchNorm`."""
    return "Norm" in use.base and not use.kind.endswith(("1d", "2d", "3d"))


def for_this_rank(trace: Trace, use: Use) -> Fix | None:
    """The edit that takes the norm for so many axes: it has the same parameters under the same names."""
    meant = norm_meant(use)
    alike = all(norm_meant(twin) == meant for twin in twins(trace, use))
    if not meant or not alike or use.layer.defined is None or use.kind != use.base:
        return None
    return Fix((Rename(use.layer.defined, f"torch.nn.{use.base}", f"torch.nn.{meant}"),), message=f"make it a {meant}")


def norm_meant(use: Use) -> str:
    """The batch norm for the axes of the input; "" for other layers, and where there is none."""
    shape = use.operands[0].shape if use.operands else None
    name = {2: "BatchNorm1d", 3: "BatchNorm1d", 4: "BatchNorm2d", 5: "BatchNorm3d"}.get(len(shape or ()), "")
    return name if use.base.startswith("BatchNorm") else ""


def hint(use: Use, rank: int) -> str:
    """What may be missing, or was too much."""
    if rank == 2 and "Conv" in use.base:
        return ": it was flattened before, or lacks its channels"
    return ""
