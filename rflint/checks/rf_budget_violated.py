"""RF102: a contract that is stated of a network or a tensor does not hold."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._cures import cure
from rflint.checks._widening import widening
from rflint.contracts import FIGURES
from rflint.diagnostics import Finding
from rflint.geometry.stated import Verdict, judged
from rflint.trace import Place, Said, Trace


@rule("RF102", "rf-budget-violated", "error", fix="hint")
def rf_budget_violated(trace: Trace) -> Iterator[Finding]:
    """Whether what is stated is proved to be wrong, for one of the tensors of which it is stated."""
    for said in contracts(trace):
        verdicts = judged(trace, said)
        broken = [number for number, verdict in enumerate(verdicts, 1) if verdict.holds is False]
        if broken:
            which = f" (tensor {broken[0]} of {len(verdicts)})" if len(verdicts) > 1 else ""
            yield from finding(trace, said, verdicts[broken[0] - 1], which)


def contracts(trace: Trace) -> Iterator[Said]:
    """What can hold or not."""
    return (said for said in trace.said if said.contract.subject not in FIGURES)


def finding(trace: Trace, said: Said, verdict: Verdict, which: str) -> Iterator[Finding]:
    """The finding at the contract's line; of the network's output, where the change belongs, or where it is made."""
    change = cure(trace, said.contract, verdict)
    place = said.place or change.place or made_at(trace, verdict)
    if place is not None:
        related = tuple(pair for pair in change.related if pair[0] != place)
        message = f"{said.contract.text} does not hold{which}: {verdict.text}{change.text}"
        yield Finding(place, message, related, way(trace, verdict), subject=said.contract.text)


def way(trace: Trace, verdict: Verdict) -> tuple[int, ...]:
    """The uses that made the tensor what it is: those that widen what is seen, and the last one."""
    found = verdict.tensor
    if found is None or not isinstance(found.source, int):
        return ()
    wide = (trace.standing_for(use).index for use in widening(trace, found.source, found.name, verdict.axis))
    end = trace.standing_for(trace.uses[found.source]).index
    return (*sorted({*wide} - {end}), end)


def made_at(trace: Trace, verdict: Verdict) -> Place | None:
    """The call that makes the tensor."""
    source = verdict.tensor.source if verdict.tensor else None
    return trace.standing_for(trace.uses[source]).place if isinstance(source, int) else trace.place
