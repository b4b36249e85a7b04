"""Which positions of an axis an operation reads, and which positions of the input a unit sees: exact integers.

Three things, for one axis: an `Access` says what one operation reads, an `Interval` what the units of a tensor see of
the network's input (the receptive field's extent), and `Positions` is an exact set, for the holes in between.
All of them are unclipped: positions outside the axis are padding.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import chain
from math import ceil, floor, gcd, lcm

MAX_PHASES = 4096
"""Maps that repeat only after more output positions than this are not described (`None`)."""
MAX_EXTENT = 1 << 20
"""Exact sets that extend over more positions than this are not computed (`None`)."""
MAX_WORK = 1 << 17
"""Nor are intervals that need more spans than this, phases times taps."""


@dataclass(frozen=True, slots=True)
class Access:
    """Which positions of one input axis an output position reads.

    Output position `len(taps)*m + φ` reads `{step*m + t for t in taps[φ]}`, unclipped.
    """

    step: int
    taps: tuple[range, ...]
    """One range per phase φ; an empty one reads nothing (such outputs are only bias)."""


IDENTITY = Access(1, (range(1),))


def _access(step: int, taps: Iterable[range]) -> Access:
    access = Access(step, tuple(taps))
    return IDENTITY if access == IDENTITY else access


@lru_cache(maxsize=1024)
def window(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Access:
    """A convolution or pool: output i reads `stride*i - padding + dilation*t`, t < kernel; `padding` is on the left."""
    dilation = max(dilation, 1)  # torch refuses less, so there is nothing to be right about
    return _access(stride, (range(-padding, -padding + dilation * (kernel - 1) + 1, dilation),))


@lru_cache(maxsize=1024)
def transposed(kernel: int, stride: int, padding: int, dilation: int) -> Access | None:
    """A transposed convolution: output i reads every x with `stride*x - padding + dilation*t == i` for some t < kernel.

    None for a stride that torch refuses, or that has more than MAX_PHASES phases.
    """
    if not 1 <= stride <= MAX_PHASES or dilation < 1:
        return None
    return _access(1, (_written(phase + padding, kernel, stride, dilation) for phase in range(stride)))


def _written(target: int, kernel: int, stride: int, dilation: int) -> range:
    """The x with `stride*x + dilation*t == target` for some 0 ≤ t < kernel: t runs in steps of stride/gcd."""
    shared = gcd(stride, dilation)
    every = stride // shared
    first = target // shared * pow(dilation // shared, -1, every) % every
    if target % shared:
        return range(0)
    last = first + (kernel - 1 - first) // every * every  # before first if the kernel has no such t: an empty range
    low, high = (target - dilation * last) // stride, (target - dilation * first) // stride
    return range(low, high + 1, dilation // shared)


def shifted(by: int) -> Access:
    """Output i reads i + by: a crop, or a pad with `by` negative."""
    return strided(by, 1)


def strided(start: int, step: int) -> Access:
    """Output i reads start + step*i: a slice, a flip if step is negative."""
    return _access(step, (range(start, start + 1),))


def blocks(r: int) -> Access:
    """Output i reads r*i … r*i + r - 1: PixelUnshuffle."""
    return window(r, r)


def repeated(r: int) -> Access | None:
    """Output i reads i // r: PixelShuffle, repeat_interleave, nearest upsampling by an integer factor."""
    return _access(1, (range(1),) * r) if 1 <= r <= MAX_PHASES else None


@lru_cache(maxsize=256)
def bins(n: int, m: int) -> Access | None:
    """Adaptive pooling of n positions to m: output i reads ⌊i·n/m⌋ … ⌈(i+1)·n/m⌉ - 1."""
    if m < 1 or n < 0:
        return None
    share = Fraction(n, m)
    return _periodic(share, lambda phase: range(floor(share * phase), ceil(share * (phase + 1))))


def _periodic(rate: Fraction, taps: Callable[[int], range]) -> Access | None:
    """The access whose output positions advance by `rate`: a period of its denominator."""
    if rate.denominator > MAX_PHASES:
        return None
    return _access(rate.numerator, map(taps, range(rate.denominator)))


