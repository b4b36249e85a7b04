"""Attributes: classes and their order, look-up, binding, assignment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rflint.interp.values import (
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
    """The method resolution order (C3) of a class with these bases; unknown bases are left out.

    Raises `Raised` (TypeError) if there is none.
    """
    known = [base for base in bases if not isinstance(base, Unknown)]
    rows = [list(order_of(base)) for base in known] + [known]
    order: list[Value] = [cls]
    while rows := [row for row in rows if row]:
        heads = (row[0] for row in rows if not any(row[0] in other[1:] for other in rows))
        head = next(heads, None)
        if head is None:
            raise Raised(TypeError, f"the bases of {cls.name} have no consistent order")
        order.append(head)
        rows = [row[1:] if row[0] is head else row for row in rows]
    return tuple(order)


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
    """The attribute as it stands in the class or its bases, unbound; ABSENT if there is none."""
    order = order_of(cls)
    if after is not None:
        order = order[order.index(after) + 1 :] if after in order else ()
    for one in order:
        if isinstance(one, ClassValue):
            if name in one.namespace:
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
    missing = unknown_base(value.cls) if isinstance(value, Instance) else None
    if missing is not None:
        return Unknown(missing.reason, missing.place)
    if isinstance(value, (Instance, ClassValue, SourceModule)):
        raise Raised(AttributeError, f"{describe(value)} has no attribute '{name}'", frame.place(node))
    return frame.unknown(f"attribute {name} of {describe(value)} is not supported", node)


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
        return frame.interp.builtins.attribute(payload, name, frame, node)
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
    if name == "__dict__":
        return value.attrs
    if name in ("__module__", "__doc__") and isinstance(value.cls, ClassValue) and value.cls.module is not None:
        return value.cls.module.name if name == "__module__" else None
    getter = find_in_class(value.cls, "__getattr__")
    if isinstance(getter, Function):
        return frame.interp.call(getter, [value, name], frame, node)
    if value.native is not None:
        return frame.interp.builtins.attribute(value.native, name, frame, node)
    return frame.interp.builtins.object_member(name, value)


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
    if name in ("__doc__", "__init__", "__new__"):
        return frame.interp.builtins.object_member(name, cls)
    return ABSENT


def put(value: Value, name: str, new: Value, frame: Frame, node: Any) -> None:
    """`value.name = new`."""
    state = frame.interp.state
    if isinstance(value, Instance):
        found = find_in_class(value.cls, name)
        if isinstance(found, Property) and found.setter is not None:
            frame.interp.call(found.setter, [value, new], frame, node)
            return
        state.touch(value)
        value.attrs[name] = new
    elif isinstance(value, ClassValue):
        state.touch(value)
        value.namespace[name] = new
    elif isinstance(value, SourceModule):
        state.touch(value.scope)
        value.scope.names[name] = new
    elif isinstance(value, Function):
        value.attrs[name] = new


def drop(value: Value, name: str, frame: Frame) -> None:
    """`del value.name`."""
    if isinstance(value, Instance):
        frame.interp.state.touch(value)
        value.attrs.pop(name, None)


def describe(value: Value) -> str:
    """What a value is, for a reader."""
    if isinstance(value, (Instance,)):
        return f"{value.cls.name} object"
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
    return {"NoneType": "None"}.get(type(value).__name__, type(value).__name__.lower().rstrip("_"))
