"""Literals, texts and displays: lists, tuples, sets and dicts."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import budget, operators
from rflint.interp.evaluation import evaluate, evaluates
from rflint.interp.frames import Frame
from rflint.interp.numerals import Numeral
from rflint.interp.values import (
    DEEPEST,
    Raised,
    Rest,
    Unknown,
    Value,
    depth_of,
    inside,
)

if TYPE_CHECKING:
    pass


@lru_cache(maxsize=65536)
def _literal(text: str) -> Value:
    return ast.literal_eval(text)


@evaluates(cst.Integer)
def integer(node: cst.Integer, frame: Frame) -> Value:
    """An integer, which knows where it is written."""
    return Numeral(_literal(node.value), frame.place(node))


@evaluates(cst.Float, cst.Imaginary, cst.SimpleString)
def literal(node: Any, frame: Frame) -> Value:
    """A number or a string."""
    return _literal(node.value)


@evaluates(cst.ConcatenatedString)
def concatenated(node: cst.ConcatenatedString, frame: Frame) -> Value:
    """Adjacent strings."""
    return operators.binary("+", evaluate(node.left, frame), evaluate(node.right, frame), frame, node)


@evaluates(cst.FormattedString)
def formatted(node: cst.FormattedString, frame: Frame) -> Value:
    """An f-string."""
    return _joined_parts([_part(part, node, frame) for part in node.parts], frame, node)


def _joined_parts(parts: list[Value], frame: Frame, node: Any) -> Value:
    unknown = next((part for part in parts if isinstance(part, Unknown)), None)
    if unknown is not None:
        return Unknown(unknown.reason, unknown.place)
    if sum(map(len, parts)) > budget.TEXT:
        return frame.unknown(f"a text of more than {budget.TEXT:,} characters", node)
    return "".join(parts)


def _part(part: Any, node: cst.FormattedString, frame: Frame) -> Value:
    if isinstance(part, cst.FormattedStringText):
        text = part.value.replace("{{", "{").replace("}}", "}")
        return _literal(f'"""{text}"""') if "\\" in text and "r" not in node.prefix.lower() else text
    if part.equal is not None:
        return frame.unknown("f'{name=}' is not supported", node)
    value = evaluate(part.expression, frame)
    spec = _joined_parts([_part(p, node, frame) for p in part.format_spec or ()], frame, node)
    return frame.interp.builtins.format(value, spec, part.conversion or "", frame, part.expression)


@evaluates(cst.Ellipsis)
def ellipsis(node: cst.Ellipsis, frame: Frame) -> Value:
    """`...`."""
    return ...


def elements(nodes: Any, frame: Frame) -> list[Value]:
    """The values of the elements of a list, tuple or set display, stars spread out."""
    values: list[Value] = []
    for element in nodes:
        value = evaluate(element.value, frame)
        if isinstance(element, cst.StarredElement):
            spread = frame.interp.elements(value, frame, element.value)
            values.extend([Rest(spread.reason, spread.place)] if isinstance(spread, Unknown) else spread)
        else:
            values.append(value)
    return values


@evaluates(cst.List)
def list_display(node: cst.List, frame: Frame) -> Value:
    """`[...]`."""
    return elements(node.elements, frame)


@evaluates(cst.Tuple)
def tuple_display(node: cst.Tuple, frame: Frame) -> Value:
    """`(...)`."""
    return tuple(elements(node.elements, frame))


@evaluates(cst.Set)
def set_display(node: cst.Set, frame: Frame) -> Value:
    """`{...}`."""
    return distinct(elements(node.elements, frame), frame, node)


def distinct(values: list[Value], frame: Frame, node: Any) -> set[Value]:
    """A set of values.  An unknown one may be equal to another, so it stands for any number more."""
    rests = (Rest(value.reason, value.place) if isinstance(value, Unknown) else value for value in values)
    return {hashable(value, frame, node) for value in rests}


def hashable(value: Value, frame: Frame, node: Any) -> Value:
    """The value, if it can be a key; raises `Raised` (TypeError) as Python does."""
    if isinstance(value, (tuple, frozenset)) and (inside(value) is None or depth_of(value) >= DEEPEST):
        raise budget.Exhausted("a key that holds too much")
    try:
        hash(value)
    except TypeError as problem:
        raise Raised(TypeError, str(problem), frame.place(node)) from None
    return value


@evaluates(cst.Dict)
def dict_display(node: cst.Dict, frame: Frame) -> Value:
    """`{key: value}`."""
    result: dict[Value, Value] = {}
    for element in node.elements:
        if isinstance(element, cst.StarredDictElement):
            value = frame.interp.mapping(evaluate(element.value, frame), frame, element.value)
            if isinstance(value, Unknown):
                overwritten(result, value)
            else:
                result.update(value)
        else:
            assert isinstance(element, cst.DictElement)
            result[hashable(evaluate(element.key, frame), frame, element.key)] = evaluate(element.value, frame)
    return result


def overwritten(entries: dict[Value, Value], doubt: Unknown) -> None:
    """Any number of entries that are not known are put into a dict."""
    entries.update(dict.fromkeys(entries, Unknown(doubt.reason, doubt.place)))
    if not any(isinstance(key, Rest) for key in entries):
        rest = Rest(doubt.reason, doubt.place)
        entries[rest] = rest
