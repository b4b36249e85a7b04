"""Exceptions and contexts: `try`, `with`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import attributes, operators
from rflint.interp.evaluation import evaluate
from rflint.interp.frames import Frame
from rflint.interp.scopes import Journal
from rflint.interp.statements import Outcome, assign, executes, join, run
from rflint.interp.values import Instance, Manager, Raised, Unknown, Value

if TYPE_CHECKING:
    from rflint.interp.interpreter import Interpreter


@executes(cst.Try, cst.TryStar)
def try_(node: Any, frame: Frame) -> Outcome:
    """`try`: what is certainly raised is caught by the first handler that fits; what is raised on one side of an
    unknown condition only may be caught as well."""
    try:
        end = _protected(node, frame)
    except Raised:
        left = _finally(node, frame)
        if left is not None:
            return left
        raise
    left = _finally(node, frame)
    return left if left is not None else end


def _finally(node: Any, frame: Frame) -> Outcome:
    return run(node.finalbody.body, frame) if node.finalbody is not None else None


def _protected(node: Any, frame: Frame) -> Outcome:
    interp = frame.interp
    before = len(interp.state.lost)
    try:
        with interp.state.watch() as changes, _within_try(node, interp):
            end = run(node.body, frame)
    except Raised as problem:
        handler = _handler(node, problem, frame)
        if handler is None:
            raise
        return _handle(handler, problem, frame)
    caught = [(handler, *row) for row in interp.state.lost[before:] if (handler := _handler(node, row[0], frame))]
    if caught:
        return _perhaps_caught(node, end, caught, changes, frame)
    return _without_problem(node, end, frame)


@contextmanager
def _within_try(node: Any, interp: Interpreter) -> Iterator[None]:
    interp.trying.append(node)
    try:
        yield
    finally:
        interp.trying.pop()


def _without_problem(node: Any, end: Outcome, frame: Frame) -> Outcome:
    return run(node.orelse.body, frame) if end is None and node.orelse is not None else end


def _perhaps_caught(
    node: Any, end: Outcome, caught: list[tuple[Any, Raised, Unknown]], changes: Journal, frame: Frame
) -> Outcome:
    interp = frame.interp
    taken = {id(problem) for _, problem, _ in caught}
    interp.state.lost[:] = [row for row in interp.state.lost if id(row[0]) not in taken]

    def handled(handler: Any, problem: Raised, doubt: Unknown) -> Outcome:
        interp.state.blur(changes, interp.joiner(doubt))
        return _handle(handler, problem, frame)

    sides = [partial(_without_problem, node, end, frame), *(partial(handled, *row) for row in caught)]
    return join(interp.fork(sides, caught[0][2]), frame)


def _handler(node: Any, problem: Raised, frame: Frame) -> Any:
    for handler in node.handlers:
        if handler.type is None:
            return handler
        kinds = evaluate(handler.type, frame)
        for kind in kinds if isinstance(kinds, tuple) else (kinds,):
            if isinstance(kind, Unknown) or frame.interp.builtins.catches(kind, problem.kind):
                return handler
    return None


def _handle(handler: Any, problem: Raised, frame: Frame) -> Outcome:
    if handler.name is not None:
        assign(handler.name.name, frame.interp.builtins.exception_value(problem), frame)
    frame.interp.handling.append(problem)
    try:
        return run(handler.body, frame)
    finally:
        frame.interp.handling.pop()


@executes(cst.With)
def with_(node: cst.With, frame: Frame) -> Outcome:
    """`with`: what managers of the source do on entering and leaving counts."""
    return _within(node, 0, frame)


def _within(node: cst.With, number: int, frame: Frame) -> Outcome:
    if number == len(node.items):
        return run(node.body, frame)
    item = node.items[number]
    manager = evaluate(item.item, frame)
    if isinstance(manager, Manager):
        return _around_yield(node, number, manager, frame)
    entered = manager
    if isinstance(manager, Instance):
        enter = attributes.look_up(manager, "__enter__", frame, item.item)
        if enter is not attributes.ABSENT:
            entered = frame.interp.call(enter, [], frame, item.item)
    _bind(item, entered, frame)
    try:
        end = _within(node, number + 1, frame)
    except Raised as problem:
        if not _swallows(manager, problem, frame, item.item):
            raise
        return None
    _leave(manager, None, frame, item.item)
    return end


def _bind(item: cst.WithItem, entered: Value, frame: Frame) -> None:
    if item.asname is not None:
        assign(item.asname.name, entered, frame)


def _around_yield(node: cst.With, number: int, manager: Manager, frame: Frame) -> Outcome:
    """A function under `contextmanager`: the body of the `with` runs where it yields."""
    ends: list[Outcome] = []

    def body(value: Value) -> Value:
        _bind(node.items[number], value, frame)
        ends.append(_within(node, number + 1, frame))

    frame.interp.run_generator(manager.function, manager.args, frame, node.items[number].item, body)
    return join(ends, frame)


def _leave(manager: Value, problem: Raised | None, frame: Frame, node: Any) -> Value:
    if not isinstance(manager, Instance):
        return None
    leave = attributes.look_up(manager, "__exit__", frame, node)
    if leave is attributes.ABSENT:
        return None
    kind = problem.kind if problem is not None else None
    value = frame.interp.builtins.exception_value(problem) if problem is not None else None
    return frame.interp.call(leave, [kind, value, None], frame, node)


def _swallows(manager: Value, problem: Raised, frame: Frame, node: Any) -> bool:
    """Does the manager keep an exception from going on?"""
    return operators.truth(_leave(manager, problem, frame, node), frame, node) is True
