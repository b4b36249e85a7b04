"""RF508: a max unpool gives back another size than the pool took, so that its indices mean other positions."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._maxima import chance_within
from rflint.checks._places import called, made
from rflint.diagnostics import Finding
from rflint.dims import Size, equal
from rflint.trace import Trace, Use

HARDLY = 1e-9
"""With less chance than this no maximum lies beyond the end: torch raises."""


@rule("RF508", "maxunpool-size", "warning", fix="hint")
def maxunpool_size(trace: Trace) -> Iterator[Finding]:
    """Whether the width of what is unpooled is not that of what was pooled: an index is row·width + column."""
    for use in trace.uses:
        pool = pool_of(trace, use)
        before = pool.operands[0].shape if pool is not None else None
        if pool is None or before is None or use.output is None or use.conditional:
            continue
        axes = int(use.base[-2])
        chance = chance_within(pool, axes, use.output)
        if chance < 1 or rows_differ(before[-axes:], use.output[-axes:]):
            taken, given = ("×".join(map(str, shape[-axes:])) for shape in (before, use.output))
            message = (
                f"gives {given} back where the pool took {taken}: its indices point elsewhere{beyond(chance)}; "
                "hand on output_size=x.size() of what was pooled"
            )
            related = (*called(use), made(pool, "the pool that made the indices"))
            yield Finding(use.place, message, related, severity="error" if chance < HARDLY else "", use=use.index)


def pool_of(trace: Trace, use: Use) -> Use | None:
    """The max pool that made the indices with which a use unpools."""
    source = use.operands[1].source if use.base.startswith("MaxUnpool") and len(use.operands) > 1 else None
    pool = trace.uses[source] if isinstance(source, int) else None
    return pool if pool is not None and pool.base.startswith("MaxPool") else None


def beyond(chance: float) -> str:
    """What is said of maxima that may lie beyond the end."""
    return ", some beyond the end" if chance < HARDLY else ", beyond the end for some maxima" if chance < 1 else ""


def rows_differ(before: tuple[Size, ...], after: tuple[Size, ...]) -> bool:
    """Whether a row, or what else is counted by, is certainly of another size; the first axis makes no index wrong."""
    return any(equal(a, b) is False for a, b in zip(before[1:], after[1:], strict=True))
