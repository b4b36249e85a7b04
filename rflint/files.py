"""Files: reading them as Python does."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import tokenize

from rflint.notebooks.reading import MOST_BYTES as MOST_NOTEBOOK_BYTES
from rflint.notebooks.reading import NotebookError, is_notebook, module_text

MOST_BYTES = 2_000_000
"""Larger files are data, not networks, and their trees would take gigabytes."""
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=]", re.MULTILINE)
_NAMES_NOT_TEXT = frozenset(["idna", "punycode", "undefined"])
"""Codecs for the names of hosts: Python accepts them for a file, in time that grows with its square."""


class SourceError(Exception):
    """A file that cannot be read as Python: one sentence that names it."""


def read_text(path: str) -> str:
    """The text of a Python file, decoded as PEP 263 says: its coding line, a byte order mark, or UTF-8.

    Raises `SourceError`.
    """
    try:
        with open(path, "rb") as file:
            if stat.S_ISCHR(os.fstat(file.fileno()).st_mode):
                raise SourceError(f"{path} is a device, not a file")
            return decode(path, file.read((MOST_NOTEBOOK_BYTES if is_notebook(path) else MOST_BYTES) + 1))
    except FileNotFoundError:
        raise SourceError(f"{path} does not exist") from None
    except IsADirectoryError:
        raise SourceError(f"{path} is a folder") from None
    except (OSError, ValueError) as problem:
        raise SourceError(f"{path} cannot be read: {getattr(problem, 'strerror', None) or problem}") from None


def decode(path: str, data: bytes) -> str:
    """The text of a file's bytes; of a notebook, that of the module in its cells.  Raises `SourceError`."""
    if is_notebook(path):
        return _module_text(path, data)
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


def _module_text(path: str, data: bytes) -> str:
    """The text of the module in the cells of a notebook.  Raises `SourceError`."""
    if len(data) > MOST_NOTEBOOK_BYTES:
        raise SourceError(f"{path} is larger than {MOST_NOTEBOOK_BYTES // 1_000_000} MB, too large to be read")
    try:
        return module_text(data)
    except NotebookError as problem:
        raise SourceError(f"{path} cannot be read as a notebook: {problem}") from None


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
