"""Drift: how far what the units of a tensor see lies off the place of the picture that they stand for."""

from __future__ import annotations

from fractions import Fraction

from rflint.dims import Size, bounds
from rflint.receptive.axes import AxisField


def drift(axis: AxisField, positions: Size, units: Size) -> Fraction | None:
    """How many input positions the centres of what units see lie beyond (below 0: before) the units' own places.

    The own places of `units` units, one jump apart, are centred on the `positions` of the input; the centres are
    averaged over the phases.  None where the field is not known, or the difference depends on the sizes.
    """
    interval = axis.interval
    if interval is None or axis.pooled:
        return None
    jump = interval.jump
    twice = (positions - 1) * jump.denominator - (units - 1) * jump.numerator  # of the first place, times the divisor
    own = _number(twice)
    spans = [(unit, interval.span(unit)) for unit in range(interval.period)]
    seen = [Fraction(span[0] + span[1], 2) - jump * unit for unit, span in spans if span]
    if own is None or not seen:
        return None
    return sum(seen, Fraction(0)) / len(seen) - Fraction(own, 2 * jump.denominator)


def _number(size: Size) -> int | None:
    """The number that a size is for all values of its symbols."""
    if isinstance(size, int):
        return size
    least, greatest = bounds(size)
    return least if least == greatest else None
