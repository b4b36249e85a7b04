"""RF905: what the units of each output see."""

from __future__ import annotations

from collections.abc import Iterator

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
            who = f"{output or 'the output'}: units see {seen(trace, name, axes)}"
            drifts = {drift for drift in off.get((output, name), ()) if drift}
            centre = f", centred {', '.join(f'{float(drift):+g}' for drift in sorted(drifts))} off" if drifts else ""
            yield Finding(trace.place, f"{who}{centre}")


def seen(trace: Trace, name: str, axes: Field) -> str:
    """`26–28×26–28 of x, 128×128 (20 %), jump 1`; with "all" where everything is seen."""
    sizes, local = trace.spatial_sizes(name), extent(axes)
    everything = bool(axes) and all(axis.whole for axis in axes)
    what = f"all ({local} locally)" if everything and local else "all" if everything else local or "what is not known"
    jumps = [str(axis.interval.jump) for axis in axes if axis.interval and axis.at is not None]
    pairs = [(axis.maps[0].size[0], n) for axis, n in zip(axes, sizes, strict=False) if local and isinstance(n, int)]
    share = min((100 * least / n for least, n in pairs if n), default=0)
    part = f" ({min(100, round(share))} %)" if pairs and not everything else ""
    jump = f", jump {'×'.join(dict.fromkeys(jumps))}" if jumps else ""
    return f"{what} of {name}, {times(sizes)}{part}{jump}"
