"""numpy's arrays and numbers, where they are known.

A number of an array is a Python number of one of `SCALARS`, so that it can be a size or a rate.  An array is an
instance whose attributes hold nested lists, as `tolist()` gives them, and a dtype.
"""

from __future__ import annotations

import math
from array import array as packed
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rflint.dims import Dim
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Value, find_unknown
from rflint.library.registry import LIBRARY, native_class
from rflint.library.torch.broadcasting import broadcast
from rflint.library.torch.literals import MOST, flat, lengths

VALUES, DTYPE, ORIGIN, VIEWED, CHANGED = "*values", "*dtype", "*origin", "*viewed", "*changed"
"""What an array keeps, under names that no program can ask for; see `view` and `change` for the last three."""
NDARRAY = native_class("numpy.ndarray", new=lambda call, cls: call.unknown("np.ndarray() is not supported"))


class Generic:
    """`np.generic`."""


class Number(Generic):
    """`np.number`."""


class Integer(Number):
    """`np.integer`."""


class Floating(Number):
    """`np.floating`."""

    def __round__(self, digits: int | None = None) -> Any:
        """By way of a power of ten, as numpy does it; without digits to an integer, as Python does it."""
        number = float(self)  # type: ignore[arg-type]
        return round(number) if digits is None else SCALARS["float64"](decimal(number, digits))


def decimal(number: float, digits: int) -> float:
    """A number rounded as numpy does it.  Raises OverflowError for large ones."""
    power = 10.0 ** abs(digits)
    return round(number * power) / power if digits >= 0 else round(number / power) * power


SCALARS: dict[str, type] = {
    **{name: type(name, (Floating, float), {}) for name in ("float64", "float32", "float16")},
    **{name: type(name, (Integer, int), {}) for name in "int64 int32 int16 int8 uint64 uint32 uint16 uint8".split()},
    "bool_": type("bool_", (Generic,), {}),
}
"""numpy's number types.  Those of `COUNTED` have instances; truth values are Python's."""
COUNTED = ("float64", "int64", "int32")
BITS = {"int64": 63, "int32": 31}
OTHER_NAMES = {float: "float64", int: "int64", bool: "bool", "float": "float64", "double": "float64", "int": "int64"}
ARITHMETIC = "add sub mul truediv floordiv mod pow radd rsub rmul rtruediv rfloordiv rmod rpow neg abs".split()


def _counts_on(kind: type, name: str) -> None:
    """Let an operator of a number type make a number of numpy again."""
    plain = getattr(kind, name)

    def run(self: Any, *other: Any) -> Any:
        result = plain(self, *other)
        if result is NotImplemented and isinstance(other[0], float):
            result = getattr(float(self), name)(*other)
        return as_scalar(result) if type(result) in (int, float) else result

    setattr(kind, name, run)


def as_scalar(number: float) -> Any:
    """A Python number as numpy's; integers of more than 64 bits stay Python's."""
    if isinstance(number, int):
        return SCALARS["int64"](number) if number.bit_length() <= BITS["int64"] else number
    return SCALARS["float64"](number)


for _name in COUNTED:
    for _operator in ARITHMETIC:
        _counts_on(SCALARS[_name], f"__{_operator}__")
for _name, _class in SCALARS.items():
    LIBRARY.define(f"numpy.{_name}", _class)
