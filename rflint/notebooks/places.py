"""Which cell of a notebook a line of its module is in."""

from __future__ import annotations

import re
from bisect import bisect_right

from rflint.notebooks.reading import parting

_PARTING = re.compile(re.escape(parting(0)).replace("0", r"(\d+)"))
_ROW = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")


def rows_of(text: str) -> list[str]:
    """The lines of a text with their ends, divided as Python divides them."""
    return _ROW.findall(text)


class Cells:
    """The cells of a module text: their numbers, and the lines that part them from those before."""

    def __init__(self, text: str) -> None:
        self.numbers: list[int] = []
        self.starts: list[int] = []
        for at, row in enumerate(rows_of(text), 1):
            if (found := _PARTING.fullmatch(row)) and int(found[1]) > (self.numbers or [0])[-1]:
                self.numbers.append(int(found[1]))
                self.starts.append(at)

    def at(self, line: int) -> tuple[int, int]:
        """The cell of a line, and the line in it, both counted from 1."""
        number = bisect_right(self.starts, line) - 1
        return (self.numbers[number], max(line - self.starts[number], 1)) if number >= 0 else (1, 1)


def cell_texts(text: str) -> dict[int, str]:
    """The Python of each cell of a module text."""
    rows, cells = rows_of(text), Cells(text)
    ends = [*(start - 1 for start in cells.starts[1:]), len(rows)]
    bounds = zip(cells.numbers, cells.starts, ends, strict=False)
    return {number: "".join(rows[start:end]) for number, start, end in bounds}
