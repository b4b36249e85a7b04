"""RF906: after upsampling, units see more or less by their phase."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._first import first_uses
from rflint.checks._places import named
from rflint.diagnostics import Finding
from rflint.receptive import AxisField
from rflint.trace import Trace


@rule("RF906", "phase-dependent-rf", "note")
def phase_dependent_rf(trace: Trace) -> Iterator[Finding]:
    """The first uses whose units do not all see equally much."""
    for use, _, axis in first_uses(trace, is_uneven):
        assert axis.interval is not None
        units = use.output[axis.at] if use.output is not None and axis.at is not None else None
        least, most = axis.sizes(units if isinstance(units, int) else 0)
        period = axis.interval.period
        by = "place" if isinstance(units, int) and units < period else f"phase of {period}"
        if least < most:
            yield Finding(use.place, f"from {named(use)} on units see {least} to {most} positions, by their {by}")


def is_uneven(axis: AxisField) -> bool:
    """Whether the extents of the phases along an axis that is there differ."""
    return axis.at is not None and axis.interval is not None and axis.interval.size[0] < axis.interval.size[1]
