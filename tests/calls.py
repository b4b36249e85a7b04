"""One expression of a network's `forward`, traced: for tests of what the library says about a call."""

from __future__ import annotations

from collections.abc import Sequence

from rflint.dims import Size, parse
from rflint.trace import Shape, Trace, Use
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

SOURCE = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def forward(self, {names}):
        return {expression}
"""


def shape(*sizes: int | str) -> Shape:
    """Sizes, symbolic ones as text: `shape("N", 3, "H//2")`."""
    return tuple(parse(size) if isinstance(size, str) else size for size in sizes)


def traced(expression: str, /, **inputs: Sequence[int | str] | None) -> Trace:
    """The trace of an expression on inputs of these shapes; None is an input whose shape is not declared."""
    text = SOURCE.format(names=", ".join(inputs), expression=expression)
    declared: tuple[tuple[str, tuple[Size, ...]], ...] = tuple(
        (name, shape(*sizes)) for name, sizes in inputs.items() if sizes is not None
    )
    session = Session({"net.py": text}.get)
    return trace(session, Root("net.py", "Net()", declared))


def last(expression: str, /, **inputs: Sequence[int | str] | None) -> Use:
    """The last use in the trace of an expression."""
    return traced(expression, **inputs).uses[-1]
