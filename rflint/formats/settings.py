"""Settings and where they come from: in lines such as a configuration has them, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Rows = Mapping[str, tuple[Any, tuple[str, ...]]]
"""The value of each setting, and the places where it was set."""


def settings_lines(target: str, files: Sequence[str], rows: Rows) -> Iterator[str]:
    """Which files the settings for a target are from, and for each setting its place and its value."""
    yield f"{target}: {reading(files)}"
    yield ""
    table = [(name, ", ".join(places), toml(value)) for name, (value, places) in rows.items()]
    first, second = (max(len(row[column]) for row in table) for column in (0, 1))
    for name, places, value in table:
        yield f"{name:<{first}}  {places:<{second}}  {value}"


def reading(files: Sequence[str]) -> str:
    """Which file is read, and which it extends."""
    if not files:
        return "no configuration"
    return ", which extends ".join(files)


def toml(value: Any) -> str:
    """A value as a configuration has it on one line; `(none)` for what is not set."""
    if value is None:
        return "(none)"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name)} = {toml(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() and name.isascii() else json.dumps(name)


def settings_json(target: str, files: Sequence[str], rows: Rows) -> str:
    """The same as JSON; what is not set is null, and comes from the default."""
    settings = {name: {"value": value, "from": list(places)} for name, (value, places) in rows.items()}
    found = {"version": 1, "target": target, "files": list(files), "settings": settings}
    return json.dumps(found, indent=2, ensure_ascii=False) + "\n"
