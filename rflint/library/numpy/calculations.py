"""numpy's functions position by position, and how its functions are described."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from rflint.interp.frames import Call
from rflint.interp.values import NativeFunction, Value, find_unknown
from rflint.library.numpy.arrays import NDARRAY, Numbers, decimal, held, is_long, made, met, numbers, promoted
from rflint.library.registry import LIBRARY, function, parse_signature
from rflint.library.torch.op import tensors_in

for _name, _number in (("pi", math.pi), ("e", math.e), ("inf", math.inf), ("nan", math.nan), ("newaxis", None)):
    LIBRARY.define(f"numpy.{_name}", _number)
Run = Callable[..., Value]


def numpy_function(*names: str, signature: str, method: bool = False, under: str = "numpy") -> Callable[[Run], Run]:
    """Describe a function, and the method of the same name; `run` raises where the result is not known."""
    parsed = parse_signature(signature)

    def register(run: Run) -> Run:
        def guarded(call: Call, **args: Value) -> Value:
            if is_long(list(args.values())):
                return call.unknown("a long list")
            doubt = find_unknown(list(args.values()))
            if doubt is not None:
                return doubt
            if tensors_in(list(args.values())):
                return call.unknown("a tensor that leaves torch is not followed")
            try:
                return run(call, **args)
            except (ArithmeticError, ValueError, TypeError, LookupError):
                return call.unknown(f"{call.name}() of these values is not supported")

        for name in names:
            function(f"{under}.{name}", signature=signature)(guarded)
            if method:
                NDARRAY.members[name] = NativeFunction(f"ndarray.{name}", guarded, parsed)
        return run

    return register


def only(more: dict[str, Value]) -> None:
    """Raise TypeError if there is an argument that is not described."""
    if any(value is not None and value is not False for value in more.values()):
        raise TypeError("an argument that is not described")


# -- position by position ------------------------------------------------------------------------------------------


def each(function: Callable[..., Any], given: Sequence[Numbers], dtype: str) -> Value:
    """The function of each place of operands that are broadcast."""
    rows, shape = met(given)
    return made(_each(function, rows, len(shape)), dtype)


def _each(function: Callable[..., Any], rows: Sequence[Any], rank: int) -> Any:
    if not rank:
        return function(*rows)
    return [_each(function, row, rank - 1) for row in zip(*rows, strict=True)]


def _rint(number: Any) -> Any:
    return round(number) if isinstance(number, int) else float(round(number))


def _sign(number: Any) -> Any:
    return (number > 0) - (number < 0)


KEEPING: dict[str, Callable[[Any], Any]] = {
    "abs": abs,
    "absolute": abs,
    "negative": lambda number: -number,
    "square": lambda number: number * number,
    "sign": _sign,
    "ceil": math.ceil,
    "floor": math.floor,
    "trunc": math.trunc,
    "fix": math.trunc,
}
"""Functions whose results have the dtype of their argument."""
FLOATING = "sqrt exp expm1 log log1p log2 log10 deg2rad rad2deg fabs rint".split()
"""Functions that make floating numbers."""
OTHERWISE = {"deg2rad": math.radians, "rad2deg": math.degrees, "rint": _rint}
"""Those that Python's `math` does not have under this name."""


def _unary(name: str, run: Callable[[Any], Any], floating: bool) -> None:
    @numpy_function(name, signature="x, out=None, **more")
    def calculated(call: Call, x: Value, out: Value, more: dict[str, Value]) -> Value:
        only({"out": out, **more})
        given = numbers(x)
        if given.dtype == "bool":
            raise TypeError("truth values")
        if floating and given.dtype == "float32" and name not in ("sqrt", "fabs", "rint"):
            raise TypeError("numbers of float32")
        return each(run, [given], "float64" if floating and "float" not in given.dtype else given.dtype)


for _name, _run in KEEPING.items():
    _unary(_name, _run, False)
for _name in FLOATING:
    _unary(_name, OTHERWISE.get(_name) or getattr(math, _name), True)


