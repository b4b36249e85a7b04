"""SARIF 2.1.0, the OASIS standard of code scanning: one run with its rules, results, fixes and failures.

Source: Static Analysis Results Interchange Format (SARIF) Version 2.1.0, sections 3.14 (run) to 3.58 (notification).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rflint import __version__
from rflint.diagnostics import Change, Diagnostic, Failure, Repair, Report, Span, Step
from rflint.formats.concise import sentence
from rflint.formats.paths import uri
from rflint.formats.sarif_rules import LEVELS, described
from rflint.formats.source_text import Lines, between

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
FINGERPRINT = "rflint/v1"


def sarif(report: Report, folder: str, fingerprints: Sequence[str], lines: Lines) -> str:
    """The report as one indented JSON object; files in `folder` are given relative to it."""
    rules = sorted({one.code for one in report.diagnostics})
    marked = zip(report.diagnostics, fingerprints, strict=True)
    results = [{**result(one, folder, lines), **marks(rules.index(one.code), mark)} for one, mark in marked]
    run = {
        "tool": {"driver": {"name": "rflint", "version": __version__, "rules": [described(code) for code in rules]}},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The folder in which rflint was run."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation(report, folder)],
        "results": results,
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def marks(rule: int, fingerprint: str) -> dict[str, Any]:
    """The index of the rule of a finding, and what stays of the finding when its line moves."""
    return {"ruleIndex": rule, "partialFingerprints": {FINGERPRINT: fingerprint}}


def result(one: Diagnostic, folder: str, lines: Lines) -> dict[str, Any]:
    """A finding with all that is known about it."""
    found: dict[str, Any] = {
        "ruleId": one.code,
        "kind": "informational" if one.severity == "note" else "fail",
        "level": LEVELS[one.severity],
        "message": {"text": sentence(one)},
        "locations": [{"physicalLocation": quoted(one, folder, lines)}],
    }
    if one.related:
        found["relatedLocations"] = [related(number, place, folder) for number, place in enumerate(one.related)]
    if one.trail:
        steps = [{"location": stepped(step, folder)} for step in one.trail]
        found["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    if one.fix and one.fix.changes:
        found["fixes"] = [fixed(one.fix, folder)]
    if one.torch:
        found["properties"] = {"torch": one.torch}
    return found


def quoted(one: Diagnostic, folder: str, lines: Lines) -> dict[str, Any]:
    """The region of a finding, with its text where it can be read."""
    found = physical(one.file, one.span, folder)
    text = between(lines(one.file), one.span[:2], one.span[2:])
    return {**found, "region": {**found["region"], "snippet": {"text": text}}} if text else found


def related(number: int, place: tuple[str, Span, str], folder: str) -> dict[str, Any]:
    """Another place that matters, and why."""
    file, span, message = place
    return {"id": number, "physicalLocation": physical(file, span, folder), "message": {"text": message}}


def stepped(step: Step, folder: str) -> dict[str, Any]:
    """A use on the way to the finding, at the line of its call."""
    found: dict[str, Any] = {"message": {"text": step.text}}
    if step.file:
        found["physicalLocation"] = {**artifact(step.file, folder), "region": {"startLine": step.line}}
    return found


def fixed(fix: Repair, folder: str) -> dict[str, Any]:
    """An edit, file by file."""
    files = dict.fromkeys(change.file for change in fix.changes)
    return {
        "description": {"text": fix.message},
        "artifactChanges": [
            {**artifact(file, folder), "replacements": [replaced(one) for one in fix.changes if one.file == file]}
            for file in files
        ],
        "properties": {"safe": fix.safe},
    }


def replaced(change: Change) -> dict[str, Any]:
    """One piece of text that becomes another one."""
    return {"deletedRegion": region(change.span), "insertedContent": {"text": change.text}}


def physical(file: str, span: Span, folder: str) -> dict[str, Any]:
    """A region of a file."""
    return {**artifact(file, folder), "region": region(span)}


def artifact(file: str, folder: str) -> dict[str, Any]:
    """A file by its URI, relative to the folder of the run where it lies in it."""
    reference, is_relative = uri(file, folder)
    return {"artifactLocation": {"uri": reference, **({"uriBaseId": ROOT} if is_relative else {})}}


def region(span: Span) -> dict[str, int]:
    """Lines and columns; the end column is the one after the last character."""
    return dict(zip(("startLine", "startColumn", "endLine", "endColumn"), span, strict=True))


def invocation(report: Report, folder: str) -> dict[str, Any]:
    """Whether all could be read; what could not, and the networks that were followed in part only."""
    notes = [*(failed(one, folder) for one in report.failures), *(in_part(*one) for one in report.partial)]
    return {"executionSuccessful": not report.failures, "toolExecutionNotifications": notes}


def failed(failure: Failure, folder: str) -> dict[str, Any]:
    """A target that could not be read."""
    found: dict[str, Any] = {"level": "error", "message": {"text": failure.sentence}}
    if failure.file:
        place = artifact(failure.file, folder) | ({"region": {"startLine": failure.line}} if failure.line else {})
        found["locations"] = [{"physicalLocation": place}]
    return found


def in_part(target: str, where: str, why: str) -> dict[str, Any]:
    """A network that could not be followed to its end: what stands behind is not linted."""
    return {"level": "note", "message": {"text": f"{target} is followed in part ({where}: {why})"}}
