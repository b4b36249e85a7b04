"""The configuration: `[tool.rflint]` in pyproject.toml, or rflint.toml, the nearest one upwards."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from rflint.contracts import FIGURES, Contract, contract
from rflint.dims import Size, parse
from rflint.files import matcher
from rflint.shapes import Shape
from rflint.spelling import suggestion
from rflint.suppressions import TASKS

_HEADING = re.compile(r"\s*\[(?P<list>\[)?(?P<name>[^\[\]]+)\]")


class ConfigError(Exception):
    """A configuration that cannot be used: a sentence with file, line, and what to do."""


@dataclass(frozen=True, slots=True)
class NetworkConfig:
    """What is configured for one network: `call` is `Net()` or `path::Net()`; shapes by parameter name, "" in order;
    what is stated of its outputs."""

    call: str
    inputs: tuple[tuple[str, Shape], ...] = ()
    task: str | None = None
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class Config:
    """All settings.  `input` has no batch.  `folder` is where relative paths start from."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    src: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    environment: str | None = None
    task: str | None = None
    input: Shape = ()
    fail_on: str = "warning"
    format: str = "concise"
    networks: tuple[NetworkConfig, ...] = ()
    folder: str = "."


def load(start: Path, explicit: Path | None = None, known: Mapping[str, Any] | None = None) -> Config:
    """The configuration for what lies at `start`: the nearest one upwards, or the file that is named.

    `known` are the rules by code.  Raises `ConfigError`.
    """
    path = explicit or nearest(start)
    return Config() if path is None else from_toml(_text(path), known, path, inner=path.name == "pyproject.toml")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as problem:
        raise ConfigError(f"{path}: the configuration cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the configuration is not UTF-8, as TOML has to be") from None


def nearest(start: Path) -> Path | None:
    """The nearest rflint.toml, or pyproject.toml with a `[tool.rflint]`, in a folder or those above it."""
    folder = start.resolve()
    for above in [folder, *folder.parents] if folder.is_dir() else folder.parents:
        if (above / "rflint.toml").is_file():
            return above / "rflint.toml"
        project = above / "pyproject.toml"
        if project.is_file() and _mentions_us(project):
            return project
    return None


def _mentions_us(project: Path) -> bool:
    """Whether a pyproject.toml has our table; one without our name is not even parsed."""
    text = project.read_text(encoding="utf-8", errors="replace") if os.access(project, os.R_OK) else ""
    return "rflint" in text and _ours(_table(text, project)) is not None


def from_toml(
    text: str, known: Mapping[str, Any] | None = None, path: Path | str = "rflint.toml", inner: bool = False
) -> Config:
    """The configuration that a text states, in the table `[tool.rflint]` if `inner`.  Raises `ConfigError`."""
    table: Any = _table(text, path)
    table = _ours(table) if inner else table
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: there is no table [tool.rflint]")
    return _Reader(str(path), text, known, "tool.rflint" if inner else "").config(table)


