"""Values of Python's own types: their methods, indexing, text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rflint.dims import Dim
from rflint.interp import attributes, budget
from rflint.interp.frames import Call, Frame
from rflint.interp.values import (
    BoundMethod,
    Instance,
    NativeFunction,
    Raised,
    Rest,
    Unknown,
    Value,
    is_concrete,
)

PURE: dict[type, frozenset[str]] = {
    str: frozenset(
        (
            "capitalize casefold center count encode endswith expandtabs find format index isalnum isalpha "
            "isdecimal isdigit isidentifier islower isnumeric isspace istitle isupper ljust lower lstrip "
            "partition removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split "
            "splitlines startswith strip swapcase title translate upper zfill"
        ).split()
    ),
    int: frozenset(["bit_length", "bit_count", "conjugate", "as_integer_ratio"]),
    float: frozenset(["is_integer", "as_integer_ratio", "conjugate", "hex"]),
    bytes: frozenset(["decode", "hex", "startswith", "endswith"]),
    range: frozenset(["index", "count"]),
}
FIELDS: dict[type, frozenset[str]] = {
    int: frozenset(["real", "imag", "numerator", "denominator"]),
    float: frozenset(["real", "imag"]),
    range: frozenset(["start", "stop", "step"]),
    slice: frozenset(["start", "stop", "step"]),
}
METHODS: dict[tuple[type, str], NativeFunction] = {}
Run = Callable[[Call], Value]


def method(kind: type, *names: str) -> Callable[[Run], Run]:
    """Register a method of a host type; the receiver is the first argument."""

    def register(run: Run) -> Run:
        METHODS.update({(kind, name): NativeFunction(name, run) for name in names})
        return run

    return register


def attribute(value: Value, name: str) -> Value:
    """An attribute of a host value, or ABSENT."""
    if isinstance(value, type):
        return _of_type(value, name)
    kind = dict if isinstance(value, dict) else type(value)
    if (kind, name) in METHODS:
        return BoundMethod(METHODS[kind, name], value)
    kind = int if kind is bool else kind
    if name in PURE.get(kind, ()):
        return BoundMethod(NativeFunction(name, _pure), value)
    if name in FIELDS.get(kind, ()):
        return getattr(value, name)
    if name == "__class__":
        return type(value)
    if name == "__len__" and isinstance(value, (list, tuple, dict, set, str)):
        return NativeFunction(name, lambda call: len(value))
    return attributes.ABSENT


def _of_type(value: type, name: str) -> Value:
    """`str.join`, `dict.fromkeys`, `int.__name__`."""
    if name in ("__name__", "__qualname__"):
        return value.__name__
    if value is dict and name == "fromkeys":
        return NativeFunction(name, _from_keys)
    if (value, name) in METHODS:
        return METHODS[value, name]
    return NativeFunction(name, _pure) if name in PURE.get(value, ()) else attributes.ABSENT


def _from_keys(call: Call) -> Value:
    items = call.interp.elements(call.args.positional[0], call.frame, call.node)
    value = call.args.positional[1] if len(call.args.positional) > 1 else None
    return items if isinstance(items, Unknown) else dict.fromkeys(items, value)


def _pure(call: Call) -> Value:
    """A method that changes nothing, on host values only."""
    receiver, *args = call.args.positional
    values = [receiver, *args, *call.args.keywords.values()]
    unknown = next((value for value in values if isinstance(value, Unknown)), call.args.open)
    if unknown is not None:
        return unknown
    if call.name == "format" and not all(is_concrete(v) for v in values):
        return _format(call, receiver, args)
    if not all(is_concrete(value) for value in values):
        return call.unknown(f"{call.name}() of values that are not known")
    if any(isinstance(v, int) and abs(v) > budget.TEXT for v in args):
        return call.unknown("a text longer than the budget")
    try:
        return getattr(receiver, call.name)(*args, **call.args.keywords)
    except (ValueError, TypeError, LookupError) as problem:
        raise Raised(type(problem), str(problem), call.place) from None


def _format(call: Call, receiver: str, args: list[Value]) -> Value:
    texts = [plain_text(value) for value in args]
    named = {key: plain_text(value) for key, value in call.args.keywords.items()}
    if None in texts or None in named.values():
        return call.unknown("a text with an unknown part")
    try:
        return receiver.format(*texts, **named)
    except (ValueError, LookupError):
        return call.unknown("a text with an unknown part")


def plain_text(value: Value) -> str | None:
    """`str(value)`, where it is known."""
    if is_concrete(value) or isinstance(value, Dim):
        return str(value)
    if isinstance(value, type):
        return str(value)
    if isinstance(value, Instance) and "args" in value.attrs:
        return "; ".join(str(arg) for arg in value.attrs["args"])
    return None


@method(str, "join")
def join(call: Call) -> Value:
    """`separator.join(texts)`."""
    receiver, values = call.args.positional[:2]
    items = call.interp.elements(values, call.frame, call.node)
    if isinstance(items, Unknown):
        return items
    unknown = next((item for item in items if isinstance(item, Unknown)), None)
    if unknown is not None:
        return Unknown(unknown.reason, unknown.place)
    if not all(isinstance(item, str) for item in items):
        raise Raised(TypeError, "join() of something that is no string", call.place)
    return receiver.join(items)


# -- indexing ------------------------------------------------------------------------------------------------


def item(value: Value, key: Value, frame: Frame, node: Any) -> Value:
    """`value[key]`."""
    if isinstance(key, Unknown):
        return key
    if isinstance(value, dict):
        return _entry(value, key, frame, node)
    if isinstance(value, (list, tuple)):
        rest = next((i for i, element in enumerate(value) if isinstance(element, Rest)), None)
        if rest is not None and not (isinstance(key, int) and 0 <= key < rest):
            return Unknown(value[rest].reason, value[rest].place)
    if isinstance(value, (list, tuple, str, bytes, range)):
        return _host_item(value, key, frame, node)
    return frame.unknown(f"indexing {attributes.describe(value)} is not supported", node)


def _host_item(value: Any, key: Value, frame: Frame, node: Any) -> Value:
    if isinstance(key, Dim) or (isinstance(key, slice) and not is_concrete_slice(key)):
        return frame.unknown("an index that is not known", node)
    if isinstance(key, Instance) and isinstance(key.native, int):
        key = key.native
    try:
        return value[key]
    except (IndexError, TypeError, ValueError) as problem:
        raise Raised(type(problem), str(problem), frame.place(node)) from None


def is_concrete_slice(key: slice) -> bool:
    """Are the ends of a slice known?"""
    return all(part is None or isinstance(part, int) for part in (key.start, key.stop, key.step))


def _entry(value: dict[Value, Value], key: Value, frame: Frame, node: Any) -> Value:
    try:
        if key in value:
            return value[key]
    except TypeError as problem:
        raise Raised(TypeError, str(problem), frame.place(node)) from None
    doubt = next((k for k in value if isinstance(k, Unknown)), None)
    if doubt is not None:
        return doubt
    if isinstance(value, DefaultDict):
        frame.interp.state.touch(value)
        value[key] = frame.interp.call(value.factory, [], frame, node)
        return value[key]
    raise Raised(KeyError, repr(key) if is_concrete(key) else attributes.describe(key), frame.place(node))


class DefaultDict(dict[Value, Value]):
    """`collections.defaultdict`."""

    factory: Value = None


def set_item(value: Value, key: Value, new: Value, frame: Frame, node: Any) -> None:
    """`value[key] = new`."""
    if isinstance(value, dict):
        frame.interp.state.touch(value)
        try:
            value[key] = new
        except TypeError as problem:
            raise Raised(TypeError, str(problem), frame.place(node)) from None
    elif isinstance(value, list):
        frame.interp.state.touch(value)
        _set_in_list(value, key, new, frame, node)


def _set_in_list(value: list[Value], key: Value, new: Value, frame: Frame, node: Any) -> None:
    if isinstance(key, int) and not any(isinstance(element, Rest) for element in value):
        try:
            value[key] = new
        except IndexError as problem:
            raise Raised(IndexError, str(problem), frame.place(node)) from None
        return
    items = frame.interp.elements(new, frame, node) if isinstance(key, slice) else new
    if isinstance(key, slice) and is_concrete_slice(key) and isinstance(items, list):
        value[key] = items
        return
    value[:] = [Rest("a list changed at an unknown index", frame.place(node))]


def delete_item(value: Value, key: Value, frame: Frame, node: Any) -> None:
    """`del value[key]`."""
    if isinstance(value, (list, dict)):
        frame.interp.state.touch(value)
        if isinstance(key, Unknown) or (isinstance(key, slice) and not is_concrete_slice(key)):
            return
        try:
            del value[key]
        except (LookupError, TypeError) as problem:
            raise Raised(type(problem), str(problem), frame.place(node)) from None
