"""The arguments of a call in its text: found by name, added in the style of the call, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from rflint.diagnostics import Change
from rflint.repairs.located import Located, Refused
from rflint.repairs.names import dotted, imported


def keyword(call: cst.Call, name: str) -> cst.Arg | None:
    """The argument that a call gives by name."""
    return next((arg for arg in call.args if arg.keyword is not None and arg.keyword.value == name), None)


def operands(located: Located, call: cst.Call, bound: bool) -> list[Any]:
    """What a call works on, in order: the positional arguments, first the object whose method it is.

    `bound` says that the call is one of a layer, which is no operand.
    """
    given = [arg.value for arg in call.args if arg.keyword is None and not arg.star]
    if bound or not isinstance(call.func, cst.Attribute):
        return given
    root = dotted(call.func.value).partition(".")[0]
    return given if root and root in imported(located.source.module) else [call.func.value, *given]


def added(located: Located, call: cst.Call, text: str) -> list[Change]:
    """What puts a further argument at the end of a call, laid out like those it has.  Raises `Refused`."""
    if any(arg.star for arg in call.args):
        raise Refused("the call is given further arguments by a star")
    end = located.whole(call)[1] if not call.rpar else located.inner(call)[1]
    if not call.args:
        return [located.change(end - 1, end - 1, text)]
    last = call.args[-1]
    begins, stops = located.inner(last)
    comma = isinstance(last.comma, cst.Comma)
    stops = located.code.index(",", stops) + 1 if comma else stops
    if not located.code[located.line_start(begins) : begins].strip() and len(call.args) > 0:
        return _on_a_line(located, begins, stops, end, text, comma)
    return [located.change(stops, stops, f" {text}," if comma else f", {text}")]


def _on_a_line(located: Located, begins: int, stops: int, end: int, text: str, comma: bool) -> list[Change]:
    """The argument on a line of its own, below the last one and the comment behind that one."""
    line_end = located.line_end(stops)
    new = f"{located.newline(begins)}{located.indentation(begins)}{text}{',' if comma else ''}"
    if line_end >= end or (line_end == stops and not comma):
        return [located.change(stops, stops, f",{new}" if not comma else new)]
    behind = located.change(line_end, line_end, new)
    return [behind] if comma else [located.change(stops, stops, ","), behind]


def without(located: Located, call: cst.Call, argument: cst.Arg) -> list[Change]:
    """What takes an argument away from a call.  Raises `Refused`."""
    behind = call.args[call.args.index(argument) + 1 :]
    if argument.keyword is None and any(arg.keyword is None for arg in behind):
        raise Refused("other arguments follow it by their position")
    return without_element(located, list(call.args), argument)


def without_element(located: Located, elements: list[Any], element: Any) -> list[Change]:
    """What takes one of the elements between two brackets away, with the comma that belongs to it."""
    at = next(number for number, one in enumerate(elements) if one is element)
    if at + 1 < len(elements):
        return [located.change(located.whole(element)[0], located.whole(elements[at + 1])[0], "")]
    start = located.inner(elements[at - 1])[1] if at else located.whole(element)[0]
    end = located.inner(element)[1] if at else located.whole(element)[1]
    return [located.change(start, end, "")]


def call_of(located: Located, value: Any) -> tuple[cst.Call, cst.Arg] | None:
    """The call of which an expression is an argument, and the argument."""
    around: Iterator[Any] = reversed(located.path(value)[:-1])
    argument = next(around)
    if not isinstance(argument, cst.Arg) or argument.value is not value:
        return None
    call = next(around)
    return (call, argument) if isinstance(call, cst.Call) else None
