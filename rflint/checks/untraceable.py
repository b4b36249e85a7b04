"""RF902: something that could not be followed, and why."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._first import first_uses
from rflint.checks._places import named
from rflint.diagnostics import Finding
from rflint.receptive import AxisField
from rflint.trace import Place, Trace


@rule("RF902", "untraceable", "note")
def untraceable(trace: Trace) -> Iterator[Finding]:
    """Each reason why something is unknown, where it is met first; then the uses that lose fields."""
    reasons = dict[str, Place | None]()
    for note in trace.unknowns:
        reasons.setdefault(note.reason, note.place or trace.place)
    if not reasons and not trace.complete:
        reasons["forward returns nothing that is known"] = trace.place
    for reason, place in reasons.items():
        if place is not None:
            yield Finding(place, f"not followed: {reason}")
    for use, _, axis in first_uses(trace, is_lost):
        yield Finding(use.place, f"what units see is not known from {named(use)} on: {axis.reason}")


def is_lost(axis: AxisField) -> bool:
    """Whether there is an axis of which it is not known what units see, for another reason than their data."""
    return axis.at is not None and bool(axis.reason) and not axis.data_dependent
