"""Statements: one small function for each kind of node, found by its type.

A statement answers None if control goes on behind it, otherwise an `End`: which ways out there are.  On an unknown
condition both sides run, and an `End` may hold several ways at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import libcst as cst

from rflint.interp import attributes, budget, importing, operators
from rflint.interp.classes import define_class, define_function
from rflint.interp.evaluation import EVAL, evaluate
from rflint.interp.expressions import index, mangled
from rflint.interp.frames import Frame
from rflint.interp.listening import listen
from rflint.interp.operations import OPERATORS, condition
from rflint.interp.scopes import Scope
from rflint.interp.values import (
    Instance,
    Raised,
    Rest,
    Tensor,
    Unknown,
    Value,
    is_class,
)

NOTHING = object()


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """How a block ends, besides running through: `falls` says that it may run through as well."""

    falls: bool = False
    value: Value = NOTHING
    breaks: bool = False
    continues: bool = False


BREAK = End(breaks=True)
CONTINUE = End(continues=True)
Outcome = End | None
Execute = Callable[[Any, Frame], Outcome]
EXEC: dict[type, Execute] = {}


WITHOUT_EFFECT = (cst.Pass, cst.TypeAlias)


def executes(*kinds: type) -> Callable[[Execute], Execute]:
    """Register the function that executes these kinds of nodes."""

    def register(function: Execute) -> Execute:
        EXEC.update(dict.fromkeys(kinds, function))
        return function

    return register


def run_block(statements: Sequence[Any], frame: Frame) -> Outcome:
    """Execute statements until one of them leaves the block."""
    for position, statement in enumerate(statements):
        frame.interp.budget.step()
        end = run(statement, frame)
        if end is None:
            continue
        if not end.falls:
            return end
        rest = statements[position + 1 :]
        return perhaps(end, partial(run_block, rest, frame), frame) if rest else end
    return None


def perhaps(end: End, rest: Callable[[], Outcome], frame: Frame) -> Outcome:
    """Some path has already left: the rest runs on the others only."""
    left = replace(end, falls=False)
    reason = frame.interp.last_doubt or Unknown("a path that may have been left")
    return join([left, *frame.interp.fork([lambda: left, rest], reason)[1:]], frame)


def run(statement: Any, frame: Frame) -> Outcome:
    """Execute one statement."""
    handler = EXEC.get(type(statement))
    if handler is not None:
        return handler(statement, frame)
    if type(statement) not in WITHOUT_EFFECT:
        raise budget.Exhausted(f"{type(statement).__name__} statements are not supported")
    return None


def join(ends: Sequence[Outcome], frame: Frame) -> Outcome:
    """The ways out of a statement whose sides end like this."""
    if not ends or all(end is None for end in ends):
        return None
    present = [end for end in ends if end is not None]
    values = [end.value for end in present if end.value is not NOTHING]
    value = values[0] if values else NOTHING
    for other in values[1:]:
        value = frame.interp.joined(value, other)
    falls = len(present) < len(ends) or any(end.falls for end in present)
    return End(falls, value, any(end.breaks for end in present), any(end.continues for end in present))


@executes(cst.SimpleStatementLine, cst.SimpleStatementSuite)
def line(node: Any, frame: Frame) -> Outcome:
    """Small statements on one line."""
    return run_block(node.body, frame) if len(node.body) > 1 else run(node.body[0], frame)


@executes(cst.IndentedBlock)
def indented(node: cst.IndentedBlock, frame: Frame) -> Outcome:
    """A block."""
    return run_block(node.body, frame)


def valued(node: Any, frame: Frame) -> Value:
    """The value of a statement."""
    value = evaluate(node.value, frame)
    return value if isinstance(node.value, cst.Call) or not frame.module.watched else listen(node.value, value, frame)


@executes(cst.Expr)
def expression(node: cst.Expr, frame: Frame) -> Outcome:
    """An expression by itself."""
    if type(node.value) in EVAL:
        valued(node, frame)
    return None


@executes(cst.Return)
def return_(node: cst.Return, frame: Frame) -> Outcome:
    """`return value`."""
    return End(value=valued(node, frame) if node.value is not None else None)


@executes(cst.Break)
def break_(node: cst.Break, frame: Frame) -> Outcome:
    """`break`."""
    return BREAK


@executes(cst.Continue)
def continue_(node: cst.Continue, frame: Frame) -> Outcome:
    """`continue`."""
    return CONTINUE


@executes(cst.Assign)
def assignment(node: cst.Assign, frame: Frame) -> Outcome:
    """`a = b = value`."""
    value = valued(node, frame)
    for target in node.targets:
        assign(target.target, value, frame)
    return None


@executes(cst.AnnAssign)
def annotated(node: cst.AnnAssign, frame: Frame) -> Outcome:
    """`a: T = value`."""
    if frame.annotations is not None and isinstance(node.target, cst.Name):
        frame.annotations[node.target.value] = node.annotation.annotation
    if node.value is not None:
        assign(node.target, valued(node, frame), frame)
    return None


@executes(cst.AugAssign)
def augmented(node: cst.AugAssign, frame: Frame) -> Outcome:
    """`a += value`."""
    held = evaluate(node.target, frame)
    value = evaluate(node.value, frame)
    sign = AUGMENTED[type(node.operator)]
    if isinstance(held, list) and sign == "+":
        frame.interp.state.touch(held)
        more = frame.interp.elements(value, frame, node.value)
        if isinstance(more, list) and len(held) + len(more) > budget.COLLECTION:
            raise budget.Exhausted(f"a list of more than {budget.COLLECTION:,} elements")
        held.extend([Rest(more.reason, more.place)] if isinstance(more, Unknown) else more)
        return None
    method = f"__i{operators.NAMES[sign]}__"
    if isinstance(held, (Instance, Tensor)):
        bound = attributes.look_up(held, method, frame, node)
        if bound is not attributes.ABSENT:
            assign(node.target, listen(node, frame.interp.call(bound, [value], frame, node), frame), frame)
            return None
    if isinstance(held, dict) and sign == "|" and isinstance(value, dict):
        frame.interp.call(attributes.get(held, "update", frame, node), [value], frame, node)
        return None
    if isinstance(held, set) and sign in operators.SETS and isinstance(value, (set, frozenset)):
        made = operators.binary(sign, held, value, frame, node)
        frame.interp.state.touch(held)
        held.clear()
        held.update(made if isinstance(made, set) else {Rest(made.reason, made.place)})
        return None
    assign(node.target, listen(node, operators.binary(sign, held, value, frame, node), frame), frame)
    return None


AUGMENTED: dict[type, str] = {
    getattr(cst, f"{kind.__name__}Assign"): sign
    for kind, sign in OPERATORS.items()
    if hasattr(cst, f"{kind.__name__}Assign")
}


def assign(target: Any, value: Value, frame: Frame) -> None:
    """Bind a target: a name, attribute, item, or a pattern of them."""
    if isinstance(target, cst.Name):
        bind_name(target.value, value, frame)
    elif isinstance(target, cst.Attribute):
        attributes.put(evaluate(target.value, frame), mangled(target.attr.value, frame), value, frame, target)
    elif isinstance(target, (cst.Tuple, cst.List)):
        unpack(target, value, frame)
    elif isinstance(target, cst.Subscript):
        assign_item(target, value, frame)
    elif isinstance(target, cst.StarredElement):
        assign(target.value, value, frame)


def bind_name(name: str, value: Value, frame: Frame) -> None:
    """Bind a name in the frame's scope, or where `global` and `nonlocal` say."""
    if frame.cls is not None:
        name = mangled(name, frame)
    scope = frame.scope.redirects.get(name, frame.scope)
    frame.interp.state.touch(scope)
    scope.names[name] = value