for _name, _class in (("generic", Generic), ("number", Number), ("integer", Integer), ("floating", Floating)):
    LIBRARY.define(f"numpy.{_name}", _class)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Nested lists of numbers, or one number, of a dtype; Python's own numbers are `weak`: they take on others'."""

    values: Any
    dtype: str
    weak: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """The lengths of the lists, from the outside in."""
        return lengths(self.values)


def dtype_given(value: Value, default: str) -> str:
    """The dtype that an argument names.  Raises TypeError for one that is not calculated with."""
    if value is None:
        return default
    if isinstance(value, (type, str)) and value in OTHER_NAMES:
        return OTHER_NAMES[value]
    name = value if isinstance(value, str) else value.__name__ if isinstance(value, type) else ""
    if name in ("float64", "float32", "int64", "int32", "bool", "bool_"):
        return name.strip("_")
    raise TypeError("a dtype that is not calculated with")


# -- from and to values of the interpreter -------------------------------------------------------------------------


def numbers(value: Value) -> Numbers:
    """What an argument holds.  Raises TypeError if it is not known, ValueError for long or unequal lists."""
    if isinstance(value, (list, tuple, range)):
        if is_long(value):
            raise ValueError("a long list")
        return _of_list([numbers(item) for item in value])
    if isinstance(value, Instance) and value.cls is NDARRAY:
        return _of_array(value)
    if isinstance(value, bool):
        return Numbers(value, "bool")
    if isinstance(value, (int, float, Dim)):
        name = type(value).__name__
        if name in COUNTED:
            return Numbers(value, name)
        return Numbers(value, "float64" if isinstance(value, float) else "int64", weak=True)
    raise TypeError("no numbers")


def is_long(value: Value) -> bool:
    """Are there more numbers in nested lists than are calculated with?"""
    waiting, count = [value], 0
    while waiting:
        one = waiting.pop()
        if isinstance(one, (list, tuple, range)):
            count += len(one)
            if count > 2 * MOST:
                return True
            waiting.extend(one)
    return False


def _of_array(value: Instance) -> Numbers:
    family = value.attrs[ORIGIN] or value
    if CHANGED in family.attrs or find_unknown(value.attrs[VALUES]) is not None:
        raise TypeError("an array that was changed in place")
    return Numbers(value.attrs[VALUES], value.attrs[DTYPE])


def _of_list(items: Sequence[Numbers]) -> Numbers:
    if len({item.shape for item in items}) > 1:
        raise ValueError("lists of unequal lengths")
    if len(items) * math.prod(items[0].shape if items else ()) > MOST:
        raise ValueError("a long list")
    dtype = promoted(items) if items else "float64"
    return Numbers(held([item.values for item in items], dtype), dtype)


def promoted(given: Sequence[Numbers]) -> str:
    """The dtype of what is calculated from these."""
    strong = {one.dtype for one in given if not one.weak}
    weak = {one.dtype for one in given if one.weak}
    floats = {dtype for dtype in strong if "float" in dtype}
    if floats == {"float32"} and not strong & {"int64", "int32"}:
        return "float32"
    if floats or "float64" in weak:
        return "float64"
    if strong & {"int64", "int32"}:
        return "int64" if "int64" in strong else "int32"
    return "int64" if weak else "bool"


def held(values: Any, dtype: str) -> Any:
    """The numbers as that dtype holds them.

    Raises ArithmeticError, ValueError or TypeError for those that it cannot hold, and for what is no number (nan).
    """
    if isinstance(values, list):
        return [held(item, dtype) for item in values]
    if isinstance(values, Dim):
        if dtype != "int64":
            raise TypeError("a symbolic size that is no integer")
        return values
    if values != values:
        raise ValueError("not a number")
    if dtype == "bool":
        return bool(values)
    if dtype == "float32":
        return packed("f", [values])[0]
    if dtype == "float64":
        return float(values)
    number = int(values)
    if number.bit_length() > BITS[dtype]:
        raise OverflowError(f"{dtype} cannot hold such a number")
    return number


def made(values: Any, dtype: str) -> Value:
    """What numpy returns: an array, or a number.  Raises as `held` does, and TypeError for numbers of float32."""
    values = held(values, dtype)
    if isinstance(values, list):
        return new(values, dtype)
    if isinstance(values, (bool, Dim)):
        return values
    if dtype not in COUNTED:
        raise TypeError(f"a single number of {dtype}")
    return SCALARS[dtype](values)


def new(values: Any, dtype: str) -> Instance:
    """An array of nested lists, or of one number."""
    return Instance(NDARRAY, {VALUES: values, DTYPE: dtype, ORIGIN: None})


def stretch(values: Any, shape: Sequence[int], target: Sequence[int]) -> Any:
    """Nested lists broadcast to another shape."""
    if not target:
        return values
    if len(shape) < len(target):
        return [stretch(values, shape, target[1:]) for _ in range(target[0])]
    rows = values * target[0] if shape[0] == 1 else values
    return [stretch(row, shape[1:], target[1:]) for row in rows]


def met(given: Sequence[Numbers]) -> tuple[list[Any], tuple[int, ...]]:
    """All operands broadcast to their common shape.  Raises ValueError if there is none, or a long one."""
    shape, _ = broadcast([one.shape for one in given])
    sizes = tuple(size for size in shape or () if isinstance(size, int))
    if shape is None or len(sizes) < len(shape) or math.prod(sizes) > MOST:
        raise ValueError("shapes that do not broadcast")
    return [stretch(one.values, one.shape, sizes) for one in given], sizes


def regrouped(values: Any, shape: Sequence[int]) -> Any:
    """The numbers of nested lists, in their order, in another shape; one size may be -1."""
    rest = flat(values)
    known = math.prod(size for size in shape if size != -1)
    sizes = [len(rest) // known if size == -1 else size for size in shape]
    if math.prod(sizes) != len(rest) or any(size < 0 for size in sizes):
        raise ValueError("a shape that does not fit")
    for size in sizes[:0:-1]:
        rest = [rest[at : at + size] for at in range(0, len(rest), size)]
    return rest if sizes else rest[0]


# -- arrays that share their numbers -------------------------------------------------------------------------------


def view(call: Call, base: Instance, values: Any) -> Instance:
    """An array that shares its numbers with another one."""
    shown = new(values, base.attrs[DTYPE])
    origin = base.attrs[ORIGIN] or base
    call.interp.state.touch(origin)
    origin.attrs[VIEWED] = True
    shown.attrs[ORIGIN] = origin
    return shown


def change(call: Call, changed: Instance, values: Any) -> None:
    """Give an array other numbers; None, or an array that shares them with others: none of these is known then."""
    origin = changed.attrs[ORIGIN] or changed
    call.interp.state.touch(origin)
    if values is None or VIEWED in origin.attrs:
        origin.attrs[CHANGED] = True
    else:
        origin.attrs[VALUES] = values
