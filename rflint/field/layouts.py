"""Layouts: where the units of one axis lie in a tensor that views and transpositions have cut up and put together.

Windows, patches and tokens are such views.  The number of a unit is a sum of digits, `Σ digit·weight`, and each digit
is the digit of a position on some axis of the tensor, `position // stride % size`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from rflint.dims import Size, equal
from rflint.field.accesses import IDENTITY, MAX_PHASES, Access, access_of, repeated, tiled


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit of the number of a unit, and the axis on which it lies (None: all its values are seen at once)."""

    axis: int | None
    stride: Size
    size: Size
    weight: Size
    offset: int = 0
    length: Size | None = None
    """Units lie on so many positions of the axis from `offset` on, on the others such as a class token none; None: on
    all of the axis."""


Layout = tuple[Digit, ...]


def laid_out(axis: int, size: Size) -> Layout:
    """The layout of an axis as it is."""
    return (Digit(axis, 1, size, 1),)


def axis_of(layout: Layout, shape: Sequence[Size]) -> int | None:
    """The axis on which all units lie in their order, and nothing else; None if there is none."""
    if len(layout) != 1 or layout[0].axis is None:
        return None
    digit, axis = layout[0], layout[0].axis
    alone = digit.stride == digit.weight == 1 and digit.length is None and equal(digit.size, shape[axis])
    return axis if alone else None


def repeated_on(layout: Layout, shape: Sequence[Size]) -> tuple[int, Access] | None:
    """The axis on which all units lie in their order, each perhaps several times, and all of them perhaps again and
    again; and which unit each of its positions is.  None if there is none."""
    at = axis_of(layout, shape)
    if at is not None:
        return at, IDENTITY
    if len(layout) != 1 or layout[0].axis is None or layout[0].weight != 1 or layout[0].length is not None:
        return None
    digit, axis = layout[0], layout[0].axis
    if not isinstance(digit.stride, int):
        return None
    if equal(digit.size * digit.stride, shape[axis]):
        access = repeated(digit.stride)
    else:
        size, total = digit.size, shape[axis]
        access = tiled(size, total, digit.stride) if isinstance(size, int) and isinstance(total, int) else None
    return None if access is None else (axis, access)


def slid(layout: Layout, axis: int, by: int, before: Size, after: Size) -> Layout | None:
    """The layout when position i of an axis becomes i + by, and the axis as long as `after`.

    () where no unit is left on it; None where some of them are, or a size is not known.
    """
    first = next(digit for digit in layout if digit.axis == axis)
    offset, length = first.offset + by, before if first.length is None else first.length
    if not isinstance(length, int) or not isinstance(after, int):
        return None
    if offset + length <= 0 or offset >= after:
        return ()
    if offset < 0 or offset + length > after:
        return None
    among = None if length == after else length
    return tuple(replace(one, offset=offset, length=among) if one.axis == axis else one for one in layout)


def moved(layout: Layout, places: Sequence[int | None]) -> Layout | None:
    """The layout when axes change their places; None if one of its axes has none."""
    made: list[Digit] = []
    for digit in layout:
        to = None if digit.axis is None else places[digit.axis]
        if to is None and digit.axis is not None:
            return None
        made.append(replace(digit, axis=to))
    return tuple(made)


def freed(layout: Layout, axis: int) -> tuple[Layout, tuple[Digit, ...]]:
    """The layout when all positions of an axis are seen at once, and the digits that this frees."""
    gone = tuple(digit for digit in layout if digit.axis == axis)
    return tuple(replace(digit, axis=None) if digit in gone else digit for digit in layout), gone


def within(digit: Digit) -> Access | None:
    """Each unit reads all that differ from it in one digit only; None for sizes that are not known, or too large."""
    if not isinstance(digit.weight, int) or not isinstance(digit.size, int):
        return None
    period = digit.weight * digit.size
    if not 1 <= period <= MAX_PHASES:
        return None
    return access_of(period, (range(phase % digit.weight, period, digit.weight) for phase in range(period)))


def among(digit: Digit, taps: range) -> Access | None:
    """Each unit reads those whose digit differs from its own by one of the taps, as far as there is such a digit."""
    if not isinstance(digit.weight, int) or not isinstance(digit.size, int) or not taps:
        return None
    weight, size = digit.weight, digit.size
    if not 1 <= weight * size <= MAX_PHASES:
        return None

    def read(phase: int) -> range:
        own = phase // weight
        there = [tap for tap in taps if 0 <= own + tap < size]
        return (
            range(phase + there[0] * weight, phase + there[-1] * weight + 1, taps.step * weight) if there else range(0)
        )

    return access_of(weight * size, map(read, range(weight * size)))