def unpack(target: Any, value: Value, frame: Frame) -> None:
    """`a, *b = value`."""
    values = frame.interp.elements(value, frame, target)
    doubt = values if isinstance(values, Unknown) else next((v for v in values if isinstance(v, Rest)), None)
    if isinstance(values, Unknown) or doubt is not None:
        assert doubt is not None
        for node in target.elements:
            assign(node.value, Unknown(doubt.reason, doubt.place), frame)
        return
    for node, item in zip(target.elements, _dealt(target, values, frame), strict=True):
        assign(node.value, item, frame)


def _dealt(target: Any, values: list[Value], frame: Frame) -> list[Value]:
    """One value for each name; the starred one gets a list."""
    nodes = target.elements
    star = next((i for i, node in enumerate(nodes) if isinstance(node, cst.StarredElement)), None)
    if (star is None and len(values) != len(nodes)) or len(values) < len(nodes) - 1:
        raise Raised(ValueError, _undealt(len(values), len(nodes), star is not None), frame.place(target))
    if star is None:
        return values
    tail = len(values) - (len(nodes) - star - 1)
    return [*values[:star], values[star:tail], *values[tail:]]


def _undealt(values: int, names: int, star: bool) -> str:
    """What Python says (3.14, which counts them) of values that are too many or too few for names."""
    if values > names:
        return f"too many values to unpack (expected {names}, got {values})"
    return f"not enough values to unpack (expected {f'at least {names - 1}' if star else names}, got {values})"


