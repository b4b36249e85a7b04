"""RF205: dilated convolutions most of whose taps fall on padding, on a map that is not much larger than they reach."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rflint.checks import rule
from rflint.checks._layers import one_or_each, spatial_rank, times, windows
from rflint.checks._neighbours import uses_of
from rflint.checks._places import called, counted, named, place_of
from rflint.checks._taps import live_taps, share_on_map
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

MOST_RELATED = 8
HALF = Fraction(1, 2)


@rule("RF205", "dilation-mostly-padding", "info", default=False, fix="hint", needs_size=True)
def dilation_mostly_padding(trace: Trace) -> Iterator[Finding]:
    """Whether taps of dilated convolutions meet data less than half of the time; one finding for the whole network."""
    found = {(use.path, use.layer.defined or use.place): use for use in reversed(trace.uses) if is_dilated(use)}
    kept = [use for use in reversed(found.values()) if all(share(call) < HALF for call in uses_of(trace, use))]
    if kept:
        yield finding(sorted(kept, key=share))


def is_dilated(use: Use) -> bool:
    """Whether it has a dilated kernel, each tap of which reads some data (else RF204)."""
    dilated = any(one is not None and one.dilation > 1 and one.kernel > 1 for one in windows(use))
    return dilated and all(live == kernel for live, kernel in live_taps(use))


def share(use: Use) -> Fraction:
    """The share of data in what it reads; 1 where that is not known."""
    found = share_on_map(use)
    return Fraction(1) if found is None else found


def finding(found: Sequence[Use]) -> Finding:
    """The finding at the layer with the smallest share; the others are counted."""
    use, *others = found
    rates = [one.dilation for one in windows(use) if one is not None]
    size = times((use.operands[0].shape or ())[-spatial_rank(use) :])
    more = f"; {counted(len(others), 'do')} so, too" if others else ""
    message = (
        f"dilation {one_or_each(rates)} on a map of {size} reads data with {round(100 * share(use))} % of its taps, "
        f"and padding with the rest{more}"
    )
    related = dict.fromkeys((place_of(other, "dilation"), f"{named(other)}, too") for other in others)
    return Finding(place_of(use, "dilation"), message, (*called(use), *list(related)[:MOST_RELATED]))
