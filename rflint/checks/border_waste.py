"""RF318: a convolution that multiplies zeros of its padding for a large part of its time, because the map is small."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rflint.checks import rule
from rflint.checks._layers import spatial_rank, times, windows
from rflint.checks._places import called, named, place_of
from rflint.checks._taps import live_taps, share_on_map
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

MUCH = Fraction(3, 10)


@rule("RF318", "border-waste", "info", default=False, fix="hint", needs_size=True)
def border_waste(trace: Trace) -> Iterator[Finding]:
    """Whether more than 30 % of what a convolution multiplies is padding, though all its taps meet data somewhere."""
    for use in trace.uses:
        waste = wasted(use)
        if waste > MUCH:
            sizes = (use.operands[0].shape or ())[-spatial_rank(use) :]
            kernel = times(use.layer.args["kernel_size"])
            message = (
                f"{named(use)}: {round(100 * waste)} % of what its {kernel} kernel multiplies on a {times(sizes)} map "
                f"is padding"
            )
            yield Finding(place_of(use, "kernel_size"), message, called(use), use=use.index)


def wasted(use: Use) -> Fraction:
    """The share of multiplications that fall on padding; 0 where that is not known, or another rule speaks of it.

    Taps that never meet data are RF105, dilated kernels RF205.
    """
    dead = any(live < kernel for live, kernel in live_taps(use))
    dilated = any(one is not None and one.dilation > 1 for one in windows(use))
    share = None if dead or dilated else share_on_map(use)
    return Fraction(0) if share is None else 1 - share
