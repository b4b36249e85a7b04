"""Receptive fields front to back: one pass over the trace gives the extents of all uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rflint.field import INPUT
from rflint.receptive.axes import UNSEEN, AxisField, Field, axis_read, label, met
from rflint.receptive.pieces import placed
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
    seen = [source_fields(trace, operand, made) for operand in use.operands]
    for number, (operand, before) in enumerate(zip(use.operands, seen, strict=True)):
        for name, field in before.items():
            others = [one.get(name, ()) for one in (*seen[:number], *seen[number + 1 :])]
            found = tuple(_axis_read(axis, at, operand, use, others) for at, axis in enumerate(field))
            if not any(axis.maps == (UNSEEN,) for axis in found):
                arrived.setdefault(name, []).append(found)
    return {name: _met(branches, use) for name, branches in arrived.items()}


def _axis_read(axis: AxisField, at: int, operand: Operand, use: Use, others: Sequence[Field]) -> AxisField:
    beside = [field[at] for field in others if at < len(field)]
    return axis_read(axis, placed(use, operand, axis.at, beside), use)


def _met(branches: Sequence[Field], use: Use) -> Field:
    """What branches see together, and whether they are stacked and see different positions."""
    field = branches[0] if len(branches) == 1 else met(branches)
    if use.base != "stack" or all(branch == branches[0] for branch in branches):
        return field
    return tuple(replace(axis, stacked=axis.stacked or label(use)) for axis in field)


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
