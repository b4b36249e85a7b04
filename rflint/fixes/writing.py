"""Files written as they were: in one step, with their encoding, line ends, mode and place, or not at all."""

from __future__ import annotations

import io
import os
import stat
import tempfile
import tokenize
from contextlib import suppress

from rflint.files import SourceError, decode
from rflint.notebooks.reading import NotebookError, is_notebook, module_text


class WriteError(Exception):
    """A file that is left as it was: one sentence that names it."""


def rewrite(path: str, before: str, after: str) -> None:
    """Put a text in the place of the one that a file holds.  Raises `WriteError`; the file is then as it was.

    The new content is written beside the file and takes its place when it is complete.  Of a symbolic link, the file
    that it leads to is written.
    """
    real = os.path.realpath(path)
    try:
        mode = os.stat(real).st_mode
        if not mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(real, os.W_OK):
            raise WriteError(f"{path} is read-only and stays as it is")
        with open(real, "rb") as file:
            data = encoded(path, file.read(), before, after)
        _replace(real, data, mode)
    except OSError as problem:
        raise WriteError(f"{path} cannot be written and stays as it is: {problem.strerror or problem}") from None


def encoded(path: str, held: bytes, before: str, after: str) -> bytes:
    """The bytes of a new text in the encoding of what a file holds.  Raises `WriteError`."""
    try:
        if decode(path, held) != before:
            raise WriteError(f"{path} has changed while it was linted, and stays as it is")
        if is_notebook(path):
            return _notebook(path, held, after)
        encoding, _ = tokenize.detect_encoding(io.BytesIO(held).readline)
        if before.encode(encoding) != held:
            raise WriteError(f"{path} cannot be written back byte by byte in {encoding}, and stays as it is")
        return after.encode(encoding)
    except SourceError as problem:
        raise WriteError(str(problem)) from None
    except UnicodeError:
        raise WriteError(f"{path} cannot hold its fixes in {encoding}, and stays as it is") from None


def _notebook(path: str, held: bytes, after: str) -> bytes:
    """The bytes of a notebook with a new text in its cells.  Raises `WriteError`."""
    from rflint.notebooks.writing import notebook_bytes

    try:
        data = notebook_bytes(held, after)
        if module_text(data) != after:
            raise NotebookError("its cells would not hold what is meant")
    except NotebookError as problem:
        raise WriteError(f"{path} stays as it is: {problem}") from None
    return data


def _replace(path: str, data: bytes, mode: int) -> None:
    """Write a file beside another one, and put it in its place.  Raises OSError."""
    descriptor, beside = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".rflint-", suffix=".tmp")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _like(path, beside, mode)
        os.replace(beside, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(beside)
        raise


def _like(path: str, beside: str, mode: int) -> None:
    """Give a file the owner, as far as that is allowed, and the mode of another one."""
    held = os.stat(path)
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(beside, held.st_uid, held.st_gid)
    os.chmod(beside, stat.S_IMODE(mode))
