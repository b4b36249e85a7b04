"""Python's built-in names: functions, types called as functions, exceptions."""

from __future__ import annotations

import builtins as host
from collections.abc import Callable
from typing import Any

from rflint.interp import attributes, budget, hosts, operators
from rflint.interp.constructors import MADE
from rflint.interp.frames import Args, Call, Frame
from rflint.interp.functions import FUNCTIONS
from rflint.interp.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    NativeClass,
    NativeFunction,
    Partial,
    Property,
    Raised,
    Rest,
    Tensor,
    Unknown,
    Value,
    is_concrete,
)

TYPES = (
    "int float complex bool str bytes bytearray list tuple dict set frozenset type object range "
    "slice property staticmethod classmethod enumerate zip map filter reversed super"
).split()
EXCEPTIONS = {
    name: value for name, value in vars(host).items() if isinstance(value, type) and issubclass(value, BaseException)
}


NAMES: dict[str, Value] = {
    **{name: getattr(host, name) for name in TYPES},
    **EXCEPTIONS,
    "NotImplemented": NotImplemented,
    "Ellipsis": ...,
    "__debug__": True,
    "True": True,
    "False": False,
    "None": None,
}


NEEDING = (enumerate, map, filter, reversed, type, staticmethod, classmethod, slice, range)


