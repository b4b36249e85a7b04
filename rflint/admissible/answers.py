"""What is said of the input sizes of a network: the axes each by itself where they are free, else all of one size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rflint.admissible.asking import Admissible
from rflint.admissible.integers import Integers, union
from rflint.admissible.productive import Productive, productive
from rflint.admissible.progressions import Progression
from rflint.admissible.spare import Cost, Costs, costs
from rflint.admissible.survey import Part, Survey, with_numbers
from rflint.dims import value_at
from rflint.trace import Shape, Trace, show_shape

REASONS = 8
PAIRS = 8


@dataclass(frozen=True, slots=True)
class Answer:
    """The sizes of one axis, or of several axes of one size: on which the network runs, and what they cost.

    `unknown` holds those of which it is not known, and why.  `even`: all padding is read and no row is dropped;
    `whole`: no row is dropped; None where that is not known.
    """

    axes: tuple[str, ...]
    sizes: Integers
    unknown: Integers | None
    reason: str
    costs: Costs
    even: Integers | None
    whole: Integers | None
    useful: Productive | None

    @property
    def axis(self) -> str:
        """The first of the axes, by whose name the sizes are written."""
        return self.axes[0]


def answers(found: Admissible) -> list[Answer]:
    """One answer for each axis, or one for all of them where what one may be hangs on the others or is not known."""
    if found.alone is not None and found.alone.is_free:
        return [_answer(found.alone, (axis,), [at], len(found.axes)) for at, axis in enumerate(found.axes)]
    return [_answer(found.together, found.axes, range(len(found.axes)), len(found.axes))]


def _answer(survey: Survey, axes: tuple[str, ...], places: Sequence[int], rank: int) -> Answer:
    axis = axes[0]
    unknown = survey.sizes(axis, None)
    reason = next((part.reason for part in survey.parts if part.runs is None), "")
    spent = costs(survey, axis, places, rank)
    useful = productive(survey, axis, places, rank)
    return Answer(
        axes,
        survey.sizes(axis),
        unknown if unknown.least is not None else None,
        reason,
        spent,
        spent.even,
        spent.whole,
        useful,
    )


def pairs(found: Admissible) -> list[Mapping[str, Integers]]:
    """Where one axis hangs on the others: the combinations on which the network runs; none where they are free."""
    if found.alone is None or found.alone.is_free:
        return []
    last = found.axes[-1]
    together: dict[tuple[Progression, ...], list[Progression]] = {}
    for part in found.alone.running:
        others = tuple(part.region[axis] for axis in found.axes[:-1])
        together.setdefault(others, []).append(part.region[last])
    return [
        dict(zip(found.axes, [*(union([one]) for one in others), union(sizes)], strict=True))
        for others, sizes in together.items()
    ]


def refusals(found: Admissible) -> Iterator[tuple[Integers, int, str]]:
    """On which sizes, all axes having the same, the network raises; the least of them, and what happens there."""
    groups: dict[tuple[str, str], list[Part]] = {}
    for part in found.together.parts:
        if part.runs is False:
            key = (part.use.path, part.use.kind) if part.use else ("", part.reason)
            groups.setdefault(key, []).append(part)
    axis = found.together.axes[0]
    for parts in list(groups.values())[:REASONS]:
        least = min(part.region[axis].start for part in parts)
        part = _looked_up(found, least)
        yield union(part.region[axis] for part in parts), least, explained(part)


def explained(part: Part) -> str:
    """`up4.conv Conv2d is given 8×1×1: its output size would not be positive`."""
    if part.use is None:
        return part.reason
    given = " and ".join(show_shape(shape[1:]) for shape in part.use.inputs if shape)
    return f"{part.use.path} {part.use.kind} is given {given}: {part.reason}".strip()


def _looked_up(found: Admissible, size: int) -> Part:
    """What happens on one size of all axes, with its own numbers."""
    known = found.together.at({found.together.axes[0]: size})
    assert known is not None
    return known if known.runs else with_numbers(found.run(dict.fromkeys(found.axes, size), 1), known)


@dataclass(frozen=True, slots=True)
class Row:
    """What comes out of one size of all axes: the output's shapes, or why there are none; and what the size costs."""

    size: int
    runs: bool | None
    output: Any
    reason: str
    cost: Cost | None


def tabulated(found: Admissible, sizes: Iterator[int] | range | list[int]) -> Iterator[Row]:
    """The rows of a table: for each size what comes out."""
    axis = found.together.axes[0]
    spent = costs(found.together, axis, range(len(found.axes)), len(found.axes))
    for size in sizes:
        part = found.together.at({axis: size})
        if part is None or not part.runs or part.trace is None:
            part = _looked_up(found, size)
            yield Row(size, part.runs, None, explained(part), None)
            continue
        region = part.region[axis]
        place = (size - region.start) // region.step
        yield Row(size, True, _at(part.trace, {axis: place}, found), "", spent.at(size))


def _at(trace: Trace, values: Mapping[str, int], found: Admissible) -> Any:
    """The shapes that come out, with numbers, and the batch as it was declared."""
    batch = next(iter(found.shapes))[1][0]
    counted = next(iter(trace.input_shapes.values()))
    many = counted[0] if counted else batch

    def shape(sizes: Shape) -> Shape:
        first, *others = [value_at(size, values) for size in sizes]
        if isinstance(batch, int) or not isinstance(many, int) or first % many:
            return (first, *others)
        return (batch * (first // many), *others)

    def mirrored(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: mirrored(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [mirrored(inner) for inner in value]
        return shape(value) if value else value

    return mirrored(trace.output)
