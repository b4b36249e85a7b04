"""What numpy's arrays and numbers can be asked: their numbers, parts, shapes, and to change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rflint.interp.frames import Call
from rflint.interp.hosts import METHODS, is_concrete_slice
from rflint.interp.values import Instance, Iteration, NativeFunction, Property, Value, find_unknown
from rflint.library.numpy.arrays import (
    COUNTED,
    NDARRAY,
    SCALARS,
    change,
    dtype_given,
    held,
    made,
    new,
    numbers,
    regrouped,
    view,
)
from rflint.library.numpy.calculations import BINARY, combined
from rflint.library.registry import member
from rflint.library.torch.literals import flat
from rflint.library.torch.tensor import spread

Run = Callable[..., Value]
UNDESCRIBED = (
    "argpartition base choose compress conj conjugate ctypes data device diagonal dot dump dumps flags flat getfield "
    "imag itemsize mT nbytes nonzero real searchsorted squeeze std strides swapaxes take to_device tobytes tofile "
    "trace transpose var view __contains__ __matmul__ __rmatmul__"
)
"""Members of which it is not said what they are."""


def if_known(run: Run) -> Run:
    """The method that is unknown where `run` raises, or where an argument is unknown."""

    def guarded(call: Call, **args: Value) -> Value:
        given = [*call.args.positional, *call.args.keywords.values()]
        doubt = find_unknown(given)
        if doubt is not None:
            return doubt
        try:
            return run(call, **args)
        except (ArithmeticError, ValueError, TypeError, LookupError):
            return call.unknown(f"{call.name} of such an array is not supported")

    return guarded


@if_known
def _undescribed(call: Call) -> Value:
    raise TypeError


for _name in UNDESCRIBED.split():
    _method = NativeFunction(f"ndarray.{_name}", _undescribed)
    NDARRAY.members[_name] = _method if _name.startswith("__") else Property(_method)


# -- numbers -------------------------------------------------------------------------------------------------------


@member(NDARRAY, "tolist", signature="")
@if_known
def tolist(call: Call, self: Instance) -> Value:
    """`tolist()`: nested lists of Python's numbers."""
    return _copied(numbers(self).values)


def _copied(values: Any) -> Any:
    return [_copied(item) for item in values] if isinstance(values, list) else values


@member(NDARRAY, "item", "__int__", "__float__", "__index__", "__bool__", signature="")
@if_known
def item(call: Call, self: Instance) -> Value:
    """The one number of an array."""
    (number,) = flat(numbers(self).values)
    convert: Run = {"__int__": int, "__float__": float, "__bool__": bool}.get(call.name.rsplit(".", 1)[-1], _copied)
    return convert(number)


@member(NDARRAY, "astype", signature="dtype, copy=True")
@if_known
def astype(call: Call, self: Instance, dtype: Value, copy: Value) -> Value:
    """`astype(dtype)`."""
    kind = dtype_given(dtype, "")
    return new(held(numbers(self).values, kind), kind)


@member(NDARRAY, "copy", "__pos__", "__copy__", "__deepcopy__")
@if_known
def copy(call: Call) -> Value:
    """`copy()`: the same numbers in an array of their own."""
    given = numbers(call.args.positional[0])
    return new(_copied(given.values), given.dtype)


@member(NDARRAY, "clip", signature="min=None, max=None")
@if_known
def clip(call: Call, self: Instance, min: Value, max: Value) -> Value:
    """`clip(least, most)`."""
    lifted: Value = self if min is None else combined("maximum", self, min)
    return lifted if max is None else combined("minimum", lifted, max)


@member(NDARRAY, "__neg__", signature="")
@if_known
def negative(call: Call, self: Instance) -> Value:
    """`-a`."""
    return combined("multiply", self, -1)


# -- shapes --------------------------------------------------------------------------------------------------------


def _property(name: str) -> Callable[[Run], Run]:
    def register(run: Run) -> Run:
        NDARRAY.members[name] = Property(NativeFunction(f"ndarray.{name}", if_known(run)))
        return run

    return register


@_property("shape")
def shape(call: Call) -> Value:
    """`a.shape`."""
    return numbers(call.args.positional[0]).shape


@_property("ndim")
def rank(call: Call) -> Value:
    """`a.ndim`."""
    return len(numbers(call.args.positional[0]).shape)


@_property("size")
def size(call: Call) -> Value:
    """`a.size`: how many numbers there are."""
    return len(flat(numbers(call.args.positional[0]).values))


@_property("dtype")
def dtype(call: Call) -> Value:
    """`a.dtype`, as the number type."""
    kind = numbers(call.args.positional[0]).dtype
    return SCALARS["bool_" if kind == "bool" else kind]


@_property("T")
def turned(call: Call) -> Value:
    """`a.T` of an array with one axis or two."""
    self = call.args.positional[0]
    given = numbers(self)
    if len(given.shape) > 2:
        raise ValueError("many axes")
    values = [list(row) for row in zip(*given.values, strict=True)] if len(given.shape) == 2 else given.values
    return view(call, self, values)


