"""Findings with their source line, the uses that lead there, related places and the fix."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence

from rflint.diagnostics import Diagnostic, Repair, Span
from rflint.formats.concise import headline
from rflint.formats.source_text import Lines
from rflint.formats.terminal import SEVERITY_STYLES, one_line, paint


def full(diagnostics: Iterable[Diagnostic], lines: Lines, colour: bool = False) -> str:
    """The findings as paragraphs, a blank line after each; "" if there are none."""
    return "".join("\n".join(paragraph(diagnostic, lines, colour)) + "\n\n" for diagnostic in diagnostics)


def paragraph(diagnostic: Diagnostic, lines: Lines, colour: bool) -> Iterator[str]:
    """The lines of one finding."""
    yield headline(diagnostic, colour)
    gutter = " " * len(str(diagnostic.span.line))
    yield from excerpt(diagnostic, lines(diagnostic.file), gutter, colour)
    yield f"{gutter} = {paint(diagnostic.severity, SEVERITY_STYLES[diagnostic.severity], colour)}: {diagnostic.name}"
    for step in diagnostic.trail:
        yield f"{gutter} = via {one_line(str(step))}"
    if diagnostic.torch:
        yield f"{gutter} = torch: {one_line(diagnostic.torch)}"
    for file, span, message in diagnostic.related:
        yield f"{gutter} = see {one_line(file)}:{span.line}:{span.column}: {one_line(message)}"
    if diagnostic.fix:
        yield f"{gutter} = fix: {one_line(fix_hint(diagnostic.fix))}"


def excerpt(diagnostic: Diagnostic, lines: Sequence[str], gutter: str, colour: bool) -> Iterator[str]:
    """The line of the finding with carets under its span; nothing if the file has no such line (any more)."""
    span = diagnostic.span
    if not 1 <= span.line <= len(lines):
        return
    source = lines[span.line - 1]
    carets = underline(source, span)
    yield f"{gutter} |"
    yield f"{span.line} | {printable(source)}"
    yield f"{gutter} | {paint(carets, SEVERITY_STYLES[diagnostic.severity], colour)}"


def underline(source: str, span: Span) -> str:
    """Blanks up to the span's column and carets under its part of the first line, at least one."""
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(source.rstrip())
    return blank(source[:start]) + "^" * max(1, width(source[start:end]))


def blank(text: str) -> str:
    """White space as wide as `text`; tabs stay tabs, so that carets stand under what they mean."""
    return "".join("\t" if c == "\t" else " " * width(c) for c in text)


def width(text: str) -> int:
    """Columns of a terminal that `text` takes: two for wide characters, none for combining ones."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def printable(source: str) -> str:
    """A source line without control characters, tabs aside: one replacement sign each, so that columns stay."""
    return "".join(c if c.isprintable() or c == "\t" else "\ufffd" for c in source)


def fix_hint(fix: Repair) -> str:
    """What the fix does; "(unsafe)" where it changes what is computed, and why, where it is for a human to make."""
    if fix.refused:
        return f"{fix.message} (by hand: {fix.refused})"
    return fix.message if fix.safe else f"{fix.message} (unsafe: it changes what the network computes)"
