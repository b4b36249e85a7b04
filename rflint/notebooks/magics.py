"""What IPython adds to Python (`%matplotlib inline`, `!pip install`, `layer?`) as Python line by line, and back."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from collections.abc import Iterator, Sequence

_KEPT = "#ipython:"
"""Behind it stands what a line was."""
_PYTHON_MAGICS = frozenset(["capture", "debug", "ipytest", "prun", "pypy", "python", "python3", "time", "timeit"])
"""Magics of whole cells that run the cell as Python."""
_CELL_MAGIC = re.compile(r"\s*%%(?P<name>\w+)")
_ESCAPE = re.compile(r"\s*(?:[%!?]|[^\W\d][\w.*]*\?{1,2}\s*$)")
_ASSIGNED = re.compile(r"(?P<left>\s*[\w.,\s\[\]*]+=\s*)(?=[%!])")
_UNKNOWN = '__import__("IPython").escaped'
_RESTORED = re.compile(rf"(?P<indent>[ \t]*)(?:pass {_KEPT}|{_KEPT})(?P<was>[^\n]*)")
_REASSIGNED = re.compile(rf"(?P<left>[^\n]*?){re.escape(_UNKNOWN)} {_KEPT}(?P<was>[^\n]*)")


def python_of(source: str) -> str:
    """The Python of a cell, line by line: what is not Python becomes `pass` or a value that is not known, with what it
    was behind it; all of a cell in another language becomes comments."""
    rows = source.splitlines(keepends=True)
    magic = next((_CELL_MAGIC.match(row) for row in rows if row.strip()), None)
    if magic is not None and magic["name"] not in _PYTHON_MAGICS:
        return "".join(f"{_KEPT}{row}" for row in rows)
    return source if magic is None and _parses(source) else "".join(_escaped(rows))


def cell_of(python: str) -> str:
    """The cell that a text was made of by `python_of`, with whatever has changed since."""
    return "".join(_restored(row) for row in python.splitlines(keepends=True))


def _escaped(rows: Sequence[str]) -> Iterator[str]:
    """The lines of a cell as Python; a line that a backslash continues goes with the one before."""
    before, continues = "", False
    for row in rows:
        made = row
        if continues or _CELL_MAGIC.match(row):
            made = f"{_KEPT}{row}"
        elif (_ESCAPE.match(row) or _ASSIGNED.match(row)) and _is_complete(before):
            made = _line(row)
        continues = made is not row and row.rstrip().endswith("\\")
        before += made
        yield made


def _line(row: str) -> str:
    """A line of IPython as Python."""
    if found := _ASSIGNED.match(row):
        return f"{found['left']}{_UNKNOWN} {_KEPT}{row[found.end() :]}"
    indent = len(row) - len(row.lstrip(" \t"))
    return f"{row[:indent]}pass {_KEPT}{row[indent:]}"


def _restored(row: str) -> str:
    if found := _RESTORED.match(row):
        return f"{found['indent']}{found['was']}{row[found.end() :]}"
    if found := _REASSIGNED.match(row):
        return f"{found['left']}{found['was']}{row[found.end() :]}"
    return row


def _parses(source: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _is_complete(before: str) -> bool:
    """Whether a line after these begins a statement, and goes on with no bracket, string or continuation."""
    if before.rstrip("\r\n").endswith("\\"):
        return False
    try:
        for _ in tokenize.generate_tokens(io.StringIO(before).readline):
            pass
    except tokenize.TokenError:
        return False
    except SyntaxError:
        return True
    return True
