"""Calls: what their arguments are, and where each is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import budget
from rflint.interp.evaluation import evaluate, evaluates
from rflint.interp.frames import Args, Frame, Writing, Written
from rflint.interp.listening import listen
from rflint.interp.values import (
    Named,
    Rest,
    Unknown,
    Value,
)

if TYPE_CHECKING:
    pass


@evaluates(cst.Call)
def call(node: cst.Call, frame: Frame) -> Value:
    """`function(arguments)`."""
    if isinstance(node.func, cst.Name) and node.func.value == "super" and not node.args:
        return frame.interp.zero_super(frame, node)
    function = evaluate(node.func, frame)
    value = frame.interp.call_with(function, arguments(node.args, frame), frame, node)
    return listen(node, value, frame) if frame.module.watched else value


def arguments(nodes: Any, frame: Frame) -> Args:
    """The evaluated arguments of a call."""
    args = Args([])
    for arg in nodes:
        value = evaluate(arg.value, frame)
        if isinstance(args.open, Rest) and not arg.star and arg.keyword is None:
            continue  # at which position is not known
        if arg.star == "*":
            _spread(args, value, frame, arg)
        elif arg.star == "**":
            _spread_mapping(args, value, frame, arg)
        elif arg.keyword is not None:
            args.keywords[arg.keyword.value] = value
            args.written[arg.keyword.value] = _written(arg.value, value, frame)
        else:
            args.written[len(args.positional)] = _written(arg.value, value, frame)
            args.positional.append(value)
    return args


def _written(node: Any, value: Value, frame: Frame) -> Written:
    """Where an argument is written: here, or, where it is a parameter that nobody has changed, by the caller."""
    given = frame.given.get(node.value, {}).get(0) if isinstance(node, cst.Name) else None
    return given if given is not None and given.value is value else Written(frame, node, value)


def _handed_on(node: Any, frame: Frame) -> Writing:
    """Where what a `*` or `**` parameter holds is written."""
    return frame.given.get(node.value, {}) if isinstance(node, cst.Name) else {}


def _spread(args: Args, value: Value, frame: Frame, arg: Any) -> None:
    spread = frame.interp.elements(value, frame, arg.value)
    if isinstance(args.open, Rest):
        return
    if isinstance(spread, Unknown):
        args.open = Rest(spread.reason, spread.place)
        return
    given = _handed_on(arg.value, frame)
    for position, item in enumerate(spread):
        if isinstance(item, Rest):
            args.open = item
            return
        if position in given and given[position].value is item:
            args.written[len(args.positional)] = given[position]
        args.positional.append(item)
    if len(args.positional) > budget.COLLECTION:
        raise budget.Exhausted(f"a call with more than {budget.COLLECTION:,} arguments")


def _spread_mapping(args: Args, value: Value, frame: Frame, arg: Any) -> None:
    spread = frame.interp.mapping(value, frame, arg.value)
    if isinstance(spread, Unknown):
        args.open = args.open or Named(spread.reason, spread.place)
        return
    given = _handed_on(arg.value, frame)
    for key, item in spread.items():
        if isinstance(key, str):
            args.keywords[key] = item
            if key in given and given[key].value is item:
                args.written[key] = given[key]
        else:
            args.open = args.open or Named("a keyword that is not known", frame.place(arg.value))
