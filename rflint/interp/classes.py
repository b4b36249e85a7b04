"""Definitions: functions, classes, decorators."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import libcst as cst

from rflint.interp import attributes
from rflint.interp.evaluation import evaluate
from rflint.interp.expressions import enclosing, parameters
from rflint.interp.frames import Args, Frame
from rflint.interp.presuming import presume
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    ClassMethod,
    ClassValue,
    Function,
    StaticMethod,
    Unknown,
    Value,
)

RunBlock = Callable[[Any, Frame], Any]


def define_function(node: cst.FunctionDef, frame: Frame) -> Value:
    """The value that a `def` binds, decorators applied."""
    function = Function(
        node.name.value,
        node,
        parameters(node.params, frame),
        enclosing(frame),
        frame.module,
        frame.owner,
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
    cls = ClassValue(node.name.value, bases, scope.names, frame.module, frame.place(node.name))
    cls.mro = attributes.linearise(cls, bases)
    body = Frame(frame.interp, scope, frame.module, frame.function, frame.receiver, annotations={}, cls=cls)
    run_block(node.body.body, body)
    cls.namespace = scope.names
    presume(cls, frame.interp.library.find("torch.nn.Module"))
    cls.notes["doc"] = docstring(node)
    for name in ("__init_subclass__", "__class_getitem__"):
        if isinstance(scope.names.get(name), Function):
            scope.names[name] = ClassMethod(scope.names[name])
    cls.annotations = body.annotations or {}
    _announce(cls, node, frame)
    return decorated(node, cls, frame)


def docstring(node: cst.ClassDef) -> str:
    """The first string of a class, as it is written; "" if it does not begin with one."""
    first: Any = node.body.body[0] if node.body.body else None
    if isinstance(first, cst.SimpleStatementLine):
        first = first.body[0]
    text = first.value if isinstance(first, cst.Expr) else None
    return text.value if isinstance(text, cst.SimpleString) else ""


def _base(arg: Any, frame: Frame) -> Value:
    if arg.star:
        return frame.unknown("bases that are not written out", arg.value)
    return evaluate(arg.value, frame)


def _announce(cls: ClassValue, node: cst.ClassDef, frame: Frame) -> None:
    """Tell those who want to know of a new class: `__set_name__`, `__init_subclass__`, the metaclass."""
    keywords = {arg.keyword.value: evaluate(arg.value, frame) for arg in node.keywords if arg.keyword is not None}
    meta = keywords.pop("metaclass", None)
    told: set[int] = set()
    for base in attributes.order_of(cls)[1:]:
        hook = attributes.find_in_class(base, "__init_subclass__")
        if hook is attributes.ABSENT or id(hook) in told or isinstance(base, type):
            continue
        told.add(id(hook))
        hook = hook.function if isinstance(hook, ClassMethod) else hook
        frame.interp.call_with(hook, Args([cls], keywords), frame, node)
        if isinstance(hook, Function):
            break  # it passes the news on with super()
    _introduce(cls, meta, frame, node)


def _introduce(cls: ClassValue, meta: Value, frame: Frame, node: Any) -> None:
    """A metaclass of the source may register the class; one that makes classes is not followed."""
    if meta is None:
        meta = next((c.notes["meta"] for c in cls.mro if isinstance(c, ClassValue) and "meta" in c.notes), None)
    if not isinstance(meta, ClassValue):
        return
    cls.notes["meta"] = meta
    for name in ("__new__", "__call__"):
        if isinstance(attributes.find_in_class(meta, name), (Function, StaticMethod)):
            doubt = frame.unknown(f"the {name} of a metaclass is not followed", node)
            cls.bases = (*cls.bases, doubt)
            cls.notes["doubt"] = doubt
    init = attributes.find_in_class(meta, "__init__")
    if isinstance(init, Function):
        frame.interp.call(init, [cls, cls.name, cls.bases, cls.namespace], frame, node)
