"""RF314: tensors are joined whose units see around different places of the input."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from rflint.checks import rule
from rflint.checks._branches import makers, own_layers
from rflint.diagnostics import Finding
from rflint.dims import Size
from rflint.field import Interval
from rflint.receptive import fields
from rflint.receptive.forward import source_fields
from rflint.trace import Operand, Trace, Use

JOINS = ("add", "sub", "mul", "div", "maximum", "minimum", "cat", "stack")
TOLERATED = Fraction(1, 2)
"""Half a unit, and no more, comes of pools beside convolutions, and of doubling once: it is everywhere."""


class Centres(NamedTuple):
    """Unit i of a tensor sees around jump · i + start, on average over the phases."""

    jump: Fraction
    start: Fraction


class Apart(NamedTuple):
    """A join, by how many input positions its operands are apart at worst, and how many of their units these are."""

    use: Use
    by: Fraction
    units: Fraction


@rule("RF314", "branch-misalignment", "info", default=False, fix="hint")
def branch_misalignment(trace: Trace) -> Iterator[Finding]:
    """Whether operands are more than half a unit apart; one finding for the network, a warning from one unit on."""
    joins = [use for use in trace.uses if use.base in JOINS and not use.conditional and len(use.operands) > 1]
    found = [one for use in joins if (one := apart(trace, use)) and one.units > TOLERATED]
    if found and trace.order == "forward":
        yield finding(trace, max(found, key=lambda one: one.units), len(found) - 1)


def apart(trace: Trace, use: Use) -> Apart | None:
    """How far the operands are apart along the worst axis; None where that is not known of two of them."""
    found = list[Apart]()
    for name in trace.input_shapes:
        for axis in range(len(trace.spatial_sizes(name))):
            known = [pair for operand in use.operands if (pair := centres(trace, operand, name, axis))]
            found += [
                between(use, one, other, size)
                for one, size in known
                for other, other_size in known[1:]
                if size == other_size
            ]
    return max(found, key=lambda one: one.units, default=None)


def centres(trace: Trace, operand: Operand, name: str, axis: int) -> tuple[Centres, Size] | None:
    """The centres of an operand's units, and how many there are; None where it sees nothing locally, or not one map."""
    seen = source_fields(trace, operand, fields(trace)).get(name, ())
    one = seen[axis] if axis < len(seen) and not seen[axis].pooled else None
    start = middle(one.interval) if one and one.interval else None
    if one is None or one.interval is None or start is None or one.at is None or operand.shape is None:
        return None
    return (Centres(one.interval.jump, start), operand.shape[one.at]) if one.at < len(operand.shape) else None


def middle(interval: Interval) -> Fraction | None:
    """Where the units see around, less jump · i, averaged over the phases; None if some phase sees nothing."""
    ends = [(lo, hi) for lo, hi in zip(interval.lo, interval.hi, strict=True) if lo is not None and hi is not None]
    if len(ends) < interval.period or not interval.jump > 0:
        return None
    return sum(
        (Fraction(lo + hi, 2) - interval.jump * phase for phase, (lo, hi) in enumerate(ends)), Fraction(0)
    ) / len(ends)


def between(use: Use, one: Centres, other: Centres, size: Size) -> Apart:
    """How far two operands of a size are apart at their ends; at unit 0 alone if the jumps differ and it is unknown."""
    last = size - 1 if isinstance(size, int) else 0
    gaps = [abs((one.jump - other.jump) * unit + one.start - other.start) for unit in (0, last)]
    return Apart(use, max(gaps), max(gaps) / min(one.jump, other.jump))


def finding(trace: Trace, worst: Apart, others: int) -> Finding:
    """The finding at the join where the operands are furthest apart."""
    more = f"; so are those of {others} more join{'s' if others > 1 else ''}" if others else ""
    units = f"{number(worst.units)} of its units" if worst.units != 1 else "one of its units"
    message = (
        f"{worst.use.kind} joins tensors that see around places {number(worst.by)} input positions apart, {units}{more}"
    )
    related = makers(own_layers(trace, worst.use)) if len(worst.use.operands) == 2 else ()
    return Finding(worst.use.place, message, related, severity="warning" if worst.units >= 1 else "")


def number(value: Fraction) -> str:
    """A number with at most two decimals."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
