"""RF901: from a use on, which positions units see depends on data."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._first import first_uses
from rflint.checks._places import named
from rflint.diagnostics import Finding
from rflint.receptive import AxisField
from rflint.trace import Trace


@rule("RF901", "data-dependent-rf", "note")
def data_dependent_rf(trace: Trace) -> Iterator[Finding]:
    """The uses that are first to read where their data say."""
    for use, _, _ in first_uses(trace, is_dependent):
        field = "from here on the field is what its regular grid sees, a lower bound"
        yield Finding(use.place, f"{named(use)} reads where its data say: {field}")


def is_dependent(axis: AxisField) -> bool:
    """Whether what a unit sees along an axis depends on data."""
    return bool(axis.data_dependent)
