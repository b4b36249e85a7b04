"""The JSON of `show --format json`, version 1: stable, other programs read it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rflint.diagnostics import Span
from rflint.formats.drift import drift_data
from rflint.formats.effective import effective_data
from rflint.formats.gridding import gridding_data
from rflint.formats.note_place import note_place
from rflint.formats.parameters import parameter_data
from rflint.formats.reached_counts import reached_counts
from rflint.formats.section import Section
from rflint.receptive import fields, json_field
from rflint.requirements import requirements
from rflint.trace import Note, Place, Trace, Use

Spans = Callable[[Place], Span]


class Figures(NamedTuple):
    """Which figures of fields are asked for: how many positions are really read, how wide the influence is spread."""

    reached: bool = False
    effective: bool = False


PLAIN = Figures()


def show_json(traces: Sequence[Trace], span: Spans, figures: Figures = PLAIN, sections: Sequence[Section] = ()) -> str:
    """The networks with all their uses and the data of sections, as one JSON object."""
    networks = [
        {**network(trace, span, figures), **{section.key: section.data(trace) for section in sections}}
        for trace in traces
    ]
    return json.dumps({"version": 1, "networks": networks}) + "\n"


def network(trace: Trace, span: Spans, figures: Figures) -> dict[str, Any]:
    """One network: its call, what goes in and comes out, what could not be followed, and its uses."""
    return {
        "target": trace.target,
        "file": trace.place.file if trace.place else trace.file,
        "line": span(trace.place).line if trace.place else None,
        "complete": trace.complete,
        "inputs": mirrored(trace.inputs),
        "output": mirrored(trace.output),
        "parameters": parameter_data(trace, lambda note: unknown(note, trace, span)),
        "requires": [unknown(note, trace, span) for note in requirements(trace)],
        "drift": drift_data(trace),
        **({"gridding": gridding_data(trace)} if figures.reached else {}),
        "unknowns": constructor_order(trace, span) + [unknown(note, trace, span) for note in trace.unknowns],
        "uses": [json_use(use, trace, span, figures) for use in trace.uses if not use.inner],
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


def json_use(use: Use, trace: Trace, span: Spans, figures: Figures) -> dict[str, Any]:
    """One row of the trace, with its field in the first input, and in the others if there are any."""
    first, *others = list(trace.input_shapes) or [""]
    seen = fields(trace)[use.index]
    row = {
        "path": use.path,
        "kind": use.kind,
        **located(use.place, trace.file, span),
        "defined": located(use.layer.defined, trace.file, span) if use.layer.defined else None,
        "inputs": [mirrored(shape) for shape in use.inputs],
        "output": mirrored(use.output),
        "conditional": bool(use.conditional),
        "field": field_data(trace, use, first, figures) if first in seen else None,
    }
    if others:
        row["fields"] = {name: field_data(trace, use, name, figures) for name in others if name in seen}
    return row


def field_data(trace: Trace, use: Use, name: str, figures: Figures) -> dict[str, Any]:
    """The field of a use in one network input, with the figures that are asked for."""
    axes = fields(trace)[use.index][name]
    counts = reached_counts(trace, use, name, axes) if figures.reached else None
    more = {"effective": effective_data(trace, use, name, axes)} if figures.effective else {}
    return {**json_field(axes, counts, use.output), **more}
