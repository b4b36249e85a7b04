"""Which positions resampling reads, by mode: for known sizes, and for symbolic ones where the size does not matter."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from rflint import dims, field
from rflint.algebra.questions import aside
from rflint.dims import Size, equal
from rflint.field import IDENTITY, MAX_PHASES, Access

NEAREST = {"nearest": field.nearest, "nearest-exact": field.nearest_exact}
SMOOTH = {"linear": field.linear, "bilinear": field.linear, "trilinear": field.linear, "bicubic": field.cubic}
REACH = {"bilinear": 1, "bicubic": 2}
"""How far an antialiasing filter reaches to either side, in output positions."""
SAFE_FACTOR = 40
"""Up to this factor, ⌊i·(1/factor)⌋ is ⌊i/factor⌋ in float32 too."""
LIKE = 5040
"""Stands for every symbol where the ratio of two sizes is guessed: divisible by all small numbers."""


@aside
def sampled(mode: Any, size: Size, out: Size | None, scale: Any, aligned: bool, smoothed: bool) -> Access | None:
    """What outputs read; None if it is not known.  `scale` is the scale factor if torch uses it, else None."""
    if not isinstance(size, int) or not isinstance(out, int):
        return _symbolic(mode, size, out, scale, aligned, smoothed)
    factor = None if scale is None else float(scale)
    if smoothed:
        return _smoothed(mode, _rate(size, out, scale, aligned))
    if mode in NEAREST:
        return NEAREST[mode](size, out, factor)
    return SMOOTH[mode](size, out, aligned, factor) if mode in SMOOTH else None


def _symbolic(mode: Any, size: Size, out: Size | None, scale: Any, aligned: bool, smoothed: bool) -> Access | None:
    """The same for a symbolic size: one that does not change, or a ratio that holds whatever the size."""
    if out is not None and equal(size, out):
        return IDENTITY
    rate = ratio(size, out) if scale is None else _inverse(scale)
    if rate is None or rate <= 0 or aligned:
        return None
    if smoothed:
        return _smoothed(mode, rate)
    positions, outputs = rate.numerator, rate.denominator
    if mode in NEAREST:
        safe = _is_power_of_two(outputs) or (positions == 1 and outputs <= SAFE_FACTOR)
        return NEAREST[mode](positions, outputs) if safe else None
    return SMOOTH[mode](positions, outputs, False) if mode in SMOOTH else None


def ratio(size: Size, out: Size | None) -> Fraction | None:
    """Input positions per output position, if that is one number for all values of the symbols."""
    if out is None:
        return None
    values: dict[str, Size] = dict.fromkeys(dims.symbols(size) | dims.symbols(out), LIKE)
    above, below = dims.substitute(size, values), dims.substitute(out, values)
    if not isinstance(above, int) or not isinstance(below, int) or below < 1:
        return None
    guess = Fraction(above, below)
    return guess if equal(size * guess.denominator, out * guess.numerator) else None


def _inverse(scale: Any) -> Fraction | None:
    """1/scale as the fraction that is meant; None if there is none."""
    if not isinstance(scale, (int, float)):
        return None
    meant = Fraction(scale).limit_denominator(MAX_PHASES)
    return 1 / meant if meant > 0 and float(meant) == scale else None


def _rate(size: int, out: int, scale: Any, aligned: bool) -> Fraction | None:
    if aligned:
        return Fraction(size - 1, out - 1) if out > 1 else Fraction(0)
    return Fraction(size, out) if scale is None else _inverse(scale)


def _smoothed(mode: Any, rate: Fraction | None) -> Access | None:
    """With antialias: output i reads what is less than `reach` output positions (at least input positions) from it.

    Output i is at rate·(i + ½) - ½, also with aligned corners.  Source: ATen, UpSampleKernel.cpp
    (`_compute_indices_min_size_weights_aa`), without the taps of weight zero at the ends; where it makes an axis
    smaller, a cubic filter may have some in between.
    """
    if rate is None or mode not in REACH or rate.denominator > MAX_PHASES:
        return None
    support = REACH[mode] * max(rate, Fraction(1))
    centres = [rate * (phase + Fraction(1, 2)) - Fraction(1, 2) for phase in range(rate.denominator)]
    whole = [rate <= 1 and x.denominator == 1 for x in centres]
    taps = [
        range(int(x), int(x) + 1) if alone else range(floor(x - support) + 1, ceil(x + support))
        for x, alone in zip(centres, whole, strict=True)
    ]
    return IDENTITY if rate == 1 else Access(rate.numerator, tuple(taps))


def _is_power_of_two(number: int) -> bool:
    return number & (number - 1) == 0
