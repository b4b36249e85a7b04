"""How many parameters a network has: a line below the table of `show`, and data for its JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rflint.dims import Size
from rflint.trace import Note, Parameters, Trace


def parameter_lines(trace: Trace, located: Callable[[Note], str]) -> Iterator[str]:
    """`11,689,512 parameters`; where there may be more, why: the first reason stands for all."""
    found = trace.parameters
    if found is None or (not found.notes and found.known == 0):
        return
    why = [f" ({located(note)}: {note.reason})" for note in found.notes[:1]]
    yield counted_parameters(found) + "".join(why)


def counted_parameters(found: Parameters) -> str:
    """`11,689,512 parameters`, `at least 264 parameters`."""
    least = "at least " if found.notes else ""
    return f"{least}{grouped(found.known)} parameter{'s' if found.known != 1 else ''}"


def grouped(size: Size) -> str:
    """An integer with commas between thousands; symbolic sizes as they are."""
    return f"{size:,}" if isinstance(size, int) else str(size)


def parameter_data(trace: Trace, located: Callable[[Note], dict[str, Any]]) -> dict[str, Any] | None:
    """The number that is known, and why there may be more; null if the network could not be built."""
    found = trace.parameters
    if found is None:
        return None
    known = found.known if isinstance(found.known, int) else str(found.known)
    return {"known": known, "notes": [located(note) for note in found.notes]}
