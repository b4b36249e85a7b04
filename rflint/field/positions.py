"""Exact sets of positions of one axis, as big integers: for the holes inside of an interval."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import gcd

from rflint.field.accesses import IDENTITY, Access

MAX_EXTENT = 1 << 20
"""Sets that extend over more positions than this are not computed (`None`)."""


@dataclass(frozen=True, slots=True)
class Positions:
    """A finite set of positions as a bit set: bit i is position offset + i, and bit 0 is set unless it is empty."""

    offset: int = 0
    bits: int = 0

    def __iter__(self) -> Iterator[int]:
        return (self.offset + i for i, digit in enumerate(_digits(self.bits)) if digit == "1")

    @property
    def count(self) -> int:
        """How many positions are in the set."""
        return self.bits.bit_count()

    @property
    def extent(self) -> int:
        """How many positions there are from the first to the last."""
        return self.bits.bit_length()

    @property
    def holes(self) -> tuple[range, ...]:
        """The runs of positions inside the extent that are not in the set."""
        runs = re.finditer("0+", _digits(self.bits))
        return tuple(range(self.offset + run.start(), self.offset + run.end()) for run in runs) if self.bits else ()

    @property
    def pattern(self) -> str:
        """The set as a picture, `#.#.#`, from the first position to the last."""
        return _digits(self.bits).replace("1", "#").replace("0", ".") if self.bits else ""

    @property
    def gcd(self) -> int:
        """The greatest common divisor of the distances between positions: 1 where they fall on no coarser lattice."""
        return gcd(*(position - self.offset for position in self))

    def union(self, other: Positions) -> Positions | None:
        """The positions in either; None if they are too far apart."""
        if not self.bits or not other.bits:
            return self if self.bits else other
        first, then = (self, other) if self.offset <= other.offset else (other, self)
        apart = then.offset - first.offset
        if apart + then.extent > MAX_EXTENT:
            return None
        return Positions(first.offset, first.bits | then.bits << apart)

    def within(self, start: int, stop: int) -> Positions:
        """Those from `start` to before `stop`."""
        low, count = max(start - self.offset, 0), stop - max(start, self.offset)
        return positions_of(self.offset + low, self.bits >> low & (1 << count) - 1) if count > 0 else Positions()

    def holds(self, other: Positions) -> bool:
        """Whether all positions of another set are in this one."""
        shift = other.offset - self.offset
        if not other.bits or shift < 0:
            return not other.bits
        return not other.bits & ~(self.bits >> shift)


def positions_of(offset: int, bits: int) -> Positions:
    """The set with these bits, of which the lowest ones may be 0."""
    empty = (bits & -bits).bit_length() - 1
    return Positions(offset + empty, bits >> empty) if bits else Positions()


def _digits(bits: int) -> str:
    """The binary digits, lowest first."""
    return bin(bits)[:1:-1]


def spread(needed: Positions, access: Access) -> Positions | None:
    """The positions that an operation reads for the needed ones of its output; None if they extend too far."""
    if access is IDENTITY:
        return needed
    if len(access.taps) == 1:
        return _tapped(needed, access.step, access.taps[0]) if needed.bits and access.taps[0] else Positions()
    found = Positions()
    digits = _digits(needed.bits)
    for phase, taps in enumerate(access.taps):
        turns = _turns(needed.offset, digits, len(access.taps), phase)
        read = _tapped(turns, access.step, taps) if taps and turns.bits else Positions()
        joined = None if read is None else found.union(read)
        if joined is None:
            return None
        found = joined
    return found


def _turns(offset: int, digits: str, period: int, phase: int) -> Positions:
    """The m for which period*m + phase is in the set."""
    first = (phase - offset) % period
    picked = digits[first::period]
    low = picked.find("1")
    if low < 0:
        return Positions()
    return Positions((offset + first) // period + low, int(picked[low:][::-1], 2))


def _tapped(turns: Positions, step: int, taps: range) -> Positions | None:
    """The positions step*m + t for the m in `turns` and t in `taps`."""
    first, last = taps[0], taps[-1]
    if (turns.extent - 1) * abs(step) + last - first >= MAX_EXTENT:
        return None
    count, gap = len(taps), taps.step
    scaled = turns if step == 1 else _scaled(turns, step)
    bits, done = scaled.bits, 1
    while done < count:  # doubling: as many shifts as the number of taps has digits
        more = done if 2 * done < count else count - done
        bits |= bits << more * gap
        done += more
    return Positions(scaled.offset + first, bits)


def _scaled(positions: Positions, step: int) -> Positions:
    """Every position times step."""
    if step == 0:
        return Positions(0, 1)
    digits = _digits(positions.bits)
    first = positions.offset if step > 0 else positions.offset + len(digits) - 1
    spaced = ("0" * (abs(step) - 1)).join(digits if step < 0 else digits[::-1])
    return Positions(step * first, int(spaced, 2))
