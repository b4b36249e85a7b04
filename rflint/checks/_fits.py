"""Which other input sizes would do, as the end of a sentence."""

from __future__ import annotations

from collections.abc import Callable

from rflint.trace import Fit, Sizes, Trace


def fitting(trace: Trace, wanted: str, words: str) -> str:
    """`; none is dropped for n ≡ 0 (mod 32): 288 and 320 are next`; "" where that is not known, or none near helps."""
    text = nearest(trace, wanted, lambda fit, sizes: True)
    return f"; {words} for {text}" if text else ""


def nearest(trace: Trace, wanted: str, helps: Callable[[Fit, Sizes], bool]) -> str:
    """The sizes n that are wanted (a field of `Fit`) where the declared ones are none of them, and the next ones.

    Only of axes where these help, and are within a factor of 2; the axes are named if it is not all of them.
    """
    known = [(fit, getattr(fit, wanted)) for fit in trace.fits(trace)]
    groups: dict[str, list[str]] = {}
    for fit, sizes in known:
        near = [size for size in sizes.near if fit.declared <= 2 * size <= 4 * fit.declared] if sizes else []
        if near and fit.declared not in near and helps(fit, sizes):
            text = f"{sizes.text}: {' and '.join(map(str, near))} {'is' if len(near) == 1 else 'are'} next"
            groups.setdefault(text, []).append(" = ".join(fit.axes))
    if len(groups) == 1 and len(known) == sum(map(len, groups.values())):
        return next(iter(groups))
    return " and ".join(f"{', '.join(axes)}, {text}" for text, axes in groups.items())
