"""Values of Python's own types: their methods, indexing, text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from rflint.dims import Dim
from rflint.interp import attributes, budget, displays, operators
from rflint.interp.frames import Call, Frame
from rflint.interp.numerals import kind_of
from rflint.interp.values import (
    BoundMethod,
    Instance,
    LazyImport,
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
COMPARED = 2_000
"""Keys of one dict that are compared with one that is not among them."""
METHODS: dict[tuple[type, str], NativeFunction] = {}
Run = Callable[[Call], Value]


def method(kind: type, *names: str) -> Callable[[Run], Run]:
    """Register a method of a host type; the receiver is the first argument."""

    def register(run: Run) -> Run:
        METHODS.update({(kind, name): NativeFunction(name, run) for name in names})
        return run

    return register


class Registered(dict[Value, Value]):
    """`module._modules`: what is changed in it is changed in the module."""

    owner: Instance


def _write_through(call: Call) -> Value:
    """A method of `module._modules`."""
    receiver = call.args.positional[0]
    before = dict(receiver)
    result = METHODS[dict, call.name].run(call)
    gone = [name for name in before if name not in receiver]
    for name in gone:
        attributes.drop(receiver.owner, name, call.frame, call.node)
    for name, value in receiver.items():
        if not isinstance(name, str):
            attributes.put_somewhere(receiver.owner, call.unknown("a module whose name is not known"), call.frame)
        elif before.get(name) is not value:
            attributes.put_plain(receiver.owner, name, value, call.frame, call.node)
    return result


def attribute(value: Value, name: str) -> Value:
    """An attribute of a host value, or ABSENT."""
    if isinstance(value, Registered) and (dict, name) in METHODS:
        return BoundMethod(NativeFunction(name, _write_through), value)
    if isinstance(value, type):
        return _of_type(value, name)
    kind = next((host for host in (dict, list) if isinstance(value, host)), kind_of(value))
    if (kind, name) in METHODS:
        return BoundMethod(METHODS[kind, name], value)
    kind = int if kind is bool else kind
    if name in PURE.get(kind, ()):
        return BoundMethod(NativeFunction(name, _pure), value)
    if name in FIELDS.get(kind, ()):
        return getattr(value, name)
    if name == "__class__":
        return kind_of(value)
    if name in OPERATIONS and isinstance(value, HOLDING):
        return BoundMethod(NativeFunction(name, _operation), value)
    return attributes.ABSENT


HOLDING = (list, tuple, dict, set, str, range)
OPERATIONS = ("__getitem__", "__setitem__", "__delitem__", "__contains__", "__len__", "__iter__", "__eq__")


def _operation(call: Call) -> Value:
    """`super().__getitem__(key)` and the like, in classes derived from host containers."""
    value, *args = call.args.positional
    frame, node = call.frame, call.node
    if call.name == "__getitem__":
        return call.interp.item(value, args[0], frame, node)
    if call.name == "__setitem__":
        return set_item(value, args[0], args[1], frame, node)
    if call.name == "__delitem__":
        return delete_item(value, args[0], frame, node)
    if call.name in ("__contains__", "__eq__"):
        left, right = (args[0], value) if call.name == "__contains__" else (value, args[0])
        return operators.compare("in" if call.name == "__contains__" else "==", left, right, frame, node)
    function = call.interp.builtins.name("len" if call.name == "__len__" else "iter", frame, node)
    return call.interp.call(function, [value], frame, node)


def _of_type(value: type, name: str) -> Value:
    """`str.join`, `dict.fromkeys`, `int.__name__`."""
    if name in ("__name__", "__qualname__"):
        return value.__name__
    if value is dict and name == "fromkeys":
        return NativeFunction(name, _from_keys)
    if (value, name) in METHODS or name in PURE.get(value, ()) or (value in HOLDING and name in OPERATIONS):
        return NativeFunction(name, _unbound)
    return attributes.ABSENT


def _unbound(call: Call) -> Value:
    """`dict.get(mapping, key)`: a method as the type has it, perhaps on an object of a class derived from it."""
    receiver = call.args.positional[0]
    held = receiver.native if isinstance(receiver, Instance) and receiver.native is not None else receiver
    found = attribute(held, call.name)
    if isinstance(held, (Unknown, Instance)) or found is attributes.ABSENT:
        return held if isinstance(held, Unknown) else call.unknown(f"{call.name}() of {attributes.describe(held)}")
    return call.interp.call_with(found, call.args.without_first(), call.frame, call.node)


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
    if _grows(call.name, receiver, args):
        return call.unknown(f"a text of more than {budget.TEXT:,} characters")
    try:
        return getattr(receiver, call.name)(*args, **call.args.keywords)
    except (ValueError, TypeError, LookupError) as problem:
        raise Raised(type(problem), str(problem), call.place) from None


def _grows(name: str, receiver: Any, args: list[Value]) -> bool:
    """May a method of strings make a text that is longer than the budget?"""
    if any(isinstance(v, int) and abs(v) > budget.TEXT for v in args):
        return True
    if name == "replace" and isinstance(receiver, str) and len(args) > 1 and isinstance(args[1], str):
        return (len(receiver) + 1) * len(args[1]) > budget.TEXT
    if name == "expandtabs" or name == "translate":
        return len(receiver) > 1_000
    return name == "format" and has_wide_field(receiver)


def has_wide_field(text: str) -> bool:
    """May a format ask for more digits or blanks than anybody needs?"""
    return len(text) > 10_000 or any(len(digits) > 3 for digits in re.findall(r"\d+", text)) or "{}}" in text


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
        if all(is_concrete(item) for item in items):
            raise Raised(TypeError, "join() of something that is no string", call.place)
        return call.unknown("join() of texts that are not known")
    if sum(map(len, items)) + len(receiver) * len(items) > budget.TEXT:
        return call.unknown(f"a text of more than {budget.TEXT:,} characters")
    return receiver.join(items)


# -- indexing ------------------------------------------------------------------------------------------------


def item(value: Value, key: Value, frame: Frame, node: Any) -> Value:
    """`value[key]`."""
    if isinstance(key, Unknown):
        return key
    if isinstance(value, dict):
        return _entry(value, key, frame, node)
    if isinstance(value, (list, tuple)) and not is_certain(value, key):
        rest = next(element for element in value if isinstance(element, Rest))
        return Unknown(rest.reason, rest.place)
    if isinstance(value, (int, float, complex, type(None))):
        kind = attributes.describe(value)
        raise Raised(TypeError, f"'{kind}' object is not subscriptable", frame.place(node))
    if isinstance(value, (list, tuple, str, bytes, range)):
        return _host_item(value, key, frame, node)
    return frame.unknown(f"indexing {attributes.describe(value)} is not supported", node)


def is_certain(value: list[Value] | tuple[Value, ...], key: Value) -> bool:
    """Does an index name one certain element, whatever stands for the rests in the list?"""
    rests = [i for i, element in enumerate(value) if isinstance(element, Rest)]
    if not rests:
        return True
    ends = (key.start, key.stop) if isinstance(key, slice) else (key, key)
    if isinstance(key, slice) and ends[0] is None:
        ends = (0, ends[1])
    if not all(isinstance(end, int) for end in ends) or (isinstance(key, slice) and key.step not in (None, 1)):
        return False
    return (all(0 <= end <= rests[0] for end in ends) and (isinstance(key, slice) or key < rests[0])) or (
        not isinstance(key, slice) and key < 0 and -key < len(value) - rests[-1]
    )


def existing(value: dict[Value, Value], key: Value, frame: Frame, node: Any, written: bool = False) -> Value:
    """The key of a dict that is equal to this one: objects with a value inside, or with an `__eq__`, count.

    Before a registry is asked, the modules that may fill it are run; not before an entry is `written`."""
    displays.hashable(key, frame, node)
    try:
        found = key in value
    except TypeError as problem:
        raise Raised(TypeError, str(problem), frame.place(node)) from None
    if found:
        return key
    if not written:
        frame.interp.loader.complete(value, frame, node, key)
    for other in list(value) if len(value) <= COMPARED else ():
        objects = isinstance(key, Instance) or isinstance(other, Instance)
        if objects and operators.equal(other, key, frame, node) is True:
            return other
    return key


def is_key(value: dict[Value, Value], item: Value, frame: Frame, node: Any) -> Value:
    """`item in value`."""
    if existing(value, item, frame, node) in value:
        return True
    module = frame.interp.loader.holder(value)
    if module is not None and isinstance(item, str):
        return frame.interp.loader.member(module, item, frame, node) is not attributes.ABSENT
    return next((other for other in value if isinstance(other, Unknown)), False)


def _host_item(value: Any, key: Value, frame: Frame, node: Any) -> Value:
    if isinstance(key, Dim) or (isinstance(key, slice) and not is_concrete_slice(key)):
        return frame.unknown("an index that is not known", node)
    if isinstance(key, Instance) and isinstance(key.native, int):
        key = key.native
    try:
        return value[key]
    except (IndexError, TypeError, ValueError) as problem:
        raise Raised(type(problem), str(problem), frame.place(node)) from None


def is_concrete_slice(key: Any) -> bool:
    """Are the ends of a slice known?"""
    parts = (key.start, key.stop, key.step) if isinstance(key, slice) else ("",)
    return all(part is None or isinstance(part, int) for part in parts)


def _entry(value: dict[Value, Value], key: Value, frame: Frame, node: Any) -> Value:
    key = existing(value, key, frame, node)
    if key in value:
        found = value[key]
        if type(found) is LazyImport:
            return frame.interp.loader.forced(found.importer.scope, key, found, frame, node)
        return found
    module = frame.interp.loader.holder(value)
    if module is not None and isinstance(key, str):
        found = frame.interp.loader.member(module, key, frame, node)
        if found is not attributes.ABSENT:
            return found
    doubt = next((k for k in value if isinstance(k, Unknown)), None)
    if doubt is not None:
        return doubt
    if isinstance(value, DefaultDict) and value.factory is not None:
        made = frame.interp.call(value.factory, [], frame, node)
        if value.keeps:
            frame.interp.state.touch(value)
            value[key] = made
        return made
    raise Raised(KeyError, repr(key) if is_concrete(key) else attributes.describe(key), frame.place(node))


class DefaultDict(dict[Value, Value]):
    """`collections.defaultdict` and `Counter`."""

    factory: Value = None
    keeps = True
    """Does looking for a missing key put it there?"""


class Ordered(dict[Value, Value]):
    """`collections.OrderedDict`: a dict, but `isinstance` tells them apart."""


class Deque(list[Value]):
    """`collections.deque`: a list that forgets at one end what is put in at the other."""

    limit: int | None = None


def set_item(value: Value, key: Value, new: Value, frame: Frame, node: Any) -> None:
    """`value[key] = new`."""
    if isinstance(value, Registered) and isinstance(key, str):
        attributes.put_plain(value.owner, key, new, frame, node)
    if isinstance(value, dict):
        frame.interp.state.touch(value)
        if isinstance(key, Unknown):
            displays.overwritten(value, key)
            return
        try:
            value[existing(value, key, frame, node, written=True)] = new
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
    if isinstance(value, Registered) and isinstance(key, str):
        attributes.drop(value.owner, key, frame, node)
    if isinstance(value, (list, dict)):
        frame.interp.state.touch(value)
        doubt = next((v for v in (key, *value) if isinstance(v, Unknown)), None)
        if isinstance(value, list) and not (doubt is None and (isinstance(key, int) or is_concrete_slice(key))):
            value[:] = [Rest("a list that was shortened somewhere", frame.place(node))]
            return
        if isinstance(value, dict) and isinstance(key, Unknown):
            displays.overwritten(value, key)
            return
        if isinstance(value, dict) and doubt is not None and key not in value:
            return
        try:
            del value[existing(value, key, frame, node) if isinstance(value, dict) else key]
        except (LookupError, TypeError) as problem:
            raise Raised(type(problem), str(problem), frame.place(node)) from None
