"""The kinds of values that settings have: how each is read, and what a JSON schema says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rflint.config.context import Context
from rflint.config.selectors import mistaken
from rflint.dims import Size, parse
from rflint.patterns import Patterns, check_patterns
from rflint.shapes import Shape
from rflint.spelling import suggestion

Schema = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a value is read, which raises `ConfigError`, and the JSON schema of what can be read."""

    read: Callable[[Context, str, Any], Any]
    schema: Schema


# -- one value -----------------------------------------------------------------------------------------------------


def _flag(context: Context, key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise context.error(key, f"{key} is true or false, not {value!r}")
    return value


def _text(context: Context, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise context.error(key, f"{key} is a string")
    return value


def _path(context: Context, key: str, value: Any) -> str:
    return context.located(_text(context, key, value))


def _count(context: Context, key: str, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise context.error(key, f"{key} is a whole number from 1 on, not {value!r}")
    return value


def choice(values: Sequence[str]) -> Kind:
    """One of some words."""

    def read(context: Context, key: str, value: Any) -> str:
        if value not in values:
            near = suggestion(str(value), values, 0.5)
            raise context.error(key, f"{key} is one of {', '.join(values)}, not {value!r}{near}")
        return str(value)

    return Kind(read, {"enum": list(values)})


FLAG = Kind(_flag, {"type": "boolean"})
TEXT = Kind(_text, {"type": "string"})
PATH = Kind(_path, {"type": "string"})
COUNT = Kind(_count, {"type": "integer", "minimum": 1})


# -- lists ---------------------------------------------------------------------------------------------------------


def texts(context: Context, key: str, value: Any) -> tuple[str, ...]:
    """A list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise context.error(key, f'{key} is a list of strings, such as {key} = ["…"]')
    return tuple(value)


def _paths(context: Context, key: str, value: Any) -> tuple[str, ...]:
    return tuple(context.located(item) for item in texts(context, key, value))


def _patterns(context: Context, key: str, value: Any) -> tuple[Patterns, ...]:
    lines = texts(context, key, value)
    try:
        check_patterns(lines)
    except ValueError as problem:
        raise context.error(key, f"{key}: {problem}") from None
    return (Patterns(context.folder, lines),)


def list_of(items: Schema) -> Schema:
    """The schema of a list."""
    return {"type": "array", "items": items}


PATHS = Kind(_paths, list_of({"type": "string"}))
PATTERNS = Kind(_patterns, list_of({"type": "string"}))


# -- rules ---------------------------------------------------------------------------------------------------------


def _rules(context: Context, key: str, value: Any) -> tuple[str, ...]:
    given = texts(context, key, value)
    if context.known is not None and (wrong := mistaken(given, context.known, 0.5)):
        raise context.error(key, wrong)
    return tuple(value)


def rule_schema(known: Mapping[str, Any]) -> Schema:
    """The schema of what names a rule."""
    codes = {code[:length] for code in known for length in range(2, len(code) + 1)}
    return {"enum": ["ALL", *sorted(codes), *sorted(rule.name for rule in known.values())]}


RULE = {"$ref": "#/definitions/rule"}
RULES = Kind(_rules, list_of(RULE))


def _per_file(context: Context, key: str, value: Any) -> tuple[tuple[str, tuple[str, ...]], ...]:
    if not isinstance(value, dict):
        raise context.error(key, f'{key} is a table, such as {key} = {{"tests/*" = ["RF101"]}}')
    inner = context.inner(key)
    return tuple((pattern, _rules(inner, pattern, rules)) for pattern, rules in value.items())


PER_FILE = Kind(_per_file, {"type": "object", "additionalProperties": list_of(RULE)})


# -- sizes ---------------------------------------------------------------------------------------------------------


def shape(context: Context, key: str, value: Any) -> Shape:
    """A list of sizes: integers, or names such as "32*h"."""
    if not isinstance(value, list) or not value:
        raise context.error(key, f"{key} is a list of sizes, such as {key} = [3, 224, 224]")
    return tuple(_size(context, key, item) for item in value)


def _size(context: Context, key: str, value: Any) -> Size:
    try:
        return parse(str(value))
    except ValueError as problem:
        raise context.error(key, f"{value!r} in {key} is no size: {problem}") from None


SHAPE_SCHEMA: Schema = {
    "type": "array",
    "minItems": 1,
    "items": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "minLength": 1}]},
}
SHAPE = Kind(shape, SHAPE_SCHEMA)
