"""The table of `show` for people: every use with its size, jump, receptive field and share of the input seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from rflint.diagnostics import Span
from rflint.formats.columns import fitted, line, lines
from rflint.formats.drift import drift_lines
from rflint.formats.effective import CAVEAT
from rflint.formats.field_cells import Cell, effective_cell, field_cells, reached_cell
from rflint.formats.gridding import gridding_lines
from rflint.formats.layer_arguments import layer_arguments
from rflint.formats.note_lines import note_lines
from rflint.formats.note_place import note_place
from rflint.formats.parameters import parameter_lines
from rflint.formats.section import Section
from rflint.formats.terminal import counted, one_line, paint
from rflint.receptive import fields
from rflint.requirements import requirements
from rflint.trace import Note, Place, Trace, Use, show_shape

Spans = Callable[[Place], Span]
FOLDING = (0, 2)
NUMBERS = 4
"""From this column on cells hold numbers."""
LEGEND = "jump, field: input positions from one unit to the next, and that one unit sees; sees: its share of each axis"


@dataclass(frozen=True, slots=True)
class Layout:
    """How the table is drawn: folded below `depth` parts of a path, `width` characters wide if that is possible."""

    depth: int | None = None
    width: int | None = None
    colour: bool = False
    reached: bool = False
    effective: bool = False

    @property
    def extra(self) -> dict[str, Cell]:
        """The columns between field and share that are asked for."""
        asked = {"read": self.reached and reached_cell, "effective": self.effective and effective_cell}
        return {name: cell for name, cell in asked.items() if cell}


def show_table(traces: Sequence[Trace], span: Spans, layout: Layout, sections: Sequence[Section] = ()) -> str:
    """The networks one below the other: header, table or sections, and what could not be followed."""
    networks = (network(trace, span, layout, sections) for trace in traces)
    return "\n".join("".join(f"{text}\n" for text in lines) for lines in networks)


def network(trace: Trace, span: Spans, layout: Layout, sections: Sequence[Section]) -> Iterator[str]:
    """The lines of one network."""
    yield from header(trace, span, layout.colour)
    for section in sections:
        lines = [one_line(text) for text in section.lines(trace)]
        yield from ["", *lines] if lines else []
    if not sections:
        yield ""
        yield from table(trace, layout)
        yield ""
        yield from footer(trace, span, layout)
    yield from problems(trace, span, layout.colour)


def header(trace: Trace, span: Spans, colour: bool) -> Iterator[str]:
    """The call, what goes in and comes out, and where it stands."""
    given = ", ".join(f"{name} {structure(value)}" for name, value in trace.inputs.items())
    place = f"{trace.place.file}:{span(trace.place).line}" if trace.place else trace.file
    flow = one_line(f"{given} → {structure(trace.output)}  ({place})")
    yield f"{paint(one_line(trace.call), 'bold', colour)}  {flow}"
    if trace.order == "constructor":
        yield paint(
            "CONSTRUCTOR ORDER: forward is not followed, layers stand as constructed, not as called", "red", colour
        )


def structure(value: Any) -> str:
    """`1×3×224×224`, `{out: 1×21×H×W}`, `[…, …]`: a shape or a structure of shapes; `?` for what is unknown."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {structure(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list) or (isinstance(value, tuple) and any(map(is_structure, value))):
        return "[" + ", ".join(map(structure, value)) + "]"
    return show_shape(value) if value is None or isinstance(value, tuple) else str(value)


def is_structure(value: Any) -> bool:
    """Whether it is a shape or a structure of them, and no dim."""
    return value is None or isinstance(value, (tuple, list, dict))


