"""What calling a host type means: `int(…)`, `list(…)`, `zip(…)`."""

from __future__ import annotations

from collections.abc import Callable

from rflint.dims import Dim
from rflint.interp import attributes, operators
from rflint.interp.displays import distinct
from rflint.interp.frames import Call
from rflint.interp.functions import items_of, lent, taken_by
from rflint.interp.numerals import kind_of
from rflint.interp.values import (
    ClassMethod,
    ClassValue,
    Instance,
    Iteration,
    NativeClass,
    Property,
    Raised,
    Rest,
    StaticMethod,
    Super,
    Tensor,
    Unknown,
    Value,
)

Make = Callable[[Call], Value]
MADE: dict[type, Make] = {}
"""What calling a host type means."""


def makes(kind: type) -> Callable[[Make], Make]:
    """Register what calling a host type means."""

    def register(run: Make) -> Make:
        MADE[kind] = run
        return run

    return register


@makes(int)
def int_(call: Call) -> Value:
    """`int(value)`."""
    if not call.args.positional:
        return 0
    value, *base = call.args.positional
    if isinstance(value, Dim):
        return value
    if isinstance(value, (int, float, str)) and all(isinstance(b, int) for b in base):
        try:
            return int(value, *base) if isinstance(value, str) else int(value)
        except (ValueError, OverflowError) as problem:
            raise Raised(type(problem), str(problem), call.place) from None
    if isinstance(value, Instance):
        found = attributes.find_in_class(value.cls, "__int__")
        if found is not attributes.ABSENT:
            return call.interp.call(found, [value], call.frame, call.node)
        return value.native if isinstance(value.native, int) else call.unknown(f"int() of {attributes.describe(value)}")
    value = _number_in(call, value)
    if isinstance(value, (int, float)):
        return int(value)
    return value if isinstance(value, Unknown) else call.unknown(f"int() of {attributes.describe(value)}")


@makes(float)
def float_(call: Call) -> Value:
    """`float(value)`."""
    if not call.args.positional:
        return 0.0
    value = call.args.positional[0]
    if isinstance(value, (int, float, str)):
        try:
            return float(value)
        except (ValueError, OverflowError) as problem:
            raise Raised(type(problem), str(problem), call.place) from None
    value = _number_in(call, value)
    if isinstance(value, (int, float, Unknown)):
        return value if isinstance(value, Unknown) else float(value)
    return call.unknown(f"float() of {attributes.describe(value)}")


def _number_in(call: Call, value: Value) -> Value:
    """The number that a tensor holds; any other value as it is."""
    if not isinstance(value, Tensor):
        return value
    return call.interp.call(attributes.get(value, "item", call.frame, call.node), [], call.frame, call.node)


@makes(bool)
def bool_(call: Call) -> Value:
    """`bool(value)`."""
    return operators.truth(call.args.positional[0], call.frame, call.node) if call.args.positional else False


@makes(str)
def str_(call: Call) -> Value:
    """`str(value)`."""
    if not call.args.positional:
        return ""
    value = call.args.positional[0]
    return call.interp.text(value, call.frame, call.node)


@makes(list)
def list_(call: Call) -> Value:
    """`list(values)`."""
    if not call.args.positional:
        return []
    items = call.interp.elements(call.args.positional[0], call.frame, call.node)
    return items if isinstance(items, Unknown) else list(items)


@makes(tuple)
def tuple_(call: Call) -> Value:
    """`tuple(values)`."""
    items = list_(call)
    return items if isinstance(items, Unknown) else tuple(items)


def _set(kind: Callable[[set[Value]], Value]) -> Callable[[Call], Value]:
    def run(call: Call) -> Value:
        items = list_(call)
        return items if isinstance(items, Unknown) else kind(distinct(items, call.frame, call.node))

    return run


MADE[set] = _set(set)
MADE[frozenset] = _set(frozenset)


@makes(dict)
def dict_(call: Call) -> Value:
    """`dict(pairs or mapping, **more)`."""
    result: dict[Value, Value] = {}
    if call.args.positional:
        value = call.args.positional[0]
        if isinstance(value, (dict, Unknown)) or (isinstance(value, Instance) and not isinstance(value.native, list)):
            found = call.interp.mapping(value, call.frame, call.node)
        else:
            found = _pairs(call, value)
        if isinstance(found, Unknown):
            return found
        result.update(found)
    return {**result, **call.args.keywords}


def _pairs(call: Call, value: Value) -> dict[Value, Value] | Unknown:
    items = items_of(call, value)
    if isinstance(items, Unknown):
        return items
    pairs: dict[Value, Value] = {}
    for item in items:
        pair = items_of(call, item)
        if isinstance(pair, Unknown):
            return pair
        if len(pair) != 2:
            raise Raised(ValueError, "a dict is made of pairs", call.place)
        pairs[pair[0]] = pair[1]
    return pairs


