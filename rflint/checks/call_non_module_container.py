"""RF419: a list or dict of modules is called as if it were a network."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rflint.checks import rule
from rflint.diagnostics import Finding
from rflint.edits import Fix, Replace
from rflint.trace import Trace

MISSING = re.compile(r'Module \[(ModuleList|ModuleDict)\] is missing the required "forward" function')
CURE = {
    "ModuleList": "loop over its layers, or make it an nn.Sequential",
    "ModuleDict": "call one of its layers, self.layers[name](x)",
}


@rule("RF419", "call-non-module-container", "error", fix="unsafe")
def call_non_module_container(trace: Trace) -> Iterator[Finding]:
    """Whether what certainly ends the run is the call of a `ModuleList` or `ModuleDict`, which have no `forward`."""
    raised = trace.raised
    found = MISSING.fullmatch(raised.text) if raised is not None else None
    if raised is not None and found is not None and raised.place is not None:
        kind = found[1]
        yield Finding(
            raised.place,
            f"a {kind} holds layers and has no forward of its own; {CURE[kind]}",
            torch=f"{raised.exception}: {raised.text}",
            fix=in_a_row(trace) if kind == "ModuleList" else None,
        )


def in_a_row(trace: Trace) -> Fix | None:
    """The edit that makes the only list of layers an `nn.Sequential`; None if there are several."""
    made = {member.made for member in trace.members if member.kind == "ModuleList" and member.made is not None}
    if len(made) != 1:
        return None
    return Fix((Replace(made.pop(), "torch.nn.Sequential(*{0})"),), message="make it an nn.Sequential")
