"""The formats of `check` by name: each is a function from a report to text, loaded when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rflint.diagnostics import Diagnostic, Report
from rflint.formats.source_text import Lines


@dataclass(frozen=True, slots=True)
class View:
    """What a format may need beside the report: `folder` is the absolute path that relative ones start from;
    `fingerprints` are those of findings, which stay when lines move."""

    lines: Lines = lambda file: ()
    folder: str = ""
    colour: bool = False
    fingerprints: Callable[[Sequence[Diagnostic]], Sequence[str]] = lambda found: [""] * len(found)


def written(report: Report, name: str, view: View) -> str:
    """The report in a format of `CHECK_FORMATS`."""
    return WRITERS[name](report, view)


def concise(report: Report, view: View) -> str:
    """One line for each finding."""
    from rflint.formats.concise import concise

    return concise(report.diagnostics, view.colour)


def full(report: Report, view: View) -> str:
    """A paragraph for each finding."""
    from rflint.formats.full import full

    return full(report.diagnostics, view.lines, view.colour)


def grouped(report: Report, view: View) -> str:
    """A block for each file."""
    from rflint.formats.grouped import grouped

    return grouped(report.diagnostics, view.colour)


def json(report: Report, view: View) -> str:
    """One object."""
    from rflint.formats.json_report import json_report

    return json_report(report)


def jsonl(report: Report, view: View) -> str:
    """An object on each line."""
    from rflint.formats.json_report import json_lines

    return json_lines(report)


def sarif(report: Report, view: View) -> str:
    """SARIF 2.1.0."""
    from rflint.formats.sarif import sarif

    return sarif(report, view.folder, view.fingerprints(report.diagnostics), view.lines)


def github(report: Report, view: View) -> str:
    """Workflow commands."""
    from rflint.formats.github import github

    return github(report, view.folder)


def gitlab(report: Report, view: View) -> str:
    """Code Quality."""
    from rflint.formats.gitlab import gitlab

    return gitlab(report, view.folder, view.fingerprints(report.diagnostics))


def junit(report: Report, view: View) -> str:
    """Test results."""
    from rflint.formats.junit import junit

    return junit(report)


def pylint(report: Report, view: View) -> str:
    """Lines with code in brackets."""
    from rflint.formats.pylint import pylint

    return pylint(report.diagnostics)


def rdjson(report: Report, view: View) -> str:
    """Reviewdog's object."""
    from rflint.formats.rdjson import rdjson

    return rdjson(report, view.folder, view.lines)


WRITERS: dict[str, Callable[[Report, View], str]] = {
    "concise": concise,
    "full": full,
    "grouped": grouped,
    "json": json,
    "jsonl": jsonl,
    "sarif": sarif,
    "github": github,
    "gitlab": gitlab,
    "junit": junit,
    "pylint": pylint,
    "rdjson": rdjson,
}
