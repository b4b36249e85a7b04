"""The answer of `rflint suggest`, for people and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rflint.formats.columns import fitted, line
from rflint.formats.terminal import counted
from rflint.geometry.suggestions import Schedule, Suggestion, Wanted

MOST_RATES = 16
"""So many rates at most stand in a table."""


def suggestion_text(found: Suggestion, axes: int) -> str:
    """The schedule, a line to paste, its figures, and the alternatives."""
    return "".join(f"{text}\n" for text in (*answer(found, axes), "", *figures(found, axes), "", *others(found)))


def answer(found: Suggestion, axes: int) -> Iterator[str]:
    """The schedule in words and as code."""
    layers = counted(found.schedule.layers, "layer")
    wanted = found.wanted
    yield f"{layers} of kernel {wanted.kernel}, dilation {listed(found.schedule.rates)}{where(wanted)}"
    yield ""
    yield code(found, axes)


def where(wanted: Wanted) -> str:
    """`, where units see 92 positions and are 8 apart`; "" at the input itself."""
    if wanted.jump == wanted.seen == 1:
        return ""
    return f", where units see {wanted.seen} positions and are {wanted.jump} apart"


def listed(rates: Sequence[int]) -> str:
    """Rates in a sentence or cell: the first ones if they are many."""
    return ", ".join(map(str, rates[:MOST_RATES])) + (", …" if len(rates) > MOST_RATES else "")


def code(found: Suggestion, axes: int) -> str:
    """The layers as a line of PyTorch; they keep the size, and C channels."""
    kernel, rates = found.wanted.kernel, found.schedule.rates
    half = (kernel - 1) // 2
    padding = '"same"' if kernel % 2 == 0 else "d" if half == 1 else f"{half} * d"
    layer = f"nn.Conv{axes}d(C, C, {kernel}, padding={padding}, dilation=d)"
    return f"nn.Sequential(*[{layer} for d in {tuple(rates)}])"


def figures(found: Suggestion, axes: int) -> Iterator[str]:
    """Field, reached positions, weights, and the figures of the hybrid criterion."""
    wanted, schedule = found.wanted, found.schedule
    yield f"field     {schedule.field} on each axis, of {wanted.field} wanted; every position of it is reached"
    each = schedule.layers * wanted.kernel**axes
    yield f"weights   {each}·C² in {axes}-D for C channels; one kernel as wide would have {schedule.field**axes}·C²"
    yield f"HDC       {criterion(found)}"
    yield f"gridding  {shown_index(schedule)}"


def criterion(found: Suggestion) -> str:
    """M_2 and M_1 of hybrid dilated convolution, and whether they are as they should be."""
    named = [f"M_{at} = {distance}" for at, distance in reversed(list(enumerate(found.distances[:2], 1)))]
    if found.valid:
        return f"{', '.join(named)}: valid as hybrid dilated convolution"
    return f"{', '.join(named)}: not valid as hybrid dilated convolution, M_2 is above {found.wanted.kernel}; see --hdc"


def shown_index(schedule: Schedule) -> str:
    """The gridding index in words."""
    if schedule.index is None:
        return "index not computed for rates as large"
    return f"index {schedule.index:.2f}: the most that uniform weights leave of any lattice (1.00: all of it)"


def others(found: Suggestion) -> Iterator[str]:
    """The table of the alternatives."""
    head = ("alternatives", "layers", "field", "gridding", "dilation")
    rows = [head, *(row(each) for each in found.alternatives)]
    widths = fitted(rows, None, ())
    yield from (line(each, widths, (1, 2, 3)) for each in rows)


def row(schedule: Schedule) -> tuple[str, ...]:
    """The cells of an alternative."""
    index = "" if schedule.index is None else f"{schedule.index:.2f}"
    return schedule.about, str(schedule.layers), str(schedule.field), index, listed(schedule.rates) or "1"


def suggestion_json(found: Suggestion, axes: int) -> str:
    """The same as one JSON object, version 1."""
    return json.dumps({"version": 1, "suggestion": as_data(found, axes)}) + "\n"


def as_data(found: Suggestion, axes: int) -> dict[str, Any]:
    """What was wanted, the schedule with its figures, and the alternatives."""
    return {
        "wanted": asdict(found.wanted),
        **schedule_data(found.schedule),
        "hybrid": {"distances": list(found.distances), "valid": found.valid},
        "weights": found.schedule.layers * found.wanted.kernel**axes,
        "code": code(found, axes),
        "alternatives": [{"about": each.about, **schedule_data(each)} for each in found.alternatives],
    }


def schedule_data(schedule: Schedule) -> dict[str, Any]:
    """A schedule; without dilation its rates are an empty list.  All positions of its field are reached."""
    return {
        "dilation": list(schedule.rates),
        "layers": schedule.layers,
        "field": schedule.field,
        "gridding_index": schedule.index,
    }
