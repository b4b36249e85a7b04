"""Operators, comparisons and truth on values.  What cannot be decided is unknown, never guessed."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rflint import dims
from rflint.dims import Dim
from rflint.interp import attributes, budget
from rflint.interp.numerals import kind_of
from rflint.interp.values import (
    CONTAINERS,
    BoundMethod,
    ClassValue,
    Instance,
    NativeClass,
    Raised,
    Rest,
    Tensor,
    Unknown,
    Value,
    View,
    is_class,
    is_concrete,
    is_size,
)

if TYPE_CHECKING:
    from rflint.interp.frames import Frame

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
    "@": operator.matmul,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
NAMES = {
    "+": "add",
    "-": "sub",
    "*": "mul",
    "/": "truediv",
    "//": "floordiv",
    "%": "mod",
    "**": "pow",
    "@": "matmul",
    "&": "and",
    "|": "or",
    "^": "xor",
    "<<": "lshift",
    ">>": "rshift",
    "<": "lt",
    ">": "gt",
    "<=": "le",
    ">=": "ge",
    "==": "eq",
    "!=": "ne",
}
SETS = ("|", "&", "-", "^")
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}


def binary(sign: str, a: Value, b: Value, frame: Frame, node: Any) -> Value:
    """`a sign b`."""
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return _numbers(sign, a, b, frame, node)
    for value in (a, b):
        if isinstance(value, (Tensor, Instance)):
            return _overloaded(sign, a, b, frame, node)
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    if isinstance(a, Dim) or isinstance(b, Dim):
        return _sizes(sign, a, b, frame, node)
    if sign == "|" and (is_class(a) or is_class(b)):
        return _union(a, b)
    if sign == "%" and isinstance(a, str):
        return frame.interp.builtins.percent_format(a, b, frame, node)
    if isinstance(a, CONTAINERS) or isinstance(b, CONTAINERS):
        return _containers(sign, a, b, frame, node)
    if isinstance(a, (str, bytes, complex)) or isinstance(b, (str, bytes, complex)):
        return _host(sign, a, b, frame, node)
    return frame.unknown(f"{attributes.describe(a)} {sign} {attributes.describe(b)} is not supported", node)


def _union(a: Value, b: Value) -> Value:
    """`int | None`: what `isinstance` takes for it."""
    kinds = [*(a if isinstance(a, tuple) else (a,)), *(b if isinstance(b, tuple) else (b,))]
    return tuple(type(None) if kind is None else kind for kind in kinds)


def _numbers(sign: str, a: Any, b: Any, frame: Frame, node: Any) -> Value:
    big = isinstance(a, int) and isinstance(b, int)
    if big and sign in ("**", "<<") and a.bit_length() * max(b, 1) > budget.BITS:
        return frame.unknown(f"integers of more than {budget.BITS} bits", node)
    if big and sign == "*" and a.bit_length() + b.bit_length() > budget.BITS:
        return frame.unknown(f"integers of more than {budget.BITS} bits", node)
    return _host(sign, a, b, frame, node)


def _host(sign: str, a: Any, b: Any, frame: Frame, node: Any) -> Value:
    try:
        if sign == "*" and isinstance(a, (str, bytes, int)) and isinstance(b, (str, bytes, int)):
            size = max(len(a) if isinstance(a, (str, bytes)) else 0, len(b) if isinstance(b, (str, bytes)) else 0)
            if size and size * max(a if isinstance(a, int) else 0, b if isinstance(b, int) else 0) > budget.TEXT:
                return frame.unknown(f"a text of more than {budget.TEXT:,} characters", node)
        if (
            sign == "+"
            and isinstance(a, (str, bytes))
            and isinstance(b, (str, bytes))
            and len(a) + len(b) > budget.TEXT
        ):
            return frame.unknown(f"a text of more than {budget.TEXT:,} characters", node)
        return BINARY[sign](a, b)
    except ArithmeticError as problem:
        raise Raised(type(problem), str(problem), frame.place(node)) from None
    except (TypeError, ValueError) as problem:
        raise Raised(type(problem), str(problem), frame.place(node)) from None


def _sizes(sign: str, a: Value, b: Value, frame: Frame, node: Any) -> Value:
    frame.interp.budget.step(budget.SYMBOLIC)
    a = int(a) if isinstance(a, float) and a.is_integer() else a
    b = int(b) if isinstance(b, float) and b.is_integer() else b
    if is_size(a) and is_size(b):
        if sign == "/" and isinstance(b, int) and b > 0 and dims.divides(b, a):
            return a // b
        if sign in ("+", "-", "*", "//", "%"):
            return BINARY[sign](a, b)
        if sign == "**" and isinstance(b, int) and 0 <= b <= 4:
            return a**b
    if isinstance(a, CONTAINERS) or isinstance(b, CONTAINERS):
        return frame.unknown("a list of a symbolic length", node)
    return frame.unknown(f"{a} {sign} {b} with a symbolic size: declare the input size", node)


def _containers(sign: str, a: Value, b: Value, frame: Frame, node: Any) -> Value:
    if sign == "*" and isinstance(a, (list, tuple)) and isinstance(b, int):
        if len(a) * b > budget.COLLECTION:
            return frame.unknown(f"a list of more than {budget.COLLECTION:,} elements", node)
        return a * b
    if sign == "*" and isinstance(b, (list, tuple)) and isinstance(a, int):
        return _containers(sign, b, a, frame, node)
    if sign in SETS and (isinstance(a, (set, frozenset, View)) and isinstance(b, (set, frozenset, View))):
        doubt = next((value for value in (*a, *b) if isinstance(value, Unknown)), None)
        return _host(sign, set(a), set(b), frame, node) if doubt is None else Unknown(doubt.reason, doubt.place)
    if sign == "+" and isinstance(a, (list, tuple)) and type(a) is type(b):
        if len(a) + len(b) > budget.COLLECTION:
            return frame.unknown(f"a list of more than {budget.COLLECTION:,} elements", node)
        return [*a, *b] if isinstance(a, list) else (*a, *b)
    if isinstance(a, dict) and isinstance(b, dict) and sign == "|":
        return _merged(a, b)
    raise Raised(
        TypeError,
        f"unsupported operand types for {sign}: {kind_of(a).__name__} and {kind_of(b).__name__}",
        frame.place(node),
    )


def _merged(a: dict[Value, Value], b: dict[Value, Value]) -> dict[Value, Value]:
    """`a | b`; a rest of `b` may replace anything in `a`."""
    rest = next((key for key in b if isinstance(key, Unknown)), None)
    return {**(a if rest is None else dict.fromkeys(a, Unknown(rest.reason, rest.place))), **b}


def _overloaded(sign: str, a: Value, b: Value, frame: Frame, node: Any) -> Value:
    name = NAMES[sign]
    for value, other, method in ((a, b, f"__{name}__"), (b, a, f"__r{name}__")):
        if isinstance(value, (Tensor, Instance)):
            found = attributes.look_up(value, method, frame, node)
            if found is not attributes.ABSENT:
                return frame.interp.call(found, [other], frame, node)
    if isinstance(a, Instance) and a.native is not None:
        return binary(sign, a.native, b, frame, node)
    if isinstance(b, Instance) and b.native is not None:
        return binary(sign, a, b.native, frame, node)
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    return frame.unknown(f"{attributes.describe(a)} {sign} {attributes.describe(b)} is not supported", node)


def unary(sign: str, a: Value, frame: Frame, node: Any) -> Value:
    """`sign a`, for `-`, `+`, `~` and `not`."""
    if sign == "not":
        held = truth(a, frame, node)
        return held if isinstance(held, Unknown) else not held
    if isinstance(a, (Tensor, Instance)):
        method = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[sign]
        found = attributes.look_up(a, method, frame, node)
        return (
            frame.interp.call(found, [], frame, node)
            if found is not attributes.ABSENT
            else frame.unknown(f"{sign}{attributes.describe(a)} is not supported", node)
        )
    if isinstance(a, int) or (isinstance(a, (float, complex, Dim)) and sign != "~"):
        return {"-": operator.neg, "+": lambda x: x, "~": operator.invert}[sign](a)
    return a if isinstance(a, Unknown) else frame.unknown(f"{sign}{attributes.describe(a)} is not supported", node)


def truth(value: Value, frame: Frame, node: Any) -> bool | Unknown:
    """`bool(value)`."""
    if isinstance(value, (bool, int, float, complex, str, bytes, type(None), range)):
        return bool(value)
    if isinstance(value, CONTAINERS):
        return bool(value) if not any(isinstance(item, Rest) for item in value) else _some(value)
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Dim):
        return _decided(dims.less(0, value), f"whether {value} is zero", frame, node)
    if isinstance(value, Tensor):
        return frame.unknown("a condition on the values of a tensor", node)
    if isinstance(value, Instance):
        return _instance_truth(value, frame, node)
    return True


def _some(value: Value) -> bool | Unknown:
    known = [item for item in value if not isinstance(item, Rest)]
    return True if known else next(iter(value))


def _instance_truth(value: Instance, frame: Frame, node: Any) -> bool | Unknown:
    for method in ("__bool__", "__len__"):
        found = attributes.find_in_class(value.cls, method)
        if found is not attributes.ABSENT:
            return truth(frame.interp.call(found, [value], frame, node), frame, node)
    if isinstance(value.native, (*CONTAINERS, int, float, str)):
        return truth(value.native, frame, node)
    return attributes.unknown_base(value.cls) or True


def _decided(answer: bool | None, question: str, frame: Frame, node: Any) -> bool | Unknown:
    return answer if answer is not None else frame.unknown(f"{question} depends on the input size", node)


def compare(sign: str, a: Value, b: Value, frame: Frame, node: Any) -> Value:
    """`a sign b` for comparisons, `is` and `in`."""
    if sign in ("is", "is not"):
        return _negate(_identical(a, b), sign == "is not")
    if sign in ("in", "not in"):
        return _negate(_contains(b, a, frame, node), sign == "not in")
    if sign in ("==", "!="):
        if isinstance(a, Tensor) or isinstance(b, Tensor):
            return _overloaded(sign, a, b, frame, node)
        for value, other in ((a, b), (b, a)) if sign == "!=" else ():
            if isinstance(value, Instance) and attributes.find_in_class(value.cls, "__ne__") is not attributes.ABSENT:
                return frame.interp.call(attributes.get(value, "__ne__", frame, node), [other], frame, node)
        return _negate(equal(a, b, frame, node), sign == "!=")
    return _ordered(sign, a, b, frame, node)


def _negate(value: Value, negate: bool) -> Value:
    return value if not negate or isinstance(value, Unknown) else not value


def _identical(a: Value, b: Value) -> Value:
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    if isinstance(a, BoundMethod) and isinstance(b, BoundMethod):
        return a.function is b.function and a.receiver is b.receiver
    if isinstance(a, (int, str, Dim)) and kind_of(a) is kind_of(b):
        return a == b
    return a is b


def equal(a: Value, b: Value, frame: Frame, node: Any) -> Value:
    """`a == b`: True, False or unknown."""
    if a is b and not isinstance(a, (Unknown, float)):
        return True
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    if is_size(a) and is_size(b):
        return _decided(dims.equal(a, b), f"whether {a} equals {b}", frame, node)
    for value, other in ((a, b), (b, a)):
        if isinstance(value, Instance):
            return _instances_equal(value, other, frame, node)
    if isinstance(a, BoundMethod) and isinstance(b, BoundMethod):
        return _identical(a, b)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return isinstance(a, list) == isinstance(b, list) and _all_equal(list(a), list(b), frame, node)
    if isinstance(a, dict) and isinstance(b, dict):
        doubt = next((key for key in (*a, *b) if isinstance(key, Unknown)), None)
        if doubt is not None:
            return Unknown(doubt.reason, doubt.place)
        if a.keys() != b.keys():
            return False
        return _all_equal([a[key] for key in a], [b[key] for key in a], frame, node)
    if isinstance(a, Dim) or isinstance(b, Dim):
        return False if not isinstance(a, float) and not isinstance(b, float) else frame.unknown("a comparison", node)
    if isinstance(a, (set, frozenset)) and isinstance(b, (set, frozenset)):
        doubt = next((value for value in (*a, *b) if isinstance(value, Unknown)), None)
        return bool(a == b) if doubt is None else Unknown(doubt.reason, doubt.place)
    return bool(a == b)


def _all_equal(a: list[Value], b: list[Value], frame: Frame, node: Any) -> Value:
    frame.interp.budget.step(10 + len(a))
    if any(isinstance(item, Rest) for item in (*a, *b)):
        return next(item for item in (*a, *b) if isinstance(item, Rest))
    if len(a) != len(b):
        return False
    answers = [equal(x, y, frame, node) for x, y in zip(a, b, strict=True)]
    if False in answers:
        return False
    return next((answer for answer in answers if isinstance(answer, Unknown)), True)


def _instances_equal(a: Instance, b: Value, frame: Frame, node: Any) -> Value:
    method = attributes.find_in_class(a.cls, "__eq__")
    if method is not attributes.ABSENT:
        answer = frame.interp.call(method, [a, b], frame, node)
        return answer if answer is not NotImplemented else a is b
    if a.native is not None:
        return equal(a.native, b.native if isinstance(b, Instance) else b, frame, node)
    if isinstance(a.cls, ClassValue) and "fields" in a.cls.notes and isinstance(b, Instance) and a.cls is b.cls:
        names = list(a.cls.notes["fields"])
        return _all_equal([a.attrs.get(n) for n in names], [b.attrs.get(n) for n in names], frame, node)
    if isinstance(b, Instance) and attributes.find_in_class(b.cls, "__eq__") is not attributes.ABSENT:
        return _instances_equal(b, a, frame, node)
    return attributes.unknown_base(a.cls) or False


def _ordered(sign: str, a: Value, b: Value, frame: Frame, node: Any) -> Value:
    if isinstance(a, (Tensor, Instance)) or isinstance(b, (Tensor, Instance)):
        return _rich(sign, a, b, frame, node)
    for value in (a, b):
        if isinstance(value, Unknown):
            return value
    if is_size(a) and is_size(b) and (isinstance(a, Dim) or isinstance(b, Dim)):
        answer = {
            "<": lambda: dims.less(a, b),
            ">": lambda: dims.less(b, a),
            "<=": lambda: dims.at_most(a, b),
            ">=": lambda: dims.at_most(b, a),
        }[sign]()
        return _decided(answer, f"whether {a} {sign} {b}", frame, node)
    if is_concrete(a) and is_concrete(b):
        try:
            return bool({"<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge}[sign](a, b))
        except TypeError as problem:
            raise Raised(TypeError, str(problem), frame.place(node)) from None
    return frame.unknown(f"{attributes.describe(a)} {sign} {attributes.describe(b)} is not known", node)


def _rich(sign: str, a: Value, b: Value, frame: Frame, node: Any) -> Value:
    for value, other, mark in ((a, b, sign), (b, a, MIRRORED[sign])):
        if isinstance(value, (Tensor, Instance)):
            found = attributes.look_up(value, f"__{NAMES[mark]}__", frame, node)
            if found is not attributes.ABSENT:
                return frame.interp.call(found, [other], frame, node)
    return frame.unknown(f"{attributes.describe(a)} {sign} {attributes.describe(b)} is not known", node)


def _contains(container: Value, item: Value, frame: Frame, node: Any) -> Value:
    if isinstance(container, Unknown):
        return container
    if isinstance(container, (str, bytes, range)):
        if isinstance(item, Unknown):
            return item
        if not is_concrete(item) or (isinstance(container, range) and not isinstance(item, int)):
            return frame.unknown("whether a range holds it", node)
        try:
            return item in container
        except TypeError as problem:
            raise Raised(TypeError, str(problem), frame.place(node)) from None
    if isinstance(container, Instance):
        found = attributes.find_in_class(container.cls, "__contains__")
        if found is not attributes.ABSENT:
            return frame.interp.call(found, [container, item], frame, node)
    if isinstance(container, (ClassValue, NativeClass)) and "members" in getattr(container, "notes", {}):
        return isinstance(item, Instance) and item.cls is container
    if isinstance(container, (set, frozenset)) and is_concrete(item) and _hashed(container, item):
        return True
    if isinstance(container, dict) and not isinstance(item, Unknown):
        return frame.interp.builtins.is_key(container, item, frame, node)
    elements = frame.interp.elements(container, frame, node)
    if isinstance(elements, Unknown):
        return elements
    answers = [equal(element, item, frame, node) for element in elements]
    if True in answers:
        return True
    return next((answer for answer in answers if isinstance(answer, Unknown)), False)


def _hashed(container: Any, item: Value) -> bool:
    try:
        return item in container
    except TypeError:
        return False
