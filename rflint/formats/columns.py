"""Text in aligned columns; where it would be too wide, some columns are folded, and nothing is cut off."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

GAP = "  "
NARROWEST = 12
"""A folded column keeps at least so many characters."""


def fitted(rows: Sequence[Sequence[str]], width: int | None, folding: Sequence[int]) -> list[int]:
    """Column widths for the rows: as wide as their cells, the `folding` ones narrower to keep within `width`."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    excess = 0 if width is None else sum(widths) + len(GAP) * (len(widths) - 1) - width
    for column in sorted(folding, key=lambda column: -widths[column]):
        spared = max(0, min(excess, widths[column] - NARROWEST))
        widths[column] -= spared
        excess -= spared
    return widths


def lines(row: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> list[str]:
    """The lines of one row; the columns in `right` are aligned to the right."""
    cells = (folded(cell, width) for cell, width in zip(row, widths, strict=True))
    return [line(parts, widths, right) for parts in zip_longest(*cells, fillvalue="")]


def line(parts: Sequence[str], widths: Sequence[int], right: Sequence[int]) -> str:
    """One line of cells padded to their widths."""
    padded = (
        part.rjust(w) if n in right else part.ljust(w) for n, (part, w) in enumerate(zip(parts, widths, strict=True))
    )
    return GAP.join(padded).rstrip()


def folded(cell: str, width: int) -> list[str]:
    """The cell in pieces of at most `width` characters, broken after a dot or blank where there is one."""
    pieces = []
    while len(cell) > width:
        at = max(cell.rfind(".", 0, width), cell.rfind(" ", 0, width)) + 1 or width
        pieces.append(cell[:at].rstrip())
        cell = cell[at:]
    return [*pieces, cell]
