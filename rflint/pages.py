"""The pages of the rules: what `rflint rule` prints, and the one-sentence summary that the other faces use."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib import resources
from typing import Any

from rflint.diagnostics import Rule

PACKAGE = "rflint.rules"
FAMILIES = {
    "RF1": "receptive field",
    "RF2": "dilation",
    "RF3": "sizes and padding",
    "RF4": "channels and modules",
    "RF5": "upsampling",
    "RF6": "cost and redundancy",
    "RF9": "notes and rflint itself",
}
"""What the rules are about whose codes begin so."""


class PageError(Exception):
    """A page, or all of them, cannot be found; the message says what to do."""


def page(rule: Rule) -> str:
    """The Markdown page of a rule.  Raises PageError if it is not there."""
    try:
        folder = resources.files(PACKAGE)
    except ModuleNotFoundError:
        raise PageError(
            "the pages of the rules are not installed with this copy: install with pip install -e ."
        ) from None
    try:
        return (folder / f"{rule.name}.md").read_text(encoding="utf-8")
    except OSError:
        raise PageError(f"{rule.code} {rule.name} has no page {rule.name}.md among the installed ones") from None


def summary(text: str) -> str:
    """The first sentence of a page below its heading, on one line; "" if there is none."""
    paragraph = re.search(r"^(?!#)\S.*?(?=\n\s*\n|\Z)", text, re.MULTILINE | re.DOTALL)
    words = " ".join(paragraph.group().split()) if paragraph else ""
    sentence = re.match(r".*?[.!?](?= [A-Z`*]|$)", words)
    return sentence.group() if sentence else words


def family(rule: Rule) -> str:
    """What the rule is about."""
    return FAMILIES[rule.code[:3]]


def described(rule: Rule) -> dict[str, Any]:
    """A rule and its page as data, for JSON.  Raises PageError."""
    text = page(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "family": family(rule),
        "severity": rule.severity,
        "default": rule.default,
        "fix": rule.fix or None,
        "summary": summary(text),
        "page": text,
    }


def catalogue(rules: Iterable[Rule]) -> str:
    """All rules as an aligned table: code, name, family, severity, default, fix, summary.  Raises PageError."""
    head = ("code", "name", "family", "severity", "default", "fix", "summary")
    rows = [head, *(row(rule) for rule in rules)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "".join(
        "  ".join(cell.ljust(width) for cell, width in zip(r, widths, strict=True)).rstrip() + "\n" for r in rows
    )


def row(rule: Rule) -> tuple[str, ...]:
    """The cells of one rule in the table.  Raises PageError."""
    on = "on" if rule.default else "off"
    return (rule.code, rule.name, family(rule), rule.severity, on, rule.fix or "-", summary(page(rule)))
