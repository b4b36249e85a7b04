"""Streaming: how far outputs look ahead and back along an axis, and what comes in and goes out in blocks."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from rflint.field import Interval
from rflint.geometry.ends import End, ends
from rflint.geometry.tiling import step
from rflint.receptive import AxisField, fields, outputs
from rflint.trace import Trace


@dataclass(frozen=True, slots=True)
class Stream:
    """One returned map along one axis of the input.  An output unit's own position is ⌊jump·i⌋."""

    end: End
    axis: int
    """0 is the third axis of the input."""
    ahead: int
    """So many positions after its own an output reads at most; 0: it is causal."""
    back: int
    """So many positions before its own it reads at most."""
    extent: int
    """So many positions it sees at most."""
    jump: Fraction
    """Input positions per output."""
    block: int
    """So many positions have to come in before all layers can move on by whole units."""
    latency: int
    """After the first position of a block, so many more have to come in before all outputs of the block are known."""
    whole: str
    """What reads everything beside that, or takes statistics over everything ("": nothing)."""

    @property
    def given(self) -> Fraction:
        """Outputs for each block."""
        return self.block / self.jump


def streams(trace: Trace) -> list[Stream]:
    """Every returned map along each axis on which it is known what it sees."""
    found = []
    for end in ends(trace):
        for axis, seen in enumerate(end.axes):
            if end.output is not None and seen.interval is not None and not seen.pooled:
                found.append(_stream(trace, end, axis, seen, seen.interval))
    return [stream for stream in found if stream is not None]


def _stream(trace: Trace, end: End, axis: int, seen: AxisField, interval: Interval) -> Stream | None:
    block = step(trace, end.use, end.name, axis)
    rows = [(floor(interval.jump * unit), interval.span(unit)) for unit in range(interval.period)]
    spans = [(own, *span) for own, span in rows if span]
    if block is None or not spans:
        return None
    last = max(hi for _, _, hi in spans)
    return Stream(
        end,
        axis,
        max(0, *(hi - own for own, _, hi in spans)),
        max(0, *(own - lo for own, lo, _ in spans)),
        interval.size[1],
        interval.jump,
        block,
        max(0, block - interval.step + last),
        seen.whole or seen.normalised,
    )


def sees_everything(trace: Trace) -> list[tuple[str, str]]:
    """The returned tensors that see everything, by place, and through which use: no stream can give them."""
    found = []
    for output in outputs(trace):
        seen = fields(trace)[output.source] if isinstance(output.source, int) else {}
        through = next((axis.whole for axes in seen.values() for axis in axes if axis.pooled), "")
        if through:
            found.append((output.name, through))
    return found
