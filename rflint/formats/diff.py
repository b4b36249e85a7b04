"""Unified diffs, as `git apply` and `patch` take them."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from rflint.formats.terminal import paint

STYLES = {"---": "bold", "+++": "bold", "@@ ": "cyan", "-": "red", "+": "green"}
"""How lines of a diff begin, and the colours that they get."""


def unified(path: str, before: str, after: str, colour: bool = False) -> str:
    """What has become of the text of a file, with three lines around each change; "" if nothing has."""
    rows = unified_diff(lines(before), lines(after), path, path)
    return "".join(painted(row, colour) for line in rows for row in ended(line))


def lines(text: str) -> list[str]:
    """The lines of a text with their ends, split at line feeds only, as `patch` counts them."""
    return [f"{line}\n" for line in text.split("\n")[:-1]] + ([last] if (last := text.rpartition("\n")[2]) else [])


def ended(line: str) -> Iterator[str]:
    """A line of a diff; below one without an end, that it has none."""
    yield line if line.endswith("\n") else f"{line}\n"
    if not line.endswith("\n"):
        yield "\\ No newline at end of file\n"


def painted(line: str, colour: bool) -> str:
    """A line of a diff in the colour of its kind."""
    style = next((style for start, style in STYLES.items() if line.startswith(start)), "")
    return paint(line.removesuffix("\n"), style, colour) + "\n" if colour and style else line
