"""Plain data as JSON has it and back: dataclasses, named tuples, tuples, lists, strings, numbers, None."""

from __future__ import annotations

import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints


def packed(value: Any) -> Any:
    """Lists in the place of all that has parts."""
    if is_dataclass(value):
        return [packed(getattr(value, one.name)) for one in fields(value)]
    return [packed(item) for item in value] if isinstance(value, (tuple, list)) else value


def unpacked(kind: Any, data: Any) -> Any:
    """The value of a type that was packed.  Raises TypeError or ValueError for what cannot be one."""
    read: Callable[[Any], Any] = reader(kind)
    return read(data)


@cache
def reader(kind: Any) -> Callable[[Any], Any]:
    """What reads values of a type."""
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        [one] = [reader(each) for each in inner if each is not type(None)]
        return lambda data: None if data is None else one(data)
    if origin is list or (origin is tuple and inner[-1] is Ellipsis):
        item = reader(inner[0])
        return lambda data: origin(item(each) for each in listed(data))
    if origin is tuple:
        items = [reader(each) for each in inner]
        return lambda data: tuple(read(each) for read, each in zip(items, listed(data), strict=True))
    hints = get_type_hints(kind) if is_dataclass(kind) or hasattr(kind, "_fields") else None
    if hints is not None:
        parts = [reader(hints[name]) for name in names(kind)]
        return lambda data: kind(*(read(each) for read, each in zip(parts, listed(data), strict=True)))
    return lambda data: plain(kind, data)


def names(kind: Any) -> list[str]:
    """The fields of a dataclass or named tuple, in order."""
    return [one.name for one in fields(kind)] if is_dataclass(kind) else list(kind._fields)


def listed(data: Any) -> list[Any]:
    """A list; TypeError if it is none."""
    if not isinstance(data, list):
        raise TypeError(f"{data!r} is no list")
    return data


def plain(kind: type, data: Any) -> Any:
    """A value of just this type; TypeError if it is another one."""
    if type(data) is not kind:
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data