def assign_item(target: cst.Subscript, value: Value, frame: Frame) -> None:
    """`container[index] = value`."""
    container = evaluate(target.value, frame)
    key = index(target, frame)
    frame.interp.set_item(container, key, value, frame, target)


@executes(cst.FunctionDef)
def function(node: cst.FunctionDef, frame: Frame) -> Outcome:
    """`def`."""
    bind_name(node.name.value, define_function(node, frame), frame)
    return None


@executes(cst.ClassDef)
def class_(node: cst.ClassDef, frame: Frame) -> Outcome:
    """`class`."""
    bind_name(node.name.value, define_class(node, frame, run_block), frame)
    return None


@executes(cst.Import)
def import_(node: cst.Import, frame: Frame) -> Outcome:
    """`import a.b as c`."""
    for alias in node.names:
        importing.bind_import(alias, frame, node)
    return None


@executes(cst.ImportFrom)
def import_from(node: cst.ImportFrom, frame: Frame) -> Outcome:
    """`from a import b`."""
    importing.bind_from(node, frame)
    return None


@executes(cst.Global, cst.Nonlocal)
def global_(node: Any, frame: Frame) -> Outcome:
    """`global` and `nonlocal`."""
    for item in node.names:
        name = item.name.value
        outer = frame.module.scope if isinstance(node, cst.Global) else _enclosing(name, frame)
        frame.scope.redirects[name] = outer
    return None


def _enclosing(name: str, frame: Frame) -> Scope:
    found = frame.scope.outer.find(name) if frame.scope.outer is not None else None
    return found or frame.scope


@executes(cst.Del)
def delete(node: cst.Del, frame: Frame) -> Outcome:
    """`del`."""
    targets = [e.value for e in node.target.elements] if isinstance(node.target, cst.Tuple) else [node.target]
    for target in targets:
        if isinstance(target, cst.Name):
            scope = frame.scope.redirects.get(target.value, frame.scope)
            frame.interp.state.touch(scope)
            scope.names.pop(target.value, None)
        elif isinstance(target, cst.Attribute):
            attributes.drop(evaluate(target.value, frame), mangled(target.attr.value, frame), frame, target)
        elif isinstance(target, cst.Subscript):
            frame.interp.delete_item(evaluate(target.value, frame), index(target, frame), frame, target)
    return None


@executes(cst.Assert)
def assert_(node: cst.Assert, frame: Frame) -> Outcome:
    """`assert`: a failing one ends the path; one that is not known is taken to hold."""
    if condition(node.test, frame) is False:
        raise Raised(AssertionError, "an assertion fails", frame.place(node.test))
    return None


@executes(cst.Raise)
def raise_(node: cst.Raise, frame: Frame) -> Outcome:
    """`raise`."""
    if node.exc is None:
        raise frame.interp.handling[-1] if frame.interp.handling else Raised(RuntimeError, "raise outside of except")
    value = evaluate(node.exc, frame)
    kind, text = value, ""
    if isinstance(value, Instance):
        kind, text = value.cls, frame.interp.builtins.message(value)
    elif not is_class(value):
        kind = Exception
    raise Raised(kind, text, frame.place(node), value)
