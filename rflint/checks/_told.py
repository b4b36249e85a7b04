"""Whether another rule speaks about the same place, for the rules about whatever no rule of its own is about."""

from __future__ import annotations

from collections.abc import Collection

from rflint.checks import all_rules
from rflint.trace import Place, Trace

GENERAL = ("RF423", "RF424")
"""The rules that only say that something fails."""


def is_told(trace: Trace, places: Collection[Place | None]) -> bool:
    """Whether a rule that says more finds an error at one of these places."""
    others = (one for one in all_rules().values() if one.severity == "error" and one.code not in GENERAL)
    return any(finding.place in places for one in others for finding in one.check(trace))
