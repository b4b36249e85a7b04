"""An input axis whose units no longer lie on one axis of a tensor: windows, patches, tokens, columns.

As long as it is known where they lie (a layout), they come back to an axis of their own when the tensor is viewed so,
and where one reads all positions of an axis it is known which units these are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from rflint.dims import Size
from rflint.field import IDENTITY, Access, Interval, strided, union
from rflint.field.layouts import Layout, axis_of, freed, laid_out, moved, regrouped, united, within
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
    if use.base not in VIEWS or operand.shape is None or use.output is None:
        return None
    layout = regrouped(laid_out(at, operand.shape[at]), operand.shape, use.output)
    return Part(maps, layout) if layout and maps else None


class Step(NamedTuple):
    """A part after a use, and how its units read those of before; `access` is None for more than one access.

    A part without maps has too many phases.
    """

    part: Part
    access: Access | None


def after(part: Part, operand: Operand, use: Use) -> Step | None:
    """A part of an operand after a use has read it; None if it can no longer be followed."""
    if use.base in VIEWS:
        known = operand.shape is not None and use.output is not None
        layout = regrouped(part.layout, operand.shape or (), use.output or ()) if known else None
        return Step(Part(part.maps, layout), IDENTITY) if layout else None
    maps, layout = part.maps, part.layout
    accesses: list[Access] = []
    for axis in {digit.axis for digit in part.layout if digit.axis is not None}:
        read = operand.reads[axis] if axis < len(operand.reads) else Read("unknown")
        if read.how == "whole":
            layout, gone = freed(layout, axis)
            found = [within(digit) for digit in gone]
            accesses += [access for access in found if access is not None]
            if None in found:
                return None
        elif read.how != "kept" or read.access != IDENTITY:
            return None
    for access in accesses:
        maps = through(maps, access) or ()
    layout_after = moved(layout, [read.to for read in operand.reads])
    if layout_after is None:
        return None
    return Step(Part(maps, layout_after), (accesses or [IDENTITY])[0] if len(accesses) < 2 else None)


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


def axis_again(part: Part, shape: Sequence[Size] | None, coarser: bool = False) -> tuple[int, Maps] | None:
    """The axis on which the units lie again in their order, and what they see; None if there is none.

    With `coarser` also where digits are gone: then the units are fewer, one for each value of the digit that is left.
    """
    left = [digit for digit in part.layout if digit.axis is not None]
    if shape is None or len(left) != 1 or (len(part.layout) > 1 and not coarser):
        return None
    at = axis_of((replace(left[0], weight=1),), shape)
    if at is None or not isinstance(left[0].weight, int):
        return None
    maps = through(part.maps, strided(0, left[0].weight))
    return None if maps is None else (at, maps)


def is_gone(part: Part) -> bool:
    """Whether nothing of the units' places is left: all were read at once."""
    return all(digit.axis is None for digit in part.layout)
