"""The figures of a network that two states of it are compared by: each as text, and as data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rflint.admissible.asking import Admissible
from rflint.formats.field_cells import field_cell, input_cells, jump_cell
from rflint.formats.parameters import counted_parameters
from rflint.formats.show_json import mirrored
from rflint.formats.show_table import structure
from rflint.formats.sizes_text import runs_for
from rflint.formats.terminal import one_line
from rflint.receptive import Field, fields, json_field
from rflint.receptive.outputs import output_fields, outputs
from rflint.trace import Trace

NOT_KNOWN = "not known"
NONE = "none"


class Figure(NamedTuple):
    """A figure: `text` for people, `data` for programs."""

    label: str
    text: str
    data: Any


def figures(trace: Trace) -> list[Figure]:
    """What goes in and comes out, the field and the jump of each output, the parameters, how far it was followed."""
    rows = [Figure("input", flow(trace.inputs), mirrored(trace.inputs))]
    rows.append(Figure("output", one_line(structure(trace.output)), mirrored(trace.output)))
    rows.extend(_fields(trace))
    rows.append(_parameters(trace))
    rows.append(Figure("followed", "to the end" if trace.complete else "in part", trace.complete))
    return rows


def size_figure(found: Admissible | None) -> Figure:
    """For which input sizes it runs."""
    text = NOT_KNOWN if found is None else runs_for(found) or NOT_KNOWN
    return Figure("input sizes", text, text)


def flow(inputs: dict[str, Any]) -> str:
    """`x N×3×H×W, mask N×1×H×W`."""
    return one_line(", ".join(f"{name} {structure(value)}" for name, value in inputs.items()))


def _fields(trace: Trace) -> Iterator[Figure]:
    """Field and jump of each output in each input; where no output has any, those of the last map."""
    if trace.order != "forward":
        return
    found = [figure for output in _seeing(trace) for figure in _of_output(trace, *output)]
    yield from found or _of_last_map(trace)


def _seeing(trace: Trace) -> Iterator[tuple[str, str, int | None, Field]]:
    """The outputs whose units lie on some axis of an input: output, input, the use that made it, and its field."""
    for output, by_input in zip(outputs(trace), output_fields(trace).values(), strict=False):
        use = output.source if isinstance(output.source, int) else None
        yield from ((output.name, name, use, axes) for name, axes in by_input.items() if _is_local(axes))


def _is_local(axes: Field) -> bool:
    return any(axis.at is not None and not axis.pooled for axis in axes)


def _of_output(trace: Trace, output: str, name: str, use: int | None, axes: Field) -> Iterator[Figure]:
    of = f" of {output}" if output else ""
    yield from _seen(trace, f"{of}{_in(trace, name)}", name, use, axes)


def _of_last_map(trace: Trace) -> Iterator[Figure]:
    """What the units of the last map see, of a network that ends in features: before they are pooled or flattened."""
    seen = fields(trace)
    for name in trace.input_shapes:
        last = next((at for at in reversed(range(len(seen))) if _is_local(seen[at].get(name, ()))), None)
        if last is not None:
            yield from _seen(trace, f" of the last map{_in(trace, name)}", name, last, seen[last][name])


def _in(trace: Trace, name: str) -> str:
    return f" in {name}" if len(trace.input_shapes) > 1 else ""


def _seen(trace: Trace, of: str, name: str, use: int | None, axes: Field) -> Iterator[Figure]:
    """Field and jump as the table of `show` has them, and as its JSON has them."""
    cells = (jump_cell(axes), field_cell(axes)) if use is None else input_cells(trace, trace.uses[use], name, ())
    data = json_field(axes)
    yield Figure(f"field{of}", cells[1] or NONE, {key: data[key] for key in ("size", "global")})
    yield Figure(f"jump{of}", cells[0] or NONE, data["jump"])


def _parameters(trace: Trace) -> Figure:
    found = trace.parameters
    if found is None:
        return Figure("parameters", NOT_KNOWN, None)
    known = found.known if isinstance(found.known, int) else str(found.known)
    text = counted_parameters(found).removesuffix("s").removesuffix(" parameter")
    return Figure("parameters", text, {"known": known, "exact": not found.notes})
