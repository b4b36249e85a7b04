"""What a terminal can show: colours, and text without control characters."""

from __future__ import annotations

STYLES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36"}
SEVERITY_STYLES = {"error": "red", "warning": "yellow", "info": "cyan", "note": "dim"}


def paint(text: str, style: str, colour: bool) -> str:
    """`text` in a style of `STYLES` if `colour`, otherwise as it is."""
    return f"\033[{STYLES[style]}m{text}\033[0m" if colour and text else text


def one_line(text: str) -> str:
    """`text` with control characters escaped: a file name or a string of the linted code cannot steer the terminal."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def counted(number: int, noun: str) -> str:
    """`1 file`, `3 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
