"""Containers: Sequential, ModuleList, ModuleDict, ParameterList, ParameterDict.

Their elements are attributes with the names that torch gives them ("0", "1", …), so paths come out as torch's.
"""

from __future__ import annotations

from collections.abc import Callable

from rflint.interp import attributes
from rflint.interp.frames import Args, Call
from rflint.interp.values import (
    ClassValue,
    Function,
    Instance,
    Iteration,
    NativeClass,
    NativeFunction,
    Raised,
    Rest,
    Some,
    Tensor,
    Unknown,
    Value,
    some,
)
from rflint.library.registry import LIBRARY, member, native_class
from rflint.library.torch.op import MODULE
from rflint.library.torch.refusal import Refusal

SEQUENTIAL = native_class("torch.nn.Sequential", MODULE)
MODULE_LIST = native_class("torch.nn.ModuleList", MODULE)
MODULE_DICT = native_class("torch.nn.ModuleDict", MODULE)
PARAMETER_LIST = native_class("torch.nn.ParameterList", MODULE)
PARAMETER_DICT = native_class("torch.nn.ParameterDict", MODULE)
for _cls in (SEQUENTIAL, MODULE_LIST, MODULE_DICT):
    LIBRARY.define(f"torch.nn.modules.container.{_cls.name}", _cls)
REST = "*"
"""The name under which a container keeps that it has further elements, unknown ones."""
LISTS = (SEQUENTIAL, MODULE_LIST, PARAMETER_LIST)
DICTS = (MODULE_DICT, PARAMETER_DICT)


def entries(call: Call, self: Instance) -> dict[str, Value]:
    """The elements by name, in order."""
    tensors = any(one in (PARAMETER_LIST, PARAMETER_DICT) for one in attributes.order_of(self.cls))
    return {name: value for name, value in self.attrs.items() if _is_element(call, name, value, tensors)}


def _is_element(call: Call, name: str, value: Value, tensors: bool) -> bool:
    """Is an attribute an element?  Modules hold modules or None, and may have parameters of their own besides."""
    if value is None:
        return name.isdigit() and not tensors
    if isinstance(value, Unknown):
        return isinstance(value, (Rest, Some)) or name.isdigit() or name == REST
    return isinstance(value, Tensor) if tensors else call.interp.is_network(value)


def items(call: Call, self: Instance) -> list[Value]:
    """The elements in order."""
    return list(entries(call, self).values())


def leave_open(self: Instance, doubt: Unknown) -> None:
    """Takes an empty container for one into which others put elements that are not known."""
    kinds = attributes.order_of(self.cls)
    held = [value for value in self.attrs.values() if isinstance(value, (Instance, Unknown))]
    if not held and any(one in kinds for one in (SEQUENTIAL, MODULE_LIST, MODULE_DICT)):
        self.attrs[REST] = Rest(doubt.reason, doubt.place)


def fill(call: Call, self: Instance, values: list[Value]) -> None:
    """Add elements at the end, under the next numbers."""
    call.interp.state.touch(self)
    for value in values:
        if isinstance(value, (Function, NativeFunction, ClassValue, NativeClass, str, int, float)):
            raise Raised(TypeError, Refusal(f"{attributes.describe(value)} is no module"), call.place)
        if isinstance(value, Rest):
            self.attrs[REST] = value
        else:
            self.attrs[str(len(entries(call, self)))] = value


def adopt(call: Call, self: Instance, modules: dict[Value, Value]) -> None:
    """Take over named elements; a name that is not known stands for any number of them."""
    call.interp.state.touch(self)
    for name, value in modules.items():
        if isinstance(name, str):
            self.attrs[name] = some(value)
        elif isinstance(name, Unknown):
            self.attrs[REST] = Rest(name.reason, name.place)


def refill(call: Call, self: Instance, values: list[Value]) -> None:
    """Replace all elements."""
    call.interp.state.touch(self)
    held = entries(call, self)
    self.attrs = {name: value for name, value in self.attrs.items() if name not in held}
    fill(call, self, values)


