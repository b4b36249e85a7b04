"""The tensors that a network returns, each with its place in what `forward` returns, and their fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from rflint.receptive.axes import Field
from rflint.receptive.forward import fields, seen_by_input
from rflint.trace import Shape, Trace


class Output(NamedTuple):
    """One returned tensor: where it stands (`""` if it is all that is returned, else `out`, `0`, `aux.1`)."""

    name: str
    shape: Shape | None
    source: int | str | None
    """The use that made it, the network input that it is, or None."""


def outputs(trace: Trace) -> list[Output]:
    """All returned tensors, in order.  Where their places cannot be told, they are numbered and have no shape."""
    places = list(_places(trace.output))
    tensors = [place for place in places if place[1] is not None]
    count = len(trace.output_sources)
    found = next((some for some in (tensors, places) if len(some) == count), None)
    named = found if found is not None else [(str(number), None) for number in range(count)]
    return [Output(name, shape, source) for (name, shape), source in zip(named, trace.output_sources, strict=True)]


def _places(value: Any, name: str = "") -> Iterator[tuple[str, Shape | None]]:
    """The shapes in what is returned, by place; None for tensors without a known shape, and for what is no tensor."""
    if isinstance(value, (list, dict)):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in inner:
            yield from _places(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value


def output_fields(trace: Trace) -> dict[str, dict[str, Field]]:
    """For each returned tensor, by its place in what is returned: its field in each network input that reaches it."""
    return {output.name: _field(trace, output) for output in outputs(trace)}


def _field(trace: Trace, output: Output) -> dict[str, Field]:
    if isinstance(output.source, int):
        return fields(trace)[output.source]
    if output.source is None:
        return {}
    return {output.source: seen_by_input(trace.spatial(output.source, len(output.shape or ())))}
