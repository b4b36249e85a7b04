"""The notes on a network that its table does not show: lines below it."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import all_rules
from rflint.trace import Trace

SHOWN = ("RF901", "RF903", "RF904", "RF906", "RF907")
"""The others repeat what stands in the table (RF905), or in the lines on what was not followed (RF902)."""


def note_lines(trace: Trace) -> Iterator[str]:
    """`RF904: from pool on every unit sees all of x`."""
    for code in SHOWN:
        for finding in all_rules()[code].check(trace):
            yield f"{code}: {finding.message}"