def nearest(n: int, m: int, scale: float | None = None) -> Access | None:
    """torch's interpolate, mode nearest, from n to m positions: output i reads ⌊i·σ⌋, σ = 1/scale or n/m, in float32.

    `scale` is the scale_factor if torch uses it (not recomputed). From n to n or 2n some of torch's kernels use m/n
    whatever the scale is and some do not: None if it matters. Source: ATen, UpSample.h, and measured on torch 2.13.
    """
    if n > 0 and m in (n, 2 * n):
        return repeated(m // n) if n == 1 or scale in (None, m // n) else None
    return _nearest(n, m, scale, Fraction(0))


def nearest_exact(n: int, m: int, scale: float | None = None) -> Access | None:
    """torch's interpolate, mode nearest-exact: output i reads ⌊(i + ½)·σ⌋, in float32; arguments as for `nearest`."""
    return _nearest(n, m, scale, Fraction(1, 2))


@lru_cache(maxsize=256)
def _nearest(n: int, m: int, scale: float | None, centre: Fraction) -> Access | None:
    """The periodic map if float32 keeps to it on all m positions, else their table as one long period."""
    if not _ordinary(n, m, scale):
        return None
    rate = _rate(n, m, scale)
    exact = rate and _periodic(rate, lambda phase: _tap(floor((phase + centre) * rate)))
    if exact is None and m > MAX_PHASES:
        return None
    table = _nearest_table(n, m, scale, float(centre))
    if exact and _agrees(exact, table):
        return exact
    return _access(n, map(_tap, table)) if m <= MAX_PHASES else None


def _nearest_table(n: int, m: int, scale: float | None, centre: float) -> list[int]:
    """What each output reads: products of two float32 numbers are exact here, so the array rounds as torch does."""
    rate = array("f", [n / m if scale is None else 1.0 / scale])[0]
    return [min(int(x), n - 1) for x in array("f", ((i + centre) * rate for i in range(m)))]


def _ordinary(n: int, m: int, scale: float | None) -> bool:
    """Whether the sizes are such that float32 counts them and the work is bounded."""
    return 1 <= n <= MAX_EXTENT and 1 <= m <= MAX_EXTENT and (scale is None or 1 / MAX_EXTENT <= scale <= MAX_EXTENT)


def _agrees(access: Access, table: list[int]) -> bool:
    """Whether output i reads just table[i], for all of them."""
    period, count = len(access.taps), len(table)
    return all(
        table[phase::period] == [taps[0] + access.step * turn for turn in range((count - phase + period - 1) // period)]
        for phase, taps in enumerate(access.taps[:count])
    )


def _tap(position: int) -> range:
    return range(position, position + 1)


def _rate(n: int, m: int, scale: float | None) -> Fraction | None:
    """Input positions per output position, as the fraction that is meant: 10/11 for a scale of 1.1."""
    if scale is None:
        return Fraction(n, m)
    meant = Fraction(scale).limit_denominator(MAX_PHASES)
    return 1 / meant if meant > 0 and float(meant) == scale else None


def linear(n: int, m: int, align_corners: bool, scale: float | None = None) -> Access | None:
    """torch's (bi-, tri-)linear interpolate: output i at x reads ⌊x⌋, and ⌊x⌋ + 1 unless x is whole."""
    return IDENTITY if n == m else _interpolated(n, m, align_corners, scale, 1)


def cubic(n: int, m: int, align_corners: bool, scale: float | None = None) -> Access | None:
    """torch's bicubic interpolate: output i at x reads ⌊x⌋ - 1 … ⌊x⌋ + 2, or x alone if it is whole."""
    return _interpolated(n, m, align_corners, scale, 2)


def linear_by(factor: int) -> Access | None:
    """Linear upsampling by an integer factor with align_corners=False, whatever the size."""
    return linear(1, factor, False) if factor > 0 else None


@lru_cache(maxsize=256)
def _interpolated(n: int, m: int, align_corners: bool, scale: float | None, reach: int) -> Access | None:
    """Positions x = σ·i, σ = (n-1)/(m-1), with aligned corners, else x = σ·(i + ½) - ½, σ = 1/scale or n/m."""
    if not _ordinary(n, m, scale):
        return None
    rate = _rate(n, m, scale)
    if align_corners:
        rate = Fraction(n - 1, m - 1) if m > 1 else Fraction(n)
    if rate is None:
        return None
    start = Fraction(0) if align_corners else (rate - 1) / 2
    return _periodic(rate, lambda phase: _around(start + phase * rate, reach))


def _around(x: Fraction, reach: int) -> range:
    low = floor(x)
    return _tap(low) if x == low else range(low - reach + 1, low + reach + 1)


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
        low = min(self.offset, other.offset)
        if max(self.offset + self.extent, other.offset + other.extent) - low > MAX_EXTENT:
            return None
        return Positions(low, self.bits << (self.offset - low) | other.bits << (other.offset - low))


def _digits(bits: int) -> str:
    """The binary digits, lowest first."""
    return bin(bits)[:1:-1]


def spread(needed: Positions, access: Access) -> Positions | None:
    """The positions that an operation reads for the needed ones of its output; None if they extend too far."""
    if access is IDENTITY:
        return needed
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
    if (turns.extent - 1) * abs(step) + taps[-1] - taps[0] >= MAX_EXTENT:
        return None
    scaled = _scaled(turns, step)
    bits, done = scaled.bits, 1
    while done < len(taps):  # doubling: as many shifts as the number of taps has digits
        more = min(done, len(taps) - done)
        bits |= bits << (more * taps.step)
        done += more
    return Positions(scaled.offset + taps[0], bits)


def _scaled(positions: Positions, step: int) -> Positions:
    """Every position times step."""
    if step == 1:
        return positions
    if step == 0:
        return Positions(0, 1)
    digits = _digits(positions.bits)
    first = positions.offset if step > 0 else positions.offset + len(digits) - 1
    spaced = ("0" * (abs(step) - 1)).join(digits if step < 0 else digits[::-1])
    return Positions(step * first, int(spaced, 2))


def holes_in_chain(kernels: Iterable[int], dilations: Iterable[int]) -> bool:
    """Whether a chain of convolutions leaves holes in what its units see, for any order of its layers.

    `dilations` in positions of the chain's input: each layer's dilation times the jump at its input. Sorted, a layer
    must not be dilated by more than the run of positions that all finer ones fill together; if it is, the position
    right after that run stays unread (a sum of multiples, so that the order does not matter).
    """
    filled = 1
    for dilation, kernel in sorted(zip(dilations, kernels, strict=True)):
        if kernel > 1:
            if dilation > filled:
                return True
            filled += dilation * (kernel - 1)
    return False