def table(trace: Trace, layout: Layout) -> Iterator[str]:
    """The head and a row for each use, or for each run of uses that `depth` folds, in aligned columns."""
    head = ("path", "kind", "arguments", "output", "jump", "field", *layout.extra, "sees")
    folds = runs([use for use in trace.uses if not use.inner], layout.depth)
    body = [row(trace, run, layout) for run in folds]
    widths = fitted([head, *body], layout.width, FOLDING)
    numbers = range(NUMBERS, len(head))
    yield paint(line(head, widths, numbers), "bold", layout.colour)
    for run, cells in zip(folds, body, strict=True):
        dim = layout.colour and len(run) == 1 and is_elementwise(run[0])
        yield from (paint(text, "dim", dim) for text in lines(cells, widths, numbers))


def runs(uses: Sequence[Use], depth: int | None) -> list[list[Use]]:
    """The uses one by one; with a depth, neighbours in a network that lies so many parts deep together."""
    found: list[list[Use]] = []
    for _, neighbours in groupby(uses, key=lambda use: cut(use.path, depth)):
        run = list(neighbours)
        deeper = depth is not None and any(use.path.count(".") >= depth for use in run)
        found += [run] if deeper else [[use] for use in run]
    return found


def cut(path: str, depth: int | None) -> str:
    """The first `depth` parts of a path."""
    return path if depth is None else ".".join(path.split(".")[:depth])


def row(trace: Trace, run: Sequence[Use], layout: Layout) -> tuple[str, ...]:
    """The cells of a use; of a run of uses, what the last one gives."""
    last = run[-1]
    path = (cut(last.path, layout.depth) or "(root)") + ("?" if any(use.conditional for use in run) else "")
    what = (last.kind, layer_arguments(last.layer)) if len(run) == 1 else (counted(len(run), "use"), "")
    cells = (path, *what, show_shape(last.output), *field_cells(trace, last, tuple(layout.extra.values())))
    return tuple(map(one_line, cells))


def is_elementwise(use: Use) -> bool:
    """Whether the use keeps size and channels and has no weights that mix them: activations, dropout, norms."""
    mixing = ("kernel_size", "in_features")
    return use.inputs == (use.output,) and not any(name in use.layer.args for name in mixing)


def footer(trace: Trace, span: Spans, layout: Layout) -> Iterator[str]:
    """What the columns mean, what may not be called, which sizes fit, and why fields are not known."""
    yield paint(LEGEND, "dim", layout.colour)
    yield from map(one_line, parameter_lines(trace, lambda note: located(note, trace, span)))
    if layout.effective:
        yield paint(CAVEAT, "dim", layout.colour)
    for reason in distinct(use.conditional for use in trace.uses if use.conditional and not use.inner):
        yield one_line(f"path?: it is not certain that it is called: {reason}")
    for reason in distinct(f"{note.reason}  ({located(note, trace, span)})" for note in requirements(trace)):
        yield one_line(f"fits where {reason}")
    for reason in distinct(unknown_fields(trace)):
        yield one_line(f"field ?: {reason}")
    if layout.reached:
        yield from map(one_line, gridding_lines(trace))
    yield from map(one_line, drift_lines(trace))
    yield from map(one_line, note_lines(trace))


def problems(trace: Trace, span: Spans, colour: bool) -> Iterator[str]:
    """What could not be followed, with its place."""
    for reason in distinct(f"{located(note, trace, span)}: {note.reason}" for note in trace.unknowns):
        yield paint(one_line(f"not followed: {reason}"), "yellow", colour)


def unknown_fields(trace: Trace) -> Iterator[str]:
    """Why fields are not known."""
    for seen in fields(trace):
        yield from (axis.reason for axes in seen.values() for axis in axes if axis.at is not None and axis.reason)


def distinct(reasons: Iterator[str]) -> list[str]:
    """Each reason once, in order."""
    return list(dict.fromkeys(reasons))


def located(note: Note, trace: Trace, span: Spans) -> str:
    """`data.py:12`; without a place of its own, that of the network."""
    place = note_place(note, trace)
    return f"{place.file}:{span(place).line}" if place else trace.file
