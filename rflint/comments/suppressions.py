"""Comments that silence rules: `# noqa: RF201`, `# rflint: ignore[gridding-holes] -- reason`, `# rflint: expect[…]`."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from rflint.comments.logical_lines import LogicalLine, around
from rflint.diagnostics import Span

NOQA, IGNORE, EXPECT = "noqa", "ignore", "expect"
_CODES = r"(?P<list>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)"
_NOQA = re.compile(rf"#\s*noqa\b(?:\s*:\s*{_CODES})?", re.IGNORECASE)
_FILE_NOQA = re.compile(rf"#\s*flake8\s*[:=]\s*noqa(?:\s*:\s*{_CODES})?\s*$", re.IGNORECASE)
_OURS = re.compile(r"(?:ignore(?P<file>-file)?|(?P<expect>expect))\s*(?:\[(?P<list>[^\]]*)\])?$")
_WORD = re.compile(r"[^,\s]+")


@dataclass(frozen=True, slots=True)
class Named:
    """A rule that a comment names, as it is written, and the columns that this takes; they count from 1."""

    text: str
    start: int
    end: int

    def means(self, code: str, name: str) -> bool:
        """Is it the name of the rule, its code, or the beginning of that?"""
        prefix = self.text.upper()
        return self.text == name or (prefix.startswith("RF") and code.startswith(prefix))


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences the rules that it names, or all if it names none.

    It stands on `line`, from column `start` up to `end`, and speaks of the code on the line `target`.
    """

    line: int
    start: int
    end: int
    target: int
    kind: str = IGNORE
    rules: tuple[Named, ...] = ()
    whole_file: bool = False

    def silencing(self, code: str, name: str) -> tuple[Named, ...] | None:
        """Those of its names that mean the rule, () if it means all rules; None if it does not silence it."""
        found = tuple(rule for rule in self.rules if rule.means(code, name))
        return found if found or not self.rules else None


Silencing = tuple[Suppression, tuple[Named, ...]]
"""A comment that silences a finding, with those of its names that mean the rule."""


@dataclass(slots=True)
class Suppressions:
    """The suppressions of a file, and which lines belong together in it."""

    found: list[Suppression] = field(default_factory=list)
    statements: Sequence[LogicalLine] = ()
    open_lines: Sequence[int] = ()
    """The lines whose ends can take a comment."""

    def silencing(self, span: Span, code: str, name: str, noqa: bool = True) -> Iterator[Silencing]:
        """The comments that silence a finding there; without `noqa`, only those that speak to us alone."""
        lines: set[int] | None = None
        for one in self.found:
            names = one.silencing(code, name) if noqa or one.kind != NOQA else None
            if names is not None:
                lines = self.lines(span) if lines is None else lines
                if one.whole_file or one.target in lines:
                    yield one, names

    def lines(self, span: Span) -> set[int]:
        """The lines on which a comment speaks of a finding: the first and last of what it stands at (an argument, say),
        and the first and last of the statement in which that begins."""
        ends = {span.line, span.end_line}
        statement = around(self.statements, span.line)
        if statement is not None:
            ends = {span.line, min(span.end_line, statement.last)}
            ends.update(line for one in _together(self.statements, statement) for line in (one.first, one.last))
        return ends | {closing(self.open_lines, line) for line in ends}


def closing(open_lines: Sequence[int], line: int) -> int:
    """The line that takes the comment of a line: itself, or the one on which its string or continuation ends."""
    at = bisect_left(open_lines, line)
    return open_lines[at] if at < len(open_lines) else line


def _together(statements: Sequence[LogicalLine], statement: LogicalLine) -> Sequence[LogicalLine]:
    """A logical line with its decorators and what it decorates."""
    first = last = bisect_left(statements, statement.first, key=lambda line: line.first)
    while first > 0 and _is_decorator(statements[first - 1]):
        first -= 1
    while _is_decorator(statements[last]) and last + 1 < len(statements):
        last += 1
    return statements[first : last + 1]


def _is_decorator(line: LogicalLine) -> bool:
    return line.words[0] == "@"


# Reading


def noqa(line: int, column: int, part: str) -> Iterator[Suppression]:
    """What flake8 would take for a suppression in a part of a comment."""
    if match := _NOQA.match(part):
        yield _suppression(line, column, part, line, NOQA, _named(match, column))


def file_noqa(line: int, column: int, comment: str) -> Iterator[Suppression]:
    """What flake8 would take for a suppression for the whole file, in a comment that is alone on its line."""
    if match := _FILE_NOQA.match(comment):
        yield _suppression(line, column, comment, line, NOQA, _named(match, column), True)


def ours(line: int, column: int, part: str, said: re.Match[str], target: int) -> Suppression | None:
    """What stands behind `# rflint:`, matched as `said`; None if it is no suppression.

    Raises ValueError if it names no rule where it has to.
    """
    match = _OURS.match(said["said"])
    if match is None:
        return None
    kind, rules = EXPECT if match["expect"] else IGNORE, _named(match, column + said.start("said"))
    if not rules and (kind == EXPECT or match["list"] is not None):
        raise ValueError(f"{said['said']!r} names no rule: write {kind}[rule-name]")
    return _suppression(line, column, part, target, kind, rules, bool(match["file"]))


def _suppression(
    line: int, column: int, part: str, target: int, kind: str, rules: tuple[Named, ...], whole_file: bool = False
) -> Suppression:
    return Suppression(line, column, column + len(part.rstrip()), target, kind, rules, whole_file)


def _named(match: re.Match[str], column: int) -> tuple[Named, ...]:
    """The words of a list; `column` is where the matched text begins."""
    if match["list"] is None:
        return ()
    column += match.start("list")
    return tuple(Named(word[0], column + word.start(), column + word.end()) for word in _WORD.finditer(match["list"]))
