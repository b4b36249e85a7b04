"""Python's built-in functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rflint import dims
from rflint.dims import Dim
from rflint.interp import attributes, budget, operators
from rflint.interp.frames import Call
from rflint.interp.kinds import is_instance, is_subclass
from rflint.interp.values import (
    OPEN,
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    Iteration,
    NativeClass,
    NativeFunction,
    NativeModule,
    Partial,
    Perhaps,
    Raised,
    Rest,
    SourceModule,
    Tensor,
    Unknown,
    Value,
    is_concrete,
    is_size,
)

FUNCTIONS: dict[str, NativeFunction] = {}


def function(name: str) -> Callable[[Callable[[Call], Value]], Callable[[Call], Value]]:
    """Register a built-in function."""

    def register(run: Callable[[Call], Value]) -> Callable[[Call], Value]:
        FUNCTIONS[name] = NativeFunction(name, run)
        return run

    return register


def items_of(call: Call, value: Value) -> list[Value] | Unknown:
    """The elements of an argument; unknown if there is a `Rest` among them."""
    items = call.interp.elements(value, call.frame, call.node)
    if isinstance(items, Unknown):
        return items
    rest = next((item for item in items if isinstance(item, Rest)), None)
    return Unknown(rest.reason, rest.place) if rest is not None else items


def taken_by(call: Call, value: Value) -> list[Value] | Unknown:
    """The elements of an argument that Python takes only bit by bit; what is left in an iterator that others hold
    too is not known afterwards."""
    items = items_of(call, value)
    if isinstance(value, Iteration):
        lent(value, call)
    return items


def lent(value: Iteration, call: Call) -> None:
    """An iterator from which another one takes."""
    call.interp.state.touch(value)
    value.items, value.position = [Rest("an iterator from which another one takes", call.place)], 0


@function("len")
def len_(call: Call) -> Value:
    """`len(value)`."""
    value = call.args.positional[0]
    if isinstance(value, (str, bytes)):
        return len(value)
    if isinstance(value, (Instance, Tensor)):
        found = attributes.look_up(value, "__len__", call.frame, call.node)
        if found is not attributes.ABSENT:
            return call.interp.call(found, [], call.frame, call.node)
        value = value.native if isinstance(value, Instance) and value.native is not None else value
    if isinstance(value, ClassValue) and "members" in value.notes:
        return len(value.notes["members"])
    if isinstance(value, Iteration):
        raise Raised(TypeError, "an iterator has no len()", call.place)
    items = items_of(call, value)
    return items if isinstance(items, Unknown) else len(items)


@function("isinstance")
def isinstance_(call: Call) -> Value:
    """`isinstance(value, kinds)`."""
    value, kinds = call.args.positional[:2]
    return is_instance(value, kinds, call.frame, call.node)


@function("issubclass")
def issubclass_(call: Call) -> Value:
    """`issubclass(cls, kinds)`."""
    cls, kinds = call.args.positional[:2]
    return is_subclass(cls, kinds)


@function("hasattr")
def hasattr_(call: Call) -> Value:
    """`hasattr(value, name)`."""
    value, name = call.args.positional[:2]
    if isinstance(value, Unknown) or not isinstance(name, str):
        return call.unknown("whether an attribute exists")
    try:
        found = attributes.look_up(value, name, call.frame, call.node)
    except Raised as problem:
        if not call.interp.builtins.catches(AttributeError, problem.kind):
            raise
        return False
    if found is attributes.ABSENT:
        return attributes.may_have(value, name) or False
    if type(found) is Perhaps or (isinstance(value, NativeModule) and isinstance(found, Unknown)):
        return found
    return found is not attributes.ABSENT


@function("getattr")
def getattr_(call: Call) -> Value:
    """`getattr(value, name[, default])`."""
    value, name, *default = call.args.positional
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else call.unknown("an attribute whose name is not known")
    if not default:
        return attributes.get(value, name, call.frame, call.node)
    try:
        found = attributes.look_up(value, name, call.frame, call.node)
    except Raised as problem:
        if not call.interp.builtins.catches(AttributeError, problem.kind):
            raise
        return default[0]
    if found is attributes.ABSENT:
        return attributes.may_have(value, name) or default[0]
    return found


@function("setattr")
def setattr_(call: Call) -> Value:
    """`setattr(value, name, new)`."""
    value, name, new = call.args.positional[:3]
    if isinstance(name, str):
        attributes.put(value, name, new, call.frame, call.node)
    else:
        attributes.put_somewhere(value, call.unknown("an attribute whose name is not known"), call.frame)
    return None


@function("delattr")
def delattr_(call: Call) -> Value:
    """`delattr(value, name)`."""
    value, name = call.args.positional[:2]
    if isinstance(name, str):
        attributes.drop(value, name, call.frame, call.node)
    else:
        attributes.put_somewhere(value, call.unknown("an attribute whose name is not known"), call.frame)
    return None


@function("callable")
def callable_(call: Call) -> Value:
    """`callable(value)`."""
    value = call.args.positional[0]
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Instance):
        return attributes.find_in_class(value.cls, "__call__") is not attributes.ABSENT
    return isinstance(value, (Function, NativeFunction, BoundMethod, Partial, ClassValue, NativeClass, type))


@function("print")
def print_(call: Call) -> Value:
    """`print`: nothing is printed."""
    return None


@function("iter")
def iter_(call: Call) -> Value:
    """`iter(value)`."""
    value = call.args.positional[0]
    if len(call.args.positional) > 1:
        return call.unknown("iter() with a sentinel is not supported")
    if isinstance(value, Iteration):
        return value
    items = call.interp.elements(value, call.frame, call.node)
    return items if isinstance(items, Unknown) else Iteration(items)


@function("next")
def next_(call: Call) -> Value:
    """`next(iterator[, default])`."""
    value, *default = call.args.positional
    if isinstance(value, Iteration):
        call.interp.state.touch(value)
        if value.position < len(value.items):
            found = value.items[value.position]
            if isinstance(found, Rest):
                value.items, value.position = [found], 0
                return Unknown(found.reason, found.place)
            value.position += 1
            return found
        if default:
            return default[0]
        raise Raised(StopIteration, "nothing is left", call.place)
    if isinstance(value, Instance):
        found = attributes.look_up(value, "__next__", call.frame, call.node)
        if found is not attributes.ABSENT:
            return call.interp.call(found, [], call.frame, call.node)
    return value if isinstance(value, Unknown) else call.unknown(f"next() of {attributes.describe(value)}")


def _quantifier(name: str, stop: bool) -> None:
    @function(name)
    def run(call: Call) -> Value:
        items = call.interp.elements(call.args.positional[0], call.frame, call.node)
        if isinstance(items, Unknown):
            return items
        answers = [
            item if isinstance(item, Unknown) else operators.truth(item, call.frame, call.node) for item in items
        ]
        if stop in answers:
            return stop
        return next((answer for answer in answers if isinstance(answer, Unknown)), not stop)


_quantifier("any", True)
_quantifier("all", False)


@function("sum")
def sum_(call: Call) -> Value:
    """`sum(values[, start])`."""
    values, *start = call.args.positional
    total = start[0] if start else call.args.keywords.get("start", 0)
    items = items_of(call, values)
    if isinstance(items, Unknown):
        return items
    for item in items:
        total = operators.binary("+", total, item, call.frame, call.node)
    return total


def _extreme(name: str, sign: str, of_sizes: Callable[[Any, Any], Any]) -> None:
    @function(name)
    def run(call: Call) -> Value:
        args = call.args.positional
        items = items_of(call, args[0]) if len(args) == 1 else list(args)
        if isinstance(items, Unknown):
            return items
        if not items:
            if "default" in call.args.keywords:
                return call.args.keywords["default"]
            raise Raised(ValueError, f"{name}() of nothing", call.place)
        key = call.args.keywords.get("key")
        ranks = items if key is None else [call.interp.call(key, [item], call.frame, call.node) for item in items]
        if key is None and all(is_size(item) for item in items) and any(isinstance(item, Dim) for item in items):
            best = items[0]
            for item in items[1:]:
                best = of_sizes(best, item)
            return best
        chosen = 0
        for number in range(1, len(items)):
            better = operators.compare(sign, ranks[number], ranks[chosen], call.frame, call.node)
            if isinstance(better, Unknown):
                return better
            chosen = number if better is True else chosen
        return items[chosen]


_extreme("max", ">", dims.maximum)
_extreme("min", "<", dims.minimum)


@function("abs")
def abs_(call: Call) -> Value:
    """`abs(value)`."""
    value = call.args.positional[0]
    if isinstance(value, (int, float, complex)):
        return abs(value)
    if isinstance(value, Tensor):
        return call.interp.call(attributes.get(value, "abs", call.frame, call.node), [], call.frame, call.node)
    if isinstance(value, Dim):
        return dims.maximum(value, -value)
    return value if isinstance(value, Unknown) else call.unknown("abs()")


@function("round")
def round_(call: Call) -> Value:
    """`round(value[, digits])`."""
    value, *digits = call.args.positional
    if any(isinstance(digit, int) and abs(digit) > budget.BITS for digit in digits):
        return call.unknown("round() to that many digits")
    if isinstance(value, (int, float)) and all(isinstance(d, int) or d is None for d in digits):
        return round(value, *digits)
    if isinstance(value, Dim):
        return value
    return value if isinstance(value, Unknown) else call.unknown("round()")


@function("divmod")
def divmod_(call: Call) -> Value:
    """`divmod(a, b)`."""
    a, b = call.args.positional[:2]
    return (
        operators.binary("//", a, b, call.frame, call.node),
        operators.binary("%", a, b, call.frame, call.node),
    )


@function("pow")
def pow_(call: Call) -> Value:
    """`pow(a, b)`."""
    a, b, *modulus = call.args.positional
    if modulus or call.args.keywords:
        return call.unknown("pow() with a modulus is not supported")
    return operators.binary("**", a, b, call.frame, call.node)


@function("sorted")
def sorted_(call: Call) -> Value:
    """`sorted(values, key=, reverse=)`."""
    items = items_of(call, call.args.positional[0])
    if isinstance(items, Unknown):
        return items
    return sort(call, items)


def sort(call: Call, items: list[Value]) -> Value:
    """The items in order, if the order of their keys is known."""
    key = call.args.keywords.get("key")
    ranks = items if key is None else [call.interp.call(key, [item], call.frame, call.node) for item in items]
    reverse = operators.truth(call.args.keywords.get("reverse", False), call.frame, call.node)
    if isinstance(reverse, Unknown):
        return reverse
    if not all(is_concrete(rank) for rank in ranks):
        return _sorted_by_comparing(call, items, ranks, reverse)
    try:
        order = sorted(range(len(items)), key=lambda i: ranks[i], reverse=reverse)
    except TypeError as problem:
        raise Raised(TypeError, str(problem), call.place) from None
    return [items[i] for i in order]


def _sorted_by_comparing(call: Call, items: list[Value], ranks: list[Value], reverse: bool) -> Value:
    """Insertion sort of values whose own `<` says their order."""
    order: list[int] = []
    for number, rank in enumerate(ranks):
        place = len(order)
        while place:
            before = ranks[order[place - 1]]
            pair = (before, rank) if reverse else (rank, before)
            call.interp.budget.step(10)
            less = operators.compare("<", *pair, call.frame, call.node)
            if not isinstance(less, bool):
                return call.unknown("the order of values that are not known")
            if not less:
                break
            place -= 1
        order.insert(place, number)
    return [items[number] for number in order]


@function("repr")
def repr_(call: Call) -> Value:
    """`repr(value)`."""
    value = call.args.positional[0]
    return repr(value) if is_concrete(value) else call.unknown(f"the text of {attributes.describe(value)}")


@function("id")
def id_(call: Call) -> Value:
    """`id(value)`: a number that differs from object to object, in the order in which they are asked."""
    seen = call.interp.builtins.__dict__.setdefault("identities", {})
    value = call.args.positional[0]
    return seen.setdefault(id(value), (len(seen) + 1, value))[0]


@function("vars")
def vars_(call: Call) -> Value:
    """`vars(value)`."""
    if not call.args.positional:
        return locals_(call)
    value = call.args.positional[0]
    if isinstance(value, Instance):
        return value.attrs
    return value.scope.names if isinstance(value, SourceModule) else call.unknown("vars() is not supported")


@function("globals")
def globals_(call: Call) -> Value:
    """`globals()`: the names of the module; what they import is looked at when they are asked for."""
    return call.frame.module.scope.names


@function("locals")
def locals_(call: Call) -> Value:
    """`locals()`: a copy."""
    scope = call.frame.scope
    while scope.comprehension and scope.outer is not None:
        scope = scope.outer
    return dict(scope.names)


@function("eval")
def eval_(call: Call) -> Value:
    """`eval(text)`: the expression is followed like any other."""
    text, *scopes = call.args.positional
    if isinstance(text, Unknown):
        return text
    if not isinstance(text, str) or scopes or call.args.keywords or len(text) > 10_000:
        return call.unknown("eval() of this form is not supported")
    return call.interp.evaluate_text(text.strip(), call.frame, call.node)


@function("dir")
def dir_(call: Call) -> Value:
    """`dir(value)`: the names that are known, and a rest where there may be others."""
    value = call.args.positional[0] if call.args.positional else None
    rest = Rest("whether a name is there", call.place)
    if isinstance(value, NativeModule):
        return [*call.interp.library.names(value), rest]
    if isinstance(value, SourceModule):
        return sorted(value.scope.names) if not value.stars else [*sorted(value.scope.names), rest]
    if isinstance(value, Instance):
        known = {name for name in value.attrs if name != OPEN}
        return [*sorted(known | _names_of_class(value.cls)), rest]
    return [*sorted(_names_of_class(value)), rest] if isinstance(value, ClassValue) else [rest]


def _names_of_class(cls: Value) -> set[str]:
    return {name for one in attributes.order_of(cls) if isinstance(one, ClassValue) for name in one.namespace}


@function("hash")
def hash_(call: Call) -> Value:
    """`hash(value)`."""
    return call.unknown("hash() is not supported")
