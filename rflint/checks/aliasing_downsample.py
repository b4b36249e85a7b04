"""RF603: a step over what an activation or a maximum has made, without a low-pass before it."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import is_convolution, one_or_each, spatial_rank, windows
from rflint.checks._neighbours import activation_before
from rflint.checks._places import called, is_constructed, named, place_of
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use


@rule("RF603", "aliasing-downsample", "info", default=False, fix="hint")
def aliasing_downsample(trace: Trace) -> Iterator[Finding]:
    """Whether a max pool, or a convolution behind an activation, has a stride."""
    for use in trace.uses if trace.order == "forward" else ():
        what = stepped_over(trace, use) if is_strided(use) else ""
        if what:
            stride = one_or_each(tuple(one.stride for one in windows(use) if one))
            message = (
                f"{named(use)} steps by {stride} over {what} without a low-pass: shifted by one position, the input "
                f"gives another output; stride 1 and a blur with the stride behind it keep it"
            )
            yield Finding(place_of(use, "stride"), message, called(use), use=use.index)


def is_strided(use: Use) -> bool:
    """Whether its window moves by more than one position, and leaves out none."""
    known = [one for one in windows(use) if one is not None]
    return (
        len(known) == spatial_rank(use)
        and not use.inner
        and any(one.stride > 1 for one in known)
        and all(one.kernel >= one.stride for one in known)
    )


def stepped_over(trace: Trace, use: Use) -> str:
    """What bent the signal before the step; "" if nothing did, or the use may be the low-pass itself."""
    if use.base.startswith("MaxPool"):
        return "the maxima of its windows"
    before = activation_before(trace, use) if is_convolution(use) else None
    blurs = not is_constructed(use) and use.layer.args.get("groups") != 1
    return f"what {named(before)} gives" if before is not None and not blurs else ""
