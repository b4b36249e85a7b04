"""The tables `[[tool.rflint.network]]`: what is configured for one network each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rflint.comments.reading import TASKS
from rflint.config.context import Context
from rflint.config.kinds import SHAPE_SCHEMA, TEXT, Kind, Schema, choice, list_of, shape, texts
from rflint.config.values import NetworkConfig
from rflint.contracts import COMPARED, FIGURES, PLAIN, Contract, contract
from rflint.shapes import Shape
from rflint.spelling import suggestion

TASK = choice(TASKS)
KEYS: Mapping[str, str] = {
    "call": "the call that makes it, with its file if the name is not enough: models/unet.py::UNet(depth=4)",
    "input": "the shape of its only input, without the batch",
    "inputs": "the shapes of several inputs, in a list or by the names of the parameters",
    "task": "what it is for",
    "contracts": "what has to hold of its output: rf>=512, jump==8, reached==100%, causal, size==input",
    "rate": "samples per second, so that fields can be said in milliseconds",
    "min-ms": "the duration that units have to see, in milliseconds",
    "object-size": "the smallest object that a head has to find, in pixels; a list for several outputs",
}
"""The settings of a network, and what each is."""


def _networks(context: Context, key: str, value: Any) -> tuple[NetworkConfig, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise context.error(key, "networks are tables, written [[tool.rflint.network]]")
    return tuple(_network(context.inner(key, number), table) for number, table in enumerate(value))


def _network(context: Context, table: Mapping[str, Any]) -> NetworkConfig:
    for key in table:
        if key not in KEYS:
            raise context.error(key, f"a network has no setting {key!r}{suggestion(key, KEYS, 0.5)}")
    if "call" not in table:
        raise context.error("call", 'a network has a call, such as call = "resnet50(num_classes=10)"')
    task = TASK.read(context, "task", table["task"]) if "task" in table else None
    call = TEXT.read(context, "call", table["call"])
    return NetworkConfig(call, tuple(_inputs(context, table)), task, tuple(_contracts(context, table)))


def _contracts(context: Context, table: Mapping[str, Any]) -> Iterator[Contract]:
    """The list of contracts, and the figures that are settings of their own: `rate = 16000`."""
    rows = [("contracts", text) for text in texts(context, "contracts", table.get("contracts", []))]
    rows += [(key, f"{key}={_written(table[key])}") for key in FIGURES if key in table]
    for key, text in rows:
        try:
            yield contract(text)
        except ValueError as problem:
            raise context.error(key, str(problem)) from None


def _inputs(context: Context, table: Mapping[str, Any]) -> Iterable[tuple[str, Shape]]:
    if "input" in table and "inputs" in table:
        raise context.error("inputs", "a network has an input or inputs, not both")
    if "input" in table:
        return [("", shape(context, "input", table["input"]))]
    given = table.get("inputs", [])
    if not isinstance(given, (list, dict)):
        raise context.error("inputs", "inputs is a list of shapes, or a table of them by the name of the parameter")
    rows = given.items() if isinstance(given, dict) else [("", shape) for shape in given]
    return [(name, shape(context, "inputs", one)) for name, one in rows]


def _written(value: Any) -> str:
    """A figure, or a list of them, as it is written in a comment."""
    return str(tuple(value)) if isinstance(value, list) else str(value)


def _schema() -> Schema:
    figure = {"type": "number", "exclusiveMinimum": 0}
    size = {"type": "integer", "minimum": 1}
    schemas: dict[str, Schema] = {
        "call": {"type": "string"},
        "input": SHAPE_SCHEMA,
        "inputs": {"anyOf": [list_of(SHAPE_SCHEMA), {"type": "object", "additionalProperties": SHAPE_SCHEMA}]},
        "task": TASK.schema,
        "contracts": list_of({"type": "string", "pattern": _written_so()}),
        "rate": figure,
        "min-ms": figure,
        "object-size": {"anyOf": [size, {"type": "array", "items": size, "minItems": 1}]},
    }
    properties = {key: {"description": said, **schemas[key]} for key, said in KEYS.items()}
    table = {"type": "object", "properties": properties, "required": ["call"], "additionalProperties": False}
    return list_of({**table, "not": {"required": ["input", "inputs"]}})


def _written_so() -> str:
    """A pattern that every contract matches."""
    figures = rf"({'|'.join(COMPARED)}) *(>=|<=|==|>|<) *[0-9]|({'|'.join(FIGURES)}) *=|"
    return f"^({figures}{'|'.join(PLAIN)})"


NETWORKS = Kind(_networks, _schema())
