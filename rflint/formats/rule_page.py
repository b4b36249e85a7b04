"""The page of a rule on a terminal: its Markdown without the marks, code indented, what the rule is in one line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rflint.diagnostics import Rule
from rflint.formats.terminal import SEVERITY_STYLES, one_line, paint
from rflint.pages import family

CODE = re.compile(r"`([^`]+)`")
LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
UNDERLINES = {1: "=", 2: "-"}
"""What stands below headings of a depth where there are no colours."""
DIFF = {"-": "red", "+": "green"}


def rule_page(rule: Rule, text: str, colour: bool) -> str:
    """The page, with severity, default and fix below its title."""
    lines = list(rendered(text, colour))
    title = 1 if colour else 2
    return "\n".join([*lines[:title], *about(rule, colour), *lines[title:]]) + "\n"


def about(rule: Rule, colour: bool) -> Iterator[str]:
    """`error · on by default · channels and modules · fix: unsafe`."""
    on = "on by default" if rule.default else "off by default"
    fix = f"fix: {rule.fix}" if rule.fix else "no fix"
    yield " · ".join((paint(rule.severity, SEVERITY_STYLES[rule.severity], colour), on, family(rule), fix))


def rendered(text: str, colour: bool) -> Iterator[str]:
    """The lines of a page as a terminal shows them."""
    fence = ""
    for line in text.splitlines():
        if line.startswith("```"):
            fence = "" if fence else line[3:].strip() or "text"
        elif fence:
            yield code_line(line, fence, colour)
        elif heading := re.match(r"(#+) +(.*)", line):
            yield from title(len(heading[1]), heading[2], colour)
        else:
            yield prose(line, colour)


def code_line(line: str, language: str, colour: bool) -> str:
    """A line of a block, indented; of a diff in its colours."""
    style = DIFF.get(line[:1], "dim") if language == "diff" else "dim" if line.lstrip().startswith("#") else "cyan"
    return f"    {paint(one_line(line), style, colour)}" if line else ""


def title(depth: int, text: str, colour: bool) -> Iterator[str]:
    """A heading: bold, or underlined."""
    if colour:
        yield paint(one_line(text), "bold", True)
        return
    yield one_line(text)
    if depth in UNDERLINES:
        yield UNDERLINES[depth] * len(text)


def prose(line: str, colour: bool) -> str:
    """A line of text: code in its colour, addresses behind their words."""
    linked = LINK.sub(lambda found: f"{found[1]} <{found[2]}>", one_line(line))
    return CODE.sub(lambda found: paint(found[1], "cyan", True), linked) if colour else linked
