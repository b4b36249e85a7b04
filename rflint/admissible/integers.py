"""Sets of positive integers that are periodic from some point on: which sizes work, and how such a set is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from math import lcm
from typing import NamedTuple

from rflint.admissible.progressions import Progression

MOST_RESIDUES = 8


class Integers(NamedTuple):
    """The positive integers below `start` that lie in `before`, and those from there on with one of the `residues`."""

    before: tuple[range, ...]
    start: int
    period: int
    residues: tuple[int, ...]

    def __contains__(self, number: object) -> bool:
        if not isinstance(number, int):
            return False
        if number >= self.start:
            return number % self.period in self.residues
        return any(number in part for part in self.before)

    @property
    def least(self) -> int | None:
        """The smallest of them, None if there is none."""
        if self.before:
            return self.before[0].start
        firsts = (self.start + (residue - self.start) % self.period for residue in self.residues)
        return min(firsts, default=None)

    @property
    def is_finite(self) -> bool:
        """Whether only finitely many belong to it."""
        return not self.residues

    @property
    def is_single(self) -> bool:
        """Whether there is just one of them."""
        return not self.residues and len(self.before) == 1 and len(self.before[0]) == 1

    def first(self, most: int) -> Iterator[int]:
        """The smallest of them, up to so many."""
        number, found = 1, 0
        while found < most and (self.residues or number < self.start):
            if number in self:
                found += 1
                yield number
            number += 1

    def __str__(self) -> str:
        return written(self, "n")


def union(parts: Iterable[Progression]) -> Integers:
    """All numbers of some progressions."""
    parts = list(parts)
    endless = [part for part in parts if part.count is None]
    period = lcm(*(part.step for part in endless))
    starts = [part.start for part in endless]
    ends = [part.start + part.step * part.count for part in parts if part.count is not None]
    return periodic(lambda number: any(number in part for part in parts), max([1, *starts, *ends]), period)


def periodic(belongs: Callable[[int], bool], start: int, period: int) -> Integers:
    """The positive integers of which something holds, if from `start` on that has this period."""
    cycle = [belongs(number) for number in range(start, start + period)]
    lengths = (length for length in range(1, period + 1) if period % length == 0)
    period = next(length for length in lengths if cycle == cycle[:length] * (period // length))
    held = {(start + at) % period: cycle[at] for at in range(period)}
    while start > 1 and belongs(start - 1) == held[(start - 1) % period]:
        start -= 1
    residues = tuple(residue for residue in range(period) if held[residue])
    return Integers(tuple(runs(number for number in range(1, start) if belongs(number))), start, period, residues)


def runs(numbers: Iterable[int]) -> Iterator[range]:
    """Ascending numbers as ranges."""
    for _, group in groupby(enumerate(numbers), key=lambda row: row[1] - row[0]):
        members = [number for _, number in group]
        yield range(members[0], members[-1] + 1)


def written(numbers: Integers, name: str) -> str:
    """`H ≡ 0 (mod 16), H ≥ 32`, `H = 28…31`, `any H`, `no H`."""
    finite = f"{name} = {' or '.join(map(span, numbers.before))}" if numbers.before else ""
    if numbers.is_finite:
        return finite or f"no {name}"
    return f"{finite}; {_endless(numbers, name)}" if finite else _endless(numbers, name)


def span(numbers: range) -> str:
    """`28…31`, or `32` alone."""
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}…{numbers[-1]}"


def _endless(numbers: Integers, name: str) -> str:
    first = min(numbers.start + (residue - numbers.start) % numbers.period for residue in numbers.residues)
    if numbers.period == 1:
        return f"any {name}" if first == 1 else f"{name} ≥ {first}"
    smallest = min(residue or numbers.period for residue in numbers.residues)
    excluded = any((residue or numbers.period) < numbers.start for residue in numbers.residues)
    least = f", {name} ≥ {first}" if first != smallest or excluded else ""
    if len(numbers.residues) > MOST_RESIDUES and len(numbers.residues) > numbers.period // 2:
        others = [residue for residue in range(numbers.period) if residue not in numbers.residues]
        return f"{name} ≢ {_listed(others)} (mod {numbers.period}){least}"
    return f"{name} ≡ {_listed(numbers.residues)} (mod {numbers.period}){least}"


def _listed(residues: Iterable[int]) -> str:
    return ", ".join(map(span, runs(residues)))
