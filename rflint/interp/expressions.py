"""Names, attributes, lambdas, subscripts and what else is an expression."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import attributes, budget
from rflint.interp.evaluation import evaluate, evaluates
from rflint.interp.frames import Frame
from rflint.interp.operations import condition
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    Function,
    Rest,
    Unknown,
    Value,
    is_class,
)

if TYPE_CHECKING:
    from rflint.interp.values import Parameters


@evaluates(cst.Name)
def name(node: cst.Name, frame: Frame) -> Value:
    """A name: local, enclosing, module, built-in."""
    scope = frame.scope.find(node.value)
    if scope is None and node.value[:2] == "__":
        scope = frame.scope.find(mangled(node.value, frame))
        if scope is not None:
            return scope.names[mangled(node.value, frame)]
    if scope is None:
        return frame.interp.loader.star(frame.module, node.value, frame, node)
    value = scope.names[node.value]
    return frame.interp.loader.forced(scope, node.value, value, frame, node)


@evaluates(cst.Attribute)
def attribute(node: cst.Attribute, frame: Frame) -> Value:
    """`value.attr`."""
    return attributes.get(evaluate(node.value, frame), mangled(node.attr.value, frame), frame, node)


def mangled(name: str, frame: Frame) -> str:
    """The name under which a class keeps its private `__name`."""
    if name[:2] != "__" or name[-2:] == "__" or frame.owner is None:
        return name
    return f"_{frame.owner.name.lstrip('_')}{name}"


@evaluates(cst.IfExp)
def conditional(node: cst.IfExp, frame: Frame) -> Value:
    """`a if test else b`."""
    held = condition(node.test, frame)
    if isinstance(held, Unknown):
        sides = [lambda: evaluate(node.body, frame), lambda: evaluate(node.orelse, frame)]
        return frame.interp.either(sides, held)
    return evaluate(node.body if held else node.orelse, frame)


@evaluates(cst.NamedExpr)
def walrus(node: cst.NamedExpr, frame: Frame) -> Value:
    """`name := value`."""
    value = evaluate(node.value, frame)
    scope = frame.scope
    while scope.comprehension and scope.outer is not None:
        scope = scope.outer
    outer = frame if scope is frame.scope else replace(frame, scope=scope)
    frame.interp.assign(node.target, value, outer)
    return value


@evaluates(cst.Lambda)
def lambda_(node: cst.Lambda, frame: Frame) -> Value:
    """`lambda x: x`."""
    return Function("<lambda>", node, parameters(node.params, frame), enclosing(frame), frame.module, frame.owner)


def enclosing(frame: Frame) -> Scope:
    """The scope that a function defined here closes over: the names of a class are not seen from inside of it."""
    return frame.scope.outer if frame.cls is not None and frame.scope.outer is not None else frame.scope


def parameters(params: cst.Parameters, frame: Frame) -> Parameters:
    """The parameters of a function, with the values of their defaults."""
    from rflint.interp.values import Parameter

    rows: list[Parameter] = []

    def add(kind: str, param: cst.Param) -> None:
        value = evaluate(param.default, frame) if param.default is not None else None
        rows.append(Parameter(param.name.value, kind, value, param.default is not None))

    for param in params.posonly_params:
        add("positional", param)
    for param in params.params:
        add("plain", param)
    if isinstance(params.star_arg, cst.Param):
        add("star", params.star_arg)
    for param in params.kwonly_params:
        add("keyword", param)
    if params.star_kwarg is not None:
        add("double", params.star_kwarg)
    return tuple(rows)


@evaluates(cst.Subscript)
def subscript(node: cst.Subscript, frame: Frame) -> Value:
    """`value[index]`."""
    value = evaluate(node.value, frame)
    if isinstance(value, Unknown):
        return value
    if is_class(value) and not _is_enum(value):
        return value
    return frame.interp.item(value, index(node, frame), frame, node)


def _is_enum(value: Value) -> bool:
    return "members" in getattr(value, "notes", {})


def index(node: cst.Subscript, frame: Frame) -> Value:
    """The index of a subscript: one value, or a tuple."""
    parts = [_index_part(element.slice, frame) for element in node.slice]
    trailing = isinstance(node.slice[-1].comma, cst.Comma)
    return parts[0] if len(parts) == 1 and not trailing else tuple(parts)


def _index_part(part: Any, frame: Frame) -> Value:
    if isinstance(part, cst.Index):
        return evaluate(part.value, frame)
    lower, upper, step = (evaluate(p, frame) if p is not None else None for p in (part.lower, part.upper, part.step))
    return slice(lower, upper, step)


@evaluates(cst.Yield)
def yield_(node: cst.Yield, frame: Frame) -> Value:
    """`yield value`: the generator runs to its end when it is created."""
    if frame.on_yield is not None:
        return frame.on_yield(evaluate(node.value, frame) if node.value is not None else None)
    if frame.yields is None:
        return frame.unknown("yield outside of a generator", node)
    if isinstance(node.value, cst.From):
        values = frame.interp.elements(evaluate(node.value.item, frame), frame, node)
        frame.interp.state.touch(frame.yields)
        frame.yields.extend([Rest(values.reason, values.place)] if isinstance(values, Unknown) else values)
        return None
    frame.interp.state.touch(frame.yields)
    frame.yields.append(evaluate(node.value, frame) if node.value is not None else None)
    if len(frame.yields) > budget.ITERATIONS:
        raise budget.Exhausted(f"a generator of more than {budget.ITERATIONS:,} items")
    return None


@evaluates(cst.Await)
def await_(node: cst.Await, frame: Frame) -> Value:
    """`await value`."""
    return frame.unknown("await is not supported", node)
