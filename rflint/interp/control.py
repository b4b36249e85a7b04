"""Control flow: conditions, loops, exceptions, contexts, patterns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import libcst as cst

from rflint.interp import attributes, budget, operators
from rflint.interp.expressions import evaluate
from rflint.interp.frames import Frame
from rflint.interp.statements import NOTHING, End, Outcome, assign, executes, join, run
from rflint.interp.values import (
    Instance,
    Raised,
    Rest,
    Unknown,
    Value,
)


@executes(cst.If)
def if_(node: cst.If, frame: Frame) -> Outcome:
    """`if`: the side that is taken, or both."""
    held = operators.truth(evaluate(node.test, frame), frame, node.test)
    if not isinstance(held, Unknown):
        return run(node.body, frame) if held else _else(node.orelse, frame)
    return join(frame.interp.fork([lambda: run(node.body, frame), lambda: _else(node.orelse, frame)], held), frame)


def _else(node: Any, frame: Frame) -> Outcome:
    if node is None:
        return None
    return run(node.body, frame) if isinstance(node, cst.Else) else run(node, frame)


@executes(cst.For)
def for_(node: cst.For, frame: Frame) -> Outcome:
    """`for`: unrolled over known elements; otherwise run twice and joined."""
    iterable = evaluate(node.iter, frame)
    values = frame.interp.elements(iterable, frame, node.iter)
    if isinstance(values, Unknown):
        return unknown_loop(
            node, values, frame, lambda: assign(node.target, Unknown(values.reason, values.place), frame)
        )
    if len(values) > budget.ITERATIONS:
        raise budget.Exhausted(f"a loop of more than {budget.ITERATIONS:,} rounds")
    return _rounds(node, list(values), 0, frame)


def _rounds(node: cst.For, values: list[Value], start: int, frame: Frame) -> Outcome:
    for number in range(start, len(values)):
        value = values[number]
        if isinstance(value, Rest):
            end = unknown_loop(
                node, value, frame, partial(assign, node.target, Unknown(value.reason, value.place), frame)
            )
        else:
            assign(node.target, value, frame)
            end = run(node.body, frame)
        if end is None or (end.continues and not (end.falls or end.breaks or end.value is not NOTHING)):
            continue
        if end.breaks and not (end.falls or end.continues or end.value is not NOTHING):
            return None
        if end.breaks or end.value is not NOTHING:
            return _left_perhaps(end, partial(_rounds, node, values, number + 1, frame), frame)
    return _else(node.orelse, frame)


def _left_perhaps(end: End, rest: Callable[[], Outcome], frame: Frame) -> Outcome:
    """A round may have left the loop: by `break` (control goes on behind it) or `return`."""
    goes_on = end.falls or end.continues
    after_break: Outcome = None if end.value is NOTHING else End(falls=end.breaks, value=end.value)
    if not goes_on:
        return after_break
    reason = frame.interp.last_doubt or Unknown("a loop that may have been left")
    ends = frame.interp.fork([lambda: after_break, rest], reason)
    return join(ends, frame)


def unknown_loop(node: Any, reason: Unknown, frame: Frame, bind: Callable[[], None]) -> Outcome:
    """A loop of an unknown number of rounds: none, one or two, joined."""

    def once() -> Outcome:
        bind()
        end = run(node.body, frame)
        return None if end is None or end.value is NOTHING else End(falls=True, value=end.value)

    def twice() -> Outcome:
        return join([once(), *frame.interp.fork([lambda: None, once], reason)], frame)

    return join(frame.interp.fork([lambda: None, twice], reason), frame)


@executes(cst.While)
def while_(node: cst.While, frame: Frame) -> Outcome:
    """`while`: run while the condition is known."""
    for _ in range(budget.ITERATIONS):
        frame.interp.budget.step()
        held = operators.truth(evaluate(node.test, frame), frame, node.test)
        if isinstance(held, Unknown):
            return unknown_loop(node, held, frame, lambda: None)
        if not held:
            return _else(node.orelse, frame)
        end = run(node.body, frame)
        if end is None or (end.continues and not (end.falls or end.breaks or end.value is not NOTHING)):
            continue
        if end.breaks and not (end.falls or end.continues or end.value is not NOTHING):
            return None
        if end.breaks or end.value is not NOTHING:
            return _left_perhaps(end, lambda: while_(node, frame), frame)
    raise budget.Exhausted(f"a loop of more than {budget.ITERATIONS:,} rounds")


@executes(cst.Try)
def try_(node: cst.Try, frame: Frame) -> Outcome:
    """`try`: what is certainly raised is caught by the first handler that fits."""
    try:
        end = run(node.body, frame)
        if end is None and node.orelse is not None:
            end = run(node.orelse.body, frame)
    except Raised as problem:
        handler = _handler(node, problem, frame)
        if handler is None:
            _finally(node, frame)
            raise
        end = _handle(handler, problem, frame)
    left = _finally(node, frame)
    return left if left is not None else end


def _finally(node: cst.Try, frame: Frame) -> Outcome:
    return run(node.finalbody.body, frame) if node.finalbody is not None else None


def _handler(node: cst.Try, problem: Raised, frame: Frame) -> Any:
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
    """`with`: the body runs; what a manager of the source does on entering counts."""
    for item in node.items:
        manager = evaluate(item.item, frame)
        entered: Value = manager
        if isinstance(manager, Instance):
            enter = attributes.look_up(manager, "__enter__", frame, item.item)
            if enter is not attributes.ABSENT:
                entered = frame.interp.call(enter, [], frame, item.item)
        if item.asname is not None:
            assign(item.asname.name, entered, frame)
    return run(node.body, frame)


@executes(cst.Match)
def match(node: cst.Match, frame: Frame) -> Outcome:
    """`match`: the first case that fits."""
    return _cases(node, evaluate(node.subject, frame), 0, frame)


def _cases(node: cst.Match, subject: Value, start: int, frame: Frame) -> Outcome:
    for number in range(start, len(node.cases)):
        case = node.cases[number]
        fits = _fits(case.pattern, subject, frame)
        if fits is True and case.guard is not None:
            fits = operators.truth(evaluate(case.guard, frame), frame, case.guard)
        if isinstance(fits, Unknown):
            sides = [partial(run, case.body, frame), partial(_cases, node, subject, number + 1, frame)]
            return join(frame.interp.fork(sides, fits), frame)
        if fits:
            return run(case.body, frame)
    return None


def _fits(pattern: Any, subject: Value, frame: Frame) -> bool | Unknown:
    if isinstance(pattern, (cst.MatchValue, cst.MatchSingleton)):
        return _known(operators.equal(subject, evaluate(pattern.value, frame), frame, pattern.value))
    if isinstance(pattern, cst.MatchOr):
        return _any_fits([_fits(element.pattern, subject, frame) for element in pattern.patterns])
    if isinstance(pattern, cst.MatchAs):
        fits = _fits(pattern.pattern, subject, frame) if pattern.pattern is not None else True
        if fits is True and pattern.name is not None:
            assign(pattern.name, subject, frame)
        return fits
    if isinstance(pattern, (cst.MatchList, cst.MatchTuple)):
        return _sequence_fits(pattern, subject, frame)
    if isinstance(pattern, cst.MatchClass) and not pattern.patterns and not pattern.kwds:
        return _known(frame.interp.builtins.is_instance(subject, evaluate(pattern.cls, frame), frame, pattern.cls))
    return Unknown("this match pattern is not supported")


def _sequence_fits(pattern: Any, subject: Value, frame: Frame) -> bool | Unknown:
    if isinstance(subject, Unknown):
        return subject
    if not isinstance(subject, (list, tuple)):
        return False
    if any(isinstance(element, cst.MatchStar) for element in pattern.patterns):
        return Unknown("a starred match pattern is not supported")
    if len(subject) != len(pattern.patterns):
        return False
    for element, value in zip(pattern.patterns, subject, strict=True):
        fits = _fits(element.value, value, frame)
        if fits is not True:
            return fits
    return True


def _any_fits(answers: list[bool | Unknown]) -> bool | Unknown:
    if any(answer is True for answer in answers):
        return True
    return next((answer for answer in answers if isinstance(answer, Unknown)), False)


def _known(value: Value) -> bool | Unknown:
    return value if isinstance(value, Unknown) else bool(value)
