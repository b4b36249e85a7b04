"""Tensors whose numbers are known, such as `torch.linspace(0, 0.1, 12)`, as long as they are only taken apart.

Networks compute drop rates and depths with them.  Whatever calculates with such a tensor makes an ordinary one.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Value
from rflint.library.registry import member
from rflint.library.torch.tensor import TENSOR

MOST = 4096
"""Longer ones are ordinary tensors."""


@dataclass(slots=True, eq=False)
class Literal(Tensor):
    """A constant with known numbers: `values` are nested lists as `tolist()` gives them, None once it was changed."""

    values: Any = None


def literal(values: Any, dtype: str = "") -> Tensor:
    """The tensor of a number, or of nested lists of numbers of equal lengths."""
    shape = lengths(values)
    kind = dtype or common_type(values)
    return Literal(shape, None, kind, values=_rounded(values, kind))


def lengths(values: Any) -> tuple[int, ...]:
    """The shape of nested lists: their lengths, from the outside in."""
    return (len(values), *(lengths(values[0]) if values else ())) if isinstance(values, list) else ()


def common_type(values: Any) -> str:
    """The dtype that torch gives these numbers."""
    kinds = {type(number) for number in flat(values)}
    if kinds <= {bool} and kinds:
        return "bool"
    return "int64" if kinds and kinds <= {bool, int} else "float"


def flat(values: Any) -> list[Any]:
    """The numbers inside nested lists."""
    return [number for item in values for number in flat(item)] if isinstance(values, list) else [values]


def _rounded(values: Any, kind: str) -> Any:
    """The numbers as that dtype holds them: float32 for "float"."""
    if isinstance(values, list):
        return [_rounded(item, kind) for item in values]
    if kind == "float":
        return array("f", [values])[0]
    return bool(values) if kind == "bool" else int(values) if kind == "int64" else float(values)


def linspace(start: float, end: float, steps: int) -> list[float]:
    """The numbers of `torch.linspace`: its first half counts up from the start, its second down from the end."""
    if steps < 2:
        return [start] * steps
    step = (end - start) / (steps - 1)
    return [start + step * i if i < steps // 2 else end - step * (steps - 1 - i) for i in range(steps)]


def values_of(tensor: Value) -> Any:
    """The known numbers of a tensor, or None."""
    return tensor.values if isinstance(tensor, Literal) else None


@member(TENSOR, "item", "tolist", signature="")
def numbers(call: Call, self: Tensor) -> Value:
    """`item()`, `tolist()`: known for literals only."""
    values = values_of(self)
    if values is None:
        return call.unknown("the values of a tensor are not known")
    if call.name.endswith("item"):
        held = flat(values)
        return held[0] if len(held) == 1 else call.unknown("item() of more than one number")
    return values


def pieces(values: list[Any], lengths: list[int], dtype: str) -> list[Tensor]:
    """The tensors of consecutive pieces of a list."""
    rest = iter(values)
    return [literal(list(islice(rest, length)), dtype) for length in lengths]


def rows(tensor: Tensor) -> list[Tensor] | None:
    """The tensors along the first axis, if the numbers are known."""
    values = values_of(tensor)
    return [literal(row, tensor.dtype) for row in values] if isinstance(values, list) else None
