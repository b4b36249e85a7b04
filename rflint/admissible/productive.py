"""From which size on every layer does something: its taps meet data, and it widens what is seen.

A layer whose input sees the whole image along the narrowest path to it cannot add context any more: the border layer
of Richter et al., "(Input) Size Matters for CNN Classifiers".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from rflint.admissible.integers import Integers, periodic
from rflint.admissible.progressions import joint, pattern
from rflint.admissible.survey import Survey
from rflint.algebra.questions import Question
from rflint.checks._layers import Window, spatial_rank, window
from rflint.checks._taps import MOST_TAPS, is_live
from rflint.dims import Dim, Size
from rflint.receptive import fields, output_fields
from rflint.trace import Operand, Trace, Use


@dataclass(frozen=True, slots=True)
class Productive:
    """The useful sizes of one axis.

    `live`: on which no tap of a kernel only ever meets padding, and the layer that asks for most.  From `widening` on
    each layer sees more than its input does; `border` is the layer that asks for most.  Up to `seen` some unit sees
    all of the axis locally; None where everything is seen, or it is not known.
    """

    live: Integers | None
    widening: int
    border: str
    seen: int | None


def productive(survey: Survey, axis: str, places: Sequence[int], rank: int) -> Productive | None:
    """The useful sizes among those on which a network runs; None if it runs on none."""
    largest = max(survey.running, key=lambda part: part.region[axis].start, default=None)
    if largest is None or largest.trace is None:
        return None
    widest, border = max(_border(largest.trace, place, rank) for place in places)
    seen = [_seen(largest.trace, place) for place in places]
    least = None if None in seen else min(one for one in seen if one is not None)
    return Productive(_live(survey, axis, places, rank), widest + 1, border, least)


def _sliding(trace: Trace, rank: int) -> Iterator[Use]:
    """The windows that are no transposed ones."""
    for use in trace.uses:
        if (
            spatial_rank(use) == rank
            and not use.base.startswith("ConvTranspose")
            and use.operands
            and use.operands[0].shape
        ):
            yield use


# -- what is seen along the narrowest path -----------------------------------------------------------------------


def _border(trace: Trace, place: int, rank: int) -> tuple[int, str]:
    """How much the input of a layer with a window sees at most, and which layer that is."""
    narrow = _narrowest(trace, place, rank)
    widest, border = 0, ""
    for use in _sliding(trace, rank):
        one, source = window(use, place), use.operands[0].source
        seen = None if source is None else narrow.get(source)
        if one is not None and one.extent > 1 and seen is not None and int(seen) > widest:
            widest, border = int(seen), use.path or use.kind
    return widest, border


def _narrowest(trace: Trace, place: int, rank: int) -> Mapping[int | str, Fraction]:
    """For each tensor how much of the axis its units see along the narrowest path; none behind what sees everything."""
    found: dict[int | str, Fraction] = dict.fromkeys(trace.input_shapes, Fraction(1))
    for use in trace.uses:
        before = [(found[operand.source], operand) for operand in use.operands if operand.source in found]
        local = [(seen, operand) for seen, operand in before if _is_local(operand)]
        if local:
            seen, operand = min(local, key=lambda row: row[0])
            one = window(use, place) if spatial_rank(use) == rank else None
            found[use.index] = seen + _wider(trace, use, one, operand, place)
    return found


def _is_local(operand: Operand) -> bool:
    return bool(operand.reads) and any(read.how == "kept" for read in operand.reads[2:])


def _wider(trace: Trace, use: Use, one: Window | None, operand: Operand, place: int) -> Fraction:
    """By how much a window widens what is seen."""
    if one is None:
        return Fraction(0)
    transposed = use.base.startswith("ConvTranspose")
    source = operand.source
    axes = next(iter(fields(trace)[source].values()), ()) if isinstance(source, int) else ()
    interval = axes[place].interval if place < len(axes) else None
    jump = interval.jump if interval else Fraction(1)
    return ((one.extent - 1) // one.stride if transposed else one.extent - 1) * jump


def _seen(trace: Trace, place: int) -> int | None:
    """How much the units of an output see at most; None where they see everything, or it is not known."""
    found = []
    for by_input in output_fields(trace).values():
        for axes in by_input.values():
            interval = axes[place].interval if place < len(axes) else None
            if interval is None:
                return None
            found.append(interval.size[1])
    return max(found, default=None)


# -- taps that meet data -------------------------------------------------------------------------------------------


def _live(survey: Survey, axis: str, places: Sequence[int], rank: int) -> Integers | None:
    """The sizes on which each tap of each convolution meets the data somewhere; None where that is not known."""
    parts = []
    for part in survey.running:
        needed = [] if part.trace is None else [row for place in places for row in _needs(part.trace, place, rank)]
        questions = [
            Question("positive", size.polynomial - (least - 1)) for size, least in needed if isinstance(size, Dim)
        ]
        if part.region[axis].count == 1 and any(isinstance(size, int) and size < least for size, least in needed):
            continue
        leaves = {leaf for question in questions for leaf in question.polynomial.leaves}
        if len(leaves) > 1:
            return None
        patterns = [pattern(question, leaf, part.region[axis].count) for question in questions for leaf in leaves]
        known = [one for one in patterns if one is not None]
        together = joint(known) if known else None
        if len(known) < len(questions) or (known and together is None):
            return None
        parts.append((part.region[axis], together))

    def belongs(size: int) -> bool:
        for region, together in parts:
            if size in region:
                row = () if together is None else together.at((size - region.start) // region.step)
                return isinstance(row, tuple) and all(row)
        return False

    sizes = survey.sizes(axis)
    start = max([sizes.start, *(one.start + one.step * len(row.before) for one, row in parts if row is not None)])
    return periodic(belongs, start, sizes.period)


def _needs(trace: Trace, place: int, rank: int) -> Iterator[tuple[Size, int]]:
    """The size of each convolution's input, and the least one on which all taps meet data."""
    for use in _sliding(trace, rank):
        one, shape = window(use, place), use.operands[0].shape or ()
        if one is None or not use.base.startswith("Conv") or one.kernel > MOST_TAPS:
            continue
        if (least := _least(one)) > 1:
            yield shape[place - rank], least


def _least(one: Window) -> int:
    """The smallest size from which on each tap reads a position of the input."""
    size = one.extent + one.stride
    while size > 1 and _all_live(one, size - 1):
        size -= 1
    return size


def _all_live(one: Window, size: int) -> bool:
    made = (size + one.padding - one.extent) // one.stride + 1
    return made > 0 and all(is_live(one, tap, size, made) for tap in range(one.kernel))
