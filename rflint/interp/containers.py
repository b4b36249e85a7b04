"""The methods of lists, tuples, dicts and sets."""

from __future__ import annotations

from typing import Any

from rflint.interp import budget, operators
from rflint.interp.displays import overwritten
from rflint.interp.frames import Args, Call, Frame
from rflint.interp.hosts import DefaultDict, Deque, existing, is_certain, method
from rflint.interp.numerals import kind_of
from rflint.interp.values import Raised, Rest, Unknown, Value, View


def elements(value: Any, frame: Frame, node: Any) -> list[Value] | Unknown:
    """The elements of a host container, in an order that is the same on every machine."""
    if isinstance(value, dict):
        frame.interp.loader.complete(value, frame, node)
        return certain_keys(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=_rank)
    if isinstance(value, range) and not is_short(value):
        return frame.unknown(f"a range of more than {budget.COLLECTION:,} numbers", node)
    return list(value)


def certain_keys(value: dict[Value, Value]) -> list[Value]:
    """The keys in order, up to the first of which it is not known whether others come before it."""
    keys = list(value)
    rest = next((i for i, key in enumerate(keys) if isinstance(key, Rest)), len(keys))
    return keys[: rest + 1]


def _rank(value: Value) -> tuple[bool, str, Value, str]:
    """Numbers by size, others by text; an unknown rest last."""
    number = value if isinstance(value, (int, float)) else 0
    name = value if isinstance(value, str) else str(getattr(value, "name", ""))
    return isinstance(value, Unknown), kind_of(value).__name__, number, name


def is_short(value: range) -> bool:
    """Is a range within the budget of collections?"""
    return abs(value.stop - value.start) // abs(value.step) <= budget.COLLECTION


# -- lists ---------------------------------------------------------------------------------------------------


@method(list, "append")
def append(call: Call) -> Value:
    """`list.append`."""
    receiver, item = call.args.positional[:2]
    call.interp.state.touch(receiver)
    if len(receiver) >= budget.COLLECTION:
        raise budget.Exhausted(f"a list of more than {budget.COLLECTION:,} elements")
    receiver.append(item)
    _forget(receiver, 0)
    return None


def _forget(receiver: list[Value], end: int) -> None:
    """A full deque loses what is at its other end."""
    limit = receiver.limit if isinstance(receiver, Deque) else None
    while limit is not None and len(receiver) > limit:
        rest = next((value for value in receiver if isinstance(value, Rest)), None)
        if rest is not None:
            receiver[:] = [rest]
            return
        receiver.pop(end)


@method(list, "appendleft", "extendleft")
def append_left(call: Call) -> Value:
    """`deque.appendleft`, `deque.extendleft`."""
    receiver, item = call.args.positional[:2]
    items = call.interp.elements(item, call.frame, call.node) if call.name == "extendleft" else [item]
    call.interp.state.touch(receiver)
    for value in [Rest(items.reason, items.place)] if isinstance(items, Unknown) else items:
        receiver.insert(0, value)
        _forget(receiver, -1)
    return None


@method(list, "popleft")
def pop_left(call: Call) -> Value:
    """`deque.popleft`."""
    return pop(Call(call.interp, call.frame, call.node, Args([call.args.positional[0], 0]), call.name))


@method(list, "rotate")
def rotate(call: Call) -> Value:
    """`deque.rotate`."""
    receiver, *steps = call.args.positional
    count = steps[0] if steps else 1
    call.interp.state.touch(receiver)
    if not isinstance(count, int) or any(isinstance(value, Rest) for value in receiver):
        receiver[:] = [Rest("a deque whose order is not known", call.place)]
    elif receiver:
        receiver[:] = [*receiver[-count % len(receiver) :], *receiver[: -count % len(receiver)]]
    return None


@method(list, "extend")
def extend(call: Call) -> Value:
    """`list.extend`."""
    receiver, values = call.args.positional[:2]
    items = call.interp.elements(values, call.frame, call.node)
    call.interp.state.touch(receiver)
    if isinstance(items, list) and len(receiver) + len(items) > budget.COLLECTION:
        raise budget.Exhausted(f"a list of more than {budget.COLLECTION:,} elements")
    receiver.extend([Rest(items.reason, items.place)] if isinstance(items, Unknown) else items)
    _forget(receiver, 0)
    return None


