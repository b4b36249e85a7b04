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


class View(NamedTuple):
    """What the units of a tensor see: unit i from jump · i + first to jump · i + last, on average over the phases."""

    jump: Fraction
    first: Fraction
    last: Fraction

    @property
    def middle(self) -> Fraction:
        """Where unit 0 sees around."""
        return (self.first + self.last) / 2


class Apart(NamedTuple):
    """A join, by how many input positions its operands are apart at worst, and how many of their units these are."""

    use: Use
    by: Fraction
    units: Fraction


@rule("RF314", "branch-misalignment", "info", default=False, fix="hint")
def branch_misalignment(trace: Trace) -> Iterator[Finding]:
    """Whether operands are more than half a unit apart; one finding for the network, a warning from one unit on."""
    joins = [use for use in trace.uses if use.base in JOINS and not use.conditional]
    found = [one for use in joins if (one := apart(trace, use)) and one.units > TOLERATED]
    if found:
        yield finding(trace, max(found, key=lambda one: one.units), len(found) - 1)


def apart(trace: Trace, use: Use) -> Apart | None:
    """How far the operands are apart along the worst axis; None where that is not known of two of them."""
    found = list[Apart]()
    for name in trace.input_shapes:
        axes = len(trace.spatial_sizes(name))
        for axis in range(axes):
            known = [seen for operand in use.operands if (seen := view(trace, operand, name, axis))]
            pairs = [(known[0][0], other, size) for other, size in known[1:] if size == known[0][1]]
            found += [between(use, *pair) for pair in pairs if axes > 1 or not is_causal(*pair[:2])]
    return max(found, key=lambda one: one.units, default=None)


def view(trace: Trace, operand: Operand, name: str, axis: int) -> tuple[View, Size] | None:
    """What an operand's units see, and how many there are; None where it is nothing local, or not on one map."""
    seen = source_fields(trace, operand, fields(trace)).get(name)
    if not seen or operand.shape is None:
        return None
    one = seen[axis]
    known = averaged(one.interval) if one.interval and not one.pooled else None
    return None if known is None or one.at is None else (known, operand.shape[one.at])


def averaged(interval: Interval) -> View | None:
    """The mean over the phases; None if some phase sees nothing, or units run backwards."""
    jump, first, last = interval.jump, Fraction(0), Fraction(0)
    for phase, (lo, hi) in enumerate(zip(interval.lo, interval.hi, strict=True)):
        if lo is None or hi is None or jump <= 0:
            return None
        first, last = first + lo - jump * phase, last + hi - jump * phase
    return View(jump, first / interval.period, last / interval.period)


def is_causal(one: View, other: View) -> bool:
    """Whether units end at the same place: where they see the past, they do so around different places on purpose."""
    return one.jump == other.jump and one.last == other.last


def between(use: Use, one: View, other: View, size: Size) -> Apart:
    """How far two operands of a size are apart; where their jumps differ, in the middle, 0 if that is not known."""
    by = one.middle - other.middle
    if one.jump != other.jump:
        by = by + (one.jump - other.jump) * Fraction(size - 1, 2) if isinstance(size, int) else Fraction(0)
    return Apart(use, abs(by), abs(by) / min(one.jump, other.jump))


def finding(trace: Trace, worst: Apart, others: int) -> Finding:
    """The finding at the join where the operands are furthest apart."""
    more = f"; so are those of {others} more join{'s' if others > 1 else ''}" if others else ""
    units = f"{number(worst.units)} of its units" if worst.units != 1 else "one of its units"
    message = (
        f"{worst.use.kind} joins tensors that see around places {number(worst.by)} input positions apart, {units}{more}"
    )
    related = makers(own_layers(trace, worst.use)) if len(worst.use.operands) == 2 else ()
    severity = "warning" if worst.units >= 1 else ""
    return Finding(worst.use.place, message, related, severity=severity, use=worst.use.index)


def number(value: Fraction) -> str:
    """A number with at most two decimals."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")
