"""The single convolution that a network is as wide as: lines and data of `show --equivalent`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rflint.formats.columns import fitted, line
from rflint.formats.end_name import end_name
from rflint.geometry.equivalent import Equivalent, Window, equivalents
from rflint.trace import Trace

HEAD = ("axis", "kernel", "stride", "padding")
UNKNOWN = "?"


def equivalent_lines(trace: Trace) -> Iterator[str]:
    """A table for every map, with what the convolution and the network are not equal in."""
    found = equivalents(trace)
    for one in found:
        yield f"{end_name(trace, one.end)} is as wide as one convolution:"
        yield from (f"  {text}" for text in table(one))
        yield from (f"  not equal in {difference}" for difference in one.differences)
    if not found:
        yield "no equivalent: it is not known what any map sees"


def table(one: Equivalent) -> Iterator[str]:
    """A row for each axis."""
    rows = [HEAD, *(row(axis, window) for axis, window in enumerate(one.windows, 2))]
    widths = fitted(rows, None, ())
    yield from (line(each, widths, range(1, len(HEAD))) for each in rows)


def row(axis: int, window: Window | None) -> tuple[str, ...]:
    """The cells of an axis."""
    if window is None:
        return (str(axis), UNKNOWN, UNKNOWN, UNKNOWN)
    low, high = window.kernel
    turns = f"/{window.turns}" if window.turns > 1 else ""
    return str(axis), f"{low}" if low == high else f"{low}–{high}", f"{window.stride}{turns}", padding(window)


def padding(window: Window) -> str:
    """`3`, `2 + 3` where the sides differ; the left one alone where the right one is not known."""
    if window.right is None:
        return f"{window.left} + {UNKNOWN}"
    return f"{window.left}" if window.left == window.right else f"{window.left} + {window.right}"


def equivalent_data(trace: Trace) -> list[dict[str, Any]]:
    """For every map and input one entry for each axis, null where it is not known, and the differences."""
    return [
        {
            "output": one.end.output,
            "path": trace.uses[one.end.use].path,
            "kind": trace.uses[one.end.use].kind,
            "input": one.end.name,
            "axes": [window and window_data(window) for window in one.windows],
            "differences": list(one.differences),
        }
        for one in equivalents(trace)
    ]


def window_data(window: Window) -> dict[str, Any]:
    """Kernel, stride and padding of one axis; `turns` kernels take turns where something is upsampled."""
    low, high = window.kernel
    return {
        "kernel": low if low == high else [low, high],
        "stride": window.stride,
        "turns": window.turns,
        "padding": [window.left, window.right],
    }
