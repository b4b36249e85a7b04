"""RF905: what the units of each output see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.checks import rule
from rflint.checks._first import extent
from rflint.checks._layers import times
from rflint.diagnostics import Finding
from rflint.geometry.misalignment import misalignments
from rflint.receptive import Field, output_fields
from rflint.trace import Trace


@rule("RF905", "rf-summary", "note")
def rf_summary(trace: Trace) -> Iterator[Finding]:
    """For each output and network input: the field, its share of the input, the jump, and how far it is off centre."""
    if trace.place is None or trace.order != "forward":
        return
    off = {(one.end.output, one.end.name): one.drifts for one in misalignments(trace)}
    for output, by_input in output_fields(trace).items():
        for name, axes in by_input.items():
            if not axes:  # an input of no space
                continue
            who = f"{output or 'the output'}: units see {seen(trace, name, axes)}"
            drifts = {drift for drift in off.get((output, name), ()) if drift}
            centre = f", centred {', '.join(f'{float(drift):+g}' for drift in sorted(drifts))} off" if drifts else ""
            yield Finding(trace.place, f"{who}{centre}")


def seen(trace: Trace, name: str, axes: Field) -> str:
    """`26–28×26–28 of x, 128×128 (20 %), jump 1`; with "all" for axes of which everything is seen."""
    sizes = trace.spatial_sizes(name)
    each = ["all" if axis.whole else extent((axis,)) for axis in axes]
    jumps = [str(axis.interval.jump) for axis in axes if axis.interval and axis.at is not None]
    pairs = [(axis, n) for axis, n in zip(axes, sizes, strict=False) if all(each) and isinstance(n, int) and n]
    shares = [100 * axis.maps[0].size[0] / n for axis, n in pairs if not axis.whole]
    part = f" ({min(100, round(min(shares)))} %)" if shares else ""
    jump = f", jump {'×'.join(dict.fromkeys(jumps))}" if jumps else ""
    return f"{extents(each, extent(axes))} of {name}, {times(sizes)}{part}{jump}"


def extents(each: Sequence[str], local: str) -> str:
    """`all×7 (9×7 locally)` for what is seen along each axis, "" where that is not known, and locally."""
    if not all(each):
        return "what is not known"
    what = "×".join(each) if set(each) != {"all"} else "all"
    return f"{what} ({local} locally)" if "all" in each and local else what
