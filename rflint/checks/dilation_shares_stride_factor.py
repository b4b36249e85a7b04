"""RF208: a dilation that shares a factor with the stride, so that the taps fall on the same rows at every place."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from rflint.checks import rule
from rflint.checks._layers import Window
from rflint.checks._places import called, place_of
from rflint.checks._unread import Unread, unread
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use


@rule("RF208", "dilation-shares-stride-factor", "warning", fix="hint")
def dilation_shares_stride_factor(trace: Trace) -> Iterator[Finding]:
    """Whether rows of a tensor are read by nobody because a strided layer, which could, is dilated by such a factor."""
    for found in unread(trace):
        if found.shared is not None:
            yield finding(found, *found.shared)


def finding(found: Unread, layer: Use, one: Window) -> Finding:
    """The finding at the dilation, with how many positions are lost over all axes; other layers are related."""
    factor = gcd(one.dilation, one.stride)
    shown = f"only rows {found.picture} are read" if found.picture else "only some rows are read"
    message = (
        f"dilation {one.dilation} shares the factor {factor} with stride {one.stride}: {shown}, and nothing reads the "
        f"rest, {round(100 * found.lost)} % of the positions; dilation 1, or the stride in another layer, would"
    )
    others = tuple((place_of(use, "stride"), "steps over the same rows") for use in found.layers if use is not layer)
    return Finding(place_of(layer, "dilation"), message, (*called(layer), *others), use=layer.index)
