"""RF318: a convolution that multiplies zeros of its padding for a large part of its time, because the map is small."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from rflint.checks import rule
from rflint.checks._layers import Window, is_convolution, spatial_rank, times, window
from rflint.checks._places import called, named, place_of
from rflint.checks._taps import MOST_TAPS, live_taps
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
    taps = live_taps(use) if is_convolution(use) else []
    if not taps or any(live < kernel for live, kernel in taps):
        return Fraction(0)
    shape, output, rank = use.operands[0].shape or (), use.output or (), spatial_rank(use)
    read = Fraction(1)
    for axis, n, m in zip(range(rank), shape[-rank:], output[-rank:], strict=True):
        one = window(use, axis)
        if one is None or one.dilation > 1 or not isinstance(n, int) or not isinstance(m, int) or m > MOST_TAPS:
            return Fraction(0)
        read *= valid(one, n, m)
    return 1 - read


def valid(one: Window, n: int, m: int) -> Fraction:
    """The share of taps, over all m output positions, that fall on one of n positions."""
    starts = (one.stride * i - one.padding // 2 for i in range(m))
    live = sum(max(0, min(start + one.kernel, n) - max(start, 0)) for start in starts)
    return Fraction(live, prod((one.kernel, m)))
