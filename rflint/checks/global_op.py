"""RF904: the use at which every unit begins to see all of the input."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._first import extent, first_uses
from rflint.checks._places import named
from rflint.diagnostics import Finding
from rflint.receptive import AxisField, fields
from rflint.trace import Trace


@rule("RF904", "global-op", "note")
def global_op(trace: Trace) -> Iterator[Finding]:
    """The first uses after which units see everything, with what they see locally."""
    for use, name, _ in first_uses(trace, is_whole):
        local = extent(fields(trace)[use.index].get(name, ()))
        aside = f"; locally they see {local}" if local else ""
        yield Finding(use.place, f"from {named(use)} on every unit sees all of {name}{aside}")


def is_whole(axis: AxisField) -> bool:
    """Whether every unit sees all of an axis."""
    return bool(axis.whole)
