"""Conditions and loops."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import libcst as cst

from rflint.interp import budget
from rflint.interp.evaluation import evaluate
from rflint.interp.frames import Frame
from rflint.interp.operations import condition
from rflint.interp.statements import NOTHING, End, Outcome, assign, executes, join, run
from rflint.interp.values import Iteration, Rest, Unknown


@executes(cst.If)
def if_(node: cst.If, frame: Frame) -> Outcome:
    """`if`: the side that is taken, or both."""
    held = condition(node.test, frame)
    if not isinstance(held, Unknown):
        return run(node.body, frame) if held else _else(node.orelse, frame)
    return join(frame.interp.fork([lambda: run(node.body, frame), lambda: _else(node.orelse, frame)], held), frame)


def _else(node: Any, frame: Frame) -> Outcome:
    if node is None:
        return None
    return run(node.body, frame) if isinstance(node, cst.Else) else run(node, frame)


@executes(cst.For)
def for_(node: cst.For, frame: Frame) -> Outcome:
    """`for`: unrolled over known elements; otherwise run until nothing changes any more."""
    iterable = evaluate(node.iter, frame)
    if isinstance(iterable, Iteration):
        return _rounds(node, iterable, frame)
    values = frame.interp.elements(iterable, frame, node.iter)
    if isinstance(values, Unknown):
        return unknown_loop(node, values, frame, partial(_bind_unknown, node, values, frame))
    return _rounds(node, Iteration(list(values), born=frame.interp.state.birthday), frame)


def _bind_unknown(node: cst.For, doubt: Unknown, frame: Frame) -> None:
    assign(node.target, Unknown(doubt.reason, doubt.place), frame)


def _rounds(node: cst.For, values: Iteration, frame: Frame) -> Outcome:
    """The rounds over what an iterator still has to give; what `break` leaves stays in it."""
    count = 0
    while values.position < len(values.items):
        count += 1
        if count > budget.ITERATIONS:
            raise budget.Exhausted(f"a loop of more than {budget.ITERATIONS:,} rounds")
        frame.interp.state.touch(values)
        value = values.items[values.position]
        values.position += 1
        if isinstance(value, Rest):
            end = unknown_loop(node, value, frame, partial(_bind_unknown, node, value, frame), orelse=False)
        else:
            assign(node.target, value, frame)
            end = run(node.body, frame)
        if _only_continues(end):
            continue
        if _only_breaks(end):
            return None
        if end is not None and (end.breaks or end.value is not NOTHING):
            return _left_perhaps(end, partial(_further_rounds, node, values, frame), frame)
    return _else(node.orelse, frame)


def _further_rounds(node: cst.For, values: Iteration, frame: Frame) -> Outcome:
    if len(frame.interp.state.conditions) <= budget.NESTED:
        return _rounds(node, values, frame)
    doubt = frame.interp.last_doubt or Unknown("a loop that may have been left")
    frame.interp.state.touch(values)
    values.position = len(values.items)
    return unknown_loop(node, doubt, frame, partial(_bind_unknown, node, doubt, frame))


def _only_continues(end: Outcome) -> bool:
    return end is None or not (end.breaks or end.value is not NOTHING)


def _only_breaks(end: Outcome) -> bool:
    return end is not None and end.breaks and not (end.falls or end.continues or end.value is not NOTHING)


def _left_perhaps(end: End, rest: Callable[[], Outcome], frame: Frame) -> Outcome:
    """A round may have left the loop: by `break` (control goes on behind it) or `return`."""
    goes_on = end.falls or end.continues
    after_break: Outcome = None if end.value is NOTHING else End(falls=end.breaks, value=end.value)
    if not goes_on:
        return after_break
    reason = frame.interp.last_doubt or Unknown("a loop that may have been left")
    ends = frame.interp.fork([lambda: after_break, rest], reason)
    return join(ends, frame)


def unknown_loop(node: Any, reason: Unknown, frame: Frame, bind: Callable[[], Any], orelse: bool = True) -> Outcome:
    """A loop of an unknown number of rounds: its body runs until no further round would change what is known."""
    ends: list[Outcome] = [None]

    def once() -> None:
        bind()
        end = run(node.body, frame)
        if end is not None and (end.value is not NOTHING or (end.breaks and not orelse)):
            ends.append(End(falls=True, value=end.value, breaks=end.breaks and not orelse))

    before: dict[int, Any] = {}
    for number in range(budget.ROUNDS):
        changed = frame.interp.settle([lambda: None, once], reason)[1]
        lasts = any(id(thing) in before for thing in changed)
        if not changed or (number > 1 and not lasts):
            break  # what changes in a single round only was made in that round
        before.update((id(thing), thing) for thing in changed)
    else:
        raise budget.Exhausted(f"a loop that does not settle in {budget.ROUNDS} rounds")
    if orelse and node.orelse is not None:
        ends += frame.interp.fork([lambda: None, partial(_else, node.orelse, frame)], reason)
    return join(ends, frame)


@executes(cst.While)
def while_(node: cst.While, frame: Frame) -> Outcome:
    """`while`: run while the condition is known."""
    for _ in range(budget.ITERATIONS):
        frame.interp.budget.step()
        held = condition(node.test, frame)
        if isinstance(held, Unknown):
            return unknown_loop(node, held, frame, partial(evaluate, node.test, frame))
        if not held:
            return _else(node.orelse, frame)
        end = run(node.body, frame)
        if _only_continues(end):
            continue
        if _only_breaks(end):
            return None
        if end is not None and (end.breaks or end.value is not NOTHING):
            return _left_perhaps(end, partial(_further_while, node, frame), frame)
    raise budget.Exhausted(f"a loop of more than {budget.ITERATIONS:,} rounds")


def _further_while(node: cst.While, frame: Frame) -> Outcome:
    if len(frame.interp.state.conditions) <= budget.NESTED:
        return while_(node, frame)
    doubt = frame.interp.last_doubt or Unknown("a loop that may have been left")
    return unknown_loop(node, doubt, frame, partial(evaluate, node.test, frame))
