"""RF316: an average pool that counts its padding, so that means at the border are smaller than what is there."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from rflint.checks import rule
from rflint.checks._layers import Window, spatial_rank, windows
from rflint.checks._places import argument_fix, called, named, place_of
from rflint.diagnostics import Finding
from rflint.dims import Size
from rflint.trace import Trace, Use


@rule("RF316", "avgpool-pads-dilute-border", "info", default=False, fix="unsafe")
def avgpool_pads_dilute_border(trace: Trace) -> Iterator[Finding]:
    """Whether the windows at the border divide by more positions than they read, and nothing else says by how many."""
    for use in trace.uses:
        sizes = (use.operands[0].shape or ())[-spatial_rank(use) :] if counts_padding(use) else ()
        diluted = [share(one, n) for one, n in zip(windows(use), sizes, strict=False) if one and one.padding]
        if diluted:
            corner = f", {float(prod(diluted)):.3f} in the corner" if len(diluted) > 1 else ""
            message = (
                f"{named(use)} counts its padding as zeros: at the border it gives {float(min(diluted)):.3f} of the "
                f"mean of what is there{corner}; count_include_pad=False gives the mean"
            )
            fix = argument_fix(use, "count_include_pad", False)
            yield Finding(place_of(use, "padding"), message, called(use), fix=fix, use=use.index)


def counts_padding(use: Use) -> bool:
    """Whether it is an average pool that divides by the size of its window, padding included."""
    args = use.layer.args
    return (
        use.base.startswith("AvgPool")
        and bool(use.operands)
        and args.get("count_include_pad") is True
        and (use.base == "AvgPool1d" or ("divisor_override" in args and args["divisor_override"] is None))
    )


def share(one: Window, size: Size) -> Fraction:
    """How much of what the first window of an axis divides by lies on the map."""
    start, n = -(one.padding // 2), size if isinstance(size, int) else one.kernel
    return Fraction(min(start + one.kernel, n), min(start + one.kernel, n - start) - start)
