"""Workflow commands of GitHub Actions: each line is an annotation at a file and line.

Source: GitHub's documentation "Workflow commands for GitHub Actions" (setting a notice, warning or error message).
"""

from __future__ import annotations

from collections.abc import Mapping

from rflint.diagnostics import Diagnostic, Failure, Report
from rflint.formats.concise import sentence
from rflint.formats.paths import relative

LEVELS = {"error": "error", "warning": "warning", "info": "notice", "note": "notice"}


def github(report: Report, folder: str) -> str:
    """A line for each finding, and for each target that could not be read."""
    lines = [*(annotation(one, folder) for one in report.diagnostics), *(error(one, folder) for one in report.failures)]
    return "".join(f"{line}\n" for line in lines)


def annotation(diagnostic: Diagnostic, folder: str) -> str:
    """`::warning file=net.py,line=3,…::message`; columns are taken within one line only."""
    span = diagnostic.span
    place: dict[str, object] = {"file": relative(diagnostic.file, folder), "line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:
        place |= {"col": span.column, "endColumn": span.end_column}
    title = f"{diagnostic.code} {diagnostic.name}"
    return command(LEVELS[diagnostic.severity], {**place, "title": title}, sentence(diagnostic))


def error(failure: Failure, folder: str) -> str:
    """What could not be done, at its file and line where it has one."""
    place: dict[str, object] = {"file": relative(failure.file, folder)} if failure.file else {}
    place |= {"line": failure.line} if failure.line else {}
    return command("error", {**place, "title": "rflint"}, failure.sentence)


def command(name: str, properties: Mapping[str, object], message: str) -> str:
    """A workflow command with its properties and message escaped."""
    listed = ",".join(f"{key}={escaped_property(str(value))}" for key, value in properties.items())
    return f"::{name} {listed}::{escaped(message)}"


def escaped(text: str) -> str:
    """A message, which ends at the end of its line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def escaped_property(text: str) -> str:
    """The value of a property, which ends also at a colon or comma."""
    return escaped(text).replace(":", "%3A").replace(",", "%2C")
