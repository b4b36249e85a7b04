"""Walking the tree of modules: children, modules, parameters and buffers by name and in order, and the mode of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rflint.interp import attributes
from rflint.interp.frames import Call
from rflint.interp.hosts import Ordered
from rflint.interp.values import (
    Function,
    Instance,
    Iteration,
    Rest,
    Tensor,
    Unknown,
    Value,
)
from rflint.library.registry import member
from rflint.library.torch.op import MODULE

Named = tuple[str, Instance] | Rest
"""A module with its name or path; a `Rest` where an attribute is not known, which may be one or not."""


def children_of(call: Call, instance: Instance) -> Iterator[Named]:
    """The registered modules of a module, by name, in order, each once."""
    seen: set[int] = set()
    for name, value in instance.attrs.items():
        if isinstance(value, Unknown):
            yield Rest(f"{name} may be a module: {value.reason}", value.place)
        elif call.interp.is_network(value) and id(value) not in seen:
            seen.add(id(value))
            yield name, value


def walk(call: Call, instance: Instance, prefix: str = "", seen: set[int] | None = None) -> Iterator[Named]:
    """A module and everything below it, with paths, each once."""
    seen = set() if seen is None else seen
    if id(instance) in seen:
        return
    seen.add(id(instance))
    yield prefix, instance
    for row in children_of(call, instance):
        if isinstance(row, Rest):
            yield row
        else:
            yield from walk(call, row[1], f"{prefix}.{row[0]}" if prefix else row[0], seen)


def _second(rows: Iterable[Any]) -> Iteration:
    """What is named, without the names."""
    return Iteration([row if isinstance(row, Rest) else row[1] for row in rows])


@member(MODULE, "children", signature="")
def children(call: Call, self: Instance) -> Value:
    """`children()`."""
    return _second(children_of(call, self))


@member(MODULE, "named_children", signature="")
def named_children(call: Call, self: Instance) -> Value:
    """`named_children()`."""
    return Iteration(list(children_of(call, self)))


@member(MODULE, "modules", signature="")
def modules(call: Call, self: Instance) -> Value:
    """`modules()`."""
    return _second(walk(call, self))


@member(MODULE, "named_modules", signature="memo=None, prefix='', remove_duplicate=True")
def named_modules(call: Call, self: Instance, memo: Value, prefix: Value, remove_duplicate: Value) -> Value:
    """`named_modules()`."""
    return Iteration(list(walk(call, self, prefix if isinstance(prefix, str) else "")))


def _tensors(call: Call, self: Instance, parameters: bool, recurse: Value) -> list[tuple[str, Tensor] | Rest]:
    """Parameters or buffers with their paths, each once."""
    found: dict[int, tuple[str, Tensor] | Rest] = {}
    for row in walk(call, self) if recurse is not False else [("", self)]:
        if isinstance(row, Rest):
            found[id(row)] = row
            continue
        path, module = row
        for name, value in module.attrs.items():
            if isinstance(value, Tensor) and value.parameter is parameters:
                found.setdefault(id(value), (f"{path}.{name}" if path else name, value))
    return list(found.values())


@member(MODULE, "parameters", signature="recurse=True")
def parameters(call: Call, self: Instance, recurse: Value) -> Value:
    """`parameters()`."""
    return _second(_tensors(call, self, True, recurse))


@member(MODULE, "named_parameters", signature="prefix='', recurse=True, remove_duplicate=True")
def named_parameters(call: Call, self: Instance, prefix: Value, recurse: Value, remove_duplicate: Value) -> Value:
    """`named_parameters()`."""
    return Iteration(list(_tensors(call, self, True, recurse)))


@member(MODULE, "buffers", signature="recurse=True")
def buffers(call: Call, self: Instance, recurse: Value) -> Value:
    """`buffers()`."""
    return _second(_tensors(call, self, False, recurse))


@member(MODULE, "named_buffers", signature="prefix='', recurse=True, remove_duplicate=True")
def named_buffers(call: Call, self: Instance, prefix: Value, recurse: Value, remove_duplicate: Value) -> Value:
    """`named_buffers()`."""
    return Iteration(list(_tensors(call, self, False, recurse)))


@member(MODULE, "state_dict")
def state_dict(call: Call) -> Value:
    """`state_dict()`: tensors by path."""
    self = call.args.positional[0]
    rows = [row for which in (True, False) for row in _tensors(call, self, which, True)]
    return Ordered((row, row) if isinstance(row, Rest) else row for row in rows)


@member(MODULE, "apply", signature="fn")
def apply(call: Call, self: Instance, fn: Value) -> Value:
    """`apply(fn)`: children first."""
    for row in list(children_of(call, self)):
        if not isinstance(row, Rest):
            apply(call, row[1], fn)
    call.interp.call(fn, [self], call.frame, call.node)
    return self


@member(MODULE, "train", signature="mode=True")
def train(call: Call, self: Instance, mode: Value) -> Value:
    """`train(mode)`: the mode of a module and of all below it, by their own `train` where the source writes one."""
    _set_mode(call, self, mode, set())
    return self


def _set_mode(call: Call, module: Instance, mode: Value, seen: set[int]) -> None:
    seen.add(id(module))
    if attributes.is_ready(module) and module.attrs.get("training") is not mode:
        call.interp.state.touch(module)
        module.attrs["training"] = mode
    below = [row[1] for row in children_of(call, module) if not isinstance(row, Rest)]
    for child in below:
        own = attributes.find_in_class(child.cls, "train")
        if isinstance(own, Function):
            call.interp.call(own, [child, mode], call.frame, call.node)
        elif id(child) not in seen:
            _set_mode(call, child, mode, seen)


@member(MODULE, "eval", signature="")
def eval_(call: Call, self: Instance) -> Value:
    """`eval()`."""
    return call.interp.call(attributes.get(self, "train", call.frame, call.node), [False], call.frame, call.node)
