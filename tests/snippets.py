"""Evaluates expressions on tensors of given shapes, the way the body of a `forward` is evaluated."""

from __future__ import annotations

from typing import Any

from rflint.interp.frames import Frame
from rflint.interp.imports import Loader
from rflint.interp.interpreter import Interpreter
from rflint.interp.scopes import Scope
from rflint.interp.statements import run_block
from rflint.interp.values import SourceModule, Tensor
from rflint.library import LIBRARY
from rflint.source import Source
from rflint.trace import Use

IMPORTS = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


class Snippet:
    """The names that lines of source leave behind, and the uses that they record."""

    def __init__(self, source: str, **inputs: Any) -> None:
        text = IMPORTS + source + "\n"
        loaded = Source("snippet.py", text)
        self.interp = Interpreter(LIBRARY, Loader(lambda path: None, LIBRARY))
        self.scope = Scope({name: _tensor(name, value) for name, value in inputs.items()})
        module = SourceModule("snippet", "snippet.py", self.scope, loaded, state="done")
        self.interp.recorder.on = True
        run_block(loaded.module.body, Frame(self.interp, self.scope, module))

    @property
    def uses(self) -> list[Use]:
        return self.interp.recorder.uses

    def __getitem__(self, name: str) -> Any:
        return self.scope.names[name]

    def notes(self) -> list[str]:
        return [note.reason for note in self.interp.recorder.notes]


def _tensor(name: str, value: Any) -> Any:
    """Tuples are the shapes of network inputs, None that of one which is not declared."""
    if value is None:
        return Tensor(None, name, reason=f"the size of input {name} is not declared", open=name)
    return Tensor(value, name) if isinstance(value, tuple) else value


def value_of(expression: str, **inputs: Any) -> Any:
    """The value of an expression on tensors of these shapes."""
    return Snippet(f"result = ({expression})", **inputs)["result"]


def shape_of(expression: str, **inputs: Any) -> Any:
    """The shapes in the value of an expression."""
    return shapes_in(value_of(expression, **inputs))


def shapes_in(value: Any) -> Any:
    """The shapes of tensors, in lists and tuples as the tensors are."""
    if isinstance(value, Tensor):
        return value.shape
    native = getattr(value, "native", None)
    if isinstance(value, (list, tuple)) or isinstance(native, tuple):
        return [shapes_in(item) for item in (value if isinstance(value, (list, tuple)) else native)]
    return value


def only_use(expression: str, **inputs: Any) -> Use:
    """The one use that an expression records."""
    (use,) = Snippet(f"result = ({expression})", **inputs).uses
    return use


def reads_of(expression: str, **inputs: Any) -> list[tuple[Any, ...]]:
    """How the one use of an expression reads its first operand: what, and into which axis."""
    return [(read.how, read.to) for read in only_use(expression, **inputs).operands[0].reads]
