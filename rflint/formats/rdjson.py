"""Reviewdog's diagnostic format: one object with all findings, and suggestions for those that have a fix.

Source: reviewdog, proto/rdf/reviewdog.proto.  Its columns count bytes of UTF-8, so that the source is needed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rflint.diagnostics import Change, Diagnostic, Failure, Report, Span
from rflint.formats.concise import sentence
from rflint.formats.paths import relative
from rflint.formats.source_text import Lines, between

SEVERITIES = {"error": "ERROR", "warning": "WARNING", "info": "INFO", "note": "INFO"}


def rdjson(report: Report, folder: str, lines: Lines) -> str:
    """All findings, and what could not be done, as one indented JSON object."""
    found = [diagnostic(one, folder, lines) for one in report.diagnostics]
    found += [unread(one, folder) for one in report.failures]
    return json.dumps({"source": {"name": "rflint"}, "diagnostics": found}, indent=2) + "\n"


def diagnostic(one: Diagnostic, folder: str, lines: Lines) -> dict[str, Any]:
    """A finding."""
    found: dict[str, Any] = {
        "message": sentence(one),
        "location": location(one.file, one.span, folder, lines),
        "severity": SEVERITIES[one.severity],
        "code": {"value": one.code},
    }
    if one.related:
        found["related_locations"] = [
            {"message": message, "location": location(file, span, folder, lines)} for file, span, message in one.related
        ]
    changes = one.fix.changes if one.fix else ()
    source = lines(one.file)
    if changes and source and {change.file for change in changes} == {one.file}:
        found["suggestions"] = [suggestion(changes, source)]
    return found


def unread(failure: Failure, folder: str) -> dict[str, Any]:
    """What could not be done, at the file that it is about."""
    place: dict[str, Any] = {"path": relative(failure.file or ".", folder)}
    if failure.line:
        place["range"] = {"start": {"line": failure.line}}
    return {"message": failure.sentence, "location": place, "severity": "ERROR"}


def location(file: str, span: Span, folder: str, lines: Lines) -> dict[str, Any]:
    """A range of a file."""
    return {"path": relative(file, folder), "range": spanned(span, lines(file))}


def spanned(span: Span, lines: Sequence[str]) -> dict[str, Any]:
    """A range; the end is the position after the last character."""
    start = position(span.line, span.column, lines)
    return {"start": start, "end": position(span.end_line, span.end_column, lines)}


def position(line: int, column: int, lines: Sequence[str]) -> dict[str, int]:
    """Line and column in bytes; the line alone where the source cannot be read."""
    if not 1 <= line <= len(lines):
        return {"line": line}
    return {"line": line, "column": len(lines[line - 1][: column - 1].encode(errors="surrogatepass")) + 1}


def suggestion(changes: Sequence[Change], lines: Sequence[str]) -> dict[str, Any]:
    """The changes as one, since each suggestion is taken alone: from the first to the last, with the text between."""
    ordered = sorted(changes, key=lambda change: change.span)
    first, last = ordered[0].span, ordered[-1].span
    text, at = "", first[:2]
    for change in ordered:
        text += between(lines, at, change.span[:2]) + change.text
        at = change.span[2:]
    whole = Span(first.line, first.column, last.end_line, last.end_column)
    return {"range": spanned(whole, lines), "text": text}