class Builtins:
    """What the interpreter asks of Python's built-in names and values."""

    def has(self, name: str) -> bool:
        """Is it a built-in name?"""
        return name in NAMES or name in FUNCTIONS

    def name(self, name: str, frame: Frame, node: Any) -> Value:
        """The value of a built-in name."""
        if name in NAMES:
            return NAMES[name]
        if name in FUNCTIONS:
            return FUNCTIONS[name]
        if hasattr(host, name):
            return frame.unknown(f"{name} is not supported", node)
        if frame.function is None and frame.module.state == "running":
            return frame.unknown(f"name {name} is not defined", node)
        raise Raised(NameError, f"name '{name}' is not defined", frame.place(node))

    def attribute(self, value: Value, name: str, frame: Frame, node: Any) -> Value:
        """An attribute of a host value or of a function."""
        if isinstance(value, (Function, NativeFunction, BoundMethod, Partial, Property)):
            return _of_function(value, name, frame, node)
        if isinstance(value, type) and name in OF_OBJECTS:
            return self.unbound_member(name)
        return hosts.attribute(value, name)

    def call(self, function: Value, args: Args, frame: Frame, node: Any) -> Value:
        """Call a host type, or say why it cannot be called."""
        call = Call(frame.interp, frame, node, args, getattr(function, "__name__", "?"))
        if isinstance(function, type):
            if function in MADE:
                return self._made(function, call)
            if issubclass(function, BaseException):
                return Instance(function, {"args": tuple(args.positional), **args.keywords}, call.place)  # type: ignore[arg-type]
            return call.unknown(f"{function.__name__}() is not supported")
        if isinstance(function, Tensor) and function.shape is None:
            return call.unknown("what is called here is taken for a tensor of unknown shape, and may be none")
        if function is None or isinstance(function, (int, str, float, list, dict, tuple, Tensor)):
            raise Raised(TypeError, f"{attributes.describe(function)} is not callable", call.place)
        return call.unknown(f"calling {attributes.describe(function)} is not supported")

    def _made(self, kind: type, call: Call) -> Value:
        if call.args.open is not None:
            return Unknown(call.args.open.reason, call.args.open.place)
        if kind in NEEDING and not call.args.positional:
            raise Raised(TypeError, f"{kind.__name__}() misses an argument", call.place)
        return MADE[kind](call)

    # -- containers ------------------------------------------------------------------------------------------

    def item(self, value: Value, key: Value, frame: Frame, node: Any) -> Value:
        """`value[key]` of host containers."""
        return hosts.item(value, key, frame, node)

    def is_key(self, value: dict[Value, Value], item: Value, frame: Frame, node: Any) -> Value:
        """`item in value` of dicts."""
        return hosts.is_key(value, item, frame, node)

    def set_item(self, value: Value, key: Value, new: Value, frame: Frame, node: Any) -> None:
        """`value[key] = new` of host containers."""
        hosts.set_item(value, key, new, frame, node)

    def delete_item(self, value: Value, key: Value, frame: Frame, node: Any) -> None:
        """`del value[key]` of host containers."""
        hosts.delete_item(value, key, frame, node)

    # -- strings ---------------------------------------------------------------------------------------------

    def format(self, value: Value, spec: Value, conversion: str, frame: Frame, node: Any) -> Value:
        """One field of an f-string."""
        for part in (value, spec):
            if isinstance(part, Unknown):
                return part
        if hosts.has_wide_field(spec):
            return frame.unknown(f"a text of more than {budget.TEXT:,} characters", node)
        text = frame.interp.text(value, frame, node)
        if isinstance(text, Unknown):
            return text
        if is_concrete(value) and not isinstance(value, (list, dict, tuple, set)):
            try:
                return format(repr(value) if conversion == "r" else value, spec)
            except (ValueError, TypeError):
                return frame.unknown("a format that does not fit", node)
        return repr(text) if conversion == "r" and isinstance(value, str) else text

    def percent_format(self, template: str, value: Value, frame: Frame, node: Any) -> Value:
        """`template % value`."""
        if hosts.has_wide_field(template) or "*" in template:
            return frame.unknown(f"a text of more than {budget.TEXT:,} characters", node)
        if is_concrete(value):
            try:
                return template % value
            except (TypeError, ValueError) as problem:
                raise Raised(type(problem), str(problem), frame.place(node)) from None
        return frame.unknown("a text with an unknown part", node)

    # -- exceptions ------------------------------------------------------------------------------------------

    def message(self, value: Instance) -> str:
        """The text of an exception object."""
        args = value.attrs.get("args", ())
        return "; ".join(str(arg) for arg in args if isinstance(arg, (str, int))) if isinstance(args, tuple) else ""

    def catches(self, kind: Value, raised: Value) -> bool:
        """Does `except kind` catch what was raised?"""
        if isinstance(kind, type) and isinstance(raised, type):
            return issubclass(raised, kind)
        return attributes.is_subclass(raised, kind)

    def exception_value(self, problem: Raised) -> Value:
        """The object that `except … as name` binds."""
        if isinstance(problem.value, Instance):
            return problem.value
        return Instance(problem.kind, {"args": (problem.text,)}, problem.place)

    # -- classes ---------------------------------------------------------------------------------------------

    def give_payload(self, instance: Instance, args: Args, frame: Frame, node: Any) -> None:
        """Instances of classes derived from `dict`, `list`, … keep the host value inside."""
        for base in attributes.order_of(instance.cls):
            if isinstance(base, type) and base in (dict, list, set, tuple, str, int, float):
                own = attributes.find_in_class(instance.cls, "__init__")
                empty = own is not attributes.ABSENT and base in (dict, list, set)
                made = MADE[base](Call(frame.interp, frame, node, Args([]) if empty else args))
                instance.native = made if not isinstance(made, Unknown) else None
                return

    def object_member(self, name: str, receiver: Value) -> Value:
        """Members that every object has."""
        if name == "__init_subclass__":
            return NativeFunction("__init_subclass__", lambda call: None)
        if name == "__doc__":
            return None
        if name == "__new__":
            return self.unbound_member(name)
        return BoundMethod(self.unbound_member(name), receiver) if name in OF_OBJECTS else attributes.ABSENT

    def unbound_member(self, name: str) -> Value:
        """`object.__init__`, `Base.__setattr__` where no class of the source defines it."""
        return NativeFunction(name, OF_OBJECTS[name])

    def enum_member(self, cls: ClassValue, args: Args, frame: Frame, node: Any) -> Value:
        """`Color("red")`: the member of that value."""
        members = cls.notes["members"].values()
        wanted = args.positional[0] if args.positional else None
        for member in members:
            if member is wanted or operators.equal(member.attrs.get("value"), wanted, frame, node) is True:
                return member
        return frame.unknown(f"a member of {cls.name}", node)

    def registered(self, owner: Instance, frame: Frame) -> Value:
        """`module._modules`: an attribute that is not known may be a module too."""
        made = hosts.Registered()
        made.owner = owner
        for name, value in owner.attrs.items():
            if isinstance(value, Unknown):
                made[Rest(value.reason, value.place)] = value
            elif frame.interp.is_network(value):
                made[name] = value
        return made

    def enum_item(self, cls: ClassValue, key: Value, frame: Frame, node: Any) -> Value:
        """`Color["RED"]`."""
        members = cls.notes["members"]
        return (
            members[key] if isinstance(key, str) and key in members else frame.unknown(f"a member of {cls.name}", node)
        )


