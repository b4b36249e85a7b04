"""Receptive fields front to back: one pass over the trace gives the extents of all uses."""

from __future__ import annotations

from functools import lru_cache

from rflint.field import INPUT
from rflint.receptive.axes import AxisField, Field, axis_read, met
from rflint.trace import Operand, Trace, Use


def fields(trace: Trace) -> list[dict[str, Field]]:
    """For every use, by index: the field of its output in each network input that reaches it, by name."""
    if "fields" not in trace.memo:
        made: list[dict[str, Field]] = []
        for use in trace.uses:
            made.append(_field_of(trace, use, made))
        trace.memo["fields"] = made
    found: list[dict[str, Field]] = trace.memo["fields"]
    return found


def _field_of(trace: Trace, use: Use, made: list[dict[str, Field]]) -> dict[str, Field]:
    arrived: dict[str, list[Field]] = {}
    for operand in use.operands:
        for name, field in source_fields(trace, operand, made).items():
            arrived.setdefault(name, []).append(tuple(axis_read(axis, operand, use) for axis in field))
    return {name: branches[0] if len(branches) == 1 else met(branches) for name, branches in arrived.items()}


def source_fields(trace: Trace, operand: Operand, made: list[dict[str, Field]]) -> dict[str, Field]:
    """The fields of the tensor that an operand is, by network input."""
    if isinstance(operand.source, int):
        return made[operand.source]
    if operand.source is None:
        return {}
    shape = trace.input_shapes.get(operand.source) or operand.shape or operand.reads
    return {operand.source: seen_by_input(trace.spatial(operand.source, len(shape)))}


@lru_cache(maxsize=64)
def seen_by_input(spatial: range) -> Field:
    """The field of a network input with these spatial axes in itself."""
    return tuple(AxisField(axis, (INPUT,)) for axis in spatial)
