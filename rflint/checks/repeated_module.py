"""RF415: a container all of whose elements are one and the same layer, so that its weights are there only once."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.diagnostics import Finding
from rflint.trace import Trace


@rule("RF415", "repeated-module", "warning", fix="hint")
def repeated_module(trace: Trace) -> Iterator[Finding]:
    """Whether every element of a container is the same module, and that has weights."""
    for member in trace.members:
        if member.alike > 1 and member.weights and member.kept is not None:
            path = member.path.rpartition(".")[0] or "the container"
            message = f"all {member.alike} elements of {path} are one {member.kind}: its weights are shared by all"
            related = ((member.made, "it is made here, once"),) if member.made else ()
            yield Finding(member.kept, f"{message}; make one for each", related)
