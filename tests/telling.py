"""A finding word by word, with all that belongs to it: what the records of tests hold."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.diagnostics import Diagnostic, Repair, Span


def told(found: Diagnostic) -> str:
    """A finding with all that belongs to it, in lines."""
    return "".join(f"{line}\n" for line in lines(found))


def lines(found: Diagnostic) -> Iterator[str]:
    """The finding, then its other places, the way there, what torch raises, and how it is mended."""
    count = f" ({found.count} times)" if found.count > 1 else ""
    yield f"{found.file}:{span(found.span)}: {found.code} {found.severity}: {found.message} [{found.witness}]{count}"
    yield from (f"    {text}" for text in places(found))
    yield from (f"    | {line}" for line in found.trail)
    yield from (f"    {text}" for text in ends(found))


def brief(found: Diagnostic) -> str:
    """A finding with all that belongs to it in one line, without the way there."""
    parts = (f"{found.span.line}:{found.span.column} {found.message}", *places(found), *ends(found))
    return "; ".join(parts).replace("\n", " ")


def places(found: Diagnostic) -> Iterator[str]:
    """Its other places."""
    return (f"{file}:{span(where)}: {text}" for file, where, text in found.related)


def ends(found: Diagnostic) -> Iterator[str]:
    """What torch raises, and how it is mended."""
    if found.torch:
        yield f"torch: {found.torch}"
    if found.fix:
        yield from mending(found.fix)


def mending(fix: Repair) -> Iterator[str]:
    """A fix, and each piece of text that it changes; or why it cannot be made."""
    yield f"fix ({'safe' if fix.safe else 'unsafe'}): {fix.message}" + (f", {fix.refused}" if fix.refused else "")
    yield from (f"{change.file}:{span(change.span)} -> {change.text!r}" for change in fix.changes)


def span(where: Span) -> str:
    """A span as text."""
    return f"{where.line}:{where.column}-{where.end_line}:{where.end_column}"
