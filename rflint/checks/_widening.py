"""Which layers widen a receptive field, and which further ones would make it as wide as is wanted."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from rflint.checks._layers import listed, spatial_rank
from rflint.field import INPUT, Interval
from rflint.geometry.ends import behind
from rflint.receptive import fields
from rflint.trace import Trace, Use


def widening(trace: Trace, output: int, name: str, axis: int) -> list[Use]:
    """The uses on the way to an output whose units see more of an input's axis than their operands' do, last first."""
    uses = [trace.uses[index] for index in reversed(behind(trace, output))]
    return [use for use in uses if seen(trace, use.index, name, axis) > most_before(trace, use, name, axis)]


def most_before(trace: Trace, use: Use, name: str, axis: int) -> int:
    """The greatest extent among the operands of a use."""
    return max((seen(trace, operand.source, name, axis) for operand in use.operands), default=0)


def seen(trace: Trace, source: int | str | None, name: str, axis: int) -> int:
    """The extent that all units of a tensor see at least; 1 for the input itself, 0 if that is not known."""
    interval = seen_at(trace, source, name, axis)
    return interval.size[0] if interval else 0


def seen_at(trace: Trace, source: int | str | None, name: str, axis: int) -> Interval | None:
    """What the units of a tensor see along an axis of an input; None if that is not known, or nothing."""
    if not isinstance(source, int):
        return INPUT if source == name else None
    field = fields(trace)[source].get(name)
    return field[axis].interval if field else None


def further_layers(trace: Trace, last: Use, name: str, axis: int, seen: int, wanted: int, exactly: bool = False) -> str:
    """The fewest further layers behind a use with which what is seen would be as wide as is wanted, or just as wide if
    `exactly`; "" if none help."""
    at = seen_at(trace, last.index, name, axis)
    rates = (just if exactly else extension)(at, wanted - seen) if at else []
    if not at or not rates:
        return ""
    reach = seen + int(2 * sum(rates) * at.jump)
    layers = f"{len(rates)} more layers" if len(rates) > 1 else "one more layer"
    return f"; {layers} of kernel 3 here, dilation {listed(rates)}, would see {reach}"


def last_window(wide: Sequence[Use]) -> Use:
    """The last of these uses that has a window, else the last one."""
    return next((use for use in wide if spatial_rank(use)), wide[0])


def extension(at: Interval, missing: int) -> list[int]:
    """Dilations, powers of two, of the fewest layers with kernel 3 that see so many positions more, without holes.

    A layer with dilation d widens the field by 2·d·jump; it leaves no hole while d·jump is at most what is seen before.
    """
    rates, jump = list[int](), at.jump
    filled, wanted = Fraction(at.size[0]), Fraction(at.size[0] + missing)
    while filled < wanted and jump > 0:
        rate = 1 << max(0, int(filled / jump).bit_length() - 1)
        while rate > 1 and filled + rate * jump >= wanted:
            rate //= 2
        rates.append(rate)
        filled += 2 * rate * jump
    return sorted(rates)


def just(at: Interval, missing: int) -> list[int]:
    """Dilations of as many such layers that see just so many positions more, without holes; [] if there are none.

    What is too much is less than the last layer of `extension` adds; with a smaller rate it leaves no hole either.
    """
    rates = extension(at, missing)
    if not rates or at.jump > at.size[0]:
        return []
    *others, last = rates
    rate = last - sum(rates) + missing / (2 * at.jump)
    return sorted([*others, int(rate)]) if rate.denominator == 1 else []
