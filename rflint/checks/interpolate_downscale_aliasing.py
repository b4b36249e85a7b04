"""RF505: an interpolation to less than half the size, which looks at two or four neighbours and steps over the rest."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rflint.checks import rule
from rflint.checks._places import is_constructed, place_of
from rflint.checks._readers import Reader, rows_read
from rflint.checks._unread import is_label, unread
from rflint.diagnostics import Finding
from rflint.edits import Fix, SetArgument
from rflint.trace import Trace, Use

ANTIALIASED = ("bilinear", "bicubic")
"""The modes of which `F.interpolate` takes averages; the layer `nn.Upsample` does not."""
SMOOTH = ("linear", "bilinear", "trilinear", "bicubic")


@rule("RF505", "interpolate-downscale-aliasing", "info", fix="unsafe")
def interpolate_downscale_aliasing(trace: Trace) -> Iterator[Finding]:
    """Whether a smooth interpolation steps over rows of what it is given, though others may read these."""
    coarse = [(use, read) for use in trace.uses if (read := share_read(use)) < 1]
    told = {layer.index for found in unread(trace) for layer in found.layers}
    for use, read in coarse:
        if use.index not in told and not is_label(trace, use):
            mode, factor = use.layer.args["mode"], shrinking(use)
            message = (
                f"{mode} to 1/{factor:.3g} of the rows reads {round(100 * read)} % of them, so that details between "
                f"appear or vanish as they move: antialias=True, or a pool, averages them"
            )
            smooth = mode in ANTIALIASED and not is_constructed(use)
            fix = Fix((SetArgument(use.layer, "antialias", "True"),)) if smooth else None
            yield Finding(place_of(use, "scale_factor", "size"), message, fix=fix, use=use.index)


def share_read(use: Use) -> Fraction:
    """The least share of the rows of any axis that a smooth interpolation reads; 1 for all other uses."""
    shape = use.operands[0].shape if use.operands else None
    if use.layer.args.get("mode") not in SMOOTH or shape is None:
        return Fraction(1)
    found = (rows_read([Reader(use, 0, {})], axis, size) for axis, size in enumerate(shape))
    return min((Fraction(len(rows[1]), rows[0]) for rows in found if rows), default=Fraction(1))


def shrinking(use: Use) -> float:
    """How many rows of the operand there are for one of the output, on the axis where they are most."""
    accesses = [read.access for read in use.operands[0].reads if read.access]
    return max(access.step / len(access.taps) for access in accesses)