@makes(range)
def range_(call: Call) -> Value:
    """`range(...)`."""
    args = call.args.positional
    unknown = next((arg for arg in args if isinstance(arg, Unknown)), None)
    if unknown is not None:
        return unknown
    if all(isinstance(arg, int) for arg in args) and args:
        try:
            return range(*args)
        except (ValueError, TypeError) as problem:
            raise Raised(type(problem), str(problem), call.place) from None
    if any(isinstance(arg, float) for arg in args):
        raise Raised(TypeError, "range() of a float", call.place)
    return call.unknown("a range of a symbolic size: declare the input size")


@makes(slice)
def slice_(call: Call) -> Value:
    """`slice(...)`."""
    return slice(*call.args.positional)


@makes(enumerate)
def enumerate_(call: Call) -> Value:
    """`enumerate(values[, start])`."""
    args = call.args
    items = taken_by(call, args.positional[0])
    start = args.positional[1] if len(args.positional) > 1 else args.keywords.get("start", 0)
    if isinstance(items, Unknown) or not isinstance(start, int):
        return items if isinstance(items, Unknown) else call.unknown("a count that is not known")
    return Iteration(list(enumerate(items, start)))


@makes(zip)
def zip_(call: Call) -> Value:
    """`zip(...)`."""
    rows: list[Iteration] = []
    for value in call.args.positional:
        items = value if isinstance(value, Iteration) else call.interp.elements(value, call.frame, call.node)
        if isinstance(items, Unknown):
            return items
        rows.append(items if isinstance(items, Iteration) else Iteration(items))
    for row in rows:
        call.interp.state.touch(row)
    made: list[Value] = []
    while rows and (taken := _taken(rows)) is not None:
        made.append(taken)
        if isinstance(taken, Rest):
            break
    for value in call.args.positional:
        if isinstance(value, Iteration):
            lent(value, call)
    return Iteration(made)


def _taken(rows: list[Iteration]) -> tuple[Value, ...] | Rest | None:
    """One item of each, in order, as `zip` takes them; None where one has no more."""
    taken: list[Value] = []
    for row in rows:
        if row.position >= len(row.items):
            return None
        if isinstance(row.items[row.position], Rest):
            return row.items[row.position]  # type: ignore[no-any-return]
        row.position += 1
        taken.append(row.items[row.position - 1])
    return tuple(taken)


@makes(map)
def map_(call: Call) -> Value:
    """`map(function, ...)`: run at once."""
    function, *values = call.args.positional
    rows = [taken_by(call, value) for value in values]
    unknown = next((row for row in rows if isinstance(row, Unknown)), None)
    if unknown is not None:
        return Iteration([Rest(unknown.reason, unknown.place)])
    made = [call.interp.call(function, list(args), call.frame, call.node) for args in zip(*rows, strict=False)]
    return Iteration(made)


@makes(filter)
def filter_(call: Call) -> Value:
    """`filter(function, values)`: run at once."""
    function, values = call.args.positional[:2]
    items = taken_by(call, values)
    if isinstance(items, Unknown):
        return items
    kept: list[Value] = []
    for item in items:
        answer = item if function is None else call.interp.call(function, [item], call.frame, call.node)
        held = operators.truth(answer, call.frame, call.node)
        if isinstance(held, Unknown):
            kept.append(Rest(held.reason, held.place))
        elif held:
            kept.append(item)
    return Iteration(kept)


@makes(reversed)
def reversed_(call: Call) -> Value:
    """`reversed(values)`."""
    items = items_of(call, call.args.positional[0])
    return items if isinstance(items, Unknown) else Iteration(items[::-1])


@makes(type)
def type_(call: Call) -> Value:
    """`type(value)`, `type(name, bases, namespace)`."""
    args = call.args.positional
    if len(args) == 3 and isinstance(args[0], str) and isinstance(args[2], dict) and isinstance(args[1], tuple):
        cls = ClassValue(args[0], args[1], dict(args[2]), call.frame.module, call.place)
        cls.mro = attributes.linearise(cls, args[1])
        return cls
    value = args[0]
    if isinstance(value, Instance):
        return value.cls
    if isinstance(value, Tensor):
        return call.interp.library.find("torch.Tensor")
    if isinstance(value, Dim):
        return int
    if isinstance(value, (ClassValue, NativeClass)):
        return type
    return value if isinstance(value, Unknown) else kind_of(value)


@makes(object)
def object_(call: Call) -> Value:
    """`object()`."""
    return Instance(ClassValue("object", (), {}, None), {}, call.place)


@makes(property)
def property_(call: Call) -> Value:
    """`property(getter[, setter])`."""
    args = [*call.args.positional, None, None]
    return Property(call.args.keywords.get("fget", args[0]), call.args.keywords.get("fset", args[1]))


@makes(staticmethod)
def staticmethod_(call: Call) -> Value:
    """`staticmethod(function)`."""
    return StaticMethod(call.args.positional[0])


@makes(classmethod)
def classmethod_(call: Call) -> Value:
    """`classmethod(function)`."""
    return ClassMethod(call.args.positional[0])


@makes(super)
def super_(call: Call) -> Value:
    """`super(Class, self)`."""
    if len(call.args.positional) == 2:
        return Super(call.args.positional[0], call.args.positional[1])
    return call.unknown("super() of this form is not supported")
