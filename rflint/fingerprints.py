"""Fingerprints of findings, which stay the same when lines move, files are renamed and code is formatted anew."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from rflint.comments.logical_lines import LogicalLine, around, logical_lines
from rflint.diagnostics import Diagnostic

Read = Callable[[str], "str | None"]
"""The text of a file, or None if there is none."""
DIGITS = 20
_PLACE = re.compile(r"\blines? \d+(?:(?:, | and | to )\d+)*|\S*\.(?:py|ipynb)\b(?::\d+)*")
_FIGURES = re.compile(r"[^\s(]*[\d×%][^\s)]*(?:[\s(]+[^\s(]*[\d×%][^\s)]*)*")
_LAYOUT = frozenset("(),;")
"""What a formatter adds and removes as it breaks lines."""


def fingerprints(found: Sequence[Diagnostic], read: Read) -> list[str]:
    """The fingerprint of each finding: hexadecimal digits made of its rule, the gist of its message, the words of
    the statement in which it begins, and the names of the classes and functions around that.

    Findings that are alike in all of this have the same; `numbered` tells them apart.
    """
    lines = {file: logical_lines(read(file) or "") for file in {one.file for one in found}}
    return [_fingerprint(one, around(lines[one.file], one.span.line)) for one in found]


def numbered(prints: Sequence[str]) -> Iterator[str]:
    """The same fingerprints, `-2` and so on behind those that have been there before: each is there once."""
    seen: Counter[str] = Counter()
    for one in prints:
        seen[one] += 1
        yield one if seen[one] == 1 else f"{one}-{seen[one]}"


def gist(message: str) -> str:
    """The first part of a message, what is wrong and not what would mend it, with `…` for places and figures: those can
    change with code that stands elsewhere."""
    return _FIGURES.sub("…", placeless(message.partition("; ")[0]))


def placeless(message: str) -> str:
    """A message with `…` for the lines and files that it names."""
    return _PLACE.sub("…", message)


def _fingerprint(found: Diagnostic, statement: LogicalLine | None) -> str:
    words = [_word(word) for word in statement.words if word not in _LAYOUT] if statement is not None else []
    around_it = statement.inside if statement is not None else ()
    parts = (found.code, gist(found.message), " ".join(words), ".".join(around_it))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def _word(word: str) -> str:
    """A token, in which kind of quotes or how its lines end makes no difference."""
    return word.replace("'", '"').replace("\r\n", "\n") if '"' in word or "'" in word else word
