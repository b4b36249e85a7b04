"""RF423: an operation at which torch surely raises, and that no rule of its own is about."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import comes_astray
from rflint.diagnostics import Finding
from rflint.trace import Trace


@rule("RF423", "refused-by-torch", "error", fix="hint")
def refused_by_torch(trace: Trace) -> Iterator[Finding]:
    """Whether an operation has said of itself that torch raises there."""
    for use in trace.uses:
        if use.refused and not use.conditional and use.given is None and not comes_astray(trace, use):
            yield Finding(use.place, f"{use.kind}: {use.refused}: torch refuses it", use=use.index)
            return
