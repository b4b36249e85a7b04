"""Pieces of a text become others; every other character stays as it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from rflint.diagnostics import Change, Span
from rflint.source import NEWLINE

BOM = "\ufeff"
Position = tuple[int, int]
"""A line and a column."""


class Lines:
    """Where the lines of a text begin: lines and columns count from 1, offsets from 0."""

    def __init__(self, text: str) -> None:
        first = len(BOM) if text.startswith(BOM) else 0
        self._starts = [first, *(found.end() for found in NEWLINE.finditer(text))]

    def offset(self, line: int, column: int) -> int:
        """The offset of a place."""
        return self._starts[line - 1] + column - 1

    def ends(self, span: Span) -> tuple[int, int]:
        """The offsets at which a span begins and ends."""
        return self.offset(span.line, span.column), self.offset(span.end_line, span.end_column)

    def place(self, offset: int) -> Position:
        """The line and column of an offset."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def spliced(text: str, changes: Sequence[Change]) -> str:
    """The text with all changes made, which must not overlap."""
    lines = Lines(text)
    pieces: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda one: one.span):
        start, end = lines.ends(change.span)
        pieces += text[at:start], change.text
        at = end
    return "".join([*pieces, text[at:]])


class Moved:
    """Where the places of a text are when changes have been made."""

    def __init__(self, text: str, changes: Iterable[Change]) -> None:
        made = list(changes)
        self._before, self._behind = Lines(text), Lines(spliced(text, made))
        self._rows = sorted((*self._before.ends(change.span), len(change.text)) for change in made)

    def __call__(self, line: int, column: int) -> Position:
        """Where a place is then; the start of what takes its place, if it is changed itself."""
        start = self._before.offset(line, column)
        shift = 0
        for begins, ends, length in self._rows:
            if begins <= start < ends:
                return self._behind.place(begins + shift)
            shift += length - (ends - begins) if ends <= start else 0
        return self._behind.place(start + shift)


def overlap(changes: Iterable[Change], others: Sequence[Change]) -> bool:
    """Whether changes touch others: they may not be made in one go."""
    return any(touch(one, other) for one in changes for other in others)


def touch(one: Change, other: Change) -> bool:
    """Whether two changes are not apart."""
    apart = one.span[2:] < other.span[:2] or other.span[2:] < one.span[:2]
    return one.file == other.file and not apart
