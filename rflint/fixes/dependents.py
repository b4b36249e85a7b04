"""Which files of a run may look at others, directly or through each other, told from the words that they hold."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence

WORD = re.compile(r"\w+")
UPWARDS = re.compile(r"^\s*from\s+\.", re.MULTILINE)
"""Relative imports, which need not name the package that they look into."""


class Words:
    """The words of files, read once."""

    def __init__(self, text: Callable[[str], str | None]) -> None:
        self._text = text
        self._words: dict[str, tuple[frozenset[str], bool]] = {}

    def users(self, changed: Collection[str], files: Sequence[str]) -> list[str]:
        """The files that may look at one of those that are changed, these among them, in order."""
        found = set(changed)
        waiting = list(changed)
        while waiting:
            used = waiting.pop()
            new = [file for file in files if file not in found and self._mentions(file, used)]
            found.update(new)
            waiting += new
        return [file for file in files if file in found]

    def _mentions(self, file: str, other: str) -> bool:
        words, upwards = self._of(file)
        folder, name = os.path.split(os.path.abspath(other))
        if name != "__init__.py":
            return os.path.splitext(name)[0] in words
        return os.path.basename(folder) in words or (upwards and os.path.abspath(file).startswith(folder + os.sep))

    def _of(self, file: str) -> tuple[frozenset[str], bool]:
        if file not in self._words:
            text = self._text(file) or ""
            self._words[file] = frozenset(WORD.findall(text)), UPWARDS.search(text) is not None
        return self._words[file]