def _listed(call: Call, value: Value) -> list[Value]:
    found = call.interp.elements(value, call.frame, call.node)
    return [Rest(found.reason, found.place)] if isinstance(found, Unknown) else found


@member(SEQUENTIAL, "__init__")
def sequential(call: Call) -> Value:
    """`Sequential(*modules)` or `Sequential(OrderedDict)`."""
    self, *args = call.args.positional
    self.attrs.setdefault("training", True)
    if call.args.open is not None:
        args.append(Rest(call.args.open.reason, call.args.open.place))
    if len(args) == 1 and isinstance(args[0], dict):
        adopt(call, self, args[0])
    elif len(args) == 1 and isinstance(args[0], Unknown) and not isinstance(args[0], Rest):
        self.attrs["0"] = args[0]
    else:
        fill(call, self, args)
    return None


@member(MODULE_LIST, "__init__", signature="modules=None")
@member(PARAMETER_LIST, "__init__", signature="values=None")
def module_list(call: Call, self: Instance, **given: Value) -> Value:
    """`ModuleList(modules)`."""
    self.attrs.setdefault("training", True)
    (values,) = given.values()
    if values is not None:
        fill(call, self, _listed(call, values))
    return None


@member(MODULE_DICT, "__init__", signature="modules=None")
@member(PARAMETER_DICT, "__init__", signature="parameters=None")
def module_dict(call: Call, self: Instance, **given: Value) -> Value:
    """`ModuleDict(modules)`."""
    self.attrs.setdefault("training", True)
    (values,) = given.values()
    if values is not None:
        update(call, self, values)
    return None


@member(SEQUENTIAL, "forward")
def forward(call: Call) -> Value:
    """Each element in turn, on what the one before returned."""
    self, *args = call.args.positional
    count = len(args) + len(call.args.keywords)
    if count != 1 and call.args.open is None:
        raise Raised(TypeError, f"{self.kind}.forward() takes one input, and {count} are given", call.place)
    value: Value = None
    for element in items(call, self):
        if isinstance(element, Unknown):
            return Unknown(element.reason, element.place)
        value = call.interp.call(element, args, call.frame, call.node)
        args = [value]
    return args[0] if args else None


def _on(
    classes: tuple[NativeClass, ...], *names: str, signature: str | None = None
) -> Callable[..., Callable[..., Value]]:
    def register(run: Callable[..., Value]) -> Callable[..., Value]:
        for cls in classes:
            member(cls, *names, signature=signature)(run)
        return run

    return register


@_on((*LISTS, *DICTS), "__len__", signature="")
def length(call: Call, self: Instance) -> Value:
    """`len(container)`."""
    held = items(call, self)
    rest = next((item for item in held if isinstance(item, Rest)), None)
    return Unknown(rest.reason, rest.place) if rest is not None else len(held)


@_on(LISTS, "__iter__", signature="")
def iterate(call: Call, self: Instance) -> Value:
    """`for module in container`."""
    return Iteration(items(call, self))


@_on(DICTS, "__iter__", "keys", signature="")
def keys(call: Call, self: Instance) -> Value:
    """`keys()`."""
    return Iteration(list(entries(call, self)))


@_on((*DICTS, SEQUENTIAL), "items", signature="")
def pairs(call: Call, self: Instance) -> Value:
    """`items()`."""
    return Iteration(list(entries(call, self).items()))


@_on(DICTS, "values", signature="")
def values(call: Call, self: Instance) -> Value:
    """`values()`."""
    return Iteration(items(call, self))


@_on(LISTS, "__getitem__", signature="index")
def get_item(call: Call, self: Instance, index: Value) -> Value:
    """`container[i]`, `container[a:b]`."""
    held = items(call, self)
    if isinstance(index, slice):
        names = list(entries(call, self).items())
        found = call.interp.builtins.item(names, index, call.frame, call.node)
        return found if isinstance(found, Unknown) else _sliced(call, self, found)
    return call.interp.builtins.item(held, index, call.frame, call.node)


