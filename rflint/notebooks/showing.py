"""Findings of notebooks as people read them: `nb.ipynb:cell 3:4:5`, with lines counted in each cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from rflint.diagnostics import Change, Diagnostic, Failure, Report, Span, Step
from rflint.notebooks.magics import cell_of
from rflint.notebooks.places import Cells, cell_texts, rows_of
from rflint.notebooks.reading import is_notebook

Read = Callable[[str], "str | None"]
FIRST = Span(1, 1, 1, 1)
_CELL = re.compile(r"(?P<file>.*\.ipynb):cell (?P<number>\d+)", re.DOTALL)
_PLACE = re.compile(r"(?P<file>[^\s()]*\.ipynb):(?P<line>\d+)(?!\d)")


def split(file: str) -> tuple[str, int | None]:
    """A file and its cell, if it is one of a notebook: ("nb.ipynb", 3) of "nb.ipynb:cell 3"."""
    found = _CELL.fullmatch(file)
    return (found["file"], int(found["number"])) if found else (file, None)


def cell_lines(text: str, number: int) -> list[str]:
    """The lines of a cell of a module text, as they stand in the notebook, without their ends."""
    return [row.rstrip("\r\n") for row in rows_of(cell_of(cell_texts(text).get(number, "")))]


def changed_cells(before: str, after: str) -> Iterator[tuple[int, tuple[str, str]]]:
    """The cells that differ between two texts of a module, with what they hold in each."""
    was, now = cell_texts(before), cell_texts(after)
    for number, text in was.items():
        if now.get(number) != text:
            yield number, (cell_of(text), cell_of(now.get(number, "")))


def in_cells(report: Report, read: Read, cells: bool = True) -> Report:
    """A report with the lines of notebooks counted in their cells, or, without `cells`, with the notebooks alone."""
    named = {*report.linted, *(one.file for one in report.diagnostics), *(one.file for one in report.failures)}
    return Places(read).report(report, cells) if any(map(is_notebook, named)) else report


class Places:
    """Places in the notebooks of a report, whose texts `read` gives."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.known: dict[str, Cells] = {}

    def report(self, report: Report, cells: bool) -> Report:
        """A report with its findings in cells; in the first line of the notebook, where a format knows no `cells`."""
        found = [self.finding(one) if cells else self.unplaced(one) for one in report.diagnostics]
        return replace(
            report,
            diagnostics=found,
            partial=[(self.said(target), self.said(where), why) for target, where, why in report.partial],
            undecided=[self.said(sentence) for sentence in report.undecided],
            failures=[self.failure(one) if cells else _whole(self.failure(one)) for one in report.failures],
        )

    def finding(self, found: Diagnostic) -> Diagnostic:
        """A finding with all places that it names in cells."""
        file, span = self.place(found.file, found.span)
        fix = found.fix and replace(found.fix, changes=tuple(map(self.change, found.fix.changes)))
        related = tuple((*self.place(other, at), text) for other, at, text in found.related)
        trail = tuple(map(self.step, found.trail))
        return replace(
            found, file=file, span=span, fix=fix, related=related, trail=trail, message=self.said(found.message)
        )

    def unplaced(self, found: Diagnostic) -> Diagnostic:
        """A finding in the first line of its notebook, without a fix: the only place that is surely there."""
        related = tuple((file, FIRST if is_notebook(file) else at, text) for file, at, text in found.related)
        trail = tuple(Step(str(self.step(one))) if is_notebook(one.file) else one for one in found.trail)
        found = replace(found, related=related, trail=trail, message=self.said(found.message))
        return replace(found, span=FIRST, fix=None) if is_notebook(found.file) else found

    def step(self, step: Step) -> Step:
        """A step on the way to a finding, with its line in its cell."""
        return replace(step, file=self.name(step.file, step.line), line=self.line(step.file, step.line))

    def change(self, change: Change) -> Change:
        """A change of text in its cell."""
        file, span = self.place(change.file, change.span)
        return replace(change, file=file, span=span)

    def failure(self, failure: Failure) -> Failure:
        """A failure that counts the lines of its sentence in cells."""
        return replace(failure, sentence=self.said(failure.sentence))

    def place(self, file: str, span: Span) -> tuple[str, Span]:
        """A file, with its cell, and a span in it."""
        first, last = self.line(file, span.line), self.line(file, span.end_line)
        return self.name(file, span.line), Span(first, span.column, last, span.end_column)

    def name(self, file: str, line: int) -> str:
        """`nb.ipynb:cell 3` for a line of a notebook, and any other file as it is."""
        return f"{file}:cell {self.cells(file).at(line)[0]}" if is_notebook(file) else file

    def line(self, file: str, line: int) -> int:
        """The line in its cell."""
        return self.cells(file).at(line)[1] if is_notebook(file) else line

    def said(self, text: str) -> str:
        """A sentence whose places are in cells."""
        return _PLACE.sub(
            lambda at: f"{self.name(at['file'], int(at['line']))}:{self.line(at['file'], int(at['line']))}", text
        )

    def data(self, value: Any) -> Any:
        """JSON data, whose objects with a file and a line say the cell."""
        if isinstance(value, list):
            return [self.data(one) for one in value]
        if not isinstance(value, dict):
            return value
        found = {key: self.data(one) for key, one in value.items()}
        file, line = value.get("file"), value.get("line")
        if isinstance(file, str) and is_notebook(file) and isinstance(line, int):
            cell, found["line"] = self.cells(file).at(line)
            found["cell"] = cell
        return found

    def cells(self, file: str) -> Cells:
        """The cells of a notebook."""
        if file not in self.known:
            self.known[file] = Cells(self.read(file) or "")
        return self.known[file]


def _whole(failure: Failure) -> Failure:
    """A failure of a notebook without the line, which is one of its cells."""
    return replace(failure, line=0) if is_notebook(failure.file) else failure
