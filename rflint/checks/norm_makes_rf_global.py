"""RF903: a norm whose statistics are taken over positions, so that every unit depends on all of them."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import called, counted, named, place_of
from rflint.diagnostics import Finding
from rflint.receptive import fields
from rflint.receptive.norms import is_normalised
from rflint.trace import Member, Trace, Use


@rule("RF903", "norm-makes-rf-global", "warning", fix="hint")
def norm_makes_rf_global(trace: Trace) -> Iterator[Finding]:
    """The norms over positions: a warning where the module says that it is causal; of the others the first, a note."""
    norms = [use for use in trace.uses if over_positions(trace, use)]
    leaking = [(use, member) for use in norms if (member := causal_module(trace, use)) is not None]
    for norm, member in leaking:
        use = trace.standing_for(norm)
        message = (
            f"{named(use)} takes its statistics over all positions, those after t too, though {member.causal} says "
            f"that it is causal: statistics over channels alone would not look ahead"
        )
        yield Finding(place_of(use), message, called(use), use=use.index)
    if norms and not leaking:
        more = f", as {counted(len(norms) - 1, 'do')}" if len(norms) > 1 else ""
        first = trace.standing_for(norms[0])
        message = f"{named(first)} takes its statistics over positions{more}: through them every unit depends on all"
        yield Finding(first.place, f"{message} (not counted in fields)", severity="note")


def over_positions(trace: Trace, use: Use) -> bool:
    """Whether the statistics of a norm run along an axis on which positions of an input lie."""
    source, shape = (use.operands[0].source, use.operands[0].shape) if use.operands else (None, None)
    if isinstance(source, str):
        return any(is_normalised(use, axis) for axis in trace.spatial(source, len(shape or ())))
    seen = fields(trace)[source].values() if isinstance(source, int) else ()
    return any(axis.at is not None and is_normalised(use, axis.at) for axes in seen for axis in axes)


def causal_module(trace: Trace, use: Use) -> Member | None:
    """The module around a norm over time, (N, C, L), that says that it is causal; batch norms learn from all anyway."""
    shape = use.operands[0].shape
    if shape is None or len(shape) != 3 or use.base.startswith("BatchNorm") or use.conditional:
        return None
    around = (m for m in trace.members if m.causal and (not m.path or f"{use.path}.".startswith(f"{m.path}.")))
    return next(around, None)
