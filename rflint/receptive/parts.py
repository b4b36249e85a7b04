"""An input axis whose units no longer lie on one axis of a tensor: windows, patches, tokens, columns.

As long as it is known where they lie (a layout), they come back to an axis of their own when the tensor is viewed so,
and where one reads all positions of an axis it is known which units these are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from rflint.dims import Size, equal
from rflint.field import IDENTITY, Access, Interval, shift_of, strided, union
from rflint.field.layouts import (
    Layout,
    among,
    axis_of,
    freed,
    laid_out,
    moved,
    regrouped,
    repeated_on,
    slid,
    united,
    within,
)
from rflint.receptive.edges import edge_of
from rflint.trace import Operand, Read, Use

VIEWS = ("reshape", "flatten", "unflatten")
MOST_MAPS = 8
"""Fields that need more intervals of different jumps than this are not followed."""
MOST_PARTS = 4
"""Nor are tensors whose positions depend on more layouts of one input axis than this."""

Maps = tuple[Interval, ...]


class Part(NamedTuple):
    """What units see, and where they lie.  Scores of attention have two parts: queries and keys on different axes."""

    maps: Maps
    layout: Layout


def through(maps: Maps, access: Access) -> Maps | None:
    """All intervals after an operation, the same object if nothing changes; None: too many phases."""
    made = [one.through(access) for one in maps]
    known = tuple(one for one in made if one is not None)
    if len(known) < len(made):
        return None
    return maps if all(a is b for a, b in zip(maps, known, strict=True)) else known


def joined(a: Maps, b: Maps) -> Maps | None:
    """The intervals of both, those with the same jump as one; None: too many intervals, or phases."""
    maps = list(a)
    for interval in b:
        place = next((at for at, one in enumerate(maps) if one.jump == interval.jump), None)
        if place is None:
            maps.append(interval)
            continue
        both = union(maps[place], interval)
        if both is None:
            return None
        maps[place] = both
    return tuple(maps) if len(maps) <= MOST_MAPS else None


def cut_up(maps: Maps, at: int, operand: Operand, use: Use) -> Part | None:
    """What a view makes of axis `at` of its operand; None if the use is no view, or its axes do not fit."""
    if operand.shape is None:
        return None
    size = use.regrouping.whole[at] if use.regrouping else operand.shape[at]
    step = _viewed(Part(maps, laid_out(at, size)), operand, use)
    return step.part if step and step.access is IDENTITY and maps else None


class Step(NamedTuple):
    """A part after a use, and how its units read those of before; `access` is None for more than one access.

    A part without maps has too many phases.
    """

    part: Part
    access: Access | None


def after(part: Part, operand: Operand, use: Use) -> Step | None:
    """A part of an operand after a use has read it; None if it can no longer be followed."""
    if use.base in VIEWS or use.regrouping:
        return _viewed(part, operand, use)
    layout: Layout | None = part.layout
    whole, accesses = [], []
    for axis in {digit.axis for digit in part.layout if digit.axis is not None}:
        read = operand.reads[axis] if axis < len(operand.reads) else Read("unknown")
        if read.how == "whole":
            whole.append(axis)
        elif layout and (near := _read_near(axis, layout, read, operand, use)) is not None:
            accesses.append(near)
        elif layout:
            layout = _kept_on(axis, layout, read, operand, use)
    if not layout:
        return None if layout is None else Step(Part(part.maps, ()), IDENTITY)
    return _read_at_once(Part(part.maps, layout), whole, [read.to for read in operand.reads], accesses)


def _read_near(axis: int, layout: Layout, read: Read, operand: Operand, use: Use) -> Access | None:
    """How units read others near them on an axis that is one of several on which they lie: only as far as it goes."""
    digits = [digit for digit in layout if digit.axis == axis]
    if read.how != "kept" or read.access in (None, IDENTITY) or len(layout) < 2 or len(digits) > 1:
        return None
    if read.access is None or read.access.step != 1 or len(read.access.taps) > 1 or _is_cut(axis, read, operand, use):
        return None
    (digit,) = digits
    fills = digit.stride == 1 and digit.length is None and equal(digit.size, (operand.shape or ())[axis])
    return among(digit, read.access.taps[0]) if fills and not edge_of(use) else None


def _kept_on(axis: int, layout: Layout, read: Read, operand: Operand, use: Use) -> Layout | None:
    """The layout where positions of an axis are read as they are, or moved along the axis; () where none of them is."""
    if read.how != "kept" or read.access is None:
        return None
    if read.access == IDENTITY and not _is_cut(axis, read, operand, use):
        return layout
    by = shift_of(read.access)
    if by is None or read.to is None or operand.shape is None or use.output is None:
        return None
    return slid(layout, axis, -by, operand.shape[axis], use.output[read.to])


def _is_cut(axis: int, read: Read, operand: Operand, use: Use) -> bool:
    """Whether an axis surely or perhaps does not keep its length."""
    if operand.shape is None or use.output is None or read.to is None:
        return False
    return not equal(operand.shape[axis], use.output[read.to])


def _read_at_once(
    part: Part, axes: Iterable[int], places: Sequence[int | None], first: Iterable[Access] = ()
) -> Step | None:
    """A part after accesses, and after all positions of some axes have been read at once; other axes go to `places`."""
    maps, layout = part
    accesses = list(first)
    for axis in axes:
        layout, gone = freed(layout, axis)
        found = [within(digit) for digit in gone]
        accesses += [access for access in found if access is not None]
        if None in found:
            return None
    for access in accesses:
        maps = through(maps, access) or ()
    made = moved(layout, places)
    if made is None:
        return None
    return Step(Part(maps, made), (accesses or [IDENTITY])[0] if len(accesses) < 2 else None)


def _viewed(part: Part, operand: Operand, use: Use) -> Step | None:
    """A part after a view, or after all that a pattern does."""
    if operand.shape is None or use.output is None:
        return None
    how = use.regrouping
    if how is None:
        layout = regrouped(part.layout, operand.shape, use.output) if use.base in VIEWS else None
        return Step(Part(part.maps, layout), IDENTITY) if layout else None
    cut = regrouped(part.layout, how.whole, how.cut)
    lost = [axis for axis in range(len(how.cut)) if axis not in how.order]
    places = [how.order.index(axis) if axis in how.order else None for axis in range(len(how.cut))]
    step = _read_at_once(Part(part.maps, cut), lost, places) if cut else None
    layout = regrouped(step.part.layout, how.ordered, use.output) if step else None
    return step._replace(part=Part(step.part.maps, layout)) if step and layout else None


def together(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The parts of a sum: those whose layouts agree as one; none if they are too many, or have too many phases."""
    found: list[Part] = []
    for part in parts:
        places = [(at, layout) for at, one in enumerate(found) if (layout := united(one.layout, part.layout))]
        if not places:
            found.append(part)
            continue
        at, layout = places[0]
        maps = joined(found[at].maps, part.maps)
        if maps is None:
            return ()
        found[at] = Part(maps, layout)
    if len(found) > 1 and (fewer := _settled(found)) is not None:
        return fewer
    return tuple(found) if len(found) <= MOST_PARTS else ()


