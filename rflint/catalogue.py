"""All rules by code: those of the checks, and those that no check of a network finds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rflint.diagnostics import Rule

SYNTAX = Rule("RF900", "syntax-error", "error", lambda _: ())
UNUSED = Rule("RF910", "unused-suppression", "warning", lambda _: (), fix="safe")


def known_rules() -> dict[str, Rule]:
    """All rules by code; among them RF900 for files that do not parse, and RF910 for comments."""
    from rflint import checks

    return dict(sorted({**checks.all_rules(), SYNTAX.code: SYNTAX, UNUSED.code: UNUSED}.items()))


class Rules(Mapping[str, Rule]):
    """All rules by code, which are not looked for before somebody asks: most runs name none."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def _known(self) -> dict[str, Rule]:
        self._rules = self._rules or known_rules()
        return self._rules

    def __getitem__(self, code: str) -> Rule:
        return self._known()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known())

    def __len__(self) -> int:
        return len(self._known())
