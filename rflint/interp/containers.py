"""The methods of lists, tuples, dicts and sets."""

from __future__ import annotations

from typing import Any

from rflint.interp import budget, operators
from rflint.interp.frames import Args, Call
from rflint.interp.hosts import method
from rflint.interp.values import (
    Raised,
    Rest,
    Unknown,
    Value,
)

# -- lists ---------------------------------------------------------------------------------------------------


@method(list, "append")
def append(call: Call) -> Value:
    """`list.append`."""
    receiver, item = call.args.positional[:2]
    call.interp.state.touch(receiver)
    if len(receiver) >= budget.COLLECTION:
        raise budget.Exhausted(f"a list of more than {budget.COLLECTION:,} elements")
    receiver.append(item)
    return None


@method(list, "extend")
def extend(call: Call) -> Value:
    """`list.extend`."""
    receiver, values = call.args.positional[:2]
    items = call.interp.elements(values, call.frame, call.node)
    call.interp.state.touch(receiver)
    receiver.extend([Rest(items.reason, items.place)] if isinstance(items, Unknown) else items)
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
    rest = next((value for value in receiver if isinstance(value, Rest)), None)
    if not isinstance(where, int) or rest is not None:
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
    return type(call.args.positional[0])(call.args.positional[0])


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
        return key
    if key in receiver:
        if call.name == "pop":
            call.interp.state.touch(receiver)
            return receiver.pop(key)
        return receiver[key]
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
    return list(getattr(call.args.positional[0], call.name)())


@method(dict, "update")
def update(call: Call) -> Value:
    """`dict.update`."""
    receiver, *rest = call.args.positional
    made = call.interp.call_with(dict, Args(rest, call.args.keywords), call.frame, call.node)
    call.interp.state.touch(receiver)
    if isinstance(made, Unknown) or call.args.open is not None:
        doubt = made if isinstance(made, Unknown) else call.args.open
        receiver.update(dict.fromkeys(receiver, doubt))
        receiver[doubt] = doubt
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
    return receiver.popitem()


@method(dict, "move_to_end")
def move_to_end(call: Call) -> Value:
    """`OrderedDict.move_to_end`."""
    receiver, key = call.args.positional[:2]
    call.interp.state.touch(receiver)
    receiver[key] = receiver.pop(key)
    return None


# -- sets ----------------------------------------------------------------------------------------------------


@method(set, "add", "discard", "remove")
def add(call: Call) -> Value:
    """`add`, `discard`, `remove`."""
    receiver, item = call.args.positional[:2]
    call.interp.state.touch(receiver)
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
            receiver.add(doubt)
            return None
        return Unknown(doubt.reason, doubt.place)
    if call.name == "update":
        call.interp.state.touch(receiver)
    return getattr(receiver, call.name)(*rows)
