"""RF508: a max unpool gives back another size than the pool took, so that its indices mean other positions."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from rflint.checks import rule
from rflint.checks._layers import Window, windows
from rflint.checks._places import called, made
from rflint.diagnostics import Finding
from rflint.dims import Size, equal, less
from rflint.trace import Trace, Use

MOST_TAPS = 4096
"""The last taps that are looked at, so that absurd kernels take no time."""


@rule("RF508", "maxunpool-size", "warning", fix="hint")
def maxunpool_size(trace: Trace) -> Iterator[Finding]:
    """Whether the width of what is unpooled is not that of what was pooled: an index is row·width + column."""
    for use in trace.uses:
        pool = pool_of(trace, use)
        before = pool.operands[0].shape if pool is not None else None
        if pool is None or before is None or use.output is None or use.conditional:
            continue
        axes = int(use.base[-2])
        beyond = reaches_beyond(pool, before[-axes:], use.output[-axes:])
        if beyond or rows_differ(before[-axes:], use.output[-axes:]):
            taken, given = ("×".join(map(str, shape[-axes:])) for shape in (before, use.output))
            message = (
                f"gives {given} back where the pool took {taken}: its indices point "
                f"{'elsewhere, some beyond the end' if beyond else 'elsewhere'}; "
                "hand on output_size=x.size() of what was pooled"
            )
            related = (*called(use), made(pool, "the pool that made the indices"))
            yield Finding(use.place, message, related, severity="error" if beyond else "", use=use.index)


def pool_of(trace: Trace, use: Use) -> Use | None:
    """The max pool that made the indices with which a use unpools."""
    source = use.operands[1].source if use.base.startswith("MaxUnpool") and len(use.operands) > 1 else None
    pool = trace.uses[source] if isinstance(source, int) else None
    return pool if pool is not None and pool.base.startswith("MaxPool") else None


def reaches_beyond(pool: Use, before: tuple[Size, ...], after: tuple[Size, ...]) -> bool:
    """Whether some index that the pool can make lies beyond the end: torch raises as soon as a maximum is there.

    An index counts the positions before it, row by row, in the map that was pooled."""
    found, pooled = windows(pool), (pool.output or ())[-len(before) :]
    if not found:  # a pool of kernel 1 hands everything on, and has no window
        return False
    last = 0
    for window, size, count in zip(found, before, pooled, strict=True):
        if window is None or not isinstance(size, int) or not isinstance(count, int):
            return False
        last = last * size + farthest(window, size, count)
    return less(last, prod(after)) is False


def farthest(window: Window, size: int, count: int) -> int:
    """The last position of an axis of that size on which a tap lies at one of so many places; 0 if none does."""
    starts = [tap * window.dilation - window.padding // 2 for tap in range(window.kernel)[-MOST_TAPS:]]
    ends = [(start, start + window.stride * min(count - 1, (size - 1 - start) // window.stride)) for start in starts]
    return max([0, *(end for start, end in ends if start <= end)])


def rows_differ(before: tuple[Size, ...], after: tuple[Size, ...]) -> bool:
    """Whether a row, or what else is counted by, is certainly of another size; the first axis makes no index wrong."""
    return any(equal(a, b) is False for a, b in zip(before[1:], after[1:], strict=True))
