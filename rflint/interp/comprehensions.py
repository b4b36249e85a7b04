"""Comprehensions and generator expressions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import libcst as cst

from rflint.interp import budget
from rflint.interp.displays import distinct, hashable, overwritten
from rflint.interp.evaluation import evaluate, evaluates
from rflint.interp.frames import Frame
from rflint.interp.operations import condition
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    Iteration,
    Rest,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    pass


@evaluates(cst.ListComp)
def list_comprehension(node: cst.ListComp, frame: Frame) -> Value:
    """`[x for y in z]`."""
    return comprehend(node.for_in, frame, lambda inner: evaluate(node.elt, inner))


@evaluates(cst.GeneratorExp)
def generator_expression(node: cst.GeneratorExp, frame: Frame) -> Value:
    """`(x for y in z)`: run at once, to a list."""
    return Iteration(comprehend(node.for_in, frame, lambda inner: evaluate(node.elt, inner)))


@evaluates(cst.SetComp)
def set_comprehension(node: cst.SetComp, frame: Frame) -> Value:
    """`{x for y in z}`."""
    return distinct(comprehend(node.for_in, frame, lambda inner: evaluate(node.elt, inner)), frame, node)


@evaluates(cst.DictComp)
def dict_comprehension(node: cst.DictComp, frame: Frame) -> Value:
    """`{k: v for y in z}`."""

    def pair(inner: Frame) -> Value:
        return (hashable(evaluate(node.key, inner), inner, node), evaluate(node.value, inner))

    result: dict[Value, Value] = {}
    for item in comprehend(node.for_in, frame, pair):
        if isinstance(item, Rest):
            overwritten(result, item)
        else:
            frame.interp.builtins.set_item(result, item[0], item[1], frame, node)
    return result


def comprehend(comp: cst.CompFor, frame: Frame, make: Callable[[Frame], Value]) -> list[Value]:
    """Run the loops of a comprehension in a scope of their own.

    Where an iterable or a condition is not known the list holds a `Rest`.
    """
    scope = Scope(outer=frame.scope, comprehension=True)
    inner = replace(frame, scope=scope, annotations=None)
    items: list[Value] = []
    _rounds(comp, inner, make, items)
    return items


def _rounds(comp: cst.CompFor, frame: Frame, make: Callable[[Frame], Value], items: list[Value]) -> None:
    values = frame.interp.elements(evaluate(comp.iter, frame), frame, comp.iter)
    if isinstance(values, Unknown):
        items.append(Rest(values.reason, values.place))
        return
    for value in values:
        frame.interp.budget.step()
        if len(items) > budget.ITERATIONS:
            raise budget.Exhausted(f"a comprehension of more than {budget.ITERATIONS:,} items")
        if isinstance(value, Rest):
            items.append(value)
            continue
        frame.interp.assign(comp.target, value, frame)
        held = _conditions(comp, frame)
        if isinstance(held, Unknown):
            items.append(Rest(held.reason, held.place))
        elif held:
            if comp.inner_for_in is not None:
                _rounds(comp.inner_for_in, frame, make, items)
            else:
                items.append(make(frame))


def _conditions(comp: cst.CompFor, frame: Frame) -> bool | Unknown:
    for test in comp.ifs:
        held = condition(test.test, frame)
        if held is not True:
            return held
    return True
