"""Rows that no window reads, and windows that end before their input does: what a size costs that a network takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from rflint.admissible.integers import Integers, periodic
from rflint.admissible.survey import Survey
from rflint.algebra.polynomials import Polynomial
from rflint.algebra.proofs import period
from rflint.checks._layers import Window, spatial_rank, window
from rflint.dims import Size, symbols, value_at
from rflint.receptive import fields
from rflint.trace import Trace, Use

LONGEST_PERIOD = 4096


@dataclass(frozen=True, slots=True)
class _Slide:
    """A window along one axis: the positions that are left behind its last place, padding included."""

    use: Use
    source: tuple[int | str, int] | None
    """The tensor and the axis of which it may drop rows; None where something else reads them."""
    left_over: Size
    right: int
    is_gapped: bool
    """Whether its places do not touch, so that what it leaves is for others to read."""
    jump: Fraction


@dataclass(frozen=True, slots=True)
class Cost:
    """What one size costs along one axis: `dropped` rows of tensors by the path of what reads the tensor, what they are
    in rows of the input, and the paths of the windows whose last place does not end with its padded input."""

    dropped: tuple[tuple[str, int], ...]
    rows: Fraction
    uneven: tuple[str, ...]

    @property
    def is_even(self) -> bool:
        """Whether no row is dropped and all padding is read alike."""
        return not self.dropped and not self.uneven


@dataclass(frozen=True, slots=True)
class Costs:
    """What the sizes of one axis cost on which a network runs."""

    axis: str
    survey: Survey
    slides: Mapping[int, Sequence[_Slide] | None]
    cycle: int

    def at(self, size: int) -> Cost | None:
        """What one size costs; None where the network does not run, or it is not known."""
        for number, part in enumerate(self.survey.running):
            if size in part.region[self.axis]:
                slides = self.slides[number]
                region = part.region[self.axis]
                place = {self.axis: (size - region.start) // region.step}
                return None if slides is None else _cost(slides, place)
        return None

    @property
    def even(self) -> Integers | None:
        """The sizes on which all padding is read and no row is dropped."""
        return self._where(lambda cost: cost.is_even)

    @property
    def whole(self) -> Integers | None:
        """The sizes on which no row is dropped."""
        return self._where(lambda cost: not cost.dropped)

    def _where(self, wanted: object) -> Integers | None:
        sizes = self.survey.sizes(self.axis)
        if self.cycle > LONGEST_PERIOD or None in self.slides.values():
            return None

        def belongs(size: int) -> bool:
            found = self.at(size)
            return found is not None and bool(wanted(found))  # type: ignore[operator]

        return periodic(belongs, sizes.start, lcm(self.cycle, sizes.period))


def costs(survey: Survey, axis: str, places: Sequence[int], rank: int) -> Costs:
    """What the sizes of an axis cost, which has these places among the `rank` spatial ones of the network's inputs."""
    traces = [part.trace for part in survey.parts if part.trace]
    asked = {key for traced in traces for key in _hanging(traced, places, rank)}
    slides = {
        number: None if part.trace is None else _slides(part.trace, places, rank, asked)
        for number, part in enumerate(survey.running)
    }
    lengths = [
        part.region[axis].step * _cycle(slide.left_over)
        for number, part in enumerate(survey.running)
        for slide in slides[number] or ()
    ]
    return Costs(axis, survey, slides, lcm(*lengths))


def _cycle(size: Size) -> int:
    """After how many places a bounded size repeats."""
    if isinstance(size, int):
        return 1
    return lcm(*(period(size.polynomial, leaf) for leaf in size.polynomial.leaves))


_Key = tuple[object, str, int]


def _windows(trace: Trace, places: Sequence[int], rank: int) -> Iterator[tuple[Use, int, _Key]]:
    """The layers with a window, along these axes, each with what tells it apart from others in any trace."""
    for use in trace.uses:
        if (
            spatial_rank(use) == rank
            and use.operands
            and not use.conditional
            and not use.base.startswith("ConvTranspose")
        ):
            yield from ((use, place, (use.place, use.path, place)) for place in places)


def _hanging(trace: Trace, places: Sequence[int], rank: int) -> Iterator[_Key]:
    """The windows whose input hangs on the size of the network's."""
    for use, place, key in _windows(trace, places, rank):
        shape = use.operands[0].shape
        if shape is not None and len(shape) >= rank and symbols(shape[place - rank]):
            yield key


def _slides(trace: Trace, places: Sequence[int], rank: int, asked: set[_Key]) -> list[_Slide] | None:
    """The windows that are asked for with what they leave over; None if that is no plain number of positions."""
    found, alone = [], set(_read_by_windows(trace))
    for use, place, key in _windows(trace, places, rank):
        one, shape, made, source = window(use, place), use.operands[0].shape, use.output, use.operands[0].source
        if one is None or shape is None or made is None or source is None:
            return None
        left_over = _left_over(one, shape[place - rank], made[place - rank])
        if not isinstance(left_over, int) and not _is_plain(left_over.polynomial):
            return None
        if key in asked:
            right, is_gapped = one.padding - one.padding // 2, one.extent < one.stride
            owner = (source, place) if source in alone else None
            found.append(_Slide(use, owner, left_over, right, is_gapped, _jump(trace, source, place)))
    return found


def _left_over(one: Window, size: Size, made: Size) -> Size:
    return size + one.padding - one.extent - (made - 1) * one.stride


def _is_plain(a: Polynomial) -> bool:
    """Whether it is a sum of floors by numbers, so that it repeats if it is bounded."""
    return all(len(monomial) == 1 for monomial, _ in a.terms) and all(
        atom.kind in ("symbol", "floor") and (not atom.parts or not atom.parts[1].terms) for atom in a.atoms
    )


def _read_by_windows(trace: Trace) -> Iterator[int | str]:
    """The tensors that only windows read."""
    returned = set(trace.output_sources)
    for source, readers in trace.consumers().items():
        if source not in returned and all(
            spatial_rank(use) and not use.base.startswith("ConvTranspose") for use, _ in readers
        ):
            yield source


def _jump(trace: Trace, source: int | str, place: int) -> Fraction:
    if isinstance(source, str):
        return Fraction(1)
    axes = next(iter(fields(trace)[source].values()), ())
    interval = axes[place].interval if place < len(axes) else None
    return interval.jump if interval else Fraction(0)


def _cost(slides: Sequence[_Slide], values: Mapping[str, int]) -> Cost:
    dropped: list[tuple[str, int]] = []
    uneven: list[str] = []
    rows = Fraction(0)
    for slide in slides:
        if not slide.is_gapped and value_at(slide.left_over, values):
            uneven.append(slide.use.path or slide.use.kind)
    for source in dict.fromkeys(slide.source for slide in slides if slide.source is not None):
        readers = [slide for slide in slides if slide.source == source]
        least = min(readers, key=lambda slide: value_at(slide.left_over, values) - slide.right)
        unread = value_at(least.left_over, values) - least.right
        if unread > 0:
            dropped.append((least.use.path or least.use.kind, unread))
            rows += unread * least.jump
    return Cost(tuple(dropped), rows, tuple(uneven))
