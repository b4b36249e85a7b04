"""The findings below the name of their file, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rflint.diagnostics import Diagnostic
from rflint.formats.concise import sentence
from rflint.formats.terminal import SEVERITY_STYLES, one_line, paint


def grouped(diagnostics: Iterable[Diagnostic], colour: bool = False) -> str:
    """A block for each file, a blank line after each; "" if there are none."""
    blocks = groupby(diagnostics, key=lambda diagnostic: diagnostic.file)
    return "".join("\n".join(block(file, list(found), colour)) + "\n\n" for file, found in blocks)


def block(file: str, found: Sequence[Diagnostic], colour: bool) -> Iterator[str]:
    """The name of a file, and a line for each of its findings."""
    yield paint(one_line(file), "bold", colour)
    width = max(len(place(one)) for one in found)
    for one in found:
        code = paint(one.code, SEVERITY_STYLES[one.severity], colour)
        yield f"  {place(one).rjust(width)}  {code}  {sentence(one, colour)}"


def place(diagnostic: Diagnostic) -> str:
    """`12:31`."""
    return f"{diagnostic.span.line}:{diagnostic.span.column}"
