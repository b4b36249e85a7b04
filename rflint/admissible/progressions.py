"""Arithmetic progressions of sizes, and how the answer to a question runs along one.

A polynomial of floors is, on every residue class of its argument, a polynomial without floors; from some point on its
sign does not change any more.  So the answer to a question runs periodically from some point on, and it can be said
from where, with which period, and why nothing else can follow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import comb, lcm
from typing import NamedTuple

from rflint.algebra.floors import replace
from rflint.algebra.polynomials import Atom, Polynomial, constant, named, of, value
from rflint.algebra.proofs import period
from rflint.algebra.questions import Question
from rflint.dims import Size, symbol

LONGEST_PERIOD = 4096
LONGEST_START = 1 << 13
"""How far an answer is followed until it should have become periodic."""
HIGHEST_SHIFT = 1 << 40
STEP = named("t", 0)


@dataclass(frozen=True, slots=True)
class Progression:
    """The sizes start, start + step, …: `count` of them, or all where it is None."""

    start: int
    step: int = 1
    count: int | None = None

    def size(self, name: str) -> Size:
        """Any of them, with a symbol of this name for how many steps it lies behind the first."""
        if self.count == 1:
            return self.start
        last = None if self.count is None else self.count - 1
        return self.start + self.step * symbol(name, minimum=0, maximum=last)

    def part(self, inner: Progression) -> Progression:
        """Those at the places that another progression says."""
        return Progression(self.start + self.step * inner.start, self.step * inner.step, inner.count)

    def __contains__(self, size: object) -> bool:
        if not isinstance(size, int) or size < self.start or (size - self.start) % self.step:
            return False
        return self.count is None or size < self.start + self.step * self.count


class Pattern(NamedTuple):
    """What is the case along 0, 1, …: first `before`, then the `cycle` again and again; no cycle where it ends."""

    before: Sequence[object]
    cycle: Sequence[object]

    @property
    def is_constant(self) -> bool:
        """Whether the same is the case everywhere."""
        return len({*self.before, *self.cycle}) == 1

    def at(self, place: int) -> object:
        """What is the case there."""
        within = place - len(self.before)
        return self.before[place] if within < 0 else self.cycle[within % len(self.cycle)]


def pattern(question: Question, leaf: Atom, count: int | None) -> Pattern | None:
    """The answer along 0, 1, … (`count` of them); None if it cannot be said.  The question has no other symbol."""
    if count is not None and count <= LONGEST_START:
        return Pattern(_answers(question, leaf, range(count)), [])
    regular = _regular(question, leaf)
    if regular is None:
        return None
    start, length = regular
    answers = _answers(question, leaf, range(start + length))
    return Pattern(answers[:start], answers[start:])


def _answers(question: Question, leaf: Atom, places: Sequence[int]) -> list[bool]:
    return [question.holds(value(question.polynomial, {leaf.name: place})) for place in places]


def joint(patterns: Sequence[Pattern]) -> Pattern | None:
    """All at once; None if their common cycle is too long."""
    start = max(len(one.before) for one in patterns)
    cycles = [len(one.cycle) for one in patterns]
    length = lcm(*cycles) if all(cycles) else 0
    if length > LONGEST_PERIOD:
        return None
    rows = [tuple(one.at(place) for one in patterns) for place in range(start + length)]
    return Pattern(rows[:start], rows[start:])


def sections(along: Pattern, count: int | None) -> list[Progression]:
    """The progressions on each of which one thing is the case, consecutive places together."""
    start, cycle = len(along.before), _shortest(along.cycle)
    while cycle and start and along.before[start - 1] == cycle[-1]:
        start, cycle = start - 1, [cycle[-1], *cycle[:-1]]
    ends = [_ending(start + at, len(cycle), count) for at in range(len(cycle))]
    return [*_runs(along.before[:start]), *(end for end in ends if end.count is None or end.count > 0)]


def _ending(start: int, step: int, count: int | None) -> Progression:
    return Progression(start, step, None if count is None else -(-(count - start) // step))


def _runs(rows: Sequence[object]) -> Iterator[Progression]:
    first = 0
    for _, group in groupby(rows):
        length = sum(1 for _ in group)
        yield Progression(first, 1, length)
        first += length


def _shortest(cycle: Sequence[object]) -> list[object]:
    """The shortest part whose repetition the cycle is."""
    cycle = list(cycle)
    lengths = (length for length in range(1, len(cycle) + 1) if len(cycle) % length == 0)
    return next((cycle[:length] for length in lengths if cycle == cycle[:length] * (len(cycle) // length)), [])


def _regular(question: Question, leaf: Atom) -> tuple[int, int] | None:
    """From where on the answer is periodic, and with which period; None if that cannot be said, or is too far."""
    length = period(question.polynomial, leaf) * question.number
    if length > LONGEST_PERIOD:
        return None
    start = 0
    for remainder in range(length):
        plain = along(question.polynomial, leaf, length, remainder)
        settled = None if plain is None else _settled(question, *plain)
        if settled is None or length * settled > LONGEST_START:
            return None
        start = max(start, length * settled)
    return start, length


def along(a: Polynomial, leaf: Atom, step: int, first: int) -> tuple[int, list[int]] | None:
    """The polynomial on first, first + step, …: from which place on it has which coefficients, lowest first.

    None where floors, maxima or minima remain however far one goes.
    """
    start = 0
    while start <= LONGEST_START:
        found = replace(a, {leaf: (of(STEP) + start) * step + first})
        if all(atom == STEP for atom in found.atoms):
            return start, _coefficients(found)
        start = 2 * start + 1
    return None


def _coefficients(a: Polynomial) -> list[int]:
    found = [a.const]
    for monomial, factor in a.terms:
        found += [0] * (len(monomial) + 1 - len(found))
        found[len(monomial)] += factor
    return found


def _settled(question: Question, start: int, coefficients: list[int]) -> int | None:
    """From which place on the answer for a plain polynomial, which holds from `start` on, stays the same."""
    if question.kind == "multiple":
        return start if all(factor % question.number == 0 for factor in coefficients[1:]) else None
    if len(coefficients) == 1:
        return start
    low, high = 0, 1
    while not _keeps_sign(coefficients, high):
        low, high = high, 2 * high
        if high > HIGHEST_SHIFT:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _keeps_sign(coefficients, middle) else (middle, high)
    return start + (0 if _keeps_sign(coefficients, low) else high)


def _keeps_sign(coefficients: Sequence[int], shift: int) -> bool:
    """Whether the polynomial, moved by this much, has coefficients of one sign and a constant that is not 0."""
    moved = [
        sum(comb(power, at) * coefficients[power] * shift ** (power - at) for power in range(at, len(coefficients)))
        for at in range(len(coefficients))
    ]
    return moved[0] != 0 and all(factor * moved[0] >= 0 for factor in moved)


def divided(question: Question, leaf: Atom, choices: Sequence[int]) -> dict[int, Polynomial]:
    """What the question's polynomial is where one of its symbols has each of these values."""
    return {choice: replace(question.polynomial, {leaf: constant(choice)}) for choice in choices}


def shifted(question: Question, places: Mapping[Atom, int]) -> Question:
    """The question where some symbols count from a later place on."""
    values = {leaf: of(leaf) + place for leaf, place in places.items()}
    return question._replace(polynomial=replace(question.polynomial, values))
