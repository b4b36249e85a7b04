"""RF317: the output of a dense network is computed from what lies a pixel or more beside its own place."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rflint.checks import rule
from rflint.checks._places import called, named, place_of
from rflint.diagnostics import Finding
from rflint.geometry.misalignment import Cause, OffCentre, is_causal, misalignments
from rflint.trace import Trace, show_shape

MOST_NAMED = 3


@rule("RF317", "output-centre-shift", "info", default=False, fix="hint")
def output_centre_shift(trace: Trace) -> Iterator[Finding]:
    """Whether the centre of what the units of a returned map see is off their places by a pixel or more."""
    for one in misalignments(trace):
        drifts = [(axis, drift) for axis, drift in enumerate(one.drifts) if drift is not None]
        far = [(axis, drift) for axis, drift in drifts if abs(drift) >= least(one, axis)]
        if far and not is_causal(one):
            yield finding(trace, one, *far[0])


def least(one: OffCentre, axis: int) -> Fraction:
    """From how many input positions on a drift counts: one, and not less than from one unit to the next."""
    interval = one.end.axes[axis].interval
    assert interval is not None  # else its drift would not be known
    return max(Fraction(1), interval.jump)


def finding(trace: Trace, one: OffCentre, axis: int, drift: Fraction) -> Finding:
    """The finding at the layer that moves the centre most."""
    causes = sorted(one.causes[axis], key=lambda cause: -abs(cause.by))
    use = trace.uses[causes[0].use if causes else one.end.use]
    who = f"output {one.end.output}" if one.end.output else "the output"
    at = "" if tuple(one.sizes) == trace.spatial_sizes(one.end.name) else f" at {show_shape(one.sizes)}"
    where = f"{pixels(abs(drift))} px {'before' if drift < 0 else 'beyond'} its place"
    message = f"{who} is computed from what is centred {where}{at}{moved_by(trace, causes)}"
    return Finding(place_of(use), message, called(use), use=use.index)


def moved_by(trace: Trace, causes: list[Cause]) -> str:
    """The layers that move it most."""
    parts = [f"{named(trace.uses[cause.use])} moves it by {pixels(cause.by)}" for cause in causes[:MOST_NAMED]]
    more = f", {len(causes) - MOST_NAMED} more by the rest" if len(causes) > MOST_NAMED else ""
    return f": {', '.join(parts)}{more}" if parts else ""


def pixels(number: Fraction) -> str:
    """`-0.5`, `0.333`."""
    return f"{float(number):.4g}"
