"""RF304: all that read a tensor step over the same rows, so that these were computed for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import place_of
from rflint.checks._unread import Unread, unread, window_on
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use


@rule("RF304", "unread-pixels", "warning", fix="hint")
def unread_pixels(trace: Trace) -> Iterator[Finding]:
    """Whether the rows that all readers of a tensor read leave out some remainder, but not for a dilation (RF208)."""
    yield from (finding(found) for found in unread(trace) if found.shared is None)


def finding(found: Unread) -> Finding:
    """The finding at the first layer that steps over rows, with how many positions are lost over all axes."""
    first, *others = found.layers
    shown = f" {found.picture}" if found.picture else ""
    cause, cure = explanation(first, next(iter(found.rows)))
    rest = f"nothing reads the rest, {round(100 * found.lost)} % of the positions"
    related = tuple((place_of(use, "stride"), "steps over the same rows") for use in others)
    message = f"{cause} reads rows{shown} only, and {rest}; {cure} would"
    return Finding(place_of(first, "stride", "scale_factor"), message, related, use=first.index)


def explanation(use: Use, axis: int) -> tuple[str, str]:
    """What steps over rows of an axis, and what would not."""
    if use.base == "Upsample":
        mode = str(use.layer.args.get("mode", "this"))
        return f"{mode} resampling", "antialias=True or a pool" if "linear" in mode else "a pool"
    slides = window_on(use, axis)
    if slides is None:
        return "this layer", "a pool"
    return f"kernel {slides.kernel} at stride {slides.stride}", f"a kernel of {slides.stride} or a pool"