def _init_object(call: Call) -> Value:
    receiver, *rest = call.args.positional
    if isinstance(receiver, Instance):
        if isinstance(receiver.native, dict):
            call.interp.state.touch(receiver.native)
            made = MADE[dict](Call(call.interp, call.frame, call.node, Args(rest, call.args.keywords)))
            receiver.native.update(made if isinstance(made, dict) else {})
        elif isinstance(receiver.native, list) and rest:
            call.interp.state.touch(receiver.native)
            items = call.interp.elements(rest[0], call.frame, call.node)
            receiver.native.extend(items if isinstance(items, list) else [Rest(items.reason, items.place)])
        elif isinstance(receiver.cls, ClassValue):
            receiver.attrs.setdefault("args", tuple(rest)) if _is_exception(receiver.cls) else None
    return None


def _is_exception(cls: Value) -> bool:
    return any(isinstance(one, type) and issubclass(one, BaseException) for one in attributes.order_of(cls))


def _set_attribute(call: Call) -> Value:
    receiver, name, value = call.args.positional[:3]
    if isinstance(receiver, Instance) and isinstance(name, str):
        attributes.put_plain(receiver, name, value, call.frame, call.node)
    elif isinstance(receiver, Instance):
        attributes.put_somewhere(receiver, call.unknown("an attribute whose name is not known"), call.frame)
    return None


def _drop_attribute(call: Call) -> Value:
    receiver, name = call.args.positional[:2]
    if isinstance(name, str):
        attributes.drop_plain(receiver, name, call.frame)
    else:
        attributes.put_somewhere(receiver, call.unknown("an attribute whose name is not known"), call.frame)


def _get_attribute(call: Call) -> Value:
    receiver, name = call.args.positional[:2]
    return attributes.get(receiver, name, call.frame, call.node) if isinstance(name, str) else call.unknown("a name")


def _new_object(call: Call) -> Value:
    """`object.__new__(cls)`, `super().__new__(cls)`."""
    cls = call.args.positional[0] if call.args.positional else None
    if not isinstance(cls, (ClassValue, NativeClass)):
        return call.unknown("__new__ of this form is not supported")
    made = Instance(cls, {}, call.place)
    call.interp.builtins.give_payload(made, Args(call.args.positional[1:], {}), call.frame, call.node)
    return made


OF_OBJECTS: dict[str, Callable[[Call], Value]] = {
    "__new__": _new_object,
    "__init__": _init_object,
    "__setattr__": _set_attribute,
    "__delattr__": _drop_attribute,
    "__getattribute__": _get_attribute,
}
"""Methods that every object has."""


def _of_function(value: Value, name: str, frame: Frame, node: Any) -> Value:
    if isinstance(value, Partial):
        return {"func": value.function, "args": value.args, "keywords": value.kwargs}.get(name, attributes.ABSENT)
    if isinstance(value, Property):
        if name in ("setter", "getter", "deleter"):
            return BoundMethod(NativeFunction(name, _property_part), value)
        return attributes.ABSENT
    if isinstance(value, BoundMethod):
        if name == "__self__":
            return value.receiver
        if name == "__func__":
            return value.function
        return _of_function(value.function, name, frame, node)
    if isinstance(value, Function):
        if name in value.attrs:
            return value.attrs[name]
        if name == "__module__":
            return value.module.name
    if name in ("__name__", "__qualname__"):
        return value.name.rsplit(".", 1)[-1]
    if name == "__doc__":
        return None
    if name == "__dict__" and isinstance(value, Function):
        return value.attrs
    if name == "__call__":
        return value
    return attributes.ABSENT


def _property_part(call: Call) -> Value:
    held, function = call.args.positional[:2]
    return Property(
        held.getter if call.name != "getter" else function, function if call.name == "setter" else held.setter
    )