def _table(text: str, path: Path | str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except (ValueError, RecursionError) as problem:  # also of integers of some thousand digits, and as many brackets
        raise ConfigError(f"{path}: the configuration is no TOML: {problem}") from None


def _ours(table: Mapping[str, Any]) -> object:
    tool = table.get("tool")
    return tool.get("rflint") if isinstance(tool, dict) else None


def line_of(text: str, table: str, key: str, number: int = 0) -> int:
    """The line where a key of a table stands; of a table that is there several times, in the one of that number.

    The line of the heading, or of the key that holds the table, where the key is written in some other way.
    """
    best, inside, seen = 0, not table, -1
    assigned = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*[=.]")
    for at, row in enumerate(text.split("\n"), 1):
        if heading := _HEADING.match(row):
            name = re.sub(r"[\"'\s]", "", heading["name"])
            seen += name == table
            inside = name == table and (not heading["list"] or seen == number)
            best = at if inside or name == f"{table}.{key}".lstrip(".") else best
        elif inside and assigned.match(row):
            return at
    return best or (line_of(text, *_parent(table)) if table else 1)


def _parent(table: str) -> tuple[str, str]:
    above, _, key = table.rpartition(".")
    return above, key


class _Reader:
    """Checks the tables of one file and turns them into settings."""

    def __init__(self, path: str, text: str, known: Mapping[str, Any] | None, table: str = "", number: int = 0) -> None:
        self.path, self.text, self.known = path, text, known
        self.table, self.number = table, number

    def config(self, table: Mapping[str, Any]) -> Config:
        """The settings of the main table."""
        values: dict[str, Any] = {"folder": str(Path(self.path).parent)}
        for key, value in table.items():
            name, read = self._key(key, KEYS)
            values[name] = read(self, key, value)
        return Config(**values)

    def _key(self, key: str, keys: Mapping[str, Any]) -> tuple[str, Callable[[_Reader, str, Any], Any]]:
        if key not in keys:
            raise self.error(key, f"there is no setting {key!r}{suggestion(key, keys, 0.5)}")
        return keys[key]  # type: ignore[no-any-return]

    def error(self, key: str, sentence: str) -> ConfigError:
        """An error at the line where a key stands."""
        return ConfigError(f"{self.path}:{line_of(self.text, self.table, key, self.number)}: {sentence}")

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of strings."""
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.error(key, f'{key} is a list of strings, such as {key} = ["…"]')
        return tuple(value)

    def paths(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of folders, relative to the file."""
        return tuple(str(Path(self.path).parent / item) for item in self.texts(key, value))

    def rules(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of rule codes, prefixes of codes, names, or ALL."""
        for item in self.texts(key, value):
            if self.known is not None and not is_selector(item, self.known):
                names = [*self.known, *(rule.name for rule in self.known.values())]
                raise self.error(key, f"there is no rule {item!r}{suggestion(item, names, 0.5)}")
        return tuple(value)

    def per_file(self, key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """A table from glob to rules."""
        if not isinstance(value, dict):
            raise self.error(key, f'{key} is a table, such as {key} = {{"tests/*" = ["RF101"]}}')
        inner = self._of_table(key)
        return tuple((pattern, inner.rules(pattern, rules)) for pattern, rules in value.items())

    def _of_table(self, key: str, number: int = 0) -> _Reader:
        return _Reader(self.path, self.text, self.known, f"{self.table}.{key}".lstrip("."), number)

    def text_of(self, key: str, value: Any) -> str:
        """A string."""
        if not isinstance(value, str):
            raise self.error(key, f"{key} is a string")
        return value

    def folder_of(self, key: str, value: Any) -> str:
        """A path, relative to the file."""
        return str(Path(self.path).parent / self.text_of(key, value))

    def _choice(self, key: str, value: Any, choices: Iterable[str]) -> str:
        if value not in choices:
            raise self.error(
                key, f"{key} is one of {', '.join(choices)}, not {value!r}{suggestion(str(value), choices, 0.5)}"
            )
        return str(value)

    def task(self, key: str, value: Any) -> str:
        """A task."""
        return self._choice(key, value, TASKS)

    def fail_on(self, key: str, value: Any) -> str:
        """A severity to fail on."""
        return self._choice(key, value, ("error", "warning", "info", "never"))

    def format(self, key: str, value: Any) -> str:
        """An output format."""
        return self._choice(key, value, ("concise", "full", "json"))

    def shape(self, key: str, value: Any) -> Shape:
        """A list of sizes: integers, or names such as "32*h"."""
        if not isinstance(value, list) or not value:
            raise self.error(key, f"{key} is a list of sizes, such as {key} = [3, 224, 224]")
        return tuple(self._size(key, item) for item in value)

    def _size(self, key: str, value: Any) -> Size:
        try:
            return parse(str(value))
        except ValueError as problem:
            raise self.error(key, f"{value!r} in {key} is no size: {problem}") from None

    def patterns(self, key: str, value: Any) -> tuple[str, ...]:
        """A list of patterns as in a .gitignore."""
        patterns = self.texts(key, value)
        try:
            matcher(patterns)
        except ValueError as problem:
            raise self.error(key, f"{key}: {problem}") from None
        return patterns

    def networks(self, key: str, value: Any) -> tuple[NetworkConfig, ...]:
        """The tables `[[tool.rflint.network]]`."""
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error(key, "networks are tables, written [[tool.rflint.network]]")
        table = f"{self.table}.{key}".lstrip(".")
        return tuple(
            _Reader(self.path, self.text, None, table)._network(number, item) for number, item in enumerate(value)
        )

    def _network(self, number: int, table: Mapping[str, Any]) -> NetworkConfig:
        self.number = number
        for key in table:
            if key not in NETWORK_KEYS:
                raise self.error(key, f"a network has no setting {key!r}{suggestion(key, NETWORK_KEYS, 0.5)}")
        if "call" not in table:
            raise self.error("call", 'a network has a call, such as call = "resnet50(num_classes=10)"')
        task = self.task("task", table["task"]) if "task" in table else None
        contracts = tuple(self._contracts(table))
        return NetworkConfig(self.text_of("call", table["call"]), tuple(self._inputs(table)), task, contracts)

    def _contracts(self, table: Mapping[str, Any]) -> Iterator[Contract]:
        """The list of contracts, and the figures that are settings of their own: `rate = 16000`."""
        rows = [("contracts", text) for text in self.texts("contracts", table.get("contracts", []))]
        rows += [(key, f"{key}={_written(table[key])}") for key in FIGURES if key in table]
        for key, text in rows:
            try:
                yield contract(text)
            except ValueError as problem:
                raise self.error(key, str(problem)) from None

    def _inputs(self, table: Mapping[str, Any]) -> Iterable[tuple[str, Shape]]:
        if "input" in table and "inputs" in table:
            raise self.error("inputs", "a network has an input or inputs, not both")
        if "input" in table:
            return [("", self.shape("input", table["input"]))]
        given = table.get("inputs", [])
        if not isinstance(given, (list, dict)):
            raise self.error("inputs", "inputs is a list of shapes, or a table of them by the name of the parameter")
        rows = given.items() if isinstance(given, dict) else [("", shape) for shape in given]
        return [(name, self.shape("inputs", shape)) for name, shape in rows]


def _written(value: Any) -> str:
    """A figure, or a list of them, as it is written in a comment."""
    return str(tuple(value)) if isinstance(value, list) else str(value)


NETWORK_KEYS = ("call", "input", "inputs", "task", "contracts", *FIGURES)
KEYS: dict[str, tuple[str, Callable[[_Reader, str, Any], Any]]] = {
    "select": ("select", _Reader.rules),
    "ignore": ("ignore", _Reader.rules),
    "extend-select": ("extend_select", _Reader.rules),
    "per-file-ignores": ("per_file_ignores", _Reader.per_file),
    "src": ("src", _Reader.paths),
    "exclude": ("exclude", _Reader.patterns),
    "environment": ("environment", _Reader.folder_of),
    "task": ("task", _Reader.task),
    "input": ("input", _Reader.shape),
    "fail-on": ("fail_on", _Reader.fail_on),
    "format": ("format", _Reader.format),
    "network": ("networks", _Reader.networks),
}


def is_selector(text: str, known: Mapping[str, Any]) -> bool:
    """Is it a rule's code, the beginning of one, a name, or ALL?"""
    if text == "ALL":
        return True
    by_code = text.startswith("RF") and any(code.startswith(text) for code in known)
    return by_code or any(rule.name == text for rule in known.values())
