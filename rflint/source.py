"""One source file: its text, its tree, and where nodes stand in it."""

from __future__ import annotations

import gc
import re
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rflint.diagnostics import Span

if TYPE_CHECKING:
    import libcst

NEWLINE = re.compile(r"\r\n?|\n")


class SyntaxProblem(Exception):
    """A file that does not parse: where, and what the parser says.  Lines and columns count from 1."""

    def __init__(self, line: int, column: int, message: str) -> None:
        super().__init__(message)
        self.line, self.column, self.message = line, column, message


class Source:
    """The text of a file; its tree is parsed when it is first asked for."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text.removeprefix("\ufeff")
        self._module: libcst.Module | None = None
        self._marked: list[Any] = []
        self._spans: dict[int, tuple[int, int]] | None = None
        self._starts: list[int] = []

    @property
    def module(self) -> libcst.Module:
        """The tree.  Raises `SyntaxProblem` if the text does not parse."""
        if self._module is None:
            self._module = parse(self.text)
        return self._module

    def mark(self, node: Any) -> int:
        """A handle for a node of the tree; `span` turns it into lines and columns."""
        self._marked.append(node)
        return len(self._marked) - 1

    def span(self, mark: int) -> Span:
        """Where a marked node stands.  The first question costs a pass of code generation over the file."""
        if self._spans is None:
            self._spans = positions(self.module)
            self._starts = [0, *(found.end() for found in NEWLINE.finditer(self.text))]
        start, end = self._spans.get(id(self._marked[mark]), (0, 0))
        return Span(*self._line_column(start), *self._line_column(end))

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def parse(text: str) -> libcst.Module:
    """The tree of a text.  Raises `SyntaxProblem`."""
    import libcst

    with without_collector():
        try:
            return libcst.parse_module(text)
        except libcst.ParserSyntaxError as problem:
            raise SyntaxProblem(problem.raw_line, problem.raw_column + 1, problem.message) from None
        except RecursionError:
            raise SyntaxProblem(1, 1, "the code is nested too deeply to be parsed") from None


@contextmanager
def without_collector() -> Iterator[None]:
    """Pause the garbage collector: a growing tree makes it look at every node again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def positions(module: libcst.Module) -> dict[int, tuple[int, int]]:
    """The offsets of every node's first character and of the one behind its last, by the node's identity."""
    from libcst._nodes.internal import CodegenState

    class Recorder(CodegenState):
        """Generates code and notes how far it has come around each node."""

        def __init__(self) -> None:
            super().__init__(module.default_indent, module.default_newline)
            self.offset = 0
            self.open: list[int] = []
            self.spans: dict[int, tuple[int, int]] = {}

        def add_indent_tokens(self) -> None:
            self.offset += sum(map(len, self.indent_tokens))

        def add_token(self, value: str) -> None:
            self.offset += len(value)

        def before_codegen(self, node: Any) -> None:
            self.open.append(self.offset)

        def after_codegen(self, node: Any) -> None:
            self.spans.setdefault(id(node), (self.open.pop(), self.offset))

        def pop_trailing_newline(self) -> None:
            """Nothing is kept that could be taken back."""

        @contextmanager
        def record_syntactic_position(
            self, node: Any, *, start_node: Any = None, end_node: Any = None
        ) -> Iterator[None]:
            start = self.offset
            try:
                yield
            finally:
                first = self.spans[id(start_node)][0] if start_node is not None else start
                last = self.spans[id(end_node)][1] if end_node is not None else self.offset
                self.spans[id(node)] = (first, last)

    recorder = Recorder()
    with without_collector():
        module._codegen(recorder)
    return recorder.spans
