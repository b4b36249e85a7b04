"""Tensors whose numbers are known, such as `torch.linspace(0, 0.1, 12)`: taken apart, and simple arithmetic.

Networks compute drop rates, widths and depths with them.  Whatever else is done with such a tensor makes an ordinary
one.
"""

from __future__ import annotations

import math
import operator
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rflint.interp.frames import Call
from rflint.interp.numerals import kind_of
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
    kind = dtype or common_type(values)
    made = Literal(lengths(values), None, kind)
    with suppress(OverflowError, ValueError):
        made.values = _rounded(values, kind)
    return made


def lengths(values: Any) -> tuple[int, ...]:
    """The shape of nested lists: their lengths, from the outside in."""
    return (len(values), *(lengths(values[0]) if values else ())) if isinstance(values, list) else ()


def common_type(values: Any) -> str:
    """The dtype that torch gives these numbers."""
    kinds = {kind_of(number) for number in flat(values)}
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
    if kind == "bool":
        return bool(values)
    if "int" in kind and not -(2**63) <= values < 2**63:
        raise OverflowError(f"{kind} cannot hold such a number")
    return int(values) if "int" in kind else float(values)


def linspace(start: float, end: float, steps: int) -> list[float]:
    """The numbers of `torch.linspace`: its first half counts up from the start, its second down from the end."""
    if steps < 2:
        return [start] * steps
    step = (end - start) / (steps - 1)
    return [start + step * i if i < steps // 2 else end - step * (steps - 1 - i) for i in range(steps)]


def values_of(tensor: Value) -> Any:
    """The known numbers of a tensor, or None."""
    return tensor.values if isinstance(tensor, Literal) else None


def _power(base: float, exponent: float) -> Any:
    """The power, unless it is an integer that no dtype holds."""
    if isinstance(base, int) and isinstance(exponent, int) and not 0 <= base.bit_length() * exponent <= 64:
        raise OverflowError("an integer that is too large")
    return base**exponent


CALCULATIONS: dict[str, Callable[..., Any]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "floor_divide": operator.floordiv,
    "pow": _power,
    "maximum": max,
    "minimum": min,
    "neg": operator.neg,
    "abs": abs,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log2": math.log2,
}
"""What is calculated with known numbers, by the base of the operation."""
DEFAULTS = {"alpha": 1, "rounding_mode": None, "decimals": 0}
"""Arguments with which an operation is calculated as the table says."""


def calculated(base: str, args: Mapping[str, Any], operands: Sequence[Any], dtype: str) -> Tensor | None:
    """The tensor of what an operation makes of numbers and tensors with known numbers; None if it is not known."""
    function = CALCULATIONS.get(base)
    if function is None or any(args.get(name, usual) != usual for name, usual in DEFAULTS.items()):
        return None
    numbers = [values_of(one) if isinstance(one, Tensor) else one for one in operands]
    if not any(isinstance(one, Literal) for one in operands) or not all(map(_is_known, numbers)):
        return None
    try:
        values = _each(function, _aligned(numbers))
        return literal(values, "float" if base == "div" and "int" in dtype else dtype)
    except (ArithmeticError, ValueError, TypeError):
        return None


def _is_known(values: Any) -> bool:
    return isinstance(values, (list, int, float))


def _aligned(numbers: Sequence[Any]) -> list[Any]:
    """The numbers with axes of length 1 in front, so that all lists have the same number of axes."""
    deepest = max(len(lengths(one)) for one in numbers)
    padded: list[Any] = []
    for one in numbers:
        missing = deepest - len(lengths(one)) if isinstance(one, list) else 0
        for _ in range(missing):
            one = [one]
        padded.append(one)
    return padded


def _each(function: Callable[..., Any], numbers: Sequence[Any]) -> Any:
    """The function of numbers, and of every place of lists; ValueError if their lengths differ and none is 1."""
    size = max((len(one) for one in numbers if isinstance(one, list)), default=None)
    if size is None:
        return function(*numbers)
    listed = (one if isinstance(one, list) else [one] for one in numbers)
    rows = (one * size if len(one) == 1 else one for one in listed)
    return [_each(function, row) for row in zip(*rows, strict=True)]


WHOLE: dict[str, Callable[[list[Any]], Any]] = {
    "max": max,
    "amax": max,
    "min": min,
    "amin": min,
    "sum": sum,
    "prod": math.prod,
    "all": all,
    "any": any,
}
"""What is made of all numbers together; sums and products of integers only, whose order does not matter."""


def summarised(base: str, tensor: Value) -> Tensor | None:
    """The tensor of one number that an operation makes of all known ones; None if it is not known."""
    values = values_of(tensor)
    exact = base not in ("sum", "prod") or "int" in tensor.dtype
    if values is None or base not in WHOLE or not exact or not flat(values):
        return None
    kind = {"all": "bool", "any": "bool", "sum": "int64", "prod": "int64"}.get(base, tensor.dtype)
    return literal(WHOLE[base](flat(values)), kind)


def distinct(tensor: Value) -> tuple[Tensor, Tensor, Tensor] | None:
    """The different numbers of a tensor in order, which of them stands where, and how often each does; None if they
    are not known."""
    values = values_of(tensor)
    if values is None:
        return None
    counts = Counter(flat(values))
    places = {number: place for place, number in enumerate(sorted(counts))}
    inverse = _each(places.__getitem__, [values])
    tables = (sorted(counts), tensor.dtype), (inverse, "int64"), ([counts[one] for one in sorted(counts)], "int64")
    return tuple(literal(*table) for table in tables)  # type: ignore[return-value]


def flipped(tensor: Value, touched: Sequence[int]) -> Tensor | None:
    """A tensor with the numbers of some axes in the opposite order; None if they are not known."""
    values = values_of(tensor)
    return None if values is None else literal(_flipped(values, touched, 0), tensor.dtype)


def _flipped(values: Any, touched: Sequence[int], axis: int) -> Any:
    if not isinstance(values, list):
        return values
    inner = [_flipped(one, touched, axis + 1) for one in values]
    return inner[::-1] if axis in touched else inner


@member(TENSOR, "item", "tolist", signature="")
def numbers(call: Call, self: Tensor) -> Value:
    """`item()`, `tolist()`: known for literals only."""
    values = values_of(self)
    if values is None:
        return call.unknown("the values of a tensor are not known")
    if call.name.endswith("item"):
        held = flat(values)
        return held[0] if len(held) == 1 else call.unknown("item() of more than one number")
    return deepcopy(values)


def pieces(values: list[Any], lengths: list[int], dtype: str) -> list[Tensor]:
    """The tensors of consecutive pieces of a list."""
    rest = iter(values)
    return [literal(list(islice(rest, length)), dtype) for length in lengths]


def rows(tensor: Tensor) -> list[Tensor] | None:
    """The tensors along the first axis, if the numbers are known."""
    values = values_of(tensor)
    return [literal(row, tensor.dtype) for row in values] if isinstance(values, list) else None
