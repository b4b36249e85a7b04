"""RF416: a module with weights that no call of `forward` reaches and that nothing else names."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.diagnostics import Finding
from rflint.edits import Fix, Remove
from rflint.trace import Member, Trace


@rule("RF416", "unused-module", "warning", fix="unsafe")
def unused_module(trace: Trace) -> Iterator[Finding]:
    """Whether a registered module with weights has no use in a trace that is complete, and its name is never read."""
    if not trace.complete:
        return
    idle = [one for one in trace.members if is_idle(one)]
    for member in idle:
        place = member.kept or member.made
        if place is not None:
            message = f"{member.path} ({member.kind}) is made and never called: its weights get no gradient"
            yield Finding(place, f"{message}, and nothing else in the source reads it", fix=removal(trace, member))


def is_idle(member: Member) -> bool:
    """Whether torch knows it and has weights to train, and nothing uses it."""
    return member.registered and member.weights and not member.called and not member.mentioned


def removal(trace: Trace, member: Member) -> Fix | None:
    """The edit that takes away the assignment of the module, if it assigns nothing else and no instance uses it."""
    name = member.path.rpartition(".")[2]
    alike = [one for one in trace.members if one.kept == member.kept]
    made = any(one.made == member.kept for one in trace.members)  # an element of a container, kept where that is made
    if member.kept is None or made or not all(is_idle(one) and one.path.rpartition(".")[2] == name for one in alike):
        return None
    return Fix((Remove(member.kept),), message=f"remove {name}")