@method(list, "insert")
def insert(call: Call) -> Value:
    """`list.insert`."""
    receiver, position, item = call.args.positional[:3]
    call.interp.state.touch(receiver)
    if isinstance(position, int) and not any(isinstance(value, Rest) for value in receiver):
        receiver.insert(position, item)
    else:
        receiver[:] = [Rest("a list whose order is not known", call.place)]
    return None


@method(list, "pop")
def pop(call: Call) -> Value:
    """`list.pop`."""
    receiver, *position = call.args.positional
    where = position[0] if position else -1
    if not isinstance(where, int) or not is_certain(receiver, where):
        call.interp.state.touch(receiver)
        receiver[:] = [Rest("a list that was shortened somewhere", call.place)]
        return call.unknown("an element of a list that is not known")
    call.interp.state.touch(receiver)
    try:
        return receiver.pop(where)
    except IndexError as problem:
        raise Raised(IndexError, str(problem), call.place) from None


@method(list, "remove")
def remove(call: Call) -> Value:
    """`list.remove`."""
    receiver, item = call.args.positional[:2]
    where = _position(call, receiver, item)
    call.interp.state.touch(receiver)
    if isinstance(where, Unknown):
        receiver[:] = [Rest(where.reason, where.place)]
    else:
        del receiver[where]
    return None


@method(list, "index")
@method(tuple, "index")
def index(call: Call) -> Value:
    """`list.index`."""
    return _position(call, *call.args.positional[:2])


@method(list, "count")
@method(tuple, "count")
def count(call: Call) -> Value:
    """`list.count`."""
    receiver, item = call.args.positional[:2]
    answers = [operators.equal(value, item, call.frame, call.node) for value in receiver]
    return next((a for a in answers if isinstance(a, Unknown)), sum(a is True for a in answers))


def _position(call: Call, receiver: Any, item: Value) -> int | Unknown:
    for number, value in enumerate(receiver):
        answer = operators.equal(value, item, call.frame, call.node)
        if isinstance(answer, Unknown):
            return answer
        if answer:
            return number
    raise Raised(ValueError, "the value is not in the list", call.place)


@method(list, "reverse")
def reverse(call: Call) -> Value:
    """`list.reverse`."""
    receiver = call.args.positional[0]
    call.interp.state.touch(receiver)
    receiver.reverse()
    return None


@method(list, "sort")
def sort(call: Call) -> Value:
    """`list.sort`."""
    receiver = call.args.positional[0]
    ordered = call.interp.builtins.name("sorted", call.frame, call.node)
    made = call.interp.call_with(ordered, Args([list(receiver)], call.args.keywords), call.frame, call.node)
    call.interp.state.touch(receiver)
    receiver[:] = [Rest(made.reason, made.place)] if isinstance(made, Unknown) else made
    return None


@method(list, "copy")
@method(dict, "copy")
@method(set, "copy")
def copy(call: Call) -> Value:
    """`copy`: one level."""
    return copied(call.args.positional[0])


def copied(value: Any) -> Any:
    """A shallow copy of a host container."""
    if isinstance(value, DefaultDict):
        made = DefaultDict(value)
        made.factory, made.keeps = value.factory, value.keeps
        return made
    if isinstance(value, Deque):
        held = Deque(value)
        held.limit = value.limit
        return held
    return type(value)(value)


@method(list, "clear")
@method(dict, "clear")
@method(set, "clear")
def clear(call: Call) -> Value:
    """`clear`."""
    receiver = call.args.positional[0]
    call.interp.state.touch(receiver)
    receiver.clear()
    return None


# -- dicts ---------------------------------------------------------------------------------------------------


@method(dict, "get", "pop", "setdefault")
def get(call: Call) -> Value:
    """`get`, `pop`, `setdefault`."""
    receiver, key, *default = call.args.positional
    fallback = default[0] if default else call.args.keywords.get("default")
    if isinstance(key, Unknown):
        if call.name != "get":
            call.interp.state.touch(receiver)
            overwritten(receiver, key)
        return Unknown(key.reason, key.place)
    key = existing(receiver, key, call.frame, call.node)
    if key in receiver:
        if call.name == "pop":
            call.interp.state.touch(receiver)
            return receiver.pop(key)
        return call.interp.builtins.item(receiver, key, call.frame, call.node)
    doubt = next((k for k in receiver if isinstance(k, Unknown)), None)
    if doubt is not None:
        return doubt
    if call.name == "pop" and not default:
        raise Raised(KeyError, repr(key), call.place)
    if call.name == "setdefault":
        call.interp.state.touch(receiver)
        receiver[key] = fallback
    return fallback


