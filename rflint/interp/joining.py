"""What is known after a branch of which either side may have run: what both sides left alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rflint.dims import equal
from rflint.interp.numerals import kind_of
from rflint.interp.values import (
    OPEN,
    BoundMethod,
    Instance,
    Iteration,
    LazyImport,
    Perhaps,
    Rest,
    Some,
    Tensor,
    Unknown,
    Value,
    is_size,
)

MISSING = object()
Snapshot = Any


class Joiner:
    """Joins values that two sides of a branch have left behind: what differs is unknown, for this reason."""

    def __init__(self, unknown: Callable[[], Unknown], tensors: Callable[[Tensor, Tensor], Value]) -> None:
        self.unknown, self.tensors = unknown, tensors

    def values(self, a: Value, b: Value) -> Value:
        """One value for both; `a` itself where it says all that is known."""
        if a is b:
            return a
        if type(a) is LazyImport or type(b) is LazyImport:
            return b if type(a) is LazyImport else a
        if a is MISSING or b is MISSING:
            return self._perhaps(b if a is MISSING else a)
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return a if isinstance(a, Unknown) and type(b) is not Perhaps else b
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            return self.tensors(a, b)
        if is_size(a) and is_size(b):
            return a if equal(a, b) is True else self.unknown()
        if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and type(a) is type(b):
            joined = tuple(map(self.values, a, b))
            return a if all(map(_is, a, joined)) else joined
        if isinstance(a, Instance) or isinstance(b, Instance):
            doubt = self.unknown()
            return Some(doubt.reason, doubt.place)
        return a if _equal(a, b) else self.unknown()

    def _perhaps(self, value: Value) -> Perhaps:
        if type(value) is Perhaps:
            return value
        doubt = self.unknown()
        return Perhaps(doubt.reason, doubt.place)

    def _rest(self) -> Rest:
        doubt = self.unknown()
        return Rest(doubt.reason, doubt.place)

    def snapshots(self, thing: Any, a: Snapshot, b: Snapshot) -> Snapshot:
        """What an object holds after either side."""
        if isinstance(thing, list):
            return self._lists(a, b)
        if isinstance(thing, set):
            return a if a == b else ((a & b) | {next((v for v in a if isinstance(v, Rest)), None) or self._rest()})
        if isinstance(thing, Iteration):
            return a if a[0] is b[0] and a[1] == b[1] else ([self._rest()], 0)
        if isinstance(thing, Tensor):
            return a if a == b else (None, None, self.unknown().reason)
        if isinstance(thing, dict):
            return self._entries(a, b)
        joined = {k: self.values(a.get(k, MISSING), b.get(k, MISSING)) for k in {**a, **b}}
        if isinstance(thing, Instance) and any(type(v) is Perhaps for v in joined.values()):
            joined.setdefault(OPEN, self._rest())
        return joined

    def _lists(self, a: list[Value], b: list[Value]) -> list[Value]:
        if len(a) == len(b) and not any(isinstance(value, Rest) for value in (*a, *b)):
            return list(map(self.values, a, b))
        same = 0
        while same < min(len(a), len(b)) and a[same] is b[same] and not isinstance(a[same], Rest):
            same += 1
        rest = next((value for value in (*a[same:], *b[same:]) if isinstance(value, Rest)), None)
        return a if a == b else [*a[:same], rest or self._rest()]

    def _entries(self, a: dict[Value, Value], b: dict[Value, Value]) -> dict[Value, Value]:
        """Keys of both sides stay; from the first difference in order on, the order is not known."""
        if list(a) == list(b):
            return {key: self.values(a[key], b[key]) for key in a}
        joined: dict[Value, Value] = {}
        keys = [key for key in a if key in b and not isinstance(key, Rest)]
        ordered = [x for x, y in zip(a, b, strict=False) if x is y or (kind_of(x) is kind_of(y) and x == y)]
        prefix = next((i for i, key in enumerate(keys) if i >= len(ordered) or ordered[i] != key), len(keys))
        rest = next((key for key in (*a, *b) if isinstance(key, Rest)), None) or self._rest()
        for key in keys[:prefix]:
            joined[key] = self.values(a[key], b[key])
        joined[rest] = rest
        joined.update({key: self.values(a[key], b[key]) for key in keys[prefix:]})
        return joined


def _is(a: Value, b: Value) -> bool:
    return a is b


def _equal(a: Value, b: Value) -> bool:
    """Are two host values, or two bound methods, equal for sure?"""
    if type(a) is not type(b):
        return False
    if isinstance(a, BoundMethod):
        return a.function is b.function and a.receiver is b.receiver
    return isinstance(a, (str, float, bool, bytes, range, frozenset)) and a == b
