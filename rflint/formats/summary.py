"""The last line of a run: what was looked at, how far it could be followed, what was found; and counts per rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rflint.diagnostics import Diagnostic, Report
from rflint.formats.fixes import fixable
from rflint.formats.terminal import counted, one_line
from rflint.trace import Trace


def summary(report: Report) -> str:
    """`12 networks in 8 files: 10 complete, 2 in part (data.py:12: forward(**batch) is unknown); 3 findings`."""
    notes = sum(diagnostic.severity == "note" for diagnostic in report.diagnostics)
    count = len(report.diagnostics) - notes
    findings = counted(count, "finding") if count else "no findings"
    aside = f", {counted(notes, 'note')}" if notes else ""
    failures = f"; {counted(len(report.failures), 'failure')}" if report.failures else ""
    return f"{looked_at(report)}; {findings}{aside}{fixable(report.diagnostics)}{failures}"


def looked_at(report: Report) -> str:
    """How many networks in how many files, and how many of them were followed to the end."""
    if not report.networks:
        return f"no network found in {counted(report.files, 'file')}"
    reasons = [reason(where, why) for _, where, why in report.partial]
    networks = f"{counted(report.networks, 'network')} in {counted(report.files, 'file')}"
    return f"{networks}: {followed(report.networks, report.complete, reasons)}"


def followed(networks: int, complete: int, reasons: Sequence[str]) -> str:
    """`10 complete, 2 in part (where: why)`: the first reason stands for all, `--verbose` lists them."""
    partial = networks - complete
    more = "; --verbose lists all" if len(set(reasons)) > 1 else ""
    why = f" ({reasons[0]}{more})" if reasons else ""
    parts = ([f"{complete} complete"] if complete else []) + ([f"{partial} in part{why}"] if partial else [])
    return ", ".join(parts)


def shown_summary(traces: Sequence[Trace]) -> str:
    """`1 network: 1 complete`, for the networks of `show`; what could not be followed stands in their footers."""
    complete = sum(trace.complete for trace in traces)
    return f"{counted(len(traces), 'network')}: {followed(len(traces), complete, ())}"


def reason(where: str, why: str) -> str:
    """`data.py:12: forward(**batch) is unknown`, on one line."""
    return one_line(f"{where}: {why}" if where else why)


def statistics(diagnostics: list[Diagnostic]) -> str:
    """How often each rule was met, the most frequent first: `   3  RF201  gridding-holes`."""
    counts = Counter((diagnostic.code, diagnostic.name) for diagnostic in diagnostics)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return "".join(f"{number:>4}  {code}  {name}\n" for (code, name), number in ordered)
