"""RF206: a dilation between the taps of a kernel that has only one."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import is_convolution, is_transposed, one_or_each, windows
from rflint.checks._places import called, is_constructed, place_of, twins
from rflint.diagnostics import Finding
from rflint.edits import Fix, RemoveArgument
from rflint.trace import Trace, Use


@rule("RF206", "dilation-without-effect", "warning", fix="safe")
def dilation_without_effect(trace: Trace) -> Iterator[Finding]:
    """Whether a convolution with kernel 1 is dilated, in all layers that its constructor call builds."""
    for use in trace.uses if trace.order == "forward" else ():
        if is_idle(use) and all(is_idle(twin) for twin in twins(trace, use)):
            dilation = one_or_each([one.dilation for one in windows(use) if one])
            message = f"dilation {dilation} has no effect: a kernel of 1 has one tap and nothing between"
            edits = (RemoveArgument(use.layer, "dilation"),)
            fix = Fix(edits, safe=True, message="leave the dilation away") if is_constructed(use) else None
            yield Finding(place_of(use, "dilation"), message, called(use), fix=fix, use=use.index)


def is_idle(use: Use) -> bool:
    """Whether the kernel is 1 on all axes and the dilation above 1 on some."""
    known = windows(use) if is_convolution(use) or is_transposed(use) else []
    return all(one and one.kernel == 1 for one in known) and any(one and one.dilation > 1 for one in known)
