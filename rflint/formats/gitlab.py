"""A Code Quality report of GitLab CI: a list of objects, each at a line of a file.

Source: GitLab's documentation "Code Quality", section "Code Quality report format".
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from rflint.diagnostics import Diagnostic, Failure, Report
from rflint.formats.concise import sentence
from rflint.formats.paths import relative

SEVERITIES = {"error": "critical", "warning": "major", "info": "minor", "note": "info"}


def gitlab(report: Report, folder: str, fingerprints: Sequence[str]) -> str:
    """All findings with their fingerprints, and what could not be done, as one indented JSON list."""
    found = [violation(one, folder, mark) for one, mark in zip(report.diagnostics, fingerprints, strict=True)]
    return json.dumps([*found, *(unread(one, folder) for one in report.failures)], indent=2) + "\n"


def violation(diagnostic: Diagnostic, folder: str, fingerprint: str) -> dict[str, Any]:
    """A finding; GitLab tells old from new by the fingerprint."""
    return {
        "description": f"{diagnostic.code} {sentence(diagnostic)}",
        "check_name": diagnostic.name,
        "fingerprint": fingerprint,
        "severity": SEVERITIES[diagnostic.severity],
        "location": location(diagnostic.file, folder, diagnostic.span.line, diagnostic.span.end_line),
    }


def unread(failure: Failure, folder: str) -> dict[str, Any]:
    """What could not be done, at the beginning of the file that it is about."""
    return {
        "description": failure.sentence,
        "check_name": "rflint-failure",
        "fingerprint": sha256(failure.sentence.encode()).hexdigest(),
        "severity": "blocker",
        "location": location(failure.file or ".", folder, failure.line or 1, failure.line or 1),
    }


def location(file: str, folder: str, first: int, last: int) -> dict[str, Any]:
    """Lines of a file, which is given relative to the repository."""
    return {"path": relative(file, folder), "lines": {"begin": first, "end": last}}
