"""Intervals: what the units of a tensor see along one axis of the network's input, from the first to the last position.

Unclipped: positions outside of the axis are padding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from math import gcd, lcm

from rflint.field.accesses import IDENTITY, MAX_PHASES, Access

MAX_WORK = 1 << 17
"""Intervals that need more spans than this, phases times taps, are not computed (`None`)."""


@dataclass(frozen=True, slots=True)
class Interval:
    """What the units of a tensor see along one axis of the network's input.

    Unit `q*m + φ` sees `[step*m + lo[φ], step*m + hi[φ]]` with q = len(lo); None: the phase sees nothing, as some do
    after a transposed convolution with a stride that its kernel does not fill.
    """

    step: int
    lo: tuple[int | None, ...]
    hi: tuple[int | None, ...]

    @property
    def period(self) -> int:
        """After how many units the extent repeats, moved by `step`: 1 unless something was upsampled."""
        return len(self.lo)

    @property
    def jump(self) -> Fraction:
        """Input positions per unit, on average."""
        return Fraction(self.step, len(self.lo))

    @property
    def size(self) -> tuple[int, int]:
        """The least and the greatest extent among the phases that see something; (0, 0) if none does."""
        sizes = [hi - lo + 1 for lo, hi in zip(self.lo, self.hi, strict=True) if lo is not None and hi is not None]
        return min(sizes, default=0), max(sizes, default=0)

    @property
    def start(self) -> int | None:
        """The first position that unit 0 sees."""
        return self.lo[0]

    @property
    def hull(self) -> tuple[Fraction, Fraction, Fraction] | None:
        """(a, lo, hi) such that every unit i sees nothing outside of `[a*i + lo, a*i + hi]`."""
        jump = self.jump
        lows = [lo - jump * phase for phase, lo in enumerate(self.lo) if lo is not None]
        highs = [hi - jump * phase for phase, hi in enumerate(self.hi) if hi is not None]
        return (jump, min(lows), max(highs)) if lows else None

    def span(self, unit: int) -> tuple[int, int] | None:
        """The first and the last position that this unit sees; None if it sees nothing."""
        turns, phase = divmod(unit, len(self.lo))
        lo, hi = self.lo[phase], self.hi[phase]
        return None if lo is None or hi is None else (self.step * turns + lo, self.step * turns + hi)

    def through(self, access: Access) -> Interval | None:
        """What the outputs of an operation see that reads units with this field; None: too many phases."""
        if access is IDENTITY:
            return self
        if len(self.lo) > 1 or len(access.taps) > 1:
            return _through(self, access)
        taps, lo, hi = access.taps[0], self.lo[0], self.hi[0]
        if not taps or lo is None or hi is None:
            return Interval(self.step * access.step, (None,), (None,))
        first, last = self.step * taps[0], self.step * taps[-1]
        return Interval(self.step * access.step, (lo + min(first, last),), (hi + max(first, last),))


INPUT = Interval(1, (0,), (0,))


@lru_cache(maxsize=256)
def _through(inner: Interval, access: Access) -> Interval | None:
    turns = inner.period // gcd(inner.period, access.step)  # of the access, until the inner phases repeat too
    reads = [_ends(taps, inner.period) for taps in access.taps]
    if turns * len(reads) > MAX_PHASES or turns * sum(map(len, chain(*reads))) > MAX_WORK:
        return None
    starts = [(access.step * turn, read) for turn in range(turns) for read in reads]
    spans = [_hull(inner.span(start + t) for t in chain(*read)) for start, read in starts]
    return _reduced(inner.step * (access.step * turns // inner.period), spans)


def _ends(taps: range, period: int) -> tuple[range, ...]:
    """Those of the units `taps` that can be first or last to see something: one period of them at either end."""
    near = period // gcd(period, taps.step)
    few = not taps or taps[-1] - taps[0] < 2 * near * taps.step
    return (taps,) if few else (taps[:near], taps[-near:])


def _hull(spans: Iterable[tuple[int, int] | None]) -> tuple[int, int] | None:
    known = [span for span in spans if span]
    return (min(lo for lo, _ in known), max(hi for _, hi in known)) if known else None


def _reduced(step: int, spans: Sequence[tuple[int, int] | None]) -> Interval:
    """The interval with these spans for its first units, in as few phases as say the same."""
    count = len(spans)
    lo, hi = ([span and span[end] for span in spans] for end in (0, 1))
    for period in range(1, count):
        if count % period == 0 and step * period % count == 0:
            by = step * period // count
            if all(_repeats(ends, period, by) for ends in (lo, hi)):
                return Interval(by, tuple(lo[:period]), tuple(hi[:period]))
    return Interval(step, tuple(lo), tuple(hi))


def _repeats(ends: Sequence[int | None], period: int, by: int) -> bool:
    return all(b is None if a is None else b == a + by for a, b in zip(ends, ends[period:], strict=False))


@lru_cache(maxsize=1024)
def union(a: Interval, b: Interval) -> Interval | None:
    """What the units of a sum or concatenation of two branches see; None if their jumps differ, or too many phases."""
    if a == b:
        return a
    period = lcm(a.period, b.period)
    if a.step * b.period != b.step * a.period or period > MAX_PHASES:
        return None
    return _reduced(a.step * period // a.period, [_hull((a.span(unit), b.span(unit))) for unit in range(period)])
