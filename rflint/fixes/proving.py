"""A fix is right if its finding is gone, nothing else is found, and as much can be followed as before."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rflint.diagnostics import SEVERITIES, Diagnostic, Report

Key = tuple[str, str, int, int]
"""What a finding is known by: its file and code, and the line and column where it begins."""
Move = Callable[[Key], Key]
"""Where a finding would stand after a change."""


def key_of(found: Diagnostic) -> Key:
    """What a finding is known by."""
    return found.file, found.code, found.span.line, found.span.column


def objection(before: Report, after: Report, mended: Sequence[Diagnostic], move: Move) -> str:
    """Why a change is not right: what is found before and after it, and which findings it was to mend; "" if it is."""
    meant = {move(key_of(one)) for one in mended}
    if any(key_of(one) in meant for one in after.diagnostics):
        return "the finding would stay"
    for one in brought(before, after, move):
        if is_uncovered(one, mended):
            continue
        return f"it would bring {one.code} on line {one.span.line}: {one.message}"
    if len(after.failures) > len(before.failures):
        return f"it would bring a failure: {after.failures[-1]}"
    if after.networks < before.networks or after.complete < before.complete or len(after.partial) > len(before.partial):
        return "less of the networks could be followed"
    return ""


def is_uncovered(found: Diagnostic, mended: Sequence[Diagnostic]) -> bool:
    """Whether a finding was there all along, behind the exceptions that are mended: it is no error itself."""
    return found.severity != "error" and all(one.severity == "error" for one in mended)


def brought(before: Report, after: Report, move: Move) -> list[Diagnostic]:
    """The findings that there are only after a change, or that have become more serious."""
    known = {move(key_of(one)): SEVERITIES.index(one.severity) for one in before.diagnostics}
    return [one for one in after.diagnostics if SEVERITIES.index(one.severity) > known.get(key_of(one), -1)]