def _settled(parts: Sequence[Part]) -> tuple[Part, ...] | None:
    """One part, where uniting the first ones has made room for the others."""
    layout: Layout | None = parts[0].layout
    maps: Maps | None = parts[0].maps
    for part in parts[1:]:
        layout = layout and united(layout, part.layout)
        maps = maps and joined(maps, part.maps)
    return (Part(maps, layout),) if layout and maps else None


class Again(NamedTuple):
    """The axis on which units lie again, and which of them each of its positions is."""

    at: int
    access: Access


def axis_again(part: Part, shape: Sequence[Size] | None, coarser: bool = False) -> Again | None:
    """The axis on which the units lie again in their order; None if there is none.

    With `coarser` also where they lie there repeatedly, and where digits are gone: then the units are fewer, one for
    each value of the digit that is left.
    """
    if coarser and shape is not None and (found := repeated_on(part.layout, shape)) is not None:
        return Again(*found)
    left = [digit for digit in part.layout if digit.axis is not None]
    if shape is None or len(left) != 1 or (len(part.layout) > 1 and not coarser):
        return None
    at = axis_of((replace(left[0], weight=1),), shape)
    if at is None or not isinstance(left[0].weight, int):
        return None
    return Again(at, strided(0, left[0].weight))


def is_gone(part: Part) -> bool:
    """Whether nothing of the units' places is left: all were read at once."""
    return bool(part.layout) and all(digit.axis is None for digit in part.layout)


def is_cut_off(part: Part) -> bool:
    """Whether none of the units is left: only positions beside them are read."""
    return not part.layout
