"""Pieces of source text, for formats that quote or change it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Lines = Callable[[str], Sequence[str]]
"""The lines of a file by its name, without line ends; none if it cannot be read."""


def between(lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text from one line and column up to another; "" where the file has no such lines."""
    rows = list(lines[start[0] - 1 : end[0]])
    if len(rows) <= end[0] - start[0]:
        return ""
    rows[-1] = rows[-1][: end[1] - 1]
    rows[0] = rows[0][start[1] - 1 :]
    return "\n".join(rows)
