"""How far outputs see off their places: lines below the table of `show`, and data for its JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from rflint.geometry.misalignment import Cause, OffCentre, is_causal, misalignments
from rflint.trace import Trace, show_shape

MOST_CAUSES = 4
"""So many causes at most stand in a line."""


def drift_lines(trace: Trace) -> Iterator[str]:
    """A line for every output that sees off its place on some axis; none for causal networks, which do on purpose."""
    for one in misalignments(trace):
        if any(one.drifts) and not is_causal(one):
            yield f"drift: {sentence(trace, one)}"


def sentence(trace: Trace, one: OffCentre) -> str:
    """`what the output sees is centred 0.5 before its place (conv1 Conv2d -0.5)`; input and size if they matter."""
    who = f"output {one.end.output}" if one.end.output else "the output"
    of = f" of {one.end.name}" if len(trace.input_shapes) > 1 else ""
    at = "" if tuple(one.sizes) == trace.spatial_sizes(one.end.name) else f" at {show_shape(one.sizes)}"
    axis = next(axis for axis, drift in enumerate(one.drifts) if drift)
    return f"what {who} sees{of} is centred {off(one.drifts)} its place{at}{because(trace, one.causes[axis])}"


def off(drifts: Sequence[Fraction | None]) -> str:
    """`1.5 before`, or `0.5 before × 1 beyond` where axes differ."""
    each = ["?" if drift is None else f"{decimal(abs(drift))} {side(drift)}" for drift in drifts]
    return each[0] if len(set(each)) == 1 else " × ".join(each)


def side(drift: Fraction) -> str:
    """On which side of its place."""
    return "before" if drift < 0 else "beyond" if drift else "off"


def decimal(number: Fraction) -> str:
    """`-0.5`, and `1/3` where decimals do not end."""
    ends = 1 << 20
    return f"{float(number):g}" if ends % number.denominator == 0 else str(number)


def because(trace: Trace, causes: Sequence[Cause]) -> str:
    """The uses that move it, in brackets."""
    if not causes:
        return ""
    uses = [(trace.uses[cause.use], cause.by) for cause in causes[:MOST_CAUSES]]
    named = [f"{use.path} {use.kind}".strip() + f" {decimal(by)}" for use, by in uses]
    more = f", and {len(causes) - MOST_CAUSES} more" if len(causes) > MOST_CAUSES else ""
    return f" ({', '.join(named)}{more})"


def drift_data(trace: Trace) -> list[dict[str, Any]]:
    """For every returned map and each input: the drift along each axis, in input positions, and its causes."""
    return [
        {
            "output": one.end.output,
            "input": one.end.name,
            "size": [size if isinstance(size, int) else str(size) for size in one.sizes],
            "drift": [None if drift is None else number(drift) for drift in one.drifts],
            "causal": is_causal(one),
            "causes": [[cause_data(trace, cause) for cause in causes] for causes in one.causes],
        }
        for one in misalignments(trace)
    ]


def cause_data(trace: Trace, cause: Cause) -> dict[str, Any]:
    """A use, and how far it moves what is seen."""
    use = trace.uses[cause.use]
    return {"path": use.path, "kind": use.kind, "by": number(cause.by)}


def number(value: Fraction) -> int | str:
    """An integer, or a reduced fraction as text."""
    return value.numerator if value.denominator == 1 else str(value)
