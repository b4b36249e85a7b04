"""Where a note about something that could not be followed stands."""

from __future__ import annotations

from rflint.trace import Note, Place, Trace


def note_place(note: Note, trace: Trace) -> Place | None:
    """The note's own place; if it has none in a file (but in a call that rflint made up), that of the network."""
    in_file = note.place is not None and not note.place.file.startswith("<")
    return note.place if in_file else trace.place
