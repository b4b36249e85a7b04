"""RF303: strided layers whose last place ends before their padding does, so that one side reads more of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.checks import rule
from rflint.checks._fits import fitting
from rflint.checks._places import called, counted, named, place_of
from rflint.checks._rests import Rest, rests
from rflint.diagnostics import Finding
from rflint.trace import Trace

MOST_RELATED = 8


@rule("RF303", "uneven-padding", "info", default=False, fix="hint", needs_size=True)
def uneven_padding(trace: Trace) -> Iterator[Finding]:
    """Whether strided layers leave padding, and no row, behind their last place; one finding for the whole network."""
    if trace.declared and trace.order == "forward":
        found = {one.use.path or one.use.index: one for one in reversed([*rests(trace)]) if is_uneven(one)}
        if found:
            yield finding(trace, list(found.values())[::-1])


def is_uneven(one: Rest) -> bool:
    """Whether only padding is left behind the last place."""
    return 0 < one.behind <= one.right


def finding(trace: Trace, found: Sequence[Rest]) -> Finding:
    """The finding at the first such layer; the others are counted, and the first ones of them related."""
    first, *others = found
    one = first.window
    before, behind = one.padding // 2, first.right - first.behind
    message = (
        f"kernel {one.kernel} at stride {one.stride} reads {before} row{'s' if before > 1 else ''} of padding before "
        f"the {first.size} rows and {behind or 'none'} behind them"
    )
    more = f"; {counted(len(others), 'do')} so, too" if others else ""
    related = dict.fromkeys((place_of(rest.use, "padding", "stride"), f"{named(rest.use)}, too") for rest in others)
    nearby = [*called(first.use), *related][: MOST_RELATED + 1]
    cure = fitting(trace, "even", "both sides are alike")
    return Finding(place_of(first.use, "padding", "stride"), message + more + cure, tuple(nearby))
