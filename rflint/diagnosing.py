"""Findings as the faces print them: places resolved, with the way there, who is to blame, and what torch would say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from rflint.diagnostics import Diagnostic, Finding, Repair, Rule, Span, with_cure
from rflint.torch_errors import torch_error
from rflint.trace import Place, Trace
from rflint.trail import operands_made, trail

Spans = Callable[[Place], Span]
"""Where a place is, while its file is loaded."""


def diagnostic(trace: Trace, rule: Rule, finding: Finding, span: Spans) -> Diagnostic:
    """A finding of a rule in a trace with all that is known about it."""
    severity = finding.severity or rule.severity
    place = place_of(trace, finding)
    raises, fix = severity == "error" and (finding.use is not None or not finding.trail), finding.fix
    return Diagnostic(
        file=place.file,
        span=span(place),
        code=rule.code,
        name=rule.name,
        severity=severity,
        message=with_cure(finding),
        witness=witness(trace),
        related=related(trace, finding, raises, span),
        trail=trail(trace, finding, raises, span) if severity in ("error", "warning") else (),
        torch=text_of_torch(trace, finding) if raises else "",
        fix=Repair(fix.words, fix.safe) if fix else None,
        subject=finding.subject,
    )


def place_of(trace: Trace, finding: Finding) -> Place:
    """Where a finding is shown: that of the network if it stands at nothing that is written."""
    return trace.place if finding.place.file.startswith("<") and trace.place is not None else finding.place


def related(trace: Trace, finding: Finding, raises: bool, span: Spans) -> tuple[tuple[str, Span, str], ...]:
    """The places that a finding names, and of errors those that made what does not fit."""
    places = (*finding.related, *(operands_made(trace, finding) if raises else ()))
    return tuple(dict.fromkeys((p.file, span(p), text) for p, text in places if not p.file.startswith("<")))


def text_of_torch(trace: Trace, finding: Finding) -> str:
    """What torch raises, as the finding says it or as it follows from the use; "" if that is not known."""
    return finding.torch or ("" if finding.use is None else torch_error(trace.uses[finding.use]))


def witness(traced: Trace) -> str:
    """The network and the input for which a finding was proved: `Net(10) on N,3,32,32`."""
    shapes = [",".join(map(str, shape)) for shape in traced.input_shapes.values() if shape is not None]
    return f"{traced.call} on {' and '.join(shapes)}" if shapes else traced.call


def merged(found: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Findings of one rule at one place become one, with the count and the first witness; sorted."""
    first: dict[tuple[object, ...], Diagnostic] = {}
    for one in found:
        key = (one.file, one.span, one.code, one.subject)
        held = first.get(key)
        first[key] = one if held is None else with_count(held, held.count + 1)
    return sorted(first.values(), key=lambda d: d.key)


def with_count(found: Diagnostic, count: int) -> Diagnostic:
    """The same finding, met that often."""
    return replace(found, count=count)
