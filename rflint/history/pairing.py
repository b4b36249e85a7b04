"""Which network of one side is which of the other."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import TypeVar

from rflint.trace import Trace

T = TypeVar("T")
Key = Callable[[T], Hashable]


def name_of(call: str) -> str:
    """The class or builder that a call names: `resnet18` of `resnet18(num_classes=10)`."""
    return call.split("(")[0].strip()


def networks(
    before: Sequence[Trace], after: Sequence[Trace], old_name: Callable[[str], str]
) -> list[tuple[Trace | None, Trace | None]]:
    """The networks of both sides in pairs, None where one has no counterpart.

    A network is the one of the same call in the same file, `old_name` saying what that was called before; else the one
    of the same class or builder there; else the only one of this class or builder in another file.
    """
    held = list(before)
    matched: dict[int, Trace] = {}
    stages: list[tuple[Key[Trace], Key[Trace], bool]] = [
        (lambda one: (one.file, one.call), lambda one: (old_name(one.file), one.call), False),
        (lambda one: (one.file, name_of(one.call)), lambda one: (old_name(one.file), name_of(one.call)), False),
        (lambda one: name_of(one.call), lambda one: name_of(one.call), True),
    ]
    for old_key, new_key, only in stages:
        open_ = [one for one in after if id(one) not in matched]
        for old, new in _matches(held, open_, old_key, new_key, only):
            matched[id(new)] = old
            held = [one for one in held if one is not old]
    return [*((matched.get(id(one)), one) for one in after), *((one, None) for one in held)]


def _matches(
    before: Sequence[T], after: Sequence[T], old_key: Key[T], new_key: Key[T], only: bool
) -> list[tuple[T, T]]:
    """Those whose keys agree, in order; with `only`, where there is just one on either side."""
    olds, news = _grouped(before, old_key), _grouped(after, new_key)
    groups = [(olds[key], rows) for key, rows in news.items() if key in olds]
    if only:
        groups = [(old, new) for old, new in groups if len(old) == len(new) == 1]
    return [pair for old, new in groups for pair in zip(old, new, strict=False)]


def _grouped(rows: Sequence[T], key: Key[T]) -> Mapping[Hashable, list[T]]:
    found: dict[Hashable, list[T]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return found
