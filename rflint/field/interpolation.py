"""Accesses of torch's `interpolate`: nearest, linear and cubic, by sizes and scale factors as torch takes them."""

from __future__ import annotations

from array import array
from fractions import Fraction
from functools import lru_cache
from math import floor

from rflint.field.accesses import IDENTITY, MAX_PHASES, Access, access_of, periodic, repeated

MOST_POSITIONS = 1 << 20
"""Axes with more positions than this are not described: float32 counts these, and little more."""


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
    exact = rate and periodic(rate, lambda phase: _tap(floor((phase + centre) * rate)))
    if exact is None and m > MAX_PHASES:
        return None
    table = _nearest_table(n, m, scale, float(centre))
    if exact and _agrees(exact, table):
        return exact
    return access_of(n, map(_tap, table)) if m <= MAX_PHASES else None


def _nearest_table(n: int, m: int, scale: float | None, centre: float) -> list[int]:
    """What each output reads: products of two float32 numbers are exact here, so the array rounds as torch does."""
    rate = array("f", [n / m if scale is None else 1.0 / scale])[0]
    return [min(int(x), n - 1) for x in array("f", ((i + centre) * rate for i in range(m)))]


def _ordinary(n: int, m: int, scale: float | None) -> bool:
    """Whether the sizes are such that float32 counts them and the work is bounded."""
    return (
        1 <= n <= MOST_POSITIONS
        and 1 <= m <= MOST_POSITIONS
        and (scale is None or 1 / MOST_POSITIONS <= scale <= MOST_POSITIONS)
    )


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
    return periodic(rate, lambda phase: _around(start + phase * rate, reach))


def _around(x: Fraction, reach: int) -> range:
    low = floor(x)
    return _tap(low) if x == low else range(low - reach + 1, low + reach + 1)