def _power(base: Any, exponent: Any) -> Any:
    """Integers stay integers; without the complex numbers that Python makes of roots of negative ones."""
    if isinstance(base, int) and isinstance(exponent, int) and not 0 <= base.bit_length() * exponent <= 64:
        raise OverflowError("a power that is no integer of 64 bits")
    power = base**exponent
    if isinstance(power, complex):
        raise ValueError("a root of a negative number")
    return power


BINARY: dict[str, tuple[Callable[[Any, Any], Any], str]] = {
    "add": (lambda a, b: a + b, "add"),
    "subtract": (lambda a, b: a - b, "sub"),
    "multiply": (lambda a, b: a * b, "mul"),
    "divide": (lambda a, b: a / b, "truediv"),
    "true_divide": (lambda a, b: a / b, ""),
    "floor_divide": (lambda a, b: a // b, "floordiv"),
    "mod": (lambda a, b: a % b, "mod"),
    "remainder": (lambda a, b: a % b, ""),
    "power": (_power, "pow"),
    "maximum": (max, ""),
    "minimum": (min, ""),
    "less": (lambda a, b: a < b, "lt"),
    "less_equal": (lambda a, b: a <= b, "le"),
    "greater": (lambda a, b: a > b, "gt"),
    "greater_equal": (lambda a, b: a >= b, "ge"),
    "equal": (lambda a, b: a == b, "eq"),
    "not_equal": (lambda a, b: a != b, "ne"),
}
"""Functions of two operands, and the operators that mean the same."""
QUESTIONS = ("less", "less_equal", "greater", "greater_equal", "equal", "not_equal")


def combined(name: str, a: Value, b: Value) -> Value:
    """What a function of two operands makes.  Raises where that is not known."""
    given = [numbers(a), numbers(b)]
    dtype = promoted(given)
    if name in QUESTIONS:
        return each(BINARY[name][0], given, "bool")
    if dtype == "bool" or (name == "power" and dtype == "float32"):
        raise TypeError("numbers of this dtype")
    if "divide" in name and name != "floor_divide" and "int" in dtype:
        dtype = "float64"
    if "float" in dtype:
        given = [Numbers(held(one.values, dtype), dtype) for one in given]
    return each(BINARY[name][0], given, dtype)


def _binary(name: str, operator: str) -> None:
    @numpy_function(name, signature="x1, x2, out=None, **more")
    def run(call: Call, x1: Value, x2: Value, out: Value, more: dict[str, Value]) -> Value:
        only({"out": out, **more})
        return combined(name, x1, x2)

    described = LIBRARY.find(f"numpy.{name}").run
    if operator:
        NDARRAY.members[f"__{operator}__"] = NativeFunction(f"numpy.{name}", _operator(described, False))
        NDARRAY.members[f"__r{operator}__"] = NativeFunction(f"numpy.{name}", _operator(described, True))


def _operator(described: Run, swapped: bool) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        a, b = call.args.positional[:2]
        x1, x2 = (b, a) if swapped else (a, b)
        result: Value = described(call, x1=x1, x2=x2, out=None, more={})
        return result

    return run


for _name, (_, _sign_of) in BINARY.items():
    _binary(_name, _sign_of)


@numpy_function("round", "around", "round_", signature="a, decimals=0, out=None", method=True)
def rounded(call: Call, a: Value, decimals: int, out: Value) -> Value:
    """`round(a, decimals)`: halves go to the even neighbour; decimals by way of a power of ten, as numpy does it."""
    only({"out": out})
    given = numbers(a)
    if decimals == 0 or "int" in given.dtype:
        if decimals < 0:
            raise ValueError("integers rounded to tens")
        return each(_rint, [given], given.dtype)
    if given.dtype != "float64":
        raise ValueError("decimals that are not supported")
    return each(lambda number: decimal(number, decimals), [given], given.dtype)


@numpy_function("clip", signature="a, a_min=None, a_max=None, out=None, min=None, max=None")
def clip(call: Call, a: Value, a_min: Value, a_max: Value, out: Value, **ends: Value) -> Value:
    """`clip(a, least, most)`."""
    only({"out": out})
    for name, end in (("maximum", ends["min"] if a_min is None else a_min), ("minimum", a_max)):
        a = a if end is None else combined(name, a, end)
    return a if ends["max"] is None else combined("minimum", a, ends["max"])
