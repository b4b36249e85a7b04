"""A file's tree and its text side by side: what stands around a node, what it says, how it is replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, TypeVar

from rflint.diagnostics import Change
from rflint.positions import extents
from rflint.source import Source

Node = TypeVar("Node")
NEWLINES = ("\r\n", "\n", "\r")


class Refused(Exception):
    """A fix that cannot be made: why, as the end of a sentence."""


class Located:
    """The tree of a source, and where all of its nodes stand."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.code = source.module.code
        self._whole = extents(source.module)
        self.idle = set[Change]()
        """Changes that put a text where it stands already."""

    def holds(self, node: Any) -> bool:
        """Whether a node is one of this file."""
        return id(node) in self._whole

    def inner(self, node: Any) -> tuple[int, int]:
        """Where a node begins and ends without its parentheses and its comma."""
        return self.source.offsets[id(node)]

    def whole(self, node: Any) -> tuple[int, int]:
        """Where a node begins and ends with them, and with the space that it keeps."""
        return self._whole[id(node)]

    def text(self, node: Any) -> str:
        """The code of an expression, with its parentheses."""
        start, end = self.whole(node)
        return self.code[start:end]

    def path(self, node: Any) -> list[Any]:
        """The nodes around a node, from the module to the node itself."""
        wanted = self.whole(node)
        found: list[Any] = [self.source.module]
        while found[-1] is not node:
            inside = [child for child in found[-1].children if self._holds(child, wanted)]
            found.append(next((child for child in inside if child is node), inside[0] if inside else node))
        return found

    def _holds(self, node: Any, wanted: tuple[int, int]) -> bool:
        start, end = self._whole.get(id(node), (0, 0))
        return start <= wanted[0] and wanted[1] <= end and start < end

    def around(self, node: Any, kind: type[Node]) -> Iterator[Node]:
        """The nodes of a kind that a node stands in, the innermost first."""
        return (one for one in reversed(self.path(node)[:-1]) if isinstance(one, kind))

    def change(self, start: int, end: int, text: str) -> Change:
        """What puts a text in the place of a piece of code."""
        made = Change(self.source.path, self.source.span_of(start, end), text)
        self.idle |= {made} if self.code[start:end] == text else set()
        return made

    def replace(self, node: Any, text: str) -> Change:
        """What puts a text in the place of an expression and its parentheses."""
        return self.change(*self.whole(node), text)

    def rewrite(self, node: Any, text: str) -> list[Change]:
        """What makes an expression another one that may hold it: then it stays, and so do the places in it."""
        start, end = self.whole(node)
        held = re.search(rf"(?<!\w){re.escape(self.code[start:end])}(?!\w)", text)
        if held is None or text == held[0]:
            return [self.change(start, end, text)]
        around = (start, text[: held.start()]), (end, text[held.end() :])
        return [self.change(at, at, new) for at, new in around if new]

    # -- lines -----------------------------------------------------------------------------------------------

    def line_start(self, offset: int) -> int:
        """Where the line of a position begins."""
        return max(self.code.rfind(mark, 0, offset) for mark in "\r\n") + 1

    def line_end(self, offset: int) -> int:
        """Where the line of a position ends, before its newline."""
        ends = (self.code.find(mark, offset) for mark in "\r\n")
        return min((end for end in ends if end >= 0), default=len(self.code))

    def indentation(self, offset: int) -> str:
        """The white space with which the line of a position begins."""
        line = self.code[self.line_start(offset) : offset]
        return line[: len(line) - len(line.lstrip())]

    def newline(self, offset: int) -> str:
        """The line end that the line of a position has, or else its file."""
        end = self.line_end(offset)
        found = next((mark for mark in NEWLINES if self.code.startswith(mark, end)), "")
        return found or self.source.module.default_newline
