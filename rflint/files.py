"""Files: reading them as Python does, and finding them in folders."""

from __future__ import annotations

import io
import os
import re
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

SKIPPED = frozenset(["__pycache__", "build", "dist", "node_modules", "site-packages", "venv"])


class SourceError(Exception):
    """A file that cannot be read as Python: one sentence that names it."""


def read_text(path: str) -> str:
    """The text of a Python file, decoded as PEP 263 says: its coding line, a byte order mark, or UTF-8.

    Raises `SourceError`.
    """
    try:
        data = Path(path).read_bytes()
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise SourceError(f"{path} is a folder") from None
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}") from None
    return decode(path, data)


def decode(path: str, data: bytes) -> str:
    """The text of a file's bytes.  Raises `SourceError`."""
    if b"\0" in data:
        raise SourceError(f"{path} is binary (it holds NUL bytes), not Python")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as problem:
        raise SourceError(_undecodable(path, data, str(problem))) from None
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as problem:
        raise SourceError(_undecodable(path, data, str(problem))) from None


def _undecodable(path: str, data: bytes, problem: str) -> str:
    if re.search(rb"^[ \t\f]*#.*?coding[:=]", b"\n".join(data.split(b"\n", 2)[:2]), re.MULTILINE):
        return f"{path} cannot be decoded as its coding line says: {problem}"
    good = 0
    for good, line in enumerate(data.split(b"\n"), 1):  # noqa: B007
        try:
            line.decode()
        except UnicodeDecodeError:
            break
    return f"{path}:{good}: the file is not UTF-8 and has no coding line; add one, such as # -*- coding: latin-1 -*-"


def find_files(targets: Iterable[str], exclude: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """The Python files that targets name, in order and each once, and a sentence for each target without any.

    Folders are searched; hidden ones, caches, builds, virtual environments and what `exclude` (patterns as in
    .gitignore) matches are left out.
    """
    files: dict[str, None] = {}
    problems: list[str] = []
    for target in targets:
        if os.path.isdir(target):
            found = sorted(_search(target, exclude))
            if not found:
                problems.append(f"{target} holds no Python file")
            files.update(dict.fromkeys(found))
        elif os.path.exists(target):
            files[target] = None
        else:
            problems.append(f"{target} does not exist")
    return list(files), problems


def _search(folder: str, exclude: Sequence[str]) -> Iterator[str]:
    excluded = _matcher(exclude)
    for here, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if _is_searched(here, name, excluded))
        for name in names:
            path = os.path.join(here, name)
            if name.endswith(".py") and not excluded(path):
                yield path


def _is_searched(here: str, name: str, excluded: Matcher) -> bool:
    if name.startswith(".") or name in SKIPPED or name.endswith(".egg-info"):
        return False
    path = os.path.join(here, name)
    return not excluded(path + "/") and not os.path.exists(os.path.join(path, "pyvenv.cfg"))


class Matcher:
    """Says whether a path is excluded."""

    def __init__(self, patterns: Sequence[str]) -> None:
        import pathspec

        self.spec = pathspec.PathSpec.from_lines("gitignore", patterns)

    def __call__(self, path: str) -> bool:
        return bool(self.spec.match_file(os.path.relpath(path) + ("/" if path.endswith("/") else "")))


class _Nothing(Matcher):
    def __init__(self) -> None:
        """Excludes nothing, and needs no library for that."""

    def __call__(self, path: str) -> bool:
        return False


def _matcher(patterns: Sequence[str]) -> Matcher:
    return Matcher(patterns) if patterns else _Nothing()


def may_hold_network(text: str) -> bool:
    """Is there any sign of a network?  Files without are never parsed."""
    return "torch" in text or "nn." in text
