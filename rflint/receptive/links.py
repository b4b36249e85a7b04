"""How uses read one axis of a network input: the graph along which exact sets go backwards."""

from __future__ import annotations

from typing import NamedTuple

from rflint.dims import Size, product
from rflint.field import Access
from rflint.receptive.axes import AxisField, unit_reads
from rflint.receptive.edges import edge_of
from rflint.receptive.forward import fields, source_fields
from rflint.receptive.pieces import placed
from rflint.trace import Operand, Trace, Use


class Link(NamedTuple):
    """How a use reads one of its operands along the axis."""

    source: int | str
    access: Access
    size: Size | None
    """How many positions the axis of the operand has."""
    edge: str
    """What stands beyond its ends, see `edges`."""
    part: int | None = None
    """The part of the operand that is read, where it has several that lie differently along the axis."""


class Links(NamedTuple):
    """How one use reads one input axis: the tensors it reads locally, or None if one of these reads is unknown."""

    local: tuple[Link, ...] | None
    pooled: int | str | None = None
    """If nothing local is left: the first tensor that it reads."""
    parts: tuple[tuple[Link, ...], ...] = ()
    """Instead of `local`, where tensors have several parts: what each part of the output reads."""


def links_along(trace: Trace, name: str, axis: int) -> list[Links]:
    """For every use: how it reads spatial axis 0, 1, … (the third on) of input `name`."""
    known: dict[tuple[str, int], list[Links]] = trace.memo.setdefault("links", {})
    if (name, axis) not in known:
        known[name, axis] = [_links_of(trace, use, name, axis) for use in trace.uses]
    return known[name, axis]


def _links_of(trace: Trace, use: Use, name: str, axis: int) -> Links:
    made = fields(trace)
    if name not in made[use.index]:
        return Links(())
    output, edge = made[use.index][name][axis], edge_of(use)
    local: list[list[Link]] = [[] for _ in output.parts or (0,)]
    pooled: int | str | None = None
    seen = [source_fields(trace, operand, made).get(name) for operand in use.operands]
    for place, (operand, before) in enumerate(zip(use.operands, seen, strict=True)):
        if before is None or operand.source is None:
            continue
        others = [one[axis] for one in (*seen[:place], *seen[place + 1 :]) if one is not None]
        there = placed(use, operand, before[axis].at, others)
        for number, (read, part) in enumerate(unit_reads(before[axis], there, use, output)):
            several = number if len(before[axis].parts) > 1 else None
            if before[axis].pooled or read.how == "whole":
                pooled = operand.source if pooled is None else pooled
            elif read.access is None or read.how != "kept" or read.to != output.at:
                return Links(None)
            else:
                size = _size(before[axis], operand)
                local[part].append(Link(operand.source, read.access, size, edge, several))
    links = tuple(map(tuple, local))
    plain = len(links) == 1 and all(link.part is None for link in links[0])
    return Links(links[0], pooled) if plain else Links(None, None, links)


def _size(axis: AxisField, operand: Operand) -> Size | None:
    """How many units there are along an input axis, wherever they lie on the operand."""
    if axis.at is None:
        return product(digit.size for digit in axis.parts[0].layout) if axis.parts else None
    return None if operand.shape is None else operand.shape[axis.at]
