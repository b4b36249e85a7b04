"""Names and mutable state: scopes, and the journal that lets both sides of an unknown branch run on their own copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from rflint.dims import equal
from rflint.interp.values import (
    ClassValue,
    Instance,
    Iteration,
    Raised,
    Rest,
    Tensor,
    Unknown,
    Value,
    is_size,
)

Snapshot = Any


@dataclass(slots=True, eq=False)
class Scope:
    """The names of a module, a function call or a class body, and the scope around it."""

    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    redirects: dict[str, Scope] = field(default_factory=dict)
    """Names declared `global` or `nonlocal`, with the scope they mean."""

    def find(self, name: str) -> Scope | None:
        """The innermost scope that holds the name."""
        scope: Scope | None = self.redirects.get(name, self)
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.outer
        return None


MISSING = object()


def snapshot(thing: Any) -> Snapshot:
    """What a mutable object holds now (one level deep)."""
    if isinstance(thing, list):
        return list(thing)
    if isinstance(thing, dict):
        return dict(thing)
    if isinstance(thing, set):
        return set(thing)
    if isinstance(thing, Scope):
        return dict(thing.names)
    if isinstance(thing, Instance):
        return dict(thing.attrs)
    if isinstance(thing, ClassValue):
        return dict(thing.namespace)
    if isinstance(thing, Tensor):
        return (thing.shape, thing.source, thing.reason)
    if isinstance(thing, Iteration):
        return thing.position
    raise TypeError(type(thing).__name__)


def restore(thing: Any, held: Snapshot) -> None:
    """Put a snapshot back."""
    if isinstance(thing, list):
        thing[:] = held
    elif isinstance(thing, (dict, set)):
        thing.clear()
        thing.update(held)
    elif isinstance(thing, Scope):
        thing.names = dict(held)
    elif isinstance(thing, Instance):
        thing.attrs = dict(held)
    elif isinstance(thing, ClassValue):
        thing.namespace = dict(held)
    elif isinstance(thing, Tensor):
        thing.shape, thing.source, thing.reason = held
    elif isinstance(thing, Iteration):
        thing.position = held


class Joiner:
    """Joins values that two sides of a branch have left behind: what differs is unknown, for this reason."""

    def __init__(self, unknown: Callable[[], Unknown], tensors: Callable[[Tensor, Tensor], Value]) -> None:
        self.unknown, self.tensors = unknown, tensors

    def values(self, a: Value, b: Value) -> Value:
        """One value for both."""
        if a is b:
            return a
        if a is MISSING or b is MISSING:
            return self.unknown()
        if isinstance(a, Tensor) and isinstance(b, Tensor):
            return self.tensors(a, b)
        if is_size(a) and is_size(b):
            return a if equal(a, b) is True else self.unknown()
        if isinstance(a, tuple) and isinstance(b, tuple) and len(a) == len(b) and type(a) is type(b):
            return tuple(map(self.values, a, b))
        if type(a) is type(b) and isinstance(a, (str, float, bool, bytes, range)) and a == b:
            return a
        if isinstance(a, Unknown) or isinstance(b, Unknown):
            return a if isinstance(a, Unknown) else b
        return self.unknown()

    def snapshots(self, thing: Any, a: Snapshot, b: Snapshot) -> Snapshot:
        """What an object holds after either side."""
        if isinstance(thing, list):
            if len(a) == len(b):
                return list(map(self.values, a, b))
            same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x is not y), min(len(a), len(b)))
            return [*a[:same], Rest(self.unknown().reason, self.unknown().place)]
        if isinstance(thing, set):
            return a if a == b else (a | b | {self.unknown()})
        if isinstance(thing, Iteration):
            return max(a, b)
        if isinstance(thing, Tensor):
            return a if a == b else (None, None, self.unknown().reason)
        return {k: self.values(a.get(k, MISSING), b.get(k, MISSING)) for k in {**a, **b}}


Journal = dict[int, tuple[Any, Snapshot]]


class State:
    """The mutable state of one run.  Whoever changes a mutable object calls `touch` first."""

    def __init__(self) -> None:
        self.journals: list[Journal] = []
        self.conditions: list[str] = []

    def touch(self, thing: Any) -> None:
        """Remember what an object held before it changes, if a branch may have to be undone."""
        if self.journals:
            journal = self.journals[-1]
            if id(thing) not in journal:
                journal[id(thing)] = (thing, snapshot(thing))

    def fork(self, sides: Sequence[Callable[[], Value]], joiner: Joiner, condition: str) -> list[Value]:
        """Run each side on its own copy of the state and join what they leave; the results of the sides that
        did not raise.  Raises what the first side raised if all did."""
        self.conditions.append(condition)
        try:
            ends = [self._side(side) for side in sides]
        finally:
            self.conditions.pop()
        live = [(result, after) for result, after in ends if not isinstance(result, Raised)]
        if not live:
            raise ends[0][0]
        self._join([after for _, after in live], joiner)
        return [result for result, _ in live]

    def _side(self, side: Callable[[], Value]) -> tuple[Value, Journal]:
        self.journals.append({})
        try:
            result = side()
        except Raised as problem:
            result = problem
        except BaseException:
            self.journals.pop()
            raise
        journal = self.journals.pop()
        after = {key: (thing, snapshot(thing)) for key, (thing, _) in journal.items()}
        for thing, before in journal.values():
            restore(thing, before)
        return result, after

    def _join(self, afters: list[Journal], joiner: Joiner) -> None:
        touched = {key: thing for after in afters for key, (thing, _) in after.items()}
        for key, thing in touched.items():
            self.touch(thing)
            held = [after[key][1] if key in after else snapshot(thing) for after in afters]
            joined = held[0]
            for other in held[1:]:
                joined = joiner.snapshots(thing, joined, other)
            restore(thing, joined)
