"""Accesses: which positions of one axis of its input an output position of an operation reads, as exact integers.

Unclipped: positions outside of the axis are padding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import ceil, floor, gcd

MAX_PHASES = 4096
"""Maps that repeat only after more output positions than this are not described (`None`)."""


@dataclass(frozen=True, slots=True)
class Access:
    """Which positions of one input axis an output position reads.

    Output position `len(taps)*m + φ` reads `{step*m + t for t in taps[φ]}`, unclipped.
    """

    step: int
    taps: tuple[range, ...]
    """One range per phase φ; an empty one reads nothing (such outputs are only bias)."""
    fixed: bool = False
    """Whether it is a table of all outputs, which says nothing of tensors of other sizes."""


IDENTITY = Access(1, (range(1),))


def access_of(step: int, taps: Iterable[range]) -> Access:
    access = Access(step, tuple(taps))
    return IDENTITY if access == IDENTITY else access


@lru_cache(maxsize=1024)
def window(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Access:
    """A convolution or pool: output i reads `stride*i - padding + dilation*t`, t < kernel; `padding` is on the left."""
    dilation = max(dilation, 1)  # torch refuses less, so there is nothing to be right about
    return access_of(stride, (range(-padding, -padding + dilation * (kernel - 1) + 1, dilation),))


@lru_cache(maxsize=1024)
def transposed(kernel: int, stride: int, padding: int, dilation: int) -> Access | None:
    """A transposed convolution: output i reads every x with `stride*x - padding + dilation*t == i` for some t < kernel.

    None for a stride that torch refuses, or that has more than MAX_PHASES phases.
    """
    if not 1 <= stride <= MAX_PHASES or dilation < 1:
        return None
    return access_of(1, (_written(phase + padding, kernel, stride, dilation) for phase in range(stride)))


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


def shift_of(access: Access) -> int | None:
    """By how much an access shifts positions, None if it does anything else."""
    taps = access.taps[0]
    return taps.start if access.step == len(access.taps) == len(taps) == 1 else None


def strided(start: int, step: int) -> Access:
    """Output i reads start + step*i: a slice, a flip if step is negative."""
    return access_of(step, (range(start, start + 1),))


def blocks(r: int) -> Access:
    """Output i reads r*i … r*i + r - 1: PixelUnshuffle."""
    return window(r, r)


def repeated(r: int) -> Access | None:
    """Output i reads i // r: PixelShuffle, repeat_interleave, nearest upsampling by an integer factor."""
    return access_of(1, (range(1),) * r) if 1 <= r <= MAX_PHASES else None


def tiled(n: int, m: int, r: int = 1) -> Access | None:
    """Output i of m reads i // r % n: n positions, each r times, all of them again and again; beyond as `piece`."""
    if n < 1 or r < 1 or m % (n * r) or not 0 < m <= MAX_PHASES // 3:
        return None

    def read(i: int) -> range:
        at = i // r % n if 0 <= i < m else i // r if i < 0 else n + (i - m) // r
        return range(at, at + 1)

    return _table(m, 3 * m // r, read)


def piece(start: int, n: int, m: int) -> Access | None:
    """Of m outputs those from `start` on read n positions in their order, and the others read nothing.

    Beyond the m outputs the first and the last piece go on, for as many outputs again on either side.
    """
    if not 0 < m <= MAX_PHASES // 3:
        return None
    first, stop = -m if start == 0 else start, 2 * m if start + n == m else start + n
    return _table(m, 3 * m, lambda i: range(i - start, i - start + (first <= i < stop)))


def _table(m: int, step: int, read: Callable[[int], range]) -> Access:
    """What the outputs from -m to 2m read."""
    before = (read(i) for i in range(-m, 0))
    after = (read(i) for i in range(2 * m))
    return Access(step, (*after, *(range(taps.start + step, taps.stop + step) for taps in before)), True)


@lru_cache(maxsize=256)
def bins(n: int, m: int) -> Access | None:
    """Adaptive pooling of n positions to m: output i reads ⌊i·n/m⌋ … ⌈(i+1)·n/m⌉ - 1."""
    if m < 1 or n < 0:
        return None
    share = Fraction(n, m)
    return periodic(share, lambda phase: range(floor(share * phase), ceil(share * (phase + 1))))


def periodic(rate: Fraction, taps: Callable[[int], range]) -> Access | None:
    """The access whose output positions advance by `rate`: a period of its denominator."""
    if rate.denominator > MAX_PHASES:
        return None
    return access_of(rate.numerator, map(taps, range(rate.denominator)))
