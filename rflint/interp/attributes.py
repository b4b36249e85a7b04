"""Attributes: classes and their order, look-up, binding, assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rflint.interp.numerals import kind_of
from rflint.interp.values import (
    OPEN,
    BoundMethod,
    ClassMethod,
    ClassValue,
    Function,
    Instance,
    Iteration,
    NativeClass,
    NativeFunction,
    NativeModule,
    Partial,
    Property,
    Raised,
    Rest,
    SourceModule,
    StaticMethod,
    Super,
    Tensor,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    from rflint.interp.frames import Frame

ABSENT = object()


def linearise(cls: Value, bases: tuple[Value, ...]) -> tuple[Value, ...]:
    """The method resolution order (C3) of a class with these bases, unknown ones in their places.

    Raises `Raised` (TypeError) if there is none.
    """
    rows = [list(certain_order(base)) for base in bases] + [list(bases)]
    order: list[Value] = [cls]
    while rows := [row for row in rows if row]:
        heads = (row[0] for row in rows if not any(row[0] in other[1:] for other in rows))
        head = next(heads, None)
        if head is None:
            raise Raised(TypeError, f"the bases of {cls.name} have no consistent order")
        order.append(head)
        rows = [row[1:] if row[0] is head else row for row in rows]
    return tuple(order)


PRESUMED = "presumed"
"""The note of a class that is only taken for a module: the last of its bases."""


def certain_order(cls: Value) -> tuple[Value, ...]:
    """The method resolution order of a class without what is only presumed."""
    order = order_of(cls)
    return order[:-1] if isinstance(cls, ClassValue) and PRESUMED in cls.notes else order


def order_of(cls: Value) -> tuple[Value, ...]:
    """The method resolution order of any class."""
    if isinstance(cls, (ClassValue, NativeClass)):
        return cls.mro or (cls,)
    return cls.__mro__[:-1] if isinstance(cls, type) else (cls,)


def is_subclass(cls: Value, other: Value) -> bool:
    """Is `cls` the other class, or derived from it?"""
    if other is object:
        return True
    return any(one is other for one in order_of(cls))


def unknown_base(cls: Value) -> Unknown | None:
    """The first base that could not be followed, of the class or of its bases."""
    for one in order_of(cls):
        if isinstance(one, ClassValue):
            for base in one.bases:
                if isinstance(base, Unknown):
                    return base
    return None


def find_in_class(cls: Value, name: str, after: Value = None) -> Value:
    """The attribute as it stands in the class or its bases, unbound; ABSENT if there is none.

    Behind an unknown base only what the library describes is found: a mixin from elsewhere is not taken to replace
    what `nn.Module` does, but may well replace what other classes of the source do.
    """
    order = order_of(cls)
    if after is not None:
        order = order[order.index(after) + 1 :] if after in order else ()
    certain = True
    for one in order:
        certain = certain and not isinstance(one, Unknown)
        if isinstance(one, ClassValue):
            if certain and name in one.namespace:
                return one.namespace[name]
        elif isinstance(one, NativeClass) and name in one.members:
            return one.members[name]
    return ABSENT


def bind(found: Value, receiver: Value, cls: Value, frame: Frame, node: Any) -> Value:
    """What attribute access makes of something found in a class."""
    if isinstance(found, (Function, NativeFunction)):
        return BoundMethod(found, receiver) if receiver is not None else found
    if isinstance(found, Property):
        return frame.interp.call(found.getter, [receiver], frame, node) if receiver is not None else found
    if isinstance(found, StaticMethod):
        return found.function
    if isinstance(found, ClassMethod):
        return BoundMethod(found.function, cls)
    return found


def get(value: Value, name: str, frame: Frame, node: Any) -> Value:
    """`value.name`; raises `Raised` (AttributeError) where Python certainly would."""
    found = look_up(value, name, frame, node)
    if found is not ABSENT:
        return found
    missing = may_have(value, name)
    if missing is not None:
        return Unknown(missing.reason, missing.place)
    described = not isinstance(value, Instance) or all(map(_is_described, order_of(value.cls)))
    if described and isinstance(value, (Instance, ClassValue, SourceModule, str, type(None))):
        raise Raised(AttributeError, f"{describe(value)} has no attribute '{name}'", frame.place(node))
    return frame.unknown(f"attribute {name} of {describe(value)} is not supported", node)


def _is_described(cls: Value) -> bool:
    """Are all attributes of its objects known: those of the source, and `nn.Module`'s?"""
    return not isinstance(cls, NativeClass) or cls.private is not None