def united(a: Layout, b: Layout) -> Layout | None:
    """The layout of a sum of both: a digit that one of them has lost is that of the other.  None if they differ."""
    if len(a) != len(b):
        return None
    made = []
    for one, other in zip(a, b, strict=True):
        if None not in (one.axis, other.axis) and one != other:
            return None
        if not (equal(one.size, other.size) and equal(one.weight, other.weight)):
            return None
        made.append(other if one.axis is None else one)
    return tuple(made)


# -- views ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Piece:
    """A factor of the number of elements: (part of) a digit, or what lies beside digits (weight None)."""

    size: Size
    weight: Size | None


def regrouped(layout: Layout, before: Sequence[Size], after: Sequence[Size]) -> Layout | None:
    """The layout when a tensor is viewed as another shape; None if its digits do not fit into the new axes."""
    beside = tuple(digit for digit in layout if digit.axis is not None and digit.length is not None)
    if beside:
        return _regrouped_beside(layout, beside, before, after)
    factors = [_pieces(layout, axis, before[axis]) for axis in reversed(range(len(before)))]
    known = [pieces for pieces in factors if pieces is not None]
    placed = _placed(chain(*known), after) if len(known) == len(factors) else None
    if placed is None:
        return None
    gone = [digit for digit in layout if digit.axis is None]
    return tuple(_ordered([*_merged(placed), *gone], lambda digit: digit.weight))


def _regrouped_beside(layout: Layout, beside: Layout, before: Sequence[Size], after: Sequence[Size]) -> Layout | None:
    """Where some units lie beside other positions of their axis, which the view has to leave as it is."""
    others = regrouped(tuple(digit for digit in layout if digit not in beside), before, after)
    made: list[Digit] = []
    for digit in beside:
        axis = digit.axis or 0
        placed = regrouped(laid_out(axis, before[axis]), before, after)
        to = None if placed is None else axis_of(placed, after)
        if to is None:
            return None
        made.append(replace(digit, axis=to))
    return None if others is None else tuple(_ordered([*made, *others], lambda digit: digit.weight))


def _pieces(layout: Layout, axis: int, size: Size) -> list[_Piece] | None:
    """The factors of one axis, the last digit first; None if they do not divide it."""
    done: Size = 1
    found: list[_Piece] = []
    for digit in _ordered([digit for digit in layout if digit.axis == axis], lambda digit: digit.stride):
        gap = _exact(digit.stride, done)
        if gap is None:
            return None
        found += [_Piece(gap, None), _Piece(digit.size, digit.weight)]
        done = digit.stride * digit.size
    rest = _exact(size, done)
    return None if rest is None else [*found, _Piece(rest, None)]


def _ordered(digits: Sequence[Digit], by: Callable[[Digit], Size]) -> Iterator[Digit]:
    """The digits from the one on whose stride (or weight) divides all others'."""
    left = list(digits)
    while left:
        first = next((d for d in left if all(_exact(by(other), by(d)) is not None for other in left)), left[0])
        left.remove(first)
        yield first


def _placed(pieces: Iterable[_Piece], shape: Sequence[Size]) -> list[Digit] | None:
    """The pieces put one after the other into the axes of a shape, the last axis first."""
    axis, stride, room = len(shape), 1, 1  # type: int, Size, Size
    made: list[Digit] = []
    for piece in pieces:
        size, weight = piece.size, piece.weight
        while size != 1:
            while room == 1:
                axis, stride = axis - 1, 1
                if axis < 0:
                    return None
                room = shape[axis]
            rest, over = _exact(room, size), _exact(size, room)
            part = size if rest is not None else room
            if rest is None and over is None:
                return None
            if weight is not None:
                made.append(Digit(axis, stride, part, weight))
                weight = weight * part
            stride, room = stride * part, 1 if rest is None else rest
            size = 1 if rest is not None or over is None else over
    return made


def _merged(digits: Sequence[Digit]) -> Layout:
    """The digits from the least weight on, neighbours on one axis as one."""
    made: list[Digit] = []
    for digit in digits:
        last = made[-1] if made else None
        if last and last.axis == digit.axis is not None and _follows(digit, last):
            made[-1] = replace(last, size=last.size * digit.size)
        else:
            made.append(digit)
    return tuple(made)


def _follows(digit: Digit, last: Digit) -> bool:
    beside = equal(digit.stride, last.stride * last.size)
    return bool(beside and equal(digit.weight, last.weight * last.size))


def _exact(a: Size, b: Size) -> Size | None:
    """a / b if it is a whole number for all values of the symbols."""
    if isinstance(a, int) and isinstance(b, int):
        return a // b if b and a % b == 0 else None
    quotient = a // b if b != 0 else 0
    return quotient if equal(quotient * b, a) else None