def _sliced(call: Call, self: Instance, chosen: list[tuple[str, Value]]) -> Value:
    """A part of a container: torch makes it by calling the container's class with the elements."""
    if isinstance(attributes.find_in_class(self.cls, "__init__"), Function):
        named = attributes.is_subclass(self.cls, SEQUENTIAL)
        return call.interp.call(self.cls, [dict(chosen) if named else [v for _, v in chosen]], call.frame, call.node)
    made = Instance(self.cls, {"training": self.attrs.get("training", True)}, call.place)
    if attributes.is_subclass(self.cls, SEQUENTIAL):
        made.attrs.update(chosen)
    else:
        fill(call, made, [value for _, value in chosen])
    return made


@_on(DICTS, "__getitem__", signature="key")
def get_entry(call: Call, self: Instance, key: Value) -> Value:
    """`container[name]`."""
    held = entries(call, self)
    if key not in held and REST in held:
        return held[REST]
    return call.interp.builtins.item(held, key, call.frame, call.node)


@_on(DICTS, "__contains__", signature="key")
def contains(call: Call, self: Instance, key: Value) -> Value:
    """`name in container`."""
    held = entries(call, self)
    return key if isinstance(key, Unknown) else key in held or held.get(REST, False)


@_on(LISTS, "__contains__", signature="value")
def holds(call: Call, self: Instance, value: Value) -> Value:
    """`module in container`."""
    return any(item is value for item in items(call, self))


@_on((*LISTS, *DICTS), "__setitem__", signature="key, value")
def set_item(call: Call, self: Instance, key: Value, value: Value) -> Value:
    """`container[key] = module`."""
    if isinstance(key, str):
        call.interp.state.touch(self)
        self.attrs[key] = some(value)
    elif isinstance(key, Unknown):
        attributes.put_somewhere(self, key, call.frame)
    elif isinstance(key, int):
        names = list(entries(call, self))
        if not -len(names) <= key < len(names):
            raise Raised(IndexError, f"index {key} is out of range", call.place)
        call.interp.state.touch(self)
        self.attrs[names[key]] = value
    return None


@_on((*LISTS, *DICTS), "__delitem__", signature="key")
def delete_item(call: Call, self: Instance, key: Value) -> Value:
    """`del container[key]`; what follows in a list moves up."""
    if isinstance(key, str):
        call.interp.state.touch(self)
        self.attrs.pop(key, None)
        return None
    held = items(call, self)
    call.interp.builtins.delete_item(held, key, call.frame, call.node)
    refill(call, self, held)
    return None


@_on(LISTS, "append", signature="module")
def append(call: Call, self: Instance, module: Value) -> Value:
    """`append(module)`."""
    fill(call, self, [module])
    return self


@_on(LISTS, "extend", "__iadd__", signature="modules")
def extend(call: Call, self: Instance, modules: Value) -> Value:
    """`extend(modules)`, `container += modules`."""
    fill(call, self, _listed(call, modules))
    return self


@_on(LISTS, "insert", signature="index, module")
def insert(call: Call, self: Instance, index: Value, module: Value) -> Value:
    """`insert(index, module)`."""
    held = items(call, self)
    if isinstance(index, int):
        held.insert(index, module)
        refill(call, self, held)
    return None


@_on(LISTS, "__add__", signature="other")
def add(call: Call, self: Instance, other: Value) -> Value:
    """`container + container`."""
    made = Instance(self.cls, {"training": self.attrs.get("training", True)}, call.place)
    fill(call, made, [*items(call, self), *_listed(call, other)])
    return made


@_on((*LISTS, *DICTS), "pop", signature="key")
def pop(call: Call, self: Instance, key: Value) -> Value:
    """`pop(key)`."""
    found = call.interp.item(self, key, call.frame, call.node)
    delete_item(call, self, key)
    return found


@_on(DICTS, "update", signature="modules")
def update(call: Call, self: Instance, modules: Value) -> Value:
    """`update(modules)`."""
    if isinstance(modules, (list, tuple, Iteration)):
        found = call.interp.call_with(dict, Args([modules]), call.frame, call.node)
    else:
        found = call.interp.mapping(modules, call.frame, call.node)
    if isinstance(found, Unknown):
        found = {found: found}
    adopt(call, self, found)
    return None
