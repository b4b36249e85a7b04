"""functools, itertools, operator, copy: functions that call, combine and copy."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from rflint.interp import attributes, budget, operators
from rflint.interp.containers import copied
from rflint.interp.frames import Call
from rflint.interp.functions import items_of
from rflint.interp.values import (
    BoundMethod,
    Function,
    Instance,
    Iteration,
    Manager,
    NativeFunction,
    Partial,
    Property,
    Rest,
    Tensor,
    Unknown,
    Value,
)
from rflint.library.registry import LIBRARY, function, member, native_class


def _partial(call: Call, cls: Value) -> Value:
    target, *args = call.args.positional
    if call.args.open is not None:
        return Unknown(call.args.open.reason, call.args.open.place)
    if isinstance(target, Partial):
        return Partial(target.function, (*target.args, *args), {**target.kwargs, **call.args.keywords})
    return Partial(target, tuple(args), dict(call.args.keywords))


native_class("functools.partial", new=_partial)
native_class("functools.partialmethod", new=_partial)


@function("functools.reduce", signature="function, iterable, *initial")
def reduce(call: Call, function: Value, iterable: Value, initial: tuple[Value, ...]) -> Value:
    """`reduce(function, values[, initial])`."""
    items = items_of(call, iterable)
    if isinstance(items, Unknown):
        return items
    items = [*initial[:1], *items]
    if not items:
        return call.unknown("reduce() of nothing")
    value = items[0]
    for item in items[1:]:
        value = call.interp.call(function, [value, item], call.frame, call.node)
    return value


@function("functools.wraps", "functools.update_wrapper")
def wraps(call: Call) -> Value:
    """`@wraps(function)`: the wrapper takes over name and signature."""
    wrapped = call.args.positional[0]
    if call.name.endswith("update_wrapper"):
        return _wrap(call.args.positional[1], wrapped) and call.args.positional[0]
    return NativeFunction("wraps", lambda inner: _wrap(wrapped, inner.args.positional[0]))


def _wrap(wrapped: Value, wrapper: Value) -> Value:
    if isinstance(wrapper, Function):
        wrapper.attrs["__wrapped__"] = wrapped
        wrapper.attrs["__name__"] = getattr(wrapped, "name", wrapper.name)
        if isinstance(wrapped, Function):
            wrapper.attrs["__name__"] = wrapped.attrs.get("__name__", wrapped.name)
            wrapper.attrs.update({k: v for k, v in wrapped.attrs.items() if k not in wrapper.attrs})
    return wrapper


@function("functools.singledispatch", "functools.singledispatchmethod")
def singledispatch(call: Call) -> Value:
    """`@singledispatch` is not followed."""
    return call.unknown("singledispatch is not supported")


@function("functools.lru_cache", "functools.cache", "functools.total_ordering")
def transparent(call: Call) -> Value:
    """Decorators that change nothing that matters here, with or without arguments."""
    args = call.args.positional
    if len(args) == 1 and not isinstance(args[0], int) and args[0] is not None:
        return args[0]
    return NativeFunction(call.name, lambda inner: inner.args.positional[0])


@function("functools.cached_property")
def cached_property(call: Call) -> Value:
    """`@cached_property`."""
    return Property(call.args.positional[0])


def _iterator(name: str, made: Callable[..., Any]) -> None:
    @function(f"itertools.{name}")
    def run(call: Call) -> Value:
        counts = name.startswith(("combinations", "permutations"))
        rows = [value if counts and i else items_of(call, value) for i, value in enumerate(call.args.positional)]
        doubt = next((row for row in rows if isinstance(row, Unknown)), None)
        if doubt is not None:
            return doubt
        items = list(itertools.islice(made(*rows, **call.args.keywords), budget.ITERATIONS + 1))
        if len(items) > budget.ITERATIONS:
            raise budget.Exhausted(f"more than {budget.ITERATIONS:,} items")
        return Iteration(items)


def _chain(call: Call, cls: Value) -> Value:
    return _joined_rows(call, call.args.positional)


def _joined_rows(call: Call, values: list[Value]) -> Value:
    rows = [items_of(call, value) for value in values]
    doubt = next((row for row in rows if isinstance(row, Unknown)), None)
    return doubt or Iteration([item for row in rows for item in row])  # type: ignore[union-attr]


CHAIN = native_class("itertools.chain", new=_chain)


@member(CHAIN, "from_iterable")
def from_iterable(call: Call) -> Value:
    """`chain.from_iterable(rows)`."""
    rows = items_of(call, call.args.positional[0])
    return rows if isinstance(rows, Unknown) else _joined_rows(call, rows)


for _name, _made in {
    "product": itertools.product,
    "zip_longest": itertools.zip_longest,
    "pairwise": itertools.pairwise,
    "combinations": itertools.combinations,
    "combinations_with_replacement": itertools.combinations_with_replacement,
    "permutations": itertools.permutations,
}.items():
    _iterator(_name, _made)


@function("itertools.repeat", signature="object, times=None")
def repeat(call: Call, object: Value, times: Value) -> Value:
    """`repeat(value, times)`."""
    if isinstance(times, int) and times <= budget.ITERATIONS:
        return Iteration([object] * times)
    if times is None:
        return Iteration([*[object] * 1000, Rest("repeat() is followed for 1000 items", call.place)])
    return times if isinstance(times, Unknown) else call.unknown("repeat() of an unknown length")


@function("itertools.cycle", signature="iterable")
def cycle(call: Call, iterable: Value) -> Value:
    """`cycle(values)` has no end; it is followed for 1000 items."""
    items = items_of(call, iterable)
    if isinstance(items, Unknown) or not items:
        return items if isinstance(items, Unknown) else Iteration([])
    rest = Rest("cycle() is followed for 1000 items", call.place)
    return Iteration([*itertools.islice(itertools.cycle(items), 1000), rest])


@function("itertools.starmap", signature="function, iterable")
def starmap(call: Call, function: Value, iterable: Value) -> Value:
    """`starmap(function, rows)`."""
    rows = items_of(call, iterable)
    if isinstance(rows, Unknown):
        return rows
    made: list[Value] = []
    for row in rows:
        args = items_of(call, row)
        made.append(args if isinstance(args, Unknown) else call.interp.call(function, args, call.frame, call.node))
    return Iteration(made)


@function("itertools.accumulate", signature="iterable, func=None, *, initial=None")
def accumulate(call: Call, iterable: Value, func: Value, initial: Value) -> Value:
    """`accumulate(values)`."""
    items = items_of(call, iterable)
    if isinstance(items, Unknown):
        return items
    items = items if initial is None else [initial, *items]
    made = items[:1]
    for item in items[1:]:
        if func is None:
            made.append(operators.binary("+", made[-1], item, call.frame, call.node))
        else:
            made.append(call.interp.call(func, [made[-1], item], call.frame, call.node))
    return Iteration(made)


@function("itertools.islice", signature="iterable, *ends")
def islice(call: Call, iterable: Value, ends: tuple[Value, ...]) -> Value:
    """`islice(values, start, stop, step)`."""
    items = call.interp.iterator(iterable, call.frame, call.node)
    if isinstance(items, Unknown):
        return items
    if not ends or not all(end is None or isinstance(end, int) for end in ends):
        return call.unknown("islice() with ends that are not known")
    call.interp.state.touch(items)
    left = items.items[items.position :]
    rest = next((i for i, item in enumerate(left) if isinstance(item, Rest)), None)
    stop = ends[0] if len(ends) == 1 else ends[1]
    if rest is not None and (stop is None or stop > rest):
        return Iteration([Rest(left[rest].reason, left[rest].place)])
    taken = iter(left)
    made = Iteration(list(itertools.islice(taken, *ends)))
    items.position = len(items.items) - len(list(taken))
    return made


@function("itertools.count")
def count(call: Call) -> Value:
    """`count()` has no end; it is followed for as many items as the budget of a loop has."""
    given = {**dict(zip(("start", "step"), call.args.positional, strict=False)), **call.args.keywords}
    start, step = given.get("start", 0), given.get("step", 1)
    if isinstance(start, int) and isinstance(step, int) and step:
        rest = Rest("count() is followed for 1000 numbers", call.place)
        return Iteration([*range(start, start + step * 1000, step), rest])
    return call.unknown("count() is not known")


for _sign, _name in {**operators.NAMES}.items():

    def _operator(call: Call, sign: str = _sign) -> Value:
        a, b = call.args.positional[:2]
        if sign in operators.BINARY:
            return operators.binary(sign, a, b, call.frame, call.node)
        return operators.compare(sign, a, b, call.frame, call.node)

    LIBRARY.define(f"operator.{_name}", NativeFunction(f"operator.{_name}", _operator))


@function("operator.attrgetter", signature="name")
def attrgetter(call: Call, name: Value) -> Value:
    """`attrgetter(name)`."""
    return NativeFunction("attrgetter", lambda inner: _dotted(inner, name))


def _dotted(call: Call, name: Value) -> Value:
    value = call.args.positional[0]
    if not isinstance(name, str):
        return call.unknown("an attribute whose name is not known")
    for part in name.split("."):
        value = attributes.get(value, part, call.frame, call.node)
    return value


@function("operator.itemgetter", signature="key")
def itemgetter(call: Call, key: Value) -> Value:
    """`itemgetter(key)`."""
    return NativeFunction(
        "itemgetter", lambda inner: inner.interp.item(inner.args.positional[0], key, inner.frame, inner.node)
    )


@function("copy.copy", signature="x")
def copy(call: Call, x: Value) -> Value:
    """`copy.copy`: one level."""
    if isinstance(x, Instance):
        own = attributes.find_in_class(x.cls, "__copy__")
        if own is not attributes.ABSENT:
            return call.interp.call(own, [x], call.frame, call.node)
        made = _fresh(x, dict(x.attrs))
        made.native = copied(x.native) if isinstance(x.native, (list, dict, set)) else x.native
        return made
    if isinstance(x, Tensor):
        return _deep(x, {})
    return copied(x) if isinstance(x, (list, dict, set)) else x


@function("copy.deepcopy", signature="x, memo=None")
def deepcopy(call: Call, x: Value, memo: Value) -> Value:
    """`copy.deepcopy`."""
    call.interp.budget.step(10)
    if isinstance(x, Instance):
        own = attributes.find_in_class(x.cls, "__deepcopy__")
        if own is not attributes.ABSENT:
            return call.interp.call(own, [x, {}], call.frame, call.node)
    return _deep(x, {})


def _fresh(x: Instance, attrs: dict[str, Value]) -> Instance:
    return Instance(x.cls, attrs, x.place, x.arg_places, x.literals, x.native, said=list(x.said))


def _deep(x: Value, done: dict[int, Value]) -> Value:
    if id(x) in done:
        return done[id(x)]
    if isinstance(x, Instance):
        made = done[id(x)] = _fresh(x, {})
        made.attrs.update({name: _deep(value, done) for name, value in x.attrs.items()})
        made.native = _deep(x.native, done)
        return made
    if isinstance(x, dict):
        held = done[id(x)] = copied(x)
        held.update({key: _deep(value, done) for key, value in x.items()})
        return held
    if isinstance(x, list):
        items = done[id(x)] = copied(x)
        items[:] = [_deep(item, done) for item in x]
        return items
    if isinstance(x, set):
        return {_deep(item, done) for item in x}
    if isinstance(x, tuple):
        row = done[id(x)] = tuple(_deep(item, done) for item in x)
        return row
    if isinstance(x, Tensor):
        tensor = done[id(x)] = Tensor(x.shape, x.source, x.dtype, x.reason, x.parameter, x.open)
        return tensor
    if isinstance(x, Partial):
        return Partial(x.function, _deep(x.args, done), _deep(x.kwargs, done))
    if isinstance(x, BoundMethod):
        return BoundMethod(x.function, _deep(x.receiver, done))
    return x


@function("contextlib.contextmanager")
def contextmanager(call: Call) -> Value:
    """`@contextmanager`: the function runs when its `with` does."""
    held = call.args.positional[0]
    if not isinstance(held, Function):
        return held
    made = Function(held.name, held.node, held.parameters, held.scope, held.module, held.owner)
    return NativeFunction(held.name, lambda inner: Manager(made, inner.args))


@function("abc.abstractmethod", "atexit.register", "contextlib.asynccontextmanager")
def decorator(call: Call) -> Value:
    """Decorators that leave the function as it is."""
    return call.args.positional[0]


@function("abc.abstractproperty")
def abstractproperty(call: Call) -> Value:
    """`@abstractproperty`."""
    return Property(call.args.positional[0])
