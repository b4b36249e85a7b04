"""numpy's functions of all numbers of an array, or of all sizes of a list: sum, prod, mean, max, …"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from functools import reduce
from itertools import accumulate
from typing import Any

from rflint import dims
from rflint.dims import Dim
from rflint.interp.frames import Call
from rflint.interp.values import Value
from rflint.library.numpy.arrays import made, numbers
from rflint.library.numpy.calculations import numpy_function, only
from rflint.library.torch.literals import flat


def _in_order(values: Sequence[Any]) -> Any:
    """The sum from left to right (Python's own `sum` is more exact than that)."""
    return reduce(operator.add, values)


def pairwise_sum(values: Sequence[Any]) -> Any:
    """The sum in numpy's order: eight running sums, and halves of what is longer than 128."""
    if len(values) < 8:
        return _in_order(values) if values else 0.0
    if len(values) > 128:
        half = len(values) // 2 // 8 * 8
        return pairwise_sum(values[:half]) + pairwise_sum(values[half:])
    whole = len(values) // 8 * 8
    r = [_in_order(values[at:whole:8]) for at in range(8)]
    eight = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]))
    return _in_order([eight, *values[whole:]])


def _extreme(choose: Callable[[Any], Any], of_sizes: Callable[[Any, Any], Any]) -> Callable[[list[Any]], Any]:
    def run(values: list[Any]) -> Any:
        if not any(isinstance(value, Dim) for value in values):
            return choose(values)
        best = values[0]
        for value in values[1:]:
            best = of_sizes(best, value)
        return best

    return run


REDUCTIONS: dict[str, Callable[[list[Any]], Any]] = {
    "sum": pairwise_sum,
    "prod": math.prod,
    "mean": lambda values: pairwise_sum([float(value) for value in values]) / len(values),
    "max": _extreme(max, dims.maximum),
    "min": _extreme(min, dims.minimum),
    "all": all,
    "any": any,
    "argmax": lambda values: values.index(max(values)),
    "argmin": lambda values: values.index(min(values)),
    "cumsum": lambda values: list(accumulate(values)),
    "cumprod": lambda values: list(accumulate(values, lambda a, b: a * b)),
}
MAKES = {"mean": "float64", "all": "bool", "any": "bool", "argmax": "int64", "argmin": "int64"}


def _reduction(name: str, *others: str) -> None:
    @numpy_function(name, *others, signature="a, axis=None, dtype=None, out=None, keepdims=False, **more", method=True)
    def run(call: Call, a: Value, axis: Value, dtype: Value, more: dict[str, Value], **rest: Value) -> Value:
        only({"dtype": dtype, **rest, **more})
        given = numbers(a)
        if axis is not None and (len(given.shape) != 1 or axis not in (0, -1)):
            raise ValueError("an axis of several")
        if given.dtype == "float32" and name not in ("max", "min"):
            raise TypeError("numbers of float32")
        kind = "int64" if given.dtype in ("bool", "int32") and name not in ("max", "min") else given.dtype
        values = flat(given.values)
        if not values and name in ("sum", "prod"):
            kind = given.dtype
        return made(REDUCTIONS[name](values), MAKES.get(name, kind))


for _name, *_others in (
    *(["sum"], ["prod", "product"], ["mean", "average"], ["max", "amax"], ["min", "amin"], ["all"], ["any"]),
    *(["argmax"], ["argmin"], ["cumsum"], ["cumprod"]),
):
    _reduction(_name, *_others)
