"""Making, joining and reordering numpy's arrays: array, linspace, concatenate, unique, …"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rflint.interp.constructors import MADE
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Unknown, Value
from rflint.library.numpy.arrays import (
    SCALARS,
    dtype_given,
    held,
    made,
    new,
    numbers,
    promoted,
    regrouped,
    stretch,
)
from rflint.library.numpy.calculations import numpy_function, only
from rflint.library.registry import function
from rflint.library.torch.literals import MOST, flat, literal

KINDS = {"float64": "float64", "float32": "float", "int64": "int64", "int32": "int32", "bool": "bool"}
"""numpy's dtypes, and torch's as tensors name them."""


@numpy_function("array", "asarray", "ascontiguousarray", signature="object, dtype=None, copy=None, **more")
def array(call: Call, object: Value, dtype: Value, copy: Value, more: dict[str, Value]) -> Value:
    """`array(data)`; an array stays the one it is for `asarray`."""
    only(more)
    if isinstance(object, Instance) and dtype is None and not call.name.endswith(".array"):
        return object
    given = numbers(object)
    kind = dtype_given(dtype, given.dtype)
    return new(held(given.values, kind), kind)


@numpy_function("atleast_1d", signature="a")
def at_least_one_axis(call: Call, a: Value) -> Value:
    """`atleast_1d(a)`: a number becomes an array with one."""
    given = numbers(a)
    return new(given.values if given.shape else [given.values], given.dtype)


@numpy_function("arange", signature="start, stop=None, step=1, dtype=None")
def arange(call: Call, start: Value, stop: Value, step: Value, dtype: Value) -> Value:
    """`arange([start,] stop[, step])`: the second number is start + step, the others follow at that distance."""
    if stop is None:
        start, stop = 0, start
    given = [numbers(one) for one in (start, stop, step)]
    count = max(0, math.ceil((stop - start) / step))
    if count > MOST or any(one.shape for one in given):
        raise ValueError("a long range")
    delta = (start + step) - start
    values = [start + step if at == 1 else start + at * delta for at in range(count)]
    kind = promoted(given)
    return new(held(held(values, kind), dtype_given(dtype, kind)), dtype_given(dtype, kind))


SPACE = "start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0"


@numpy_function("linspace", signature=SPACE)
def linspace(
    call: Call, start: Value, stop: Value, num: Value, endpoint: Value, retstep: Value, dtype: Value, axis: Value
) -> Value:
    """`linspace(start, stop, num)`: the last number is `stop` itself."""
    only({"retstep": retstep, "axis": axis or None})
    kind = dtype_given(dtype, "float64")
    values = spaced(float(held(numbers(start).values, "float64")), float(stop), num, bool(endpoint))
    return new(held([math.floor(value) for value in values] if "int" in kind else values, kind), kind)


def spaced(start: float, stop: float, num: int, endpoint: bool) -> list[float]:
    """The numbers of `linspace`.  Raises ValueError for too many."""
    if not 0 <= num <= MOST:
        raise ValueError("a long list")
    parts = num - 1 if endpoint else num
    step = (stop - start) / parts if parts > 0 else stop - start
    values = [start + at * step if step else start for at in range(num)]
    return [*values[:-1], stop] if endpoint and num > 1 else values


@numpy_function("logspace", signature="start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0")
def logspace(
    call: Call, start: Value, stop: Value, num: Value, endpoint: Value, base: Value, dtype: Value, axis: Value
) -> Value:
    """`logspace(start, stop, num)`: powers of the base."""
    only({"axis": axis or None})
    kind = dtype_given(dtype, "float64")
    exponents = spaced(float(start), float(stop), num, bool(endpoint))
    return new(held([float(base) ** exponent for exponent in exponents], kind), kind)


def _sizes(shape: Value) -> list[int]:
    sizes = flat(numbers(shape).values)
    if not all(isinstance(size, int) and size >= 0 for size in sizes) or math.prod(sizes) > MOST:
        raise ValueError("a large array")
    return sizes


@numpy_function("zeros", "ones", signature="shape, dtype=None, order=None")
def filled(call: Call, shape: Value, dtype: Value, order: Value) -> Value:
    """`zeros(shape)`, `ones(shape)`."""
    kind = dtype_given(dtype, "float64")
    return new(held(stretch(int(call.name.endswith("ones")), (), _sizes(shape)), kind), kind)


@numpy_function("full", signature="shape, fill_value, dtype=None, order=None")
def full(call: Call, shape: Value, fill_value: Value, dtype: Value, order: Value) -> Value:
    """`full(shape, value)`."""
    given = numbers(fill_value)
    kind = dtype_given(dtype, given.dtype)
    return new(held(stretch(given.values, given.shape, _sizes(shape)), kind), kind)


@numpy_function("zeros_like", "ones_like", signature="a, dtype=None")
def alike(call: Call, a: Value, dtype: Value) -> Value:
    """`zeros_like(a)`, `ones_like(a)`."""
    given = numbers(a)
    kind = dtype_given(dtype, given.dtype)
    return new(held(stretch(int(call.name.endswith("ones_like")), (), given.shape), kind), kind)


# -- from arrays ---------------------------------------------------------------------------------------------------


def _row(value: Value) -> tuple[list[Any], str]:
    """The numbers of an array of one axis, and its dtype.  Raises ValueError for another one."""
    given = numbers(value)
    if len(given.shape) != 1:
        raise ValueError("an array with other than one axis")
    return list(given.values), given.dtype


@numpy_function("concatenate", "hstack", signature="arrays, axis=0")
def concatenate(call: Call, arrays: Value, axis: Value) -> Value:
    """`concatenate((a, b))` of arrays with one axis."""
    return _joined(arrays, axis)


@numpy_function("stack", "vstack", signature="arrays, axis=0")
def stack(call: Call, arrays: Value, axis: Value) -> Value:
    """`stack([a, b])` along a new first axis; `vstack` of arrays with one axis."""
    rows = numbers(list(arrays))
    if axis != 0 or (call.name.endswith("vstack") and len(rows.shape) != 2):
        raise ValueError("another axis than the first")
    return new(rows.values, rows.dtype)


@numpy_function("append", signature="arr, values, axis=None")
def append(call: Call, arr: Value, values: Value, axis: Value) -> Value:
    """`append(a, values)` of arrays with one axis."""
    return _joined([arr, values if numbers(values).shape else [values]], axis or 0)


def _joined(arrays: Sequence[Value], axis: Value) -> Value:
    if axis != 0:
        raise ValueError("another axis than the first")
    given = [numbers(one) for one in arrays]
    if any(len(one.shape) != 1 for one in given) or sum(len(one.values) for one in given) > MOST:
        raise ValueError("arrays with other than one axis, or long ones")
    kind = promoted(given)
    return new(held([number for one in given for number in one.values], kind), kind)


@numpy_function("outer", signature="a, b")
def outer(call: Call, a: Value, b: Value) -> Value:
    """`outer(a, b)`: each number of one array times each of the other."""
    given = [numbers(a), numbers(b)]
    rows, columns = (flat(one.values) for one in given)
    if len(rows) * len(columns) > MOST:
        raise ValueError("a long array")
    kind = promoted(given)
    return new(held([[row * column for column in columns] for row in rows], kind), kind)


@numpy_function("unique", "sort", signature="a, **more")
def ordered(call: Call, a: Value, more: dict[str, Value]) -> Value:
    """`unique(a)`, `sort(a)`: in rising order."""
    only(more)
    values, kind = _row(a)
    return new(sorted(set(values) if call.name.endswith("unique") else values), kind)


@numpy_function("argsort", signature="a", method=True)
def order(call: Call, a: Value) -> Value:
    """`argsort(a)`, if no two numbers are equal."""
    values, _ = _row(a)
    if len(set(values)) < len(values):
        raise ValueError("equal numbers")
    return new(sorted(range(len(values)), key=lambda at: values[at]), "int64")


@numpy_function("diff", signature="a")
def difference(call: Call, a: Value) -> Value:
    """`diff(a)`: each number less the one before."""
    values, kind = _row(a)
    return new(held([after - before for before, after in pairwise(values)], kind), kind)


@numpy_function("flip", signature="m")
def flip(call: Call, m: Value) -> Value:
    """`flip(a)` of an array with one axis."""
    values, kind = _row(m)
    return new(values[::-1], kind)


@numpy_function("repeat", signature="a, repeats", method=True)
def repeated(call: Call, a: Value, repeats: Value) -> Value:
    """`repeat(a, n)`: each number n times."""
    values, kind = _row(a)
    if not isinstance(repeats, int) or len(values) * repeats > MOST:
        raise ValueError("a long array")
    return new([number for number in values for _ in range(repeats)], kind)


@numpy_function("tile", signature="A, reps")
def tiled(call: Call, A: Value, reps: Value) -> Value:  # noqa: N803
    """`tile(a, n)`: all of it n times."""
    values, kind = _row(A)
    if not isinstance(reps, int) or len(values) * reps > MOST:
        raise ValueError("a long array")
    return new(values * reps, kind)


@numpy_function("reshape", signature="a, shape")
def reshape(call: Call, a: Value, shape: Value) -> Value:
    """`reshape(a, shape)`."""
    given = numbers(a)
    return new(regrouped(given.values, flat(numbers(shape).values)), given.dtype)


@function("torch.from_numpy", signature="ndarray")
def from_numpy(call: Call, ndarray: Value) -> Value:
    """`torch.from_numpy(a)`: a constant."""
    try:
        given = numbers(ndarray)
    except (TypeError, ValueError):
        return call.unknown("an array that is not known")
    return literal(given.values, KINDS[given.dtype])


# -- number types and chance ---------------------------------------------------------------------------------------


def _convert(call: Call) -> Value:
    """`np.int64(value)`: a number, or an array, as that type."""
    given = (call.args.positional or [0])[0]
    if isinstance(given, Unknown):
        return given
    try:
        return made(numbers(given).values, dtype_given(call.name, ""))
    except (ArithmeticError, TypeError, ValueError):
        return call.unknown(f"{call.name}() of this value is not supported")


MADE.update(dict.fromkeys(SCALARS.values(), _convert))


@function(
    *(f"numpy.random.{name}" for name in "rand randn random uniform normal randint choice permutation shuffle".split()),
    "numpy.random.default_rng",
    "numpy.random.RandomState",
)
def chance(call: Call) -> Value:
    """Random numbers."""
    return call.unknown("random numbers")


function("numpy.random.seed")(lambda call: None)
