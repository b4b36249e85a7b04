"""`isinstance`: is a value an instance of a class, or of several?"""

from __future__ import annotations

import collections.abc
from collections.abc import Iterator
from typing import Any

from rflint.dims import Dim
from rflint.interp import attributes, hosts
from rflint.interp.frames import Frame
from rflint.interp.values import (
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
    SourceModule,
    Super,
    Tensor,
    Unknown,
    Value,
    View,
    is_class,
)

OURS = (Unknown, Tensor, Function, BoundMethod, ClassValue, Instance, SourceModule, NativeModule, Super, Iteration)
"""Values that stand for something else than themselves."""
CALLABLE = (Function, NativeFunction, BoundMethod, Partial, ClassValue, NativeClass, type)
KINDS: dict[str, tuple[type, ...]] = {
    "functools.partial": (Partial,),
    "types.FunctionType": (Function,),
    "types.LambdaType": (Function,),
    "types.MethodType": (BoundMethod,),
    "types.ModuleType": (SourceModule, NativeModule),
    "types.GeneratorType": (Iteration,),
    "numbers.Number": (int, float, complex, Dim),
    "numbers.Real": (int, float, Dim),
    "numbers.Integral": (int, Dim),
    "collections.OrderedDict": (hosts.Ordered,),
    "collections.defaultdict": (hosts.DefaultDict,),
}
"""Which of our values are instances of classes that the library describes."""
ABC = "collections.abc."
MEMBERS = {
    "Iterable": ("__iter__",),
    "Iterator": ("__next__",),
    "Callable": ("__call__",),
    "Sized": ("__len__",),
    "Container": ("__contains__",),
    "Collection": ("__len__", "__iter__", "__contains__"),
}
"""The methods that make an object an instance of an abstract class."""
SIZED = ("Iterable", "Sized", "Collection", "Container")
ABSTRACT: dict[type, tuple[str, ...]] = {
    Iteration: ("Iterable", "Iterator"),
    View: SIZED,
    Tensor: SIZED,
    **dict.fromkeys(CALLABLE, ("Callable",)),
}
"""The abstract classes of values that stand for something else, `Hashable` aside."""

NOT_ASKED = frozenset(["__init__", "__new__", "__slots__", "__doc__", "__subclasshook__", "__init_subclass__"])
"""Names in a protocol's body that `isinstance` does not ask for."""


def is_instance(value: Value, kind: Value, frame: Frame, node: Any) -> bool | Unknown:
    """`isinstance(value, kind)`, where `kind` is a class or a tuple of classes."""
    if isinstance(kind, tuple):
        answers = [is_instance(value, one, frame, node) for one in kind]
        if True in answers:
            return True
        return next((answer for answer in answers if isinstance(answer, Unknown)), False)
    for one in (kind, value):
        if isinstance(one, Unknown):
            return one
    return _is_host(value, kind) if isinstance(kind, type) else _is_ours(value, kind, frame, node)


def _is_host(value: Value, kind: type) -> bool | Unknown:
    """Is it an instance of a type of Python's own?"""
    if kind is object:
        return True
    if isinstance(value, Instance):
        held = value.native is not None and isinstance(value.native, kind)
        return held or attributes.is_subclass(value.cls, kind) or attributes.unknown_base(value.cls) or False
    if isinstance(value, View):
        return False
    if isinstance(value, Dim):
        return issubclass(int, kind)
    if kind is type:
        return is_class(value)
    return isinstance(value, kind) and not isinstance(value, OURS)


def _is_ours(value: Value, kind: Value, frame: Frame, node: Any) -> bool | Unknown:
    """Is it an instance of a class of the source or of the library?"""
    if isinstance(value, Tensor):
        return _tensor_is(value, kind, frame)
    if isinstance(value, Instance):
        if attributes.is_subclass(value.cls, kind):
            return True
        if attributes.unknown_base(value.cls) is not None:
            return attributes.unknown_base(value.cls) or False
        if isinstance(kind, ClassValue):
            return _fits_protocol(value, kind, frame, node)
    return _is_abstract(value, kind)


def _fits_protocol(value: Instance, kind: ClassValue, frame: Frame, node: Any) -> bool | Unknown:
    """Has it all that a `typing.Protocol` of the source asks for?  No other class is met by having members."""
    if not any(getattr(base, "qualname", "") == "typing.Protocol" for base in kind.bases):
        return False
    found = [attributes.look_up(value, name, frame, node) for name in _asked(kind)]
    if attributes.ABSENT in found:
        return False
    return next((Unknown(one.reason, one.place) for one in found if isinstance(one, Perhaps)), True)


def _asked(protocol: ClassValue) -> Iterator[str]:
    """The members that a protocol names, in its body or that of protocols that it extends."""
    for one in protocol.mro:
        if isinstance(one, ClassValue):
            yield from one.annotations
            yield from (name for name in one.namespace if name not in NOT_ASKED)


def _tensor_is(value: Tensor, kind: Value, frame: Frame) -> bool | Unknown:
    if kind is frame.interp.library.find("torch.nn.Parameter"):
        return value.parameter
    return kind is frame.interp.library.find("torch.Tensor") or _is_abstract(value, kind)


def _is_abstract(value: Value, kind: Value) -> bool | Unknown:
    """`isinstance` with a class that the library describes, the abstract ones of `collections.abc` among them."""
    qualname = getattr(kind, "qualname", "")
    payload = value.native if isinstance(value, Instance) and value.native is not None else value
    if qualname in ("enum.EnumMeta", "enum.EnumType"):
        return isinstance(value, ClassValue) and "members" in value.notes
    if qualname in KINDS:
        return isinstance(payload, KINDS[qualname])
    return qualname.startswith(ABC) and _meets(payload, qualname.removeprefix(ABC))


def _meets(value: Value, name: str) -> bool:
    """`isinstance` with an abstract class; Python itself knows it of its own values."""
    if isinstance(value, Instance) and name in MEMBERS:
        found = [attributes.find_in_class(value.cls, method) for method in MEMBERS[name]]
        return all(one is not attributes.ABSENT for one in found)
    if isinstance(value, (*OURS, *CALLABLE, View, Dim)):
        return name == "Hashable" or name in ABSTRACT.get(type(value), ())
    return isinstance(value, getattr(collections.abc, name))


def is_subclass(cls: Value, kind: Value) -> bool | Unknown:
    """`issubclass(cls, kind)`, where `kind` is a class or a tuple of classes."""
    if isinstance(kind, tuple):
        answers = [is_subclass(cls, one) for one in kind]
        if True in answers:
            return True
        return next((answer for answer in answers if isinstance(answer, Unknown)), False)
    for one in (cls, kind):
        if isinstance(one, Unknown):
            return one
    qualname = getattr(kind, "qualname", "")
    if isinstance(cls, type) and qualname.startswith(ABC):
        return issubclass(cls, getattr(collections.abc, qualname.removeprefix(ABC)))
    return attributes.is_subclass(cls, kind) or attributes.unknown_base(cls) or False
