"""Where do nodes stand in a text?  One code generation over the tree that keeps offsets instead of code."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import TracebackType
from typing import Any

from libcst import CSTNode, Module
from libcst._nodes.internal import CodegenState

Offsets = dict[int, tuple[int, int]]
_FRAMES = 10_000
"""Enough for the deepest tree that `nesting.py` lets through: a few frames for each level."""


def extents(module: Module) -> Offsets:
    """By the identity of each node: where all of its code begins and ends, with its parentheses, its comma, and the
    space and comments that it keeps."""
    measure = _Extents(module)
    with _frames(_FRAMES):
        module._codegen(measure)
    return measure.found


def offsets(module: Module) -> Offsets:
    """By the identity of each node: the offset of its first character, and of the one behind its last.

    As in `libcst.metadata`, a node's own parentheses, comments and decorators stand outside of it.
    """
    measure = _Measure(module)
    with _frames(_FRAMES):
        module._codegen(measure)
    return measure.found


class _Measure(CodegenState):
    """Generates code, and keeps of it only how long it has become around each node."""

    def __init__(self, module: Module) -> None:
        super().__init__(module.default_indent, module.default_newline)
        self.length = 0
        self.begun: list[int] = []
        self.found: Offsets = {}

    def add_indent_tokens(self) -> None:
        """Count the indentation."""
        self.length += sum(map(len, self.indent_tokens))

    def add_token(self, value: str) -> None:
        """Count a token."""
        self.length += len(value)

    def pop_trailing_newline(self) -> None:
        """Nothing is kept that could be taken back."""

    def before_codegen(self, node: CSTNode) -> None:
        """Note where a node begins."""
        self.begun.append(self.length)

    def after_codegen(self, node: CSTNode) -> None:
        """Note where a node ends, unless its syntactic position is known."""
        begun = self.begun.pop()
        if id(node) not in self.found:
            self.found[id(node)] = begun, self.length

    def record_syntactic_position(
        self, node: CSTNode, *, start_node: CSTNode | None = None, end_node: CSTNode | None = None
    ) -> Any:
        """Note where the code of a node stands without what only surrounds it."""
        return _Part(self, node, start_node, end_node)


class _Extents(_Measure):
    """Keeps all of a node's code, whatever its syntactic position is."""

    def record_syntactic_position(
        self, node: CSTNode, *, start_node: CSTNode | None = None, end_node: CSTNode | None = None
    ) -> Any:
        """Nothing: the whole is asked for."""
        return nullcontext()


class _Part(AbstractContextManager[None]):
    """The time in which a node's code is generated.  A class, because a generator would take twice as long."""

    __slots__ = ("begun", "first", "last", "measure", "node")

    def __init__(self, measure: _Measure, node: CSTNode, first: CSTNode | None, last: CSTNode | None) -> None:
        self.measure, self.node, self.first, self.last = measure, node, first, last

    def __enter__(self) -> None:
        self.begun = self.measure.length

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        found = self.measure.found
        begun = found[id(self.first)][0] if self.first is not None else self.begun
        found[id(self.node)] = begun, found[id(self.last)][1] if self.last is not None else self.measure.length


@contextmanager
def _frames(most: int) -> Iterator[None]:
    """Let Python's stack grow to that many frames."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, most))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
