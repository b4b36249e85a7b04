"""Which files the import statements of a file may read, found in its text alone."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping

FROM = re.compile(r"^[ \t]*from\s+(?P<module>[.\w]+)\s+import\s+(?P<names>\([^)]*\)|(?:\\\r?\n|[^\n])*)", re.MULTILINE)
IMPORT = re.compile(r"^[ \t]*import\s+(?P<modules>(?:\\\r?\n|[^\n])*)", re.MULTILINE)
DYNAMIC = ("import_module", "__import__")
"""Functions that import what a string names."""
WORD = re.compile(r"[^\W\d]\w*")
DOTTED = re.compile(r"\w+(?:\.\w+)*")
Index = Mapping[str, list[str]]


def index(files: frozenset[str]) -> Index:
    """The files by the last names of their modules; that of an `__init__.py` is the name of its package."""
    found: dict[str, list[str]] = {}
    for path in files:
        found.setdefault(posixpath.basename(module(path)), []).append(path)
    return found


def module(path: str) -> str:
    """The path of a module without its ending; of an `__init__.py`, that of its folder."""
    return path.removesuffix("/__init__.py").removesuffix(".py")


def imported(path: str, text: str, known: Index) -> set[str]:
    """The files that a text may import: wherever its sources begin, names of modules agree from the end."""
    named = {file for name in _names(text) for file in _files(path, name, known)}
    packages = {module(file) for file in named if file.endswith("__init__.py")}
    dynamic = any(word in text for word in DYNAMIC)
    words = set(WORD.findall(text)) if packages or dynamic else set()
    return named | {
        file
        for word in words.intersection(known)
        for file in known[word]
        if dynamic or any(module(file).startswith(f"{package}/") for package in packages)
    }


def _names(text: str) -> Iterator[str]:
    """The modules that import statements name, and what they name in them, which may be modules too."""
    for match in FROM.finditer(text):
        start = match["module"]
        yield start
        for name in set(WORD.findall(match["names"])):
            yield f"{start}.{name}" if start.strip(".") else f"{start}{name}"
    for match in IMPORT.finditer(text):
        for dotted in DOTTED.findall(match["modules"]):
            parts = dotted.split(".")
            yield from (".".join(parts[: end + 1]) for end in range(len(parts)))


def _files(path: str, name: str, known: Index) -> Iterator[str]:
    """The files that the name of a module may mean in an import statement of a file."""
    inner = name.lstrip(".")
    if inner == name:
        wanted = name.replace(".", "/")
        held = known.get(posixpath.basename(wanted), ())
        yield from (file for file in held if f"/{module(file)}".endswith(f"/{wanted}"))
        return
    folder = posixpath.dirname(path)
    for _ in range(len(name) - len(inner) - 1):
        folder = posixpath.dirname(folder)
    wanted = posixpath.join(folder, *inner.split(".")) if inner else folder
    yield from (file for file in known.get(posixpath.basename(wanted), ()) if module(file) == wanted)