def may_have(value: Value, name: str) -> Unknown | None:
    """Why a value may have an attribute that was not found, if it may."""
    if not isinstance(value, Instance):
        return None
    rest = value.attrs.get(OPEN)
    if isinstance(rest, Unknown):
        return rest
    if name.startswith("_") and not name.endswith("__") and _is_private(value.cls, name):
        return Unknown(f"attribute {name} of {describe(value)} is not supported")
    return unknown_base(value.cls)


def _is_private(cls: Value, name: str) -> bool:
    """Is it the name of something inside a class of the library that the library does not describe?"""
    native = [one for one in order_of(cls) if isinstance(one, NativeClass)]
    listed = next((one.private for one in native if one.private is not None), None)
    return bool(native) if listed is None else name in listed


def look_up(value: Value, name: str, frame: Frame, node: Any) -> Value:
    """`value.name`, or ABSENT."""
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Instance):
        return _of_instance(value, name, frame, node)
    if isinstance(value, Tensor):
        return _of_native(value, frame.interp.library.find("torch.Tensor"), name, frame, node)
    if isinstance(value, SourceModule):
        return frame.interp.loader.member(value, name, frame, node)
    if isinstance(value, NativeModule):
        return frame.interp.library.member(value, name, frame, node)
    if isinstance(value, (ClassValue, NativeClass)):
        return _of_class(value, name, frame, node)
    if isinstance(value, Super):
        found = find_in_class(
            value.receiver.cls if isinstance(value.receiver, Instance) else value.receiver, name, value.after
        )
        cls = value.receiver.cls if isinstance(value.receiver, Instance) else value.receiver
        return _super_default(value, name, found, frame, node, cls)
    return frame.interp.builtins.attribute(value, name, frame, node)


def _super_default(value: Super, name: str, found: Value, frame: Frame, node: Any, cls: Value) -> Value:
    if found is not ABSENT:
        return bind(found, value.receiver if isinstance(value.receiver, Instance) else None, cls, frame, node)
    missing = unknown_base(cls)
    if missing is not None:
        return missing
    payload = value.receiver.native if isinstance(value.receiver, Instance) else None
    if payload is not None and isinstance(payload, (list, dict, set, tuple, str)):
        held = frame.interp.builtins.attribute(payload, name, frame, node)
        if held is not ABSENT:
            return held
    return frame.interp.builtins.object_member(name, value.receiver)


def _of_instance(value: Instance, name: str, frame: Frame, node: Any) -> Value:
    found = find_in_class(value.cls, name)
    if isinstance(found, Property) or name not in value.attrs:
        if found is not ABSENT:
            return bind(found, value, value.cls, frame, node)
        return _last_resort(value, name, frame, node)
    return value.attrs[name]


def _last_resort(value: Instance, name: str, frame: Frame, node: Any) -> Value:
    if name == "__class__":
        return value.cls
    if name == "training" and frame.interp.is_network(value):
        return True  # until somebody calls `eval()`
    if name == "__dict__":
        return value.attrs
    if name in ("__module__", "__doc__") and isinstance(value.cls, ClassValue) and value.cls.module is not None:
        return value.cls.module.name if name == "__module__" else None
    if name == "_modules" and frame.interp.is_network(value):
        return frame.interp.builtins.registered(value, frame)
    held = ABSENT if value.native is None else frame.interp.builtins.attribute(value.native, name, frame, node)
    if held is ABSENT and value.native is None:
        held = frame.interp.builtins.object_member(name, value)
    getter = _written(value.cls, "__getattr__")
    if held is not ABSENT or getter is None:
        return held
    return frame.interp.call(getter, [value, name], frame, node)


def _written(cls: Value, name: str) -> Value:
    """A method that a class of the source has itself, perhaps by taking it from a host type; None if it has none."""
    return next(
        (one.namespace[name] for one in order_of(cls) if isinstance(one, ClassValue) and name in one.namespace), None
    )


def _of_native(value: Value, cls: NativeClass, name: str, frame: Frame, node: Any) -> Value:
    found = find_in_class(cls, name)
    return bind(found, value, cls, frame, node) if found is not ABSENT else ABSENT


