"""What to do about something that could not be followed."""

from __future__ import annotations

import re
from dataclasses import replace

from rflint.implied import implied_sizes, implied_text
from rflint.trace import Note, Shape, Trace

ABOUT_SIZE = re.compile(r"input size|is not declared|declare (the|its) input|the size of its input is not known")
EXAMPLES = {3: (16_000,), 4: (224, 224), 5: (16, 112, 112)}
"""Spatial sizes to show how a declaration is written, by the rank of the input."""


def advised(trace: Trace) -> Trace:
    """The trace with notes that say how to declare the input, where a size that is not declared is in the way."""
    about_size = [note for note in trace.unknowns if ABOUT_SIZE.search(note.reason)]
    if trace.declared or not about_size:
        return trace
    advice = declaration(trace)
    unknowns = [
        Note(note.place, _joined(note.reason, advice)) if note in about_size else note for note in trace.unknowns
    ]
    return replace(trace, unknowns=unknowns)


def _joined(reason: str, advice: str) -> str:
    return f"{re.sub(r': declare .*$', '', reason)}: {advice}"


def declaration(trace: Trace) -> str:
    """`declare the input: # rflint: input=(N, 3, 224, 224) above the class`; the size that a linear layer implies."""
    if trace.images:
        return f"declare the images, such as `# rflint: input={_image(trace)}` above the class"
    many = len(trace.input_shapes) > 1
    written = ", ".join(
        f"input{f'.{name}' if many else ''}={_example(trace, s)}" for name, s in trace.input_shapes.items()
    )
    implied = implied_text(trace)
    why = f" ({implied})" if implied else ""
    return f"declare the input, such as `# rflint: {written or 'input=(N, 3, 224, 224)'}` above the class{why}"


def _image(trace: Trace) -> str:
    shape = trace.input_shapes[min(trace.images)] or (3, 224, 224)
    return f"({', '.join(map(str, (shape[0], *EXAMPLES.get(len(shape) + 1, shape[1:]))))})"


def _example(trace: Trace, shape: Shape | None) -> str:
    shape = shape or ("N", 3, 224, 224)  # type: ignore[assignment]
    assert shape is not None
    sizes = implied_sizes(trace)
    spatial = (sizes[0][0],) * (len(shape) - 2) if sizes and len(sizes) == 1 else EXAMPLES.get(len(shape), shape[2:])
    return f"({', '.join(map(str, (*shape[:2], *spatial)))})"
