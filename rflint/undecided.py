"""Contracts of which it is open whether they hold: what `--verbose` says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rflint.checks.rf_budget_violated import contracts
from rflint.comments.reading import Declaration
from rflint.diagnostics import Span
from rflint.geometry.stated import judged
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
    heard = dict.fromkeys((said.contract, said.place) for trace in traces for said in trace.said)
    places = [(contract, span(place)) for contract, place in heard if place is not None and place.file == file]
    ends = {(contract, line) for contract, lines in places for line in (lines.line, lines.end_line)}
    for one in declared:
        if one.contract is None or (one.contract, None) in heard or (one.contract, one.line) in ends:
            continue
        if not any(contract == one.contract and s.line < one.line < s.end_line for contract, s in places):
            yield f"{file}:{one.line}: {one.contract.text} speaks of no tensor of a network that could be followed"
