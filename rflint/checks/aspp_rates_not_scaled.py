"""RF209: parallel dilated convolutions have the rates of DeepLabv3 for another output stride than they are used at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from rflint.checks import rule
from rflint.checks._fixes import schedule_fix
from rflint.checks._layers import is_convolution, listed, windows
from rflint.checks._places import place_of
from rflint.diagnostics import Finding
from rflint.receptive import fields
from rflint.trace import Trace, Use

RATES = (6, 12, 18)
"""The rates at output stride 16; 12, 24, 36 at 8 step as far in the input."""
PUBLISHED = (16, 8)
STRIDES = (4, 8, 16, 32)
"""At others the tensor is no feature map of a whole network, the input of a head that is looked at alone, say."""


@rule("RF209", "aspp-rates-not-scaled", "info", default=False, fix="unsafe")
def aspp_rates_not_scaled(trace: Trace) -> Iterator[Finding]:
    """Whether such rates are at a stride of the wrong scale."""
    for source, readers in trace.consumers().items():
        branches = [use for use, _ in readers if rate(use) > 1]
        rates, stride = tuple(sorted(map(rate, branches))), output_stride(trace, source)
        meant = next((one for one in PUBLISHED if rates == scaled(one)), None)
        if meant and stride in STRIDES and stride != meant:
            yield finding(branches, rates, stride, meant)


def scaled(stride: int) -> tuple[int, ...]:
    """The rates for an output stride."""
    return tuple(16 * one // stride for one in RATES)


def rate(use: Use) -> int:
    """The dilation of a convolution that is the same on all axes and has a kernel above 1 on each; 1 for all others."""
    found = windows(use) if is_convolution(use) else []
    rates = {one.dilation if one is not None and one.kernel > 1 and one.stride == 1 else 1 for one in found}
    return rates.pop() if len(rates) == 1 else 1


def output_stride(trace: Trace, source: int | str) -> Fraction | None:
    """The jump of a tensor in the network's input; None where it differs by axis, or is not known."""
    seen = fields(trace)[source].values() if isinstance(source, int) else ()
    jumps = {axis.interval.jump if axis.interval else None for field in seen for axis in field}
    return jumps.pop() if len(jumps) == 1 else None


def finding(branches: Sequence[Use], rates: Sequence[int], stride: Fraction, meant: int) -> Finding:
    """The finding at the first branch; the other ones are related."""
    message = (
        f"rates {listed(rates)} are DeepLabv3's for output stride {meant}; at stride {stride}, as here, "
        f"{listed(scaled(int(stride)))} step as far in the input"
    )
    place = place_of(branches[0], "dilation")
    others = dict.fromkeys((place_of(use, "dilation"), f"rate {rate(use)}") for use in branches[1:])
    right = dict(zip(rates, scaled(int(stride)), strict=True))
    fix = schedule_fix(branches, [right[rate(use)] for use in branches])
    return Finding(place, message, tuple(pair for pair in others if pair[0] != place), fix=fix)
