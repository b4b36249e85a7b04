"""Definitions: functions, classes, decorators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from rflint.interp import attributes
from rflint.interp.expressions import evaluate, parameters
from rflint.interp.frames import Args, Frame
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    ClassValue,
    Function,
    NativeClass,
    Unknown,
    Value,
)

RunBlock = Callable[[Any, Frame], Any]


def define_function(node: cst.FunctionDef, frame: Frame) -> Value:
    """The value that a `def` binds, decorators applied."""
    scope = frame.scope
    if frame.annotations is not None and scope.outer is not None:
        scope = scope.outer  # methods do not see the names of their class
    function = Function(
        node.name.value,
        node,
        parameters(node.params, frame),
        scope,
        frame.module,
        generator=frame.module.yields and contains_yield(node.body),
    )
    return decorated(node, function, frame)


def decorated(node: Any, value: Value, frame: Frame) -> Value:
    """Apply decorators, the last one first."""
    for decorator in reversed(node.decorators):
        maker = evaluate(decorator.decorator, frame)
        if isinstance(maker, Unknown):
            value = value if _is_transparent(decorator.decorator) else Unknown(maker.reason, maker.place)
        else:
            value = frame.interp.call_with(maker, Args([value]), frame, decorator.decorator)
    return value


TRANSPARENT = ("overload", "override", "final", "typechecked", "jaxtyped", "beartype", "script_method", "njit")


def _is_transparent(node: Any) -> bool:
    """Decorators of other libraries known to leave what they decorate as it is."""
    while isinstance(node, cst.Call):
        node = node.func
    last = node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", "")
    return last in TRANSPARENT


def contains_yield(node: Any) -> bool:
    """Does the body yield, functions inside of it aside?"""
    for child in node.children:
        if isinstance(child, cst.Yield):
            return True
        if not isinstance(child, (cst.FunctionDef, cst.Lambda, cst.ClassDef)) and contains_yield(child):
            return True
    return False


def define_class(node: cst.ClassDef, frame: Frame, run_block: RunBlock) -> Value:
    """The value that a `class` statement binds."""
    bases = tuple(_base(arg, frame) for arg in node.bases)
    scope = Scope(outer=frame.scope)
    body = Frame(frame.interp, scope, frame.module, frame.function, frame.receiver, annotations={})
    cls = ClassValue(node.name.value, bases, scope.names, frame.module, frame.place(node.name))
    cls.mro = attributes.linearise(cls, bases)
    run_block(node.body.body, body)
    cls.namespace = scope.names
    cls.annotations = body.annotations or {}
    claim(cls)
    for base in attributes.order_of(cls)[1:]:
        if isinstance(base, NativeClass) and "__init_subclass__" in base.members:
            frame.interp.call(base.members["__init_subclass__"], [cls], frame, node)
            break
    return decorated(node, cls, frame)


def _base(arg: Any, frame: Frame) -> Value:
    if arg.star:
        return frame.unknown("bases that are not written out", arg.value)
    return evaluate(arg.value, frame)


def claim(cls: ClassValue) -> None:
    """Tell the functions of a class body whose they are; `super()` needs it."""
    for value in cls.namespace.values():
        for function in (value, getattr(value, "function", None), getattr(value, "getter", None)):
            if isinstance(function, Function) and function.owner is None:
                function.owner = cls
