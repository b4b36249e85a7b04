"""The JSON of `check --format json`, version 1, and of `--format jsonl`, an object on each line."""

from __future__ import annotations

import json
from typing import Any

from rflint.diagnostics import Change, Diagnostic, Failure, Repair, Report
from rflint.notebooks.showing import split


def json_report(report: Report) -> str:
    """All findings, what could not be done and what was looked at, as one indented JSON object."""
    summary = {"files": report.files, "networks": report.networks, "complete": report.complete}
    whole = {
        "version": 1,
        "findings": [finding(diagnostic) for diagnostic in report.diagnostics],
        "failures": [failed(failure) for failure in report.failures],
        "partial": [{"target": target, "where": where, "reason": why} for target, where, why in report.partial],
        "summary": summary,
    }
    return json.dumps(whole, indent=2) + "\n"


def json_lines(report: Report) -> str:
    """A line for each finding, and one with the key `failure` for what could not be done."""
    rows = [*map(finding, report.diagnostics), *map(failed, report.failures)]
    return "".join(json.dumps(row) + "\n" for row in rows)


def failed(failure: Failure) -> dict[str, Any]:
    """What could not be done, and the file and line that it is about, null where there is none."""
    return {"failure": failure.sentence, "file": failure.file or None, "line": failure.line or None}


def finding(diagnostic: Diagnostic) -> dict[str, Any]:
    """One finding; lines and columns count from 1, the end column is the one after the last character."""
    span = diagnostic.span
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        **place(diagnostic.file),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "witness": diagnostic.witness,
        "count": diagnostic.count,
        "torch": diagnostic.torch or None,
        "trail": list(map(str, diagnostic.trail)),
        "related": [{**place(file), "line": at.line, "message": message} for file, at, message in diagnostic.related],
        "fix": repair(diagnostic.fix) if diagnostic.fix and diagnostic.fix.changes else None,
    }


def place(file: str) -> dict[str, Any]:
    """The file, and the number of the cell if it is a notebook."""
    name, cell = split(file)
    return {"file": name} if cell is None else {"file": name, "cell": cell}


def repair(fix: Repair) -> dict[str, Any]:
    """What a fix does, and the text that it changes."""
    return {"safe": fix.safe, "message": fix.message, "edits": [change(one) for one in fix.changes]}


def change(one: Change) -> dict[str, Any]:
    """The text between two places becomes another one."""
    places = dict(zip(("line", "column", "end_line", "end_column"), one.span, strict=True))
    return {**place(one.file), **places, "text": one.text}
