"""RF907: no input size is declared, so that what depends on it is not checked."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.diagnostics import Finding
from rflint.trace import Trace, show_shape


@rule("RF907", "assumed-input-size", "note")
def assumed_input_size(trace: Trace) -> Iterator[Finding]:
    """Whether the shapes of the inputs are those that the first layers tell, and nobody has said more."""
    known = [shape for shape in trace.input_shapes.values() if shape is not None]
    if trace.declared or trace.place is None or not known:
        return
    shapes = " and ".join(map(show_shape, known))
    message = f"the input is taken to be {shapes}, by its first layers: a declared size is checked for more"
    yield Finding(trace.place, message)
