"""RF404: the groups of a convolution do not divide its channels."""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd

from rflint.checks import rule
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.trace import Use

MOST_CHANNELS = 1 << 16
"""There is no advice for more, so that absurd numbers take no time."""


@rule("RF404", "groups-not-dividing", "error")
def groups_not_dividing(use: Use) -> Iterator[Finding]:
    """Whether `groups` is positive and divides the channels on both sides, as the constructor demands.

    0 channels are divided, too: a convolution that makes none is built, and raises when it is called.
    """
    values = (use.layer.args.get(name) for name in ("groups", "in_channels", "out_channels"))
    groups, entering, leaving = (value if isinstance(value, int) else None for value in values)
    if not use.base.startswith(("Conv", "DeformConv")) or groups is None:
        return
    if groups < 1:
        yield Finding(place_of(use, "groups"), f"groups={groups} is not a positive number", called(use))
        return
    if leaving == 0 and use.base.startswith("Conv"):
        message = f"out_channels=0 has nothing for groups={groups} to make"
        yield Finding(place_of(use, "out_channels"), message, called(use))
    odd = [(name, n) for name, n in (("in", entering), ("out", leaving)) if n is not None and n % groups]
    if odd:
        which = " nor ".join(f"{name}_channels={n}" for name, n in odd)
        message = f"groups={groups} does not divide {which}{advice(groups, entering, leaving)}"
        yield Finding(place_of(use, "groups"), message, called(use))


def advice(groups: int, entering: int | None, leaving: int | None) -> str:
    """What would work: for a depthwise convolution a multiple of its channels, else the nearest common divisor."""
    if groups == entering:
        return f": a depthwise convolution makes a multiple of its {groups} channels"
    shared = gcd(entering or 0, leaving or 0)
    if shared > MOST_CHANNELS:
        return ""
    divisors = [number for number in range(1, shared + 1) if shared % number == 0]
    nearest = min(divisors, key=lambda number: (abs(number - groups), number))
    return f"; the nearest number that divides the channels is {nearest}"
