"""Contracts of which it is open whether they hold: what `--verbose` says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rflint.checks.rf_budget_violated import contracts
from rflint.diagnostics import Span
from rflint.geometry.stated import judged
from rflint.suppressions import Declaration
from rflint.trace import Place, Said, Trace

Resolve = Callable[[Place], Span]


def undecided(trace: Trace, span: Resolve) -> Iterator[str]:
    """A sentence for each contract of a trace that is neither proved nor violated."""
    for said in contracts(trace):
        verdicts = judged(trace, said)
        reason = next((verdict.text for verdict in verdicts if verdict.holds is None), None)
        if reason is not None and all(verdict.holds is not False for verdict in verdicts):
            where = f"{said.place.file}:{span(said.place).line}" if said.place is not None else trace.target
            yield f"{where}: whether {said.contract.text} holds is not decided: {reason}"
    for said in trace.said:
        if problem := _useless(trace, said):
            yield f"{trace.target}: {said.contract.text} is not used: {problem}"


def _useless(trace: Trace, said: Said) -> str:
    """Why no rule can use a figure; "" if one can, and for contracts."""
    sizes = len(said.contract.values)
    if said.contract.subject == "object-size" and sizes not in (1, len(said.sources)):
        return f"it has {sizes} sizes for {len(said.sources)} outputs"
    return "no rate is declared" if said.contract.subject == "min-ms" and not trace.states("rate") else ""


def unheard(file: str, declared: Sequence[Declaration], traces: Sequence[Trace], span: Resolve) -> Iterator[str]:
    """A sentence for each contract in a file that speaks of nothing in the networks that were followed."""
    heard = [said for trace in traces for said in trace.said]
    for one in declared:
        if one.contract is not None and not any(_is_meant(file, one, said, span) for said in heard):
            yield f"{file}:{one.line}: {one.contract.text} speaks of no tensor of a network that could be followed"


def _is_meant(file: str, declared: Declaration, said: Said, span: Resolve) -> bool:
    if said.contract != declared.contract or said.place is None:
        return said.contract == declared.contract
    lines = span(said.place)
    return said.place.file == file and lines.line <= declared.line <= lines.end_line
