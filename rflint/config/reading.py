"""Reading a configuration: the text of one file, and what it and the files that it extends come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import tomli

from rflint.config.context import Context
from rflint.config.keys import EXTEND, KEYS
from rflint.config.kinds import TEXT
from rflint.config.values import Config, ConfigError
from rflint.config.versions import require
from rflint.spelling import suggestion

OURS = "tool.rflint"
PROJECT = "pyproject.toml"
Known = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and where it was set; several places where values add up."""

    value: Any
    places: tuple[str, ...]


class Settings(NamedTuple):
    """Settings by key, and the files that they were read from, each before those that it extends."""

    rows: Mapping[str, Setting]
    files: tuple[str, ...] = ()


def from_toml(text: str, known: Known | None = None, path: str = "rflint.toml", inner: bool = False) -> Config:
    """The configuration that a text states, in the table `[tool.rflint]` if `inner`.  Raises `ConfigError`."""
    return configured(settings(text, known, path, inner, ()))


def read(path: str, known: Known | None = None) -> Config:
    """The configuration in a file.  Raises `ConfigError`."""
    return configured(_of_file(path, known, ()))


def configured(found: Settings) -> Config:
    """The configuration that settings come to."""
    values = {KEYS[key].attribute: setting.value for key, setting in found.rows.items()}
    return Config(**values, files=found.files, origins={key: setting.places for key, setting in found.rows.items()})


def _of_file(path: str, known: Known | None, below: tuple[str, ...]) -> Settings:
    return settings(_text(path), known, path, path.replace("\\", "/").rpartition("/")[2] == PROJECT, below)


def settings(text: str, known: Known | None, path: str, inner: bool, below: tuple[str, ...]) -> Settings:
    """What a file sets, laid over what the file sets that it extends.

    `below` are the files that extend this one.  Raises `ConfigError`.
    """
    table = ours(_table(text, path)) if inner else _table(text, path)
    if not isinstance(table, dict):
        raise ConfigError(f"{path}: there is no table [{OURS}]")
    context = Context(path, text, known, OURS if inner else "")
    require(context, table.get("required-version"))
    base = _base(context, table[EXTEND], (*below, path)) if EXTEND in table else Settings({})
    return Settings(_over(_own(context, table), base.rows), (path, *base.files))


def mentions_us(project: str) -> bool:
    """Whether a pyproject.toml has our table; one without our name is not even parsed."""
    try:
        with open(project, encoding="utf-8", errors="replace") as file:
            text = file.read()
    except OSError:
        return False
    return "rflint" in text and ours(_table(text, project)) is not None


def ours(table: Mapping[str, Any]) -> object:
    """What stands under `[tool.rflint]`, if anything does."""
    tool = table.get("tool")
    return tool.get("rflint") if isinstance(tool, dict) else None


def _own(context: Context, table: Mapping[str, Any]) -> dict[str, Setting]:
    found: dict[str, Setting] = {}
    for name, value in table.items():
        if name not in (*KEYS, EXTEND):
            raise context.error(name, f"there is no setting {name!r}{suggestion(name, [*KEYS, EXTEND], 0.5)}")
        if name != EXTEND:
            found[name] = Setting(KEYS[name].kind.read(context, name, value), (context.place(name),))
    return found


def _base(context: Context, value: Any, below: tuple[str, ...]) -> Settings:
    path = context.located(TEXT.read(context, EXTEND, value))
    if path in below:
        circle = " -> ".join([*below[below.index(path) :], path])
        raise context.error(EXTEND, f"files extend each other in a circle: {circle}")
    try:
        return _of_file(path, context.known, below)
    except OSError as problem:
        raise context.error(EXTEND, f"{EXTEND}: {path} cannot be read: {problem.strerror}") from None


def _over(own: Mapping[str, Setting], base: Mapping[str, Setting]) -> dict[str, Setting]:
    """Own settings before those of the base; both, where they add up."""
    both = {
        key: Setting(base[key].value + own[key].value, base[key].places + own[key].places)
        for key in own
        if key in base and KEYS[key].adds
    }
    return {**base, **own, **both}


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read()
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: the configuration is not UTF-8, as TOML has to be") from None


def _table(text: str, path: str) -> dict[str, Any]:
    try:
        return tomli.loads(text)
    except (ValueError, RecursionError) as problem:  # also of integers of some thousand digits, and as many brackets
        raise ConfigError(f"{path}: the configuration is no TOML: {problem}") from None
