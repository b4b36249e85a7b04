"""The summary of `show --summary`: how many networks there are, how many were followed, and why others were not."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from rflint.diagnostics import Span
from rflint.formats.note_place import note_place
from rflint.formats.terminal import counted, one_line
from rflint.trace import Note, Place, Trace

Spans = Callable[[Place], Span]
NAMED = 3
"""Networks that are named for each reason."""
NO_NOTE = "forward returns nothing that is known"


def folder_summary(traces: Sequence[Trace], span: Spans) -> str:
    """`12 networks: 9 complete, 3 in part`, then each reason with its count, the most frequent first, an example of
    where it arises, and networks that it concerns."""
    rows = reasons(traces)
    text = [f"{counted(len(traces), 'network')}: {_complete(traces)} complete, {sum(map(len, rows.values()))} in part"]
    for held in rows.values():
        first = held[0]
        text.append(f"{len(held):>4}  {one_line(f'{_place(first, span)}: {_note(first).reason}')}")
        more = f", and {len(held) - NAMED} more" if len(held) > NAMED else ""
        text.append(f"      {one_line(', '.join(trace.target for trace in held[:NAMED]) + more)}")
    return "\n".join(text) + "\n"


def folder_summary_json(traces: Sequence[Trace], span: Spans) -> str:
    """The same as JSON, with all networks of each reason."""
    rows = [
        {
            "count": len(held),
            "reason": _note(held[0]).reason,
            "place": _place(held[0], span),
            "networks": [one.target for one in held],
        }
        for held in reasons(traces).values()
    ]
    found = {"version": 1, "networks": len(traces), "complete": _complete(traces), "partial": rows}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"


def reasons(traces: Sequence[Trace]) -> dict[str, list[Trace]]:
    """The networks that were followed only in part by the first reason of each, the most frequent reason first.

    What to do about it, which names the network's own sizes, does not make it another reason.
    """
    found: dict[str, list[Trace]] = {}
    for trace in traces:
        if not trace.complete:
            found.setdefault(_note(trace).reason.split(": declare the input")[0], []).append(trace)
    return dict(sorted(found.items(), key=lambda row: (-len(row[1]), row[0])))


def _note(trace: Trace) -> Note:
    return trace.unknowns[0] if trace.unknowns else Note(trace.place, NO_NOTE)


def _place(trace: Trace, span: Spans) -> str:
    place = note_place(_note(trace), trace)
    return f"{place.file}:{span(place).line}" if place else trace.file


def _complete(traces: Sequence[Trace]) -> int:
    return sum(trace.complete for trace in traces)
