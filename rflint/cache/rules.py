"""The names of the rules, for settings that name some: kept, so that the rules need not be loaded to be named."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from rflint.cache.entries import BROKEN, folder, held, keep, ourselves
from rflint.catalogue import known_rules


class Named(NamedTuple):
    """A rule of which only the name is known."""

    name: str


class Rules(Mapping[str, Named]):
    """All rules by code, which are not looked for before somebody asks: most runs name none."""

    @cached_property
    def _names(self) -> dict[str, Named]:
        return {code: Named(name) for code, name in names().items()}

    def __getitem__(self, code: str) -> Named:
        return self._names[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def names() -> dict[str, str]:
    """The names of all rules by code."""
    inside = folder()
    place = os.path.join(inside or "", "rules.json")
    try:
        return {str(code): str(name) for code, name in held(place, ourselves())["rules"].items()}
    except BROKEN:
        found = {code: rule.name for code, rule in known_rules().items()}
    if inside is not None and os.path.isdir(inside):
        keep(place, ourselves(), {"rules": found})
    return found
