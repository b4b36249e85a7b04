"""RF107: how long, in milliseconds, what a unit sees of a signal is; too short where a duration is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rflint.checks import rule
from rflint.checks._widening import further_layers, last_window, seen, widening
from rflint.diagnostics import Finding
from rflint.geometry.stated import Tensor, extents, tensor
from rflint.trace import Said, Trace, Use


@rule("RF107", "rf-duration", "info", default=False, fix="hint")
def rf_duration(trace: Trace) -> Iterator[Finding]:
    """What units see at the declared rate, where no duration is wanted, or where it is less than what is."""
    rates = [one for one in trace.said if one.contract.subject == "rate"]
    if not rates:
        return
    rate = rates[0].contract.values[0]
    wanted = [one for one in trace.said if one.contract.subject == "min-ms"]
    for said in wanted or rates[:1]:
        least = said.contract.values[0] if wanted else None
        for source in said.sources if not said.conditional else ():
            found = tensor(trace, source)
            if found is not None and isinstance(found.source, int):
                yield from finding(trace, found, rate, least, said, trace.uses[found.source])


def finding(
    trace: Trace, found: Tensor, rate: Fraction, least: Fraction | None, said: Said, use: Use
) -> Iterator[Finding]:
    """The finding for one tensor; none if it is long enough.  Time is the last axis of the input."""
    axis = len(found.axes) - 1
    extent = extents(trace, found, axis)
    if isinstance(extent, str) or use.conditional:
        return
    positions = int(extent[0])
    duration = positions / rate * 1000
    what = (
        f"each unit sees {positions} position{'s' if positions > 1 else ''}, {ms(duration)} at {plain(rate)} per second"
    )
    wide = widening(trace, use.index, found.name, axis)
    last = last_window(wide) if wide else use
    place = said.place or trace.standing_for(last).place
    if least is None:
        yield Finding(place, what, use=use.index)
    elif duration < least:
        needed = -(-least * rate // 1000)
        cure = further_layers(trace, last, found.name, axis, seen(trace, use.index, found.name, axis), int(needed))
        yield Finding(place, f"{what}, less than {ms(least)}{cure}", use=use.index)


def ms(duration: Fraction) -> str:
    """A duration as messages write it."""
    return f"{float(duration):.4g} ms"


def plain(rate: Fraction) -> str:
    """A rate without needless digits."""
    return str(rate) if rate.denominator == 1 else f"{float(rate):g}"
