"""Names and mutable state: scopes, and the journal that lets both sides of an unknown branch run on their own copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rflint.interp.joining import MISSING, Joiner
from rflint.interp.values import (
    ClassValue,
    Function,
    Instance,
    Iteration,
    Raised,
    Tensor,
    Unknown,
    Value,
)

Snapshot = Any


@dataclass(slots=True, eq=False)
class Scope:
    """The names of a module, a function call or a class body, and the scope around it."""

    names: dict[str, Value] = field(default_factory=dict)
    outer: Scope | None = None
    redirects: dict[str, Scope] = field(default_factory=dict)
    """Names declared `global` or `nonlocal`, with the scope they mean."""
    born: int = 0
    """When the scope was made, in journals begun: undoing one that began before undoes the scope itself."""
    comprehension: bool = False
    """The scope of a comprehension, which `:=` looks through."""

    def find(self, name: str) -> Scope | None:
        """The innermost scope that holds the name."""
        scope: Scope | None = self.redirects.get(name, self)
        while scope is not None:
            if name in scope.names:
                return scope
            scope = scope.outer
        return None


def _mapping(thing: Any) -> dict[Any, Any] | None:
    """The names that an object holds, if that is what it holds."""
    if isinstance(thing, dict):
        return thing
    if isinstance(thing, Scope):
        return thing.names
    if isinstance(thing, (Instance, Function)):
        return thing.attrs
    return thing.namespace if isinstance(thing, ClassValue) else None


def snapshot(thing: Any) -> Snapshot:
    """What a mutable object holds now (one level deep)."""
    names = _mapping(thing)
    if names is not None:
        return dict(names)
    if isinstance(thing, list):
        return list(thing)
    if isinstance(thing, set):
        return set(thing)
    if isinstance(thing, Tensor):
        return (thing.shape, thing.source, thing.reason)
    if isinstance(thing, Iteration):
        return (thing.items, thing.position)
    raise TypeError(type(thing).__name__)


def restore(thing: Any, held: Snapshot) -> None:
    """Put a snapshot back, into the same containers: others may hold them too."""
    names = _mapping(thing)
    if names is not None:
        names.clear()
        names.update(held)
    elif isinstance(thing, list):
        thing[:] = held
    elif isinstance(thing, set):
        thing.clear()
        thing.update(held)
    elif isinstance(thing, Tensor):
        thing.shape, thing.source, thing.reason = held
    elif isinstance(thing, Iteration):
        thing.items, thing.position = held


class Journal(dict[int, tuple[Any, Snapshot]]):
    """What mutable objects held before they changed, by identity; `began` counts journals."""

    began = 0

    def undo(self) -> None:
        """Put back what they held; the last one first, since two may share a dict: an object, and its `__dict__`."""
        for thing, before in reversed(self.values()):
            restore(thing, before)


class State:
    """The mutable state of one run.  Whoever changes a mutable object calls `touch` first."""

    def __init__(self, shared: bool = False, lasting: bool = False) -> None:
        self.journals: list[Journal] = []
        self.clock = 0
        self.lasting = lasting
        """Does what is made stay for other runs, as what a module makes does?"""
        if shared:
            self._begin()
        self.conditions: list[str] = []
        self.lost: list[tuple[Raised, Unknown]] = []
        """What sides have raised while others went on, and the doubt: a `try` around them may have to handle it."""
        self._away: dict[int, tuple[Any, Snapshot]] = {}

    def _begin(self) -> Journal:
        journal = Journal()
        self.clock += 1
        journal.began = self.clock
        self.journals.append(journal)
        return journal

    @property
    def birthday(self) -> int:
        """What a scope that is made now notes down: see `Scope.born`."""
        return 0 if self.lasting else self.clock

    def touch(self, thing: Any) -> None:
        """Remember what an object held before it changes, if a branch may have to be undone."""
        if not self.journals:
            return
        journal = self.journals[-1]
        if isinstance(thing, (Scope, Instance, Iteration)) and thing.born >= journal.began:
            return
        if id(thing) not in journal:
            journal[id(thing)] = (thing, snapshot(thing))

    # -- sides -----------------------------------------------------------------------------------------------

    def fork(
        self, sides: Sequence[Callable[[], Value]], joiner: Joiner, doubt: Unknown
    ) -> tuple[list[Value], list[Any]]:
        """Run each side on its own copy of the state and join what they leave: the results of the sides that did
        not raise, and what is another than before.  Raises what the first side raised if all did."""
        self.conditions.append(doubt.reason)
        try:
            ends = [self._side(side) for side in sides]
        finally:
            self.conditions.pop()
        live = [(result, after) for result, after in ends if not isinstance(result, Raised)]
        if not live:
            raise ends[0][0]
        self.lost += [(result, doubt) for result, _ in ends if isinstance(result, Raised)]
        changed = self._join([after for _, after in live], joiner)
        return [result for result, _ in live], changed

    def _side(self, side: Callable[[], Value]) -> tuple[Value, dict[int, tuple[Any, Snapshot]]]:
        with self.attempt() as journal:
            try:
                result = side()
            except Raised as problem:
                result = problem
            after = {key: (thing, snapshot(thing)) for key, (thing, _) in journal.items()}
        return result, after

    @contextmanager
    def attempt(self) -> Iterator[Journal]:
        """Whatever changes inside is undone in the end."""
        journal = self._begin()
        try:
            yield journal
        finally:
            self.journals.pop()
            journal.undo()

    @contextmanager
    def trial(self) -> Iterator[None]:
        """Whatever changes inside is undone if it ends with an exception."""
        with self.watch() as journal:
            try:
                yield
            except BaseException:
                journal.undo()
                raise

    @contextmanager
    def watch(self) -> Iterator[Journal]:
        """Whatever changes inside stays, and the journal says what it was."""
        journal = self._begin()
        try:
            yield journal
        finally:
            self.journals.pop()
            if self.journals:
                self.journals[-1].update({k: v for k, v in journal.items() if k not in self.journals[-1]})

    def _join(self, afters: Sequence[dict[int, tuple[Any, Snapshot]]], joiner: Joiner) -> list[Any]:
        touched = {key: thing for after in afters for key, (thing, _) in after.items()}
        changed: list[Any] = []
        for key, thing in touched.items():
            before = snapshot(thing)
            held = [after[key][1] if key in after else before for after in afters]
            joined = held[0]
            for other in held[1:]:
                joined = joiner.snapshots(thing, joined, other)
            if not _same(before, joined):
                self.touch(thing)
                restore(thing, joined)
                changed.append(thing)
        return changed

    def blur(self, journal: Journal, joiner: Joiner) -> None:
        """What has changed since the journal began is known only where it is the same."""
        for thing, before in list(journal.values()):
            now = snapshot(thing)
            self.touch(thing)
            restore(thing, joiner.snapshots(thing, before, now))

    def concede(self, other: State) -> None:
        """A module has run in a state of its own: what it has changed for good is not undone with this state."""
        for key, (thing, before) in other.journals[0].items():
            for journal in self.journals:
                if key in journal:
                    journal[key] = (thing, _replayed(journal[key][1], before, snapshot(thing)))

    # -- the world of a root ---------------------------------------------------------------------------------

    def leave(self) -> None:
        """Put back what this run has changed of objects that others see too, until `enter`."""
        if self.journals:
            journal = self.journals[0]
            self._away = {key: (thing, snapshot(thing)) for key, (thing, _) in journal.items()}
            journal.undo()

    def enter(self) -> None:
        """Take up again what `leave` has put away."""
        for thing, after in self._away.values():
            restore(thing, after)
        self._away = {}


def _replayed(held: Snapshot, before: Snapshot, after: Snapshot) -> Snapshot:
    """A snapshot with the same changes that lead from one to another."""
    if isinstance(after, dict):
        return {**held, **{k: v for k, v in after.items() if before.get(k, MISSING) is not v}}
    if isinstance(after, list):
        return [*held, *after[len(before) :]]
    return held | after if isinstance(after, set) else after


def _same(a: Snapshot, b: Snapshot) -> bool:
    """Are two snapshots of an object the same, values by identity?"""
    if isinstance(a, dict):
        return len(a) == len(b) and all(x is y and a[x] is b[y] for x, y in zip(a, b, strict=True))
    if isinstance(a, set):
        return bool(a == b)
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


__all__ = ["MISSING", "Joiner", "Scope", "State", "restore", "snapshot"]
