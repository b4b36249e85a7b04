"""RF423: an operation at which torch surely raises, and that no rule of its own is about."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import comes_astray
from rflint.checks._told import is_told
from rflint.diagnostics import Finding
from rflint.trace import Trace


@rule("RF423", "refused-by-torch", "error", fix="hint")
def refused_by_torch(trace: Trace) -> Iterator[Finding]:
    """Whether the first operation that torch surely refuses is none that another rule speaks about."""
    use = next((use for use in trace.uses if use.refused and not use.conditional), None)
    if use is None or use.given is not None or (use.operands and comes_astray(trace, use)):
        return
    if not is_told(trace, {use.place, use.layer.defined, *use.layer.places.values()}):
        yield Finding(use.place, f"{use.kind}: {use.refused}: torch refuses it", use=use.index)
