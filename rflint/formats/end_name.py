"""How a map at the end of a network is called: by its place in what is returned, or by the layer that makes it."""

from __future__ import annotations

from rflint.geometry.ends import End
from rflint.trace import Trace


def end_name(trace: Trace, end: End) -> str:
    """`the output`, `output aux of y`, `layer4.1.relu ReLU`: the map, and the input where there are several."""
    use = trace.uses[end.use]
    inner = f"{use.path} {use.kind}".strip()
    named = inner if end.output is None else f"output {end.output}" if end.output else "the output"
    return f"{named} (of {end.name})" if len(trace.input_shapes) > 1 else named
