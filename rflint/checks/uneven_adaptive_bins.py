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
        n, m = worst_axis(use)
        if n < m:
            message = f"{named(use)} makes {m} bins of {rows(n)}{widths(n, m)}: rows are repeated, nothing is pooled"
            yield Finding(place_of(use, "output_size"), message, called(use), use=use.index)
        elif n % m:
            fitting = f"{n // m * m} or {-(-n // m) * m} rows would make equal ones"
            message = f"{named(use)} makes {m} bins of {n} rows{widths(n, m)}, which overlap: {fitting}"
            yield Finding(place_of(use, "output_size"), message, called(use), optional=True, use=use.index)


def worst_axis(use: Use) -> tuple[int, int]:
    """Rows and bins on the axis with most bins for its rows, of those that do not come out even; (1, 1) if all do."""
    before, after = (use.operands[0].shape, use.output) if use.operands else (None, None)
    if not use.base.startswith("Adaptive") or before is None or after is None or use.conditional:
        return 1, 1
    pairs = [(n, m) for n, m in zip(before[1:], after[1:], strict=True) if isinstance(n, int) and isinstance(m, int)]
    uneven = [(n, m) for n, m in pairs if n > 0 and m > 0 and n % m]
    return max(uneven, key=lambda pair: pair[1] / pair[0], default=(1, 1))


def rows(n: int) -> str:
    """`1 row`, `4 rows`."""
    return "1 row" if n == 1 else f"{n} rows"


def widths(n: int, m: int) -> str:
    """How many rows each bin reads, ⌊i·n/m⌋ to ⌈(i+1)·n/m⌉ - 1."""
    each = [-(-(i + 1) * n // m) - i * n // m for i in range(min(m, MOST_BINS))]
    return f", {', '.join(map(str, each))} wide" if m <= MOST_BINS else ""
