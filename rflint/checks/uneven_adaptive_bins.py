"""RF315: an adaptive pool whose bins repeat rows, or are of different widths."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import called, named, place_of
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

MOST_BINS = 12
"""The widths of more bins are not listed."""


@rule("RF315", "uneven-adaptive-bins", "info", fix="hint", needs_size=True)
def uneven_adaptive_bins(trace: Trace) -> Iterator[Finding]:
    """Whether the bins of an adaptive pool outnumber the rows or, if that is asked for, do not divide them."""
    for use in trace.uses:
        worst = worst_axis(use)
        if worst:
            words, least = sentence(*worst)
            place, message = place_of(use, "output_size"), f"{named(use)} makes {words}"
            yield Finding(place, message, called(use), optional=least > 0, use=use.index)


def worst_axis(use: Use) -> tuple[int, int] | None:
    """Rows and bins on the axis with most bins for its rows, of those that do not come out even; None if all do."""
    before, after = (use.operands[0].shape, use.output) if use.operands else (None, None)
    if not use.base.startswith("Adaptive") or before is None or after is None or use.conditional:
        return None
    pairs = [(n, m) for n, m in zip(before[1:], after[1:], strict=True) if isinstance(n, int) and isinstance(m, int)]
    return max(((n, m) for n, m in pairs if m and n % m), key=lambda pair: pair[1] / pair[0], default=None)


def sentence(n: int, m: int) -> tuple[str, int]:
    """What becomes of n rows in m bins that do not divide them, and how many whole rows there are for each."""
    whole = n // m
    if whole == 0:
        return f"{m} bins of {rows(n)}{widths(n, m)}: rows are repeated, nothing is pooled", whole
    fitting = f"{whole * m} or {(whole + 1) * m} rows would make equal ones"
    return f"{m} bins of {rows(n)}{widths(n, m)}, which overlap: {fitting}", whole


def rows(n: int) -> str:
    """`1 row`, `4 rows`."""
    return "1 row" if n == 1 else f"{n} rows"


def widths(n: int, m: int) -> str:
    """How many rows each bin reads, ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉ - 1."""
    each = [-(-(i + 1) * n // m) - i * n // m for i in range(m)] if m <= MOST_BINS else []
    return f", {', '.join(map(str, each))} wide" if each else ""
