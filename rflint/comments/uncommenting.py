"""What is to be cut out of a text so that a suppression, or one of the rules that it names, is gone."""

from __future__ import annotations

from rflint.comments.logical_lines import physical_lines
from rflint.comments.suppressions import Named, Suppression
from rflint.diagnostics import Span


def without_comment(text: str, one: Suppression) -> Span:
    """The comment with the blanks before it; with its line if it is alone there; without what follows in its line."""
    row = physical_lines(text)[one.line - 1]
    line = row.rstrip("\n")
    before, behind = line[: one.start - 1].rstrip(), line[one.end - 1 :]
    if behind.strip():
        return Span(one.line, one.start, one.line, len(line) - len(behind.lstrip()) + 1)
    if before or line == row:
        return Span(one.line, len(before) + 1, one.line, len(line) + 1)
    return Span(one.line, 1, one.line + 1, 1)


def without_name(one: Suppression, name: Named) -> Span:
    """A name of several with what parts it from the next one."""
    at = one.rules.index(name)
    if at == 0:
        return Span(one.line, name.start, one.line, one.rules[1].start)
    return Span(one.line, one.rules[at - 1].end, one.line, name.end)
