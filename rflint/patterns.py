"""Patterns of paths as in a .gitignore, which lie in a folder and speak of what is below it.

The syntax is that of https://git-scm.com/docs/gitignore, and of its wildmatch.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

NEVER = "(?!)"
NAMED = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "blank": " \\t",
    "digit": "0-9",
    "lower": "a-z",
    "punct": "!-/:-@\\[-`{-~",
    "space": "\\s",
    "upper": "A-Z",
    "xdigit": "0-9a-fA-F",
}
"""The classes of characters that have names, as in `[[:digit:]]`."""
_LAST = re.compile(r"(?:\[:(?P<class>\w+):\]|\\?(?P<first>.)(?:-\\?(?P<last>[^\]]))?)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Patterns:
    """The lines of a .gitignore, or of a setting such as `exclude`, and the folder that they are seen from."""

    folder: str
    lines: tuple[str, ...]

    def says(self, path: str) -> bool | None:
        """Whether the last line that matches leaves a path out, or takes it in again; None if no line matches.

        The path of a folder ends in a slash.  What is below a folder is not asked for when the folder is left out.
        """
        inner = os.path.relpath(path, self.folder).replace(os.sep, "/") if self.lines else "."
        if inner.startswith("../") or inner in (".", ".."):
            return None
        rows = reversed(_compiled(self.lines))
        is_folder = path.endswith("/")
        return next((row.leaves_out for row in rows if row.matches(inner, is_folder)), None)


class Pattern(NamedTuple):
    """One line: what it matches below its folder, and whether it leaves that out or takes it in again."""

    glob: re.Pattern[str]
    leaves_out: bool
    folders_only: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        """Whether it means this file or folder itself."""
        return (is_folder or not self.folders_only) and self.glob.fullmatch(path) is not None


def answer(path: str, layers: Sequence[Patterns]) -> bool | None:
    """What the last of the layers that matches a path says; None if none does."""
    return next((said for layer in reversed(layers) if (said := layer.says(path)) is not None), None)


def left_out(path: str, layers: Sequence[Patterns]) -> bool:
    """Whether a path is left out, or a folder that it lies in."""
    return any(answer(place, layers) for place in (*_folders_of(os.path.abspath(path)), path))


def _folders_of(path: str) -> Iterator[str]:
    while (path := os.path.dirname(path)) != os.path.dirname(path):
        yield path + "/"


def check_patterns(lines: Iterable[str]) -> None:
    """Raise ValueError with a sentence if a line is no pattern."""
    for line in lines:
        text = line.rstrip(" ").removeprefix("!").strip("/")
        if line.strip() and not (text and not re.search(r"(?<!\\)(?:\\\\)*\\$", line)):
            raise ValueError(f"{line!r} is no pattern such as third_party/ or *_pb2.py")


@lru_cache(maxsize=256)
def _compiled(lines: tuple[str, ...]) -> tuple[Pattern, ...]:
    return tuple(pattern for line in lines for pattern in _pattern(line))


def _pattern(line: str) -> Iterator[Pattern]:
    """The pattern of a line; none if it is empty or a comment."""
    text = re.sub(r"(?<!\\) +$", "", line)
    if not text or text.startswith("#"):
        return
    negated, text = text.startswith("!"), text.removeprefix("!")
    folders_only, glob = text.endswith("/"), text.removesuffix("/")
    anywhere = "" if "/" in glob else "(?:.+/)?"
    try:
        yield Pattern(re.compile(anywhere + _expression(glob.removeprefix("/")), re.DOTALL), not negated, folders_only)
    except re.error:  # a range that ends before it begins
        return


def _expression(glob: str) -> str:
    """The regular expression of a pattern between slashes."""
    found, at = "", 0
    while at < len(glob):
        piece, at = _piece(glob, at)
        found += piece
    return found


def _piece(glob: str, at: int) -> tuple[str, int]:
    """What stands at a position, as a regular expression, and where the next piece begins."""
    starts_part = at == 0 or glob[at - 1] == "/"
    if starts_part and glob.startswith("**/", at):
        return "(?:.+/)?", at + 3
    if starts_part and glob[at:] == "**":
        return ".+", len(glob)
    letter = glob[at]
    if letter == "*":
        return "[^/]*", at + 1
    if letter == "?":
        return "[^/]", at + 1
    if letter == "[":
        return _bracket(glob, at + 1)
    if letter == "\\":
        return (re.escape(glob[at + 1]), at + 2) if at + 1 < len(glob) else (NEVER, at + 1)
    return re.escape(letter), at + 1


def _bracket(glob: str, at: int) -> tuple[str, int]:
    """The class of characters whose bracket opens before a position; nothing matches one that is not closed."""
    negated = glob[at : at + 1] in ("!", "^")
    start = at = at + negated
    members = ""
    while at < len(glob) and (at == start or glob[at] != "]"):
        match = _LAST.match(glob, at)
        assert match is not None  # it matches any character
        members += _members(match)
        at = match.end()
    if at >= len(glob):
        return NEVER, len(glob)
    return f"(?!/)[{'^' * negated}{members}]", at + 1


def _members(match: re.Match[str]) -> str:
    if match["class"]:
        return NAMED.get(match["class"], "")
    last = f"-{re.escape(match['last'])}" if match["last"] else ""
    return re.escape(match["first"]) + last
