"""Which files of a run are likely to look at others, directly or through each other, told from their imports.

This only says what to lint again after each fix; in the end all files of the run are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

WORD = re.compile(r"\w+")
IMPORTS = re.compile(
    r"^[^#\n]*?\b(?:from\s+[\w.]+\s+import\s*(?:\([^)]*\)|[^\n]*(?:\\\n[^\n]*)*)|import\s[^\n]*|\w*import\w*\([^\n]*)",
    re.MULTILINE,
)
"""Import statements, and calls such as `import_module("a.b")`."""
UPWARDS = re.compile(r"\bfrom\s+\.+\s*import\b")
"""Imports from the package itself, which do not name it."""
DEFINED = re.compile(r"^(?:(?:class|def|async def)\s+(\w+)|(\w+)\s*(?::[^=\n]*)?=)", re.MULTILINE)
"""Names of classes, functions and constants of a module."""


class _Said(NamedTuple):
    """What a file says: the words of its imports, all of its words, the names that it gives to something."""

    imports: frozenset[str]
    words: frozenset[str]
    defined: frozenset[str]
    upwards: bool


class Words:
    """The words of files, read once."""

    def __init__(self, text: Callable[[str], str | None]) -> None:
        self._text = text
        self._said: dict[str, _Said] = {}

    def users(self, changed: Collection[str], files: Sequence[str]) -> list[str]:
        """The files that may look at one of those that are changed, these among them, in order."""
        shown = {file: self._shown(file, frozenset()) for file in changed}
        waiting = list(changed)
        while waiting:
            used = waiting.pop()
            new = [file for file in files if file not in shown and self._uses(file, used, shown[used])]
            shown.update({file: self._shown(file, shown[used]) for file in new})
            waiting += new
        return [file for file in files if file in shown]

    def _shown(self, file: str, further: frozenset[str]) -> frozenset[str]:
        """The names by which others may get hold of what a file defines; a package shows what it imports as well."""
        more = (name for name in further if not name.startswith("_"))
        stem = os.path.splitext(os.path.basename(file))[0]
        own = (name for name in self._of(file).defined if not name.startswith("__"))
        return frozenset([*own, *(more if is_package(file) else [stem])])

    def _uses(self, file: str, other: str, shown: frozenset[str]) -> bool:
        said = self._of(file)
        folder, name = os.path.split(os.path.abspath(other))
        if not is_package(other):
            return os.path.splitext(name)[0] in said.imports
        inside = said.upwards and os.path.abspath(file).startswith(folder + os.sep)
        return (inside or os.path.basename(folder) in said.imports) and not said.words.isdisjoint(shown)

    def _of(self, file: str) -> _Said:
        if file not in self._said:
            text = self._text(file) or ""
            imports = "\n".join(IMPORTS.findall(text))
            named = frozenset(name for pair in DEFINED.findall(text) for name in pair if name)
            words = frozenset(WORD.findall(text))
            self._said[file] = _Said(frozenset(WORD.findall(imports)), words, named, bool(UPWARDS.search(imports)))
        return self._said[file]


def is_package(file: str) -> bool:
    """Whether a file is that of a package, which shows what its modules hold."""
    return os.path.basename(file) == "__init__.py"
