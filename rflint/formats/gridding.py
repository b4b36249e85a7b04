"""How densely outputs read the input: lines below the table of `show --reached`, and data for its JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rflint.field import Positions
from rflint.formats.end_name import end_name
from rflint.geometry.gridding import Gridding, griddings
from rflint.receptive import Coverage
from rflint.trace import Trace

LONGEST_PATTERN = 64


def gridding_lines(trace: Trace) -> Iterator[str]:
    """A line for every map at which the local geometry of the network ends."""
    for one in griddings(trace):
        figures = filter(None, (along(one), share(one), strength(one)))
        yield f"read: {end_name(trace, one.end)} reads {'; '.join(figures)}"


def along(one: Gridding) -> str:
    """What is read along each axis; once if it is the same along all."""
    each = ["?" if found is None else axis_text(found) for found in one.sets]
    if len(set(each)) > 1:
        return " × ".join(each)
    return each[0] + (" along each axis" if len(each) > 1 else "")


def axis_text(found: Positions) -> str:
    """`7 of 13 positions, only multiples of 2, largest hole 1, #.#.#.#.#.#.#`."""
    if found.count == found.extent:
        return f"all of {found.extent} positions"
    lattice = f", only multiples of {found.gcd}" if found.gcd > 1 else ""
    hole = max(map(len, found.holes), default=0)
    return f"{found.count} of {found.extent} positions{lattice}, largest hole {hole}, {pattern(found)}"


def pattern(found: Positions) -> str:
    """The positions as a picture, the beginning of it if it is long."""
    drawn = found.pattern
    return drawn if len(drawn) <= LONGEST_PATTERN else f"{drawn[:LONGEST_PATTERN]}…"


def share(one: Gridding) -> str:
    """`29 % of the window`, where that says more than the axes do."""
    found = one.coverage
    if found is None or len(one.sets) < 2 or found.read == found.window:
        return ""
    return f"{'' if found.exact else 'at most '}{percent(found)} % of the window"


def percent(found: Coverage) -> str:
    """The share, two figures."""
    return (
        f"{100 * found.read / found.window:.2g}"
        if found.read < found.window / 10
        else f"{round(100 * found.read / found.window)}"
    )


def strength(one: Gridding) -> str:
    """The greatest gridding index among the axes."""
    known = [index for index in one.indices if index is not None]
    return f"gridding index {max(known):.2f}" if known and len(known) == len(one.indices) else ""


def gridding_data(trace: Trace) -> list[dict[str, Any]]:
    """For every such map and each input, one entry for each axis; null where something is not known."""
    return [
        {
            "output": one.end.output,
            "path": trace.uses[one.end.use].path,
            "kind": trace.uses[one.end.use].kind,
            "input": one.end.name,
            "reached": [found and found.count for found in one.sets],
            "extent": [found and found.extent for found in one.sets],
            "largest_hole": [found and max(map(len, found.holes), default=0) for found in one.sets],
            "lattice": [found and found.gcd for found in one.sets],
            "window": one.coverage
            and {"reached": one.coverage.read, "of": one.coverage.window, "exact": one.coverage.exact},
            "index": [None if index is None else round(index, 4) for index in one.indices],
        }
        for one in griddings(trace)
    ]
