"""Who reads a tensor, behind the uses (activations, norms, 1×1 convolutions, crops) that pass it on, and which rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import lcm
from typing import NamedTuple

from rflint.checks._layers import spatial_rank
from rflint.dims import Size
from rflint.receptive import fields
from rflint.trace import Trace, Use

LONGEST_PERIOD = 4096
Source = int | str


class Reader(NamedTuple):
    """A use, the number of the operand as which it reads a tensor, and by how much crops before moved each axis."""

    use: Use
    number: int
    moved: Mapping[int, int]


Rows = tuple[int, frozenset[int]]
"""Which rows are read of every so many: (2, {0}) is every other one."""


def tensors(trace: Trace) -> Iterator[tuple[Source, tuple[tuple[int, Size], ...]]]:
    """The inputs and what uses made that do more than pass on, each with its spatial axes and their sizes."""
    for name, shape in trace.input_shapes.items():
        if shape is not None:
            yield name, tuple((axis, shape[axis]) for axis in trace.spatial(name, len(shape)))
    for use in trace.uses:
        axes = spatial_axes(trace, use)
        if use.output is not None and axes and moves(trace, use) is None and not is_one_of_several(trace, use):
            yield use.index, tuple((axis, use.output[axis]) for axis in axes)


def is_one_of_several(trace: Trace, use: Use) -> bool:
    """Whether it is a view, or a part, of a tensor of which others read views or parts: the same rows, perhaps.

    Keys of an attention are such a part: that a window steps over rows of them says nothing, the queries are read, too.
    """
    at: Use | None = use
    while at is not None and spatial_rank(at) == 0 and at.base != "Upsample":
        sources = [operand.source for operand in at.operands if operand.source is not None]
        if len(sources) != 1 or len(trace.consumers()[sources[0]]) > 1:
            return len(sources) == 1
        at = trace.uses[sources[0]] if isinstance(sources[0], int) else None
    return False


def spatial_axes(trace: Trace, use: Use) -> list[int]:
    """The axes of the output on which axes of a network input lie."""
    return sorted({axis.at for field in fields(trace)[use.index].values() for axis in field if axis.at is not None})


def moves(trace: Trace, use: Use) -> dict[int, int] | None:
    """By how much each axis is moved if every position of the output is made of one position of one tensor, else None.

    Channels may be mixed: a 1×1 convolution moves nothing, x[:, :, 1:] moves its third axis by 1.
    """
    read = [operand.reads for operand in use.operands if operand.source is not None]
    if len(read) != 1:
        return None
    found: dict[int, int] = {}
    for axis in spatial_axes(trace, use):
        access = read[0][axis].access if axis < len(read[0]) and read[0][axis].to == axis else None
        if access is None or access.step != 1 or [len(taps) for taps in access.taps] != [1]:
            return None
        found[axis] = access.taps[0][0]
    return found or None


def readers_of(trace: Trace, source: Source) -> list[Reader]:
    """All that read a tensor and do not just pass it on; none if it is given out as well, or somewhere to nobody."""
    found, waiting = list[Reader](), [(source, dict[int, int]())]
    while waiting:
        at, moved = waiting.pop()
        consumers = trace.consumers().get(at, [])
        if at in trace.output_sources or not consumers:
            return []
        for use, number in consumers:
            by = moves(trace, use)
            if by is None:
                found.append(Reader(use, number, moved))
            else:
                waiting.append((use.index, {axis: moved.get(axis, 0) + more for axis, more in by.items()}))
    return found


def rows_read(readers: Sequence[Reader], axis: int, size: Size) -> Rows | None:
    """Which rows of an axis of that size are read; None if all are, or if that is not known."""
    found = [remainders(reader, axis) for reader in readers]
    known = [rows for rows in found if rows is not None]
    period = lcm(*(rows[0] for rows in known))
    if not found or len(known) < len(found) or period > LONGEST_PERIOD:
        return None
    every = range(period if not isinstance(size, int) else min(period, size))
    read = frozenset(row for row in every if any(row % step in rows for step, rows in known))
    return (len(every), read) if len(read) < len(every) else None


def remainders(reader: Reader, axis: int) -> Rows | None:
    """The rows that a use reads by their remainders: a window with stride s reads t mod s for its taps t."""
    reads = reader.use.operands[reader.number].reads
    access = reads[axis].access if axis < len(reads) else None
    if access is None or not 0 < abs(access.step) <= LONGEST_PERIOD:
        return None
    step, by = abs(access.step), reader.moved.get(axis, 0)  # as many taps as there are remainders show them all
    return step, frozenset((by + tap) % step for taps in access.taps for tap in taps[:step])
