"""The logical lines of a text: where each statement begins and ends, its words, and what it stands in."""

from __future__ import annotations

import io
import tokenize
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

_LAYOUT = frozenset([tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER])
_LINE_ENDS = frozenset([tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE])
_STRING_STARTS = frozenset(getattr(tokenize, name, -1) for name in ("FSTRING_START", "TSTRING_START"))
_STRING_ENDS = frozenset(getattr(tokenize, name, -1) for name in ("FSTRING_END", "TSTRING_END"))
_DEFINES = ("class", "def")


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """A simple statement, a decorator, or the head of a compound statement: its physical lines, counted from 1."""

    first: int
    last: int
    words: tuple[str, ...]
    """Its tokens; a string is one of them, however it is tokenized."""
    inside: tuple[str, ...]
    """The names of the classes and functions around it, the outermost first."""


def logical_lines(text: str) -> list[LogicalLine]:
    """The logical lines of a text, in order, as far as it can be read."""
    return list(assembled(tokens(text), physical_lines(text)))


def physical_lines(text: str) -> list[str]:
    """The lines of a text with `\\n` at their ends, divided as Python divides them."""
    return io.StringIO(text, newline=None).readlines()


def tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a text, as far as it can be read."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    except (tokenize.TokenError, SyntaxError):
        return


def open_lines(found: Iterable[tokenize.TokenInfo]) -> list[int]:
    """The lines whose ends can take a comment: those that end neither in a string nor with a backslash."""
    return [token.start[0] for token in found if token.type in _LINE_ENDS]


def around(lines: Sequence[LogicalLine], number: int) -> LogicalLine | None:
    """The logical line that a physical line belongs to; None for one without code."""
    at = bisect_right(lines, number, key=lambda line: line.first) - 1
    return lines[at] if at >= 0 and number <= lines[at].last else None


@dataclass(slots=True)
class _Nesting:
    """The blocks that are open, each with the name that it defines ("" if none), and the name of the last head."""

    blocks: list[str] = field(default_factory=list)
    head: str = ""

    def follow(self, token: tokenize.TokenInfo) -> None:
        """Note that a block begins or ends."""
        if token.type == tokenize.INDENT:
            self.blocks.append(self.head)
        elif token.type == tokenize.DEDENT and self.blocks:
            self.blocks.pop()


def assembled(found: Iterable[tokenize.TokenInfo], rows: Sequence[str]) -> Iterator[LogicalLine]:
    """The logical lines that tokens make up; `rows` are the physical ones."""
    nesting, held = _Nesting(), list[tokenize.TokenInfo]()
    for token in found:
        nesting.follow(token)
        if token.type == tokenize.NEWLINE and held:
            words = tuple(_words(held, rows))
            yield LogicalLine(held[0].start[0], token.start[0], words, tuple(filter(None, nesting.blocks)))
            nesting.head, held = _defined(words), []
        elif token.type not in _LAYOUT and token.type != tokenize.NEWLINE:
            held.append(token)


def _defined(words: Sequence[str]) -> str:
    """The name that a head defines, "" if it is none of a class or function."""
    start = 1 if words[0] == "async" else 0
    return words[start + 1] if words[start : start + 1] and words[start] in _DEFINES and words[start + 1 :] else ""


def _words(held: Sequence[tokenize.TokenInfo], rows: Sequence[str]) -> Iterator[str]:
    """The tokens of a logical line as texts; those of one f-string, which newer Pythons take apart, as one."""
    depth, start = 0, (0, 0)
    for token in held:
        if token.type in _STRING_STARTS:
            start = start if depth else token.start
            depth += 1
        elif token.type in _STRING_ENDS:
            depth -= 1
            if not depth:
                yield _between(rows, start, token.end)
        elif not depth:
            yield token.string


def _between(rows: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    """The text from one (row, column) to another."""
    part = list(rows[start[0] - 1 : end[0]])
    part[-1] = part[-1][: end[1]]
    part[0] = part[0][start[1] :]
    return "".join(part)
