"""One line per finding, as flake8 writes it: `path:line:column: CODE message  [witness]`."""

from __future__ import annotations

from collections.abc import Iterable

from rflint.diagnostics import Diagnostic
from rflint.formats.terminal import SEVERITY_STYLES, one_line, paint


def concise(diagnostics: Iterable[Diagnostic], colour: bool = False) -> str:
    """The findings, one line each; "" if there are none."""
    return "".join(f"{headline(diagnostic, colour)}\n" for diagnostic in diagnostics)


def headline(diagnostic: Diagnostic, colour: bool) -> str:
    """Where, which rule and what, in one line."""
    place = f"{one_line(diagnostic.file)}:{diagnostic.span.line}:{diagnostic.span.column}:"
    code = paint(diagnostic.code, SEVERITY_STYLES[diagnostic.severity], colour)
    return f"{paint(place, 'bold', colour)} {code} {sentence(diagnostic, colour)}"


def sentence(diagnostic: Diagnostic, colour: bool = False) -> str:
    """The message, and what it was proved for, in one line."""
    witness = witnessed(diagnostic)
    message = one_line(diagnostic.message)
    return f"{message}  {paint(witness, 'dim', colour)}" if witness else message


def witnessed(diagnostic: Diagnostic) -> str:
    """`[Head() on N×64×H×W, and 2 more]`: for which call and sizes it was proved, and how often it was met besides."""
    call, on, sizes = diagnostic.witness.rpartition(" on ")
    more = f"and {diagnostic.count - 1} more" if diagnostic.count > 1 else ""
    known = ", ".join(filter(None, (call + on + (sizes.replace(",", "×") if on else sizes), more)))
    return f"[{one_line(known)}]" if known else ""
