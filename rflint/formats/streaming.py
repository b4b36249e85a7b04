"""How far outputs look ahead and back: lines and data of `show --halo` and `show --rate`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rflint.formats.end_name import end_name
from rflint.geometry.streaming import Stream, sees_everything, streams
from rflint.trace import Trace


def streaming_lines(trace: Trace, rate: float | None) -> Iterator[str]:
    """What every returned map needs of a stream, along each axis; with a rate in milliseconds, too.

    Without one, only for networks of one axis: those of images and volumes are seldom streams.
    """
    if rate is None and any(shape is None or len(shape) != 3 for shape in trace.input_shapes.values()):
        return
    for one in streams(trace):
        yield f"{end_name(trace, one.end)}, as a stream along axis {one.axis + 2}{at_rate(one, rate)}:"
        yield from (f"  {line}" for line in stream_lines(one, rate))
    for name, through in sees_everything(trace):
        output = f"output {name}" if name else "the output"
        yield f"{output} sees everything through {through}: a stream has no end at which it could be computed"


def at_rate(one: Stream, rate: float | None) -> str:
    """` of 16000 positions a second, 50 outputs a second`."""
    return "" if rate is None else f" of {rate:g} positions a second, {rate / float(one.jump):g} outputs a second"


def stream_lines(one: Stream, rate: float | None) -> Iterator[str]:
    """Look-ahead, context, field, blocks; and what makes it no stream."""
    yield f"look-ahead  {duration(one.ahead, rate)}{': causal' if one.ahead == 0 else ''}"
    yield f"look-back   {duration(one.back, rate)}"
    yield f"field       {duration(one.extent, rate)}"
    yield f"blocks      {one.block} in, {one.given} out; latency {duration(one.latency, rate)}"
    if one.whole:
        yield f"but {one.whole} depends on the whole stream"


def duration(positions: int, rate: float | None) -> str:
    """`3070 (191.9 ms)`."""
    return str(positions) if rate is None else f"{positions} ({1000 * positions / rate:.4g} ms)"


def streaming_data(trace: Trace, rate: float | None) -> list[dict[str, Any]]:
    """The same for the JSON: positions, and milliseconds where a rate is given, else null."""
    return [
        {
            "output": one.end.output,
            "input": one.end.name,
            "axis": one.axis + 2,
            "jump": str(one.jump) if one.jump.denominator > 1 else one.jump.numerator,
            "look_ahead": one.ahead,
            "look_back": one.back,
            "field": one.extent,
            "block": one.block,
            "outputs": str(one.given) if one.given.denominator > 1 else one.given.numerator,
            "latency": one.latency,
            "rate": rate,
            "look_ahead_ms": milliseconds(one.ahead, rate),
            "field_ms": milliseconds(one.extent, rate),
            "latency_ms": milliseconds(one.latency, rate),
            "global": one.whole or False,
        }
        for one in streams(trace)
    ]


def milliseconds(positions: int, rate: float | None) -> float | None:
    """How long they take."""
    return None if rate is None else round(1000 * positions / rate, 4)
