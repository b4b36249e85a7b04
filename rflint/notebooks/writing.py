"""A changed module text back in the cells of its notebook: every byte outside of the sources that change stays."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from rflint.notebooks.magics import cell_of
from rflint.notebooks.places import cell_texts, rows_of
from rflint.notebooks.reading import NotebookError, code_cells, ended, module_text

_BLANKS = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


class Piece(NamedTuple):
    """A value in the JSON of a notebook: where it begins and ends, and what it is."""

    start: int
    end: int
    value: Any


def notebook_bytes(held: bytes, after: str) -> bytes:
    """The bytes of a notebook, with the sources of its cells as a changed module text has them.

    Raises NotebookError.
    """
    text = held.decode("utf-8")
    begin = 1 if text.startswith("\ufeff") else 0
    pieces = list(_sources(text, begin))
    was, now = cell_texts(module_text(held)), cell_texts(after)
    if was.keys() != now.keys():
        raise NotebookError("its cells cannot be told apart after the change")
    known = dict(code_cells(json.loads(text[begin:])))
    for number in sorted(now, reverse=True):
        if now[number] != was[number]:
            piece = pieces[number - 1]
            text = text[: piece.start] + _source(text, piece, _cell(known[number], now[number])) + text[piece.end :]
    return text.encode("utf-8")


def _cell(held: str, python: str) -> str:
    """The source of a cell from its Python; its last line ends as it did.  Raises NotebookError."""
    if cell_of(ended(held)).removesuffix("\n") != held.removesuffix("\n"):
        raise NotebookError("a cell of it holds what only looks like a magic")
    found = cell_of(python)
    return found if held.endswith("\n") else found.removesuffix("\n")


# The JSON


def _sources(text: str, at: int) -> Iterator[Piece]:
    """The sources of all cells, where they are written; an empty piece for a cell without any."""
    *_, cells = (piece for key, piece in _members(text, at) if key == "cells")
    for cell in _elements(text, cells.start):
        found = [piece for key, piece in _members(text, cell.start) if key == "source"]
        yield found[-1] if found else Piece(cell.start, cell.start, "")


def _members(text: str, at: int) -> Iterator[tuple[str, Piece]]:
    """The members of the object that begins there."""
    at = _skip(text, _skip(text, at) + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        start = _skip(text, _skip(text, at) + 1)
        value, end = _DECODER.raw_decode(text, start)
        yield key, Piece(start, end, value)
        at = _next(text, end)


def _elements(text: str, at: int) -> Iterator[Piece]:
    """The elements of the list that begins there."""
    at = _skip(text, at + 1)
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        yield Piece(at, end, value)
        at = _next(text, end)


def _skip(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _next(text: str, at: int) -> int:
    """Where the next member or element begins, or the end of them."""
    at = _skip(text, at)
    return _skip(text, at + 1) if text[at] == "," else at


def _source(text: str, piece: Piece, source: str) -> str:
    """A source as JSON, in the style of the one that it replaces: its lines that stay are written as they were."""
    escaped = text[piece.start : piece.end].isascii() and "\\u" in text[piece.start : piece.end]
    if not isinstance(piece.value, list):
        return json.dumps(source, ensure_ascii=escaped)
    held = list(_elements(text, piece.start))
    written = {one.value: text[one.start : one.end] for one in held}
    lines = [written.get(line) or json.dumps(line, ensure_ascii=escaped) for line in rows_of(source)]
    first = text[piece.start + 1 : held[0].start] if held else ""
    between = text[held[0].end : held[1].start] if len(held) > 1 else f",{first or ' '}"
    last = text[held[-1].end : piece.end - 1] if held else ""
    return f"[{first}{between.join(lines)}{last}]"
