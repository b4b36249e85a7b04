"""RF502: a transposed convolution whose taps never fall on some rows of its output."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import gcd, prod

from rflint.checks import rule
from rflint.checks._evening import evened
from rflint.checks._layers import Window, is_transposed, windows
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.trace import Trace

LONGEST_PICTURE = 12


@rule("RF502", "transposed-dead-phases", "warning", fix="unsafe")
def transposed_dead_phases(trace: Trace) -> Iterator[Finding]:
    """Whether no tap t < k has d·t ≡ φ (mod s), for some phase φ."""
    for use in trace.uses if trace.order == "forward" else ():
        all_axes = windows(use) if is_transposed(use) else []
        slides = [one for one in all_axes if one]
        dead = [one for one in slides if written(one) < one.stride]
        if dead and len(slides) == len(all_axes):
            lost = 1 - prod((Fraction(written(one), one.stride) for one in slides), start=Fraction(1))
            cure, fix = evened(use)
            message = f"{sentence(dead[0], lost)}; {cure or advice(dead[0])} writes all"
            yield Finding(place_of(use, "kernel_size"), message, called(use), fix=fix, use=use.index)


def written(one: Window) -> int:
    """How many of the s phases are written: d·t takes s/gcd(d, s) remainders, if there are as many taps."""
    return min(one.kernel, one.stride // gcd(one.dilation, one.stride))


def sentence(one: Window, lost: Fraction) -> str:
    """What is left out, and why."""
    phases = {one.dilation * tap % one.stride for tap in range(min(one.kernel, one.stride))}
    shown = "".join("#" if row % one.stride in phases else "." for row in range(max(6, one.stride)))
    picture = f" {shown}" if len(shown) <= LONGEST_PICTURE else ""
    dilated = f" with dilation {one.dilation}" if one.dilation > 1 else ""
    return (
        f"kernel {one.kernel} at stride {one.stride}{dilated} writes rows{picture} only: {round(100 * lost)} % of the "
        f"output is the bias and nothing else"
    )


def advice(one: Window) -> str:
    """What helps where the other arguments are not known."""
    return f"a kernel of {one.stride}" if gcd(one.dilation, one.stride) == 1 else "dilation 1"
