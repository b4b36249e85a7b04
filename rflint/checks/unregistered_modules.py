"""RF414: layers with weights that are kept in a plain list, tuple or dict, of which torch knows nothing."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.diagnostics import Finding
from rflint.edits import Assign, Fix
from rflint.trace import Member, Place, Trace

MOST_RELATED = 3


@rule("RF414", "unregistered-modules", "warning", fix="unsafe")
def unregistered_modules(trace: Trace) -> Iterator[Finding]:
    """Whether modules with weights are reached through plain collections of two or more only.

    A collection of one is the usual way to keep a module out of `parameters()` on purpose.
    """
    held: dict[Place, list[Member]] = {}
    for member in trace.members:
        if not member.registered and member.weights and member.together > 1 and member.kept is not None:
            held.setdefault(member.kept, []).append(member)
    for place, modules in held.items():
        tops = [one for one in modules if one.path.endswith("]")] or modules
        name = tops[0].path.partition("[")[0]
        many = f"{len(tops)} modules" if len(tops) > 1 else "a module"
        what = f"{name} keeps {many} with weights in a plain collection: parameters(), to() and state_dict() miss them"
        related = tuple((one.made, f"{one.path} is made here") for one in tops[:MOST_RELATED] if one.made)
        kinds = {one.registering for one in tops}
        kind = kinds.pop() if len(kinds) == 1 else ""
        cure = f"nn.{kind} registers them" if kind else "nn.ModuleList or nn.ModuleDict registers them"
        edits = (Assign(place, f"torch.nn.{kind}({{}})"),)
        fix = Fix(edits, message=f"keep them in an nn.{kind}") if kind else None
        yield Finding(place, f"{what}; {cure}", related, fix=fix)