def _of_class(cls: ClassValue | NativeClass, name: str, frame: Frame, node: Any) -> Value:
    found = find_in_class(cls, name)
    if found is not ABSENT:
        return bind(found, None, cls, frame, node)
    if name in ("__name__", "__qualname__"):
        return cls.name
    if name == "__mro__":
        return (*order_of(cls), object)
    if name == "__bases__":
        return cls.bases
    if name == "__annotations__" and isinstance(cls, ClassValue):
        return cls.annotations
    if name == "__module__" and isinstance(cls, ClassValue) and cls.module is not None:
        return cls.module.name
    missing = unknown_base(cls)
    if missing is not None:
        return missing
    if name in ("__doc__", "__new__"):
        return frame.interp.builtins.object_member(name, cls)
    if name in ("__init__", "__setattr__"):
        return frame.interp.builtins.unbound_member(name)
    return ABSENT


def put(value: Value, name: str, new: Value, frame: Frame, node: Any) -> None:
    """`value.name = new`."""
    state = frame.interp.state
    if isinstance(value, Instance):
        own = _written(value.cls, "__setattr__")
        if own is not None:
            frame.interp.call(own, [value, name, new], frame, node)
        else:
            put_plain(value, name, new, frame, node)
    elif isinstance(value, ClassValue):
        state.touch(value)
        value.namespace[name] = new
    elif isinstance(value, SourceModule):
        state.touch(value.scope)
        value.scope.names[name] = new
    elif isinstance(value, Function):
        state.touch(value)
        value.attrs[name] = new


def put_plain(value: Instance, name: str, new: Value, frame: Frame, node: Any) -> None:
    """What `object.__setattr__` and `Module.__setattr__` do."""
    names = new.native if isinstance(new, Instance) else new
    if name == "__dict__" and isinstance(names, dict):
        value.attrs = names
        return
    found = find_in_class(value.cls, name)
    if isinstance(found, Property) and found.setter is not None:
        frame.interp.call(found.setter, [value, new], frame, node)
        return
    frame.interp.state.touch(value)
    registers = frame.interp.is_network(new) and not frame.interp.is_network(value.attrs.get(name))
    if registers and frame.interp.is_network(value):
        _must_be_ready(value, "module", frame, node)
        value.attrs.pop(name, None)  # a module is registered last, whatever plain attribute it replaces
    elif isinstance(new, Tensor) and new.parameter and frame.interp.is_network(value):
        _must_be_ready(value, "parameters", frame, node)
    value.attrs[name] = new
    if isinstance(new, (Instance, list, tuple, dict)):
        value.kept[name] = frame.place(node)


def _must_be_ready(value: Instance, what: str, frame: Frame, node: Any) -> None:
    """Raises `Raised` if a network is given a module or a parameter before `Module.__init__()` has made its place."""
    if not is_ready(value):
        raise Raised(AttributeError, f"cannot assign {what} before Module.__init__() call", frame.place(node))


def is_ready(network: Instance) -> bool:
    """Has `Module.__init__` run, or may it have?"""
    return "training" in network.attrs or OPEN in network.attrs or unknown_base(network.cls) is not None


def put_somewhere(value: Value, doubt: Unknown, frame: Frame) -> None:
    """`setattr(value, unknown, …)`: any attribute may have changed."""
    if isinstance(value, Instance):
        frame.interp.state.touch(value)
        for name in value.attrs:
            value.attrs[name] = Unknown(doubt.reason, doubt.place)
        value.attrs[OPEN] = Rest(doubt.reason, doubt.place)


def drop(value: Value, name: str, frame: Frame, node: Any) -> None:
    """`del value.name`."""
    own = _written(value.cls, "__delattr__") if isinstance(value, Instance) else None
    if own is not None:
        frame.interp.call(own, [value, name], frame, node)
    else:
        drop_plain(value, name, frame)


def drop_plain(value: Value, name: str, frame: Frame) -> None:
    """What `object.__delattr__` does."""
    if isinstance(value, Instance):
        frame.interp.state.touch(value)
        value.attrs.pop(name, None)
    elif isinstance(value, ClassValue):
        frame.interp.state.touch(value)
        value.namespace.pop(name, None)


def describe(value: Value) -> str:
    """What a value is, for a reader."""
    if isinstance(value, Instance):
        return f"{getattr(value.cls, 'name', getattr(value.cls, '__name__', '?'))} object"
    if isinstance(value, (ClassValue, NativeClass)):
        return f"class {value.name}"
    if isinstance(value, (SourceModule, NativeModule)):
        return f"module {value.name}"
    if isinstance(value, (Function, NativeFunction)):
        return f"function {value.name}"
    if isinstance(value, BoundMethod):
        return f"method {getattr(value.function, 'name', '?')}"
    if isinstance(value, Partial):
        return "a partial function"
    if isinstance(value, Iteration):
        return "an iterator"
    name = kind_of(value).__name__
    return "None" if name == "NoneType" else name.lower().rstrip("_")
