"""The JSON of `show --format json`, version 1: stable, other programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from rflint.diagnostics import Span
from rflint.formats.drift import drift_data
from rflint.formats.note_place import note_place
from rflint.formats.reached_counts import reached_counts
from rflint.formats.section import Section
from rflint.receptive import fields, json_field
from rflint.requirements import requirements
from rflint.trace import Note, Place, Trace, Use

Spans = Callable[[Place], Span]


def show_json(
    traces: Sequence[Trace], span: Spans, with_reached: bool = False, sections: Sequence[Section] = ()
) -> str:
    """The networks with all their uses and the data of sections, as one JSON object.

    `with_reached` counts the positions really read.
    """
    networks = [
        {**network(trace, span, with_reached), **{section.key: section.data(trace) for section in sections}}
        for trace in traces
    ]
    return json.dumps({"version": 1, "networks": networks}) + "\n"


def network(trace: Trace, span: Spans, with_reached: bool) -> dict[str, Any]:
    """One network: its call, what goes in and comes out, what could not be followed, and its uses."""
    return {
        "target": trace.target,
        "file": trace.place.file if trace.place else trace.file,
        "line": span(trace.place).line if trace.place else None,
        "complete": trace.complete,
        "inputs": mirrored(trace.inputs),
        "output": mirrored(trace.output),
        "requires": [unknown(note, trace, span) for note in requirements(trace)],
        "drift": drift_data(trace),
        "unknowns": constructor_order(trace, span) + [unknown(note, trace, span) for note in trace.unknowns],
        "uses": [json_use(use, trace, span, with_reached) for use in trace.uses if not use.inner],
    }


def mirrored(value: Any) -> Any:
    """Shapes and structures of them: dims as integers, or strings where symbolic; null for what is unknown."""
    if isinstance(value, dict):
        return {str(key): mirrored(inner) for key, inner in value.items()}
    if isinstance(value, (tuple, list)):
        return [mirrored(inner) for inner in value]
    return value if value is None or isinstance(value, int) else str(value)


def constructor_order(trace: Trace, span: Spans) -> list[dict[str, Any]]:
    """A first unknown that says so where the uses are only the layers in the order of their construction."""
    if trace.order != "constructor":
        return []
    return [unknown(Note(trace.place, "forward is not followed: the layers are in constructor order"), trace, span)]


def unknown(note: Note, trace: Trace, span: Spans) -> dict[str, Any]:
    """What could not be followed, and why; or what has to hold of sizes, and where."""
    return {**located(note_place(note, trace), trace.file, span), "reason": note.reason}


def located(place: Place | None, file: str, span: Spans) -> dict[str, Any]:
    """File, line and column of a place; line and column are null where there is none."""
    if place is None:
        return {"file": file, "line": None, "column": None}
    at = span(place)
    return {"file": place.file, "line": at.line, "column": at.column}


def json_use(use: Use, trace: Trace, span: Spans, with_reached: bool) -> dict[str, Any]:
    """One row of the trace, with its field in the first input, and in the others if there are any."""
    first, *others = list(trace.input_shapes) or [""]
    seen = fields(trace)[use.index]
    counts = {name: reached_counts(trace, use, name, axes) if with_reached else None for name, axes in seen.items()}
    row = {
        "path": use.path,
        "kind": use.kind,
        **located(use.place, trace.file, span),
        "defined": located(use.layer.defined, trace.file, span) if use.layer.defined else None,
        "inputs": [mirrored(shape) for shape in use.inputs],
        "output": mirrored(use.output),
        "conditional": bool(use.conditional),
        "field": json_field(seen[first], counts[first], use.output) if first in seen else None,
    }
    if others:
        row["fields"] = {name: json_field(seen[name], counts[name], use.output) for name in others if name in seen}
    return row
