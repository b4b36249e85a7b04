"""All rules by code: those of the checks, and those that no check of a network finds."""

from __future__ import annotations

from rflint.diagnostics import Rule

SYNTAX = Rule("RF900", "syntax-error", "error", lambda _: ())
UNUSED = Rule("RF910", "unused-suppression", "warning", lambda _: (), fix="safe")


def known_rules() -> dict[str, Rule]:
    """All rules by code; among them RF900 for files that do not parse, and RF910 for comments."""
    from rflint import checks

    return dict(sorted({**checks.all_rules(), SYNTAX.code: SYNTAX, UNUSED.code: UNUSED}.items()))
