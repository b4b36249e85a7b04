"""One source file: its text, its tree, and where nodes stand in it."""

from __future__ import annotations

import ast
import gc
import re
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rflint.diagnostics import Span
from rflint.nesting import obstacle

if TYPE_CHECKING:
    import libcst

NEWLINE = re.compile(r"\r\n?|\n")
_FORM_FEED = re.compile(r"^[ \t\f]*\f", re.MULTILINE)
_REPORT = "this Python reads the file, but libcst, with which rflint reads, does not; please report it"


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
        self._marks: dict[int, int] = {}
        self._spans: dict[int, tuple[int, int]] | None = None
        self._starts: list[int] = []
        self._shifts: dict[int, int] = {}

    @property
    def module(self) -> libcst.Module:
        """The tree.  Raises `SyntaxProblem` if the text does not parse."""
        if self._module is None:
            self._module = parse(self.text)
        return self._module

    def mark(self, node: Any) -> int:
        """The handle of a node of the tree, the same each time; `span` turns it into lines and columns."""
        if id(node) not in self._marks:
            self._marks[id(node)] = len(self._marked)
            self._marked.append(node)
        return self._marks[id(node)]

    def span(self, mark: int) -> Span:
        """Where a marked node stands; the start of the file for a node of another tree.

        The first question costs a pass of code generation over the file.
        """
        return self.span_of(*self.offsets.get(id(self._marked[mark]), (0, 0)))

    def node(self, mark: int) -> Any:
        """The marked node."""
        return self._marked[mark]

    def span_of(self, start: int, end: int) -> Span:
        """Lines and columns of a piece of the tree's code."""
        assert self.offsets is not None
        return Span(*self._line_column(start), *self._line_column(end))

    @property
    def offsets(self) -> dict[int, tuple[int, int]]:
        """Where each node begins and ends in the tree's code; see `positions`."""
        if self._spans is None:
            self._spans = self._measured()
        return self._spans

    def _measured(self) -> dict[int, tuple[int, int]]:
        from rflint.positions import offsets

        spans = offsets(self.module)
        self._starts = [0, *(found.end() for found in NEWLINE.finditer(without_form_feeds(self.text)))]
        self._shifts = {_line(self.text, found.end()): len(found[0]) for found in _FORM_FEED.finditer(self.text)}
        return spans

    def _line_column(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1 + self._shifts.get(line, 0)


def parse(text: str) -> libcst.Module:
    """The tree of a text.  Raises `SyntaxProblem`."""
    import libcst

    refused = obstacle(text)
    if refused is not None:
        raise SyntaxProblem(refused[0], 1, refused[1])
    with without_collector():
        try:
            return libcst.parse_module(without_form_feeds(text))
        except libcst.ParserSyntaxError as problem:
            raise explained(text, problem.raw_line, problem.raw_column + 1) from None
        except UnicodeEncodeError as problem:
            raise SyntaxProblem(_line(text, problem.start), 1, "half of a surrogate pair is no character") from None
        except BaseException as failure:
            if type(failure).__name__ == "PanicException":  # of libcst's native part; not an Exception
                raise explained(text, 1, 1) from None
            raise


def explained(text: str, line: int, column: int) -> SyntaxProblem:
    """What Python itself says about a text that does not parse: its words and places are better than libcst's."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return SyntaxProblem(error.lineno or line, max(error.offset or 1, 1), error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return SyntaxProblem(line, column, str(error) or type(error).__name__)
    return SyntaxProblem(line, column, _REPORT)


def without_form_feeds(text: str) -> str:
    """The text without the blanks up to a form feed that begin a line, which libcst takes for indentation."""
    return _FORM_FEED.sub("", text) if "\f" in text else text


def _line(text: str, offset: int) -> int:
    return len(NEWLINE.findall(text, 0, offset)) + 1


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