@member(NDARRAY, "reshape", "flatten", "ravel")
@if_known
def reshape(call: Call) -> Value:
    """`reshape(*sizes)`, `flatten()`, `ravel()`."""
    self, *given = call.args.positional
    sizes = spread(tuple(given), call.args.keywords) if call.name.endswith("reshape") else (-1,)
    held = numbers(self)
    values = regrouped(held.values, flat(numbers(sizes).values))
    return new(values, held.dtype) if call.name.endswith("flatten") else view(call, self, values)


# -- parts ---------------------------------------------------------------------------------------------------------


@member(NDARRAY, "__len__", signature="")
@if_known
def length(call: Call, self: Instance) -> Value:
    """`len(a)`."""
    return numbers(self).shape[0]


@member(NDARRAY, "__iter__", signature="")
@if_known
def iterate(call: Call, self: Instance) -> Value:
    """`for row in a`."""
    return Iteration([_part(call, self, row) for row in numbers(self).values])


@member(NDARRAY, "__getitem__", signature="key")
@if_known
def get_item(call: Call, self: Instance, key: Value) -> Value:
    """`a[i]`, `a[i, j]`, `a[i:j]`, `a[:, None]`, `a[mask]`."""
    values = numbers(self).values
    if isinstance(key, Instance):
        return _chosen(self, values, numbers(key).values)
    if isinstance(key, tuple) and key and key[-1] is None and all(part == slice(None) for part in key[:-1]):
        return view(call, self, _with_axis(values, len(key) - 1))
    for part in key if isinstance(key, tuple) else (key,):
        if not isinstance(part, int) and not (isinstance(part, slice) and is_concrete_slice(part) and part is key):
            raise TypeError("an index that is not described")
        values = values[part]
    return _part(call, self, values)


def _part(call: Call, self: Instance, values: Any) -> Value:
    return view(call, self, values) if isinstance(values, list) else made(values, numbers(self).dtype)


def _with_axis(values: Any, depth: int) -> Any:
    return [_with_axis(row, depth - 1) for row in values] if depth else [values]


def _chosen(self: Instance, values: list[Any], key: list[Any]) -> Value:
    """The rows at these positions, or those where a mask of as many is true."""
    if all(isinstance(one, bool) for one in key):
        rows = [row for row, wanted in zip(values, key, strict=True) if wanted]
    else:
        rows = [values[at] for at in key]
    return new(_copied(rows), numbers(self).dtype)


# -- changes -------------------------------------------------------------------------------------------------------


@member(NDARRAY, "__setitem__", signature="key, value")
def set_item(call: Call, self: Instance, key: Value, value: Value) -> Value:
    """`a[i] = number`; the numbers are not known after other changes."""
    try:
        given = numbers(self)
        values = list(given.values)
        if not isinstance(key, int) or len(given.shape) != 1:
            raise TypeError("a change that is not described")
        values[key] = held(numbers(value).values + 0, given.dtype)
    except (ArithmeticError, ValueError, TypeError, LookupError):
        values = None
    change(call, self, values)
    return None


CHANGING = "sort fill resize itemset put partition byteswap setfield setflags"
CHANGING_OPERATORS = "__iand__ __ior__ __ixor__ __ilshift__ __irshift__ __imatmul__"


@member(NDARRAY, *CHANGING.split(), *CHANGING_OPERATORS.split())
def changed(call: Call) -> Value:
    """Changes that are not followed."""
    self = call.args.positional[0]
    change(call, self, None)
    return self if "__i" in call.name else None


def _in_place(name: str, operator: str) -> None:
    def run(call: Call) -> Value:
        self, other = call.args.positional[:2]
        try:
            result = numbers(combined(name, self, other))
            before = numbers(self)
            same = (result.shape, result.dtype) == (before.shape, before.dtype)
            change(call, self, result.values if same else None)
        except (ArithmeticError, ValueError, TypeError, LookupError):
            change(call, self, None)
        return self

    NDARRAY.members[f"__i{operator}__"] = NativeFunction(f"ndarray.__i{operator}__", run)


for _name, (_, _sign) in BINARY.items():
    if _sign not in ("", "lt", "le", "gt", "ge", "eq", "ne"):
        _in_place(_name, _sign)


# -- single numbers ------------------------------------------------------------------------------------------------


def _number(call: Call) -> Value:
    """`item()`, `tolist()`: the Python number."""
    number = call.args.positional[0]
    return float(number) if isinstance(number, float) else int(number)


@if_known
def _number_as(call: Call) -> Value:
    """`astype(dtype)` of a number."""
    return made(call.args.positional[0], dtype_given(call.args.positional[1], ""))


for _name in COUNTED:
    for _method_name, _run in (("item", _number), ("tolist", _number), ("astype", _number_as)):
        METHODS[SCALARS[_name], _method_name] = NativeFunction(f"{_name}.{_method_name}", _run)
