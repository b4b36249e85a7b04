"""What a SARIF file says of the rules that it names: their summaries and pages, and how serious they are."""

from __future__ import annotations

from typing import Any

from rflint import linter, pages

LEVELS = {"error": "error", "warning": "warning", "info": "note", "note": "none"}
"""Our severities as levels of SARIF, of which only `none` says nothing against the code."""
PROBLEMS = {"error": "error", "warning": "warning", "info": "recommendation", "note": "recommendation"}
"""Our severities as GitHub's code scanning sorts them."""


def described(code: str) -> dict[str, Any]:
    """A rule (reportingDescriptor, section 3.49) with its page as help."""
    rule = linter.known_rules()[code]
    page = pages.page(rule)
    summary = pages.summary(page)
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": summary},
        "fullDescription": {"text": summary},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"enabled": rule.default, "level": LEVELS[rule.severity]},
        "properties": {
            "tags": [pages.family(rule)],
            "precision": "very-high",
            "problem.severity": PROBLEMS[rule.severity],
        },
    }
