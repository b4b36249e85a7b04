"""A `forward` of several lines, traced: for tests of what happens to a tensor over time."""

from __future__ import annotations

from typing import Any

from calls import shape

from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

SOURCE = """
import torch
from torch import nn

class Net(nn.Module):
    def forward(self, {names}):
        {body}
"""


def forward(*lines: str, **inputs: tuple[Any, ...]) -> Trace:
    """The trace of these lines on inputs of these shapes."""
    text = SOURCE.format(names=", ".join(inputs), body="\n        ".join(lines))
    declared = tuple((name, shape(*sizes)) for name, sizes in inputs.items())
    return trace(Session({"net.py": text}.get), Root("net.py", "Net()", declared))
