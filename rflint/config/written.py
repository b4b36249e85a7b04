"""A configuration as plain data, each setting as a file would write it, with where it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rflint.config.keys import KEYS
from rflint.config.values import Config, NetworkConfig
from rflint.contracts import FIGURES
from rflint.dims import Size
from rflint.patterns import Patterns

DEFAULT = "default"


def written(config: Config) -> dict[str, tuple[Any, tuple[str, ...]]]:
    """The value of every setting, and the places where it was set.  Paths are as seen from the working folder."""
    values = {name: getattr(config, key.attribute) for name, key in KEYS.items()}
    values["per-file-ignores"] = dict(config.per_file_ignores)
    return {name: (plain(value), config.origins.get(name, (DEFAULT,))) for name, value in values.items()}


def plain(value: Any) -> Any:
    """A value as strings, numbers, lists and tables."""
    if isinstance(value, NetworkConfig):
        return _network(value)
    if isinstance(value, tuple) and value and all(isinstance(item, Patterns) for item in value):
        return [line for patterns in value for line in patterns.lines]
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, tuple):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (bool, int, str)) else str(value)


def _network(network: NetworkConfig) -> dict[str, Any]:
    named = {name: _shape(shape) for name, shape in network.inputs if name}
    inputs = named or [_shape(shape) for _, shape in network.inputs]
    stated = [one.text for one in network.contracts if one.subject not in FIGURES]
    figures = {
        one.subject: _figure([float(value) for value in one.values])
        for one in network.contracts
        if one.subject in FIGURES
    }
    found = {"call": network.call, "inputs": inputs, "task": network.task, "contracts": stated, **figures}
    return {name: value for name, value in found.items() if value}


def _shape(shape: Iterable[Size]) -> list[int | str]:
    return [size if isinstance(size, int) else str(size) for size in shape]


def _figure(values: list[float]) -> Any:
    numbers = [int(value) if value == int(value) else value for value in values]
    return numbers[0] if len(numbers) == 1 else numbers
