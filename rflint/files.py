"""Files: reading them as Python does, and finding them in folders."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize
from collections.abc import Callable, Iterable, Iterator, Sequence

from rflint.diagnostics import Failure

SKIPPED = frozenset(["__pycache__", "build", "dist", "node_modules", "site-packages", "venv"])
MOST_BYTES = 2_000_000
"""Larger files are data, not networks, and their trees would take gigabytes."""
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)
_NAMES_NOT_TEXT = frozenset(["idna", "punycode", "undefined"])
"""Codecs for the names of hosts: Python accepts them for a file, in time that grows with its square."""


class SourceError(Exception):
    """A file that cannot be read as Python: one sentence that names it."""


# Reading


def read_text(path: str) -> str:
    """The text of a Python file, decoded as PEP 263 says: its coding line, a byte order mark, or UTF-8.

    Raises `SourceError`.
    """
    try:
        with open(path, "rb") as file:
            if stat.S_ISCHR(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"{path} is a device, not a file")
            return decode(path, file.read(MOST_BYTES + 1))
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise SourceError(f"{path} is a folder") from None
    except (OSError, ValueError) as problem:
        raise SourceError(f"{path} cannot be read: {getattr(problem, 'strerror', None) or problem}") from None


def decode(path: str, data: bytes) -> str:
    """The text of a file's bytes.  Raises `SourceError`."""
    if len(data) > MOST_BYTES:
        raise SourceError(f"{path} is larger than {MOST_BYTES // 1_000_000} MB, too large to be read as Python")
    if b"\0" in data:
        raise SourceError(f"{path} is binary (it holds NUL bytes), not Python")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if codecs.lookup(encoding).name in _NAMES_NOT_TEXT:
            raise LookupError(f"{encoding} is no encoding for Python")
        return data.decode(encoding)
    except (SyntaxError, LookupError, UnicodeError) as problem:
        raise SourceError(_undecodable(path, data, str(problem))) from None


def _undecodable(path: str, data: bytes, problem: str) -> str:
    if data.startswith(codecs.BOM_UTF8):
        return f"{path} begins as UTF-8 (with a byte order mark) and is something else"
    if _CODING.search(b"\n".join(data.split(b"\n", 2)[:2])):
        return f"{path} cannot be decoded as its coding line says: {problem}"
    line = next((n for n, row in enumerate(data.split(b"\n"), 1) if not _is_utf8(row)), 1)
    return f"{path}:{line}: the file is not UTF-8 and has no coding line; add one, such as # -*- coding: latin-1 -*-"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def may_hold_network(text: str) -> bool:
    """Is there any sign of a network?  Files without are never parsed."""
    return "torch" in text or "nn." in text


# Finding

Excluded = Callable[[str], bool]
"""Whether a path is left out; that of a folder ends in a slash."""


def find_files(
    targets: Iterable[str], exclude: Sequence[str] = (), folder: str = "."
) -> tuple[list[str], list[Failure]]:
    """The Python files that targets name, in order and each once, and what is wrong with each target without any.

    Folders are searched; hidden ones, caches, builds, virtual environments and what `exclude` (patterns as in a
    .gitignore of `folder`) matches are left out.  A file that is named is never left out.
    """
    files: dict[str, str] = {}
    problems: list[Failure] = []
    for target in targets:
        if os.path.isdir(target):
            found = sorted(_search(target, matcher(exclude, folder), problems))
            if not found:
                problems.append(Failure(f"{target} holds no Python file", target))
        else:
            found = [target] if os.path.exists(target) else []
            if not found:
                problems.append(Failure(f"{target} does not exist", target))
        for path in found:
            files.setdefault(os.path.abspath(path), path)
    return list(files.values()), problems


def _search(folder: str, excluded: Excluded, problems: list[Failure]) -> Iterator[str]:
    def unreadable(error: OSError) -> None:
        problems.append(Failure(f"{error.filename} cannot be read: {error.strerror}", str(error.filename)))

    for here, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = sorted(name for name in folders if _is_searched(here, name, excluded))
        for name in names:
            path = os.path.join(here, name)
            if name.endswith(".py") and os.path.isfile(path) and not excluded(path):
                yield path


def _is_searched(here: str, name: str, excluded: Excluded) -> bool:
    if name.startswith(".") or name in SKIPPED or name.endswith(".egg-info"):
        return False
    path = os.path.join(here, name)
    return not excluded(path + "/") and not os.path.exists(os.path.join(path, "pyvenv.cfg"))


def matcher(patterns: Sequence[str], folder: str = ".") -> Excluded:
    """What says whether a path matches patterns as in a .gitignore of that folder.  Raises ValueError for a bad one."""
    if not patterns:
        return lambda path: False
    import pathspec

    spec = pathspec.GitIgnoreSpec.from_lines(patterns)
    return lambda path: spec.match_file(os.path.relpath(path, folder) + ("/" if path.endswith("/") else ""))