@method(dict, "items", "keys", "values")
def views(call: Call) -> Value:
    """`items`, `keys`, `values`: lists of what is there now."""
    receiver = call.args.positional[0]
    keys = elements(receiver, call.frame, call.node)
    assert isinstance(keys, list)
    return View(key if isinstance(key, Rest) else _entry(call, receiver, key) for key in keys)


def _entry(call: Call, receiver: dict[Value, Value], key: Value) -> Value:
    if call.name == "keys":
        return key
    value = call.interp.builtins.item(receiver, key, call.frame, call.node)
    return value if call.name == "values" else (key, value)


@method(dict, "update")
def update(call: Call) -> Value:
    """`dict.update`."""
    receiver, *rest = call.args.positional
    made = call.interp.call_with(dict, Args(rest, call.args.keywords), call.frame, call.node)
    call.interp.state.touch(receiver)
    if isinstance(made, Unknown) or call.args.open is not None:
        doubt = made if isinstance(made, Unknown) else call.args.open
        assert doubt is not None
        overwritten(receiver, doubt)
        return None
    receiver.update(made)
    return None


@method(dict, "popitem")
def popitem(call: Call) -> Value:
    """`dict.popitem`."""
    receiver = call.args.positional[0]
    call.interp.state.touch(receiver)
    if not receiver:
        raise Raised(KeyError, "an empty dict", call.place)
    doubt = next((key for key in receiver if isinstance(key, Unknown)), None)
    if doubt is not None:
        overwritten(receiver, doubt)
        return Unknown(doubt.reason, doubt.place)
    return receiver.popitem()


@method(dict, "move_to_end")
def move_to_end(call: Call) -> Value:
    """`OrderedDict.move_to_end`."""
    receiver, key = call.args.positional[:2]
    call.interp.state.touch(receiver)
    last = call.args.keywords.get("last", (*call.args.positional, True, True)[2])
    if isinstance(key, Unknown) or key not in receiver or not isinstance(last, bool):
        overwritten(receiver, call.unknown("an order that is not known"))
        return None
    held = {key: receiver.pop(key)}
    if not last:
        held.update(receiver)
        receiver.clear()
    receiver.update(held)
    return None


# -- sets ----------------------------------------------------------------------------------------------------


@method(set, "add", "discard", "remove")
def add(call: Call) -> Value:
    """`add`, `discard`, `remove`."""
    receiver, item = call.args.positional[:2]
    call.interp.state.touch(receiver)
    doubt = next((v for v in (item, *receiver) if isinstance(v, Unknown)), None)
    if isinstance(item, Unknown) or (doubt is not None and call.name == "remove"):
        assert doubt is not None
        if call.name != "add":
            receiver.clear()
        receiver.add(Rest(doubt.reason, doubt.place))
        return None
    try:
        getattr(receiver, call.name)(item)
    except (KeyError, TypeError) as problem:
        raise Raised(type(problem), str(problem), call.place) from None
    return None


@method(
    set, "update", "union", "intersection", "difference", "issubset", "issuperset", "isdisjoint", "symmetric_difference"
)
def combine(call: Call) -> Value:
    """Set operations."""
    receiver, *others = call.args.positional
    rows = [call.interp.elements(other, call.frame, call.node) for other in others]
    doubt = next(
        (item for row in rows for item in ([row] if isinstance(row, Unknown) else row) if isinstance(item, Unknown)),
        None,
    )
    if doubt is None:
        doubt = next((item for item in receiver if isinstance(item, Unknown)), None)
    if doubt is not None:
        if call.name == "update":
            call.interp.state.touch(receiver)
            receiver.add(Rest(doubt.reason, doubt.place))
            return None
        return Unknown(doubt.reason, doubt.place)
    if call.name == "update":
        call.interp.state.touch(receiver)
    return getattr(receiver, call.name)(*rows)
