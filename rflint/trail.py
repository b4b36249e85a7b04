"""The way to a finding: which uses led from an input to the place, what sizes they made, and who made the operands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rflint.checks._places import chain, made, named
from rflint.diagnostics import Finding, Span, Step
from rflint.trace import Place, Trace, Use, show_shape

FIRST, LAST = 2, 7
"""So many steps at the beginning and at the end of a long way are shown."""
MOST_OPERANDS = 2
"""Uses with more operands (a concatenation of fifty) do not name the makers of all."""
Related = tuple[tuple[Place, str], ...]


def trail(trace: Trace, finding: Finding, raises: bool, span: Callable[[Place], Span]) -> tuple[Step, ...]:
    """A step for each input and each use on the way to a finding, with sizes; the middle of a long way is left out.

    The last use makes nothing if it `raises`."""
    indices = list(finding.trail) or ([] if finding.use is None else way(trace, finding.use))
    steps = [step(trace.uses[index], raises and index == indices[-1], span) for index in indices]
    return (*map(Step, starts(trace, indices)), *shortened(steps))


def way(trace: Trace, index: int) -> list[int]:
    """The uses that made what a use is given and changed its shape on the way, oldest first, and the use."""
    end = trace.standing_for(trace.uses[index])
    sources = (operand.source for use in (trace.uses[index], end) for operand in use.operands)
    found = {use.index for source in sources for use in chain(trace, source) if changes_shape(use)}
    return [*sorted(found - {end.index}), end.index]


def changes_shape(use: Use) -> bool:
    """Whether a use, as it is listed, makes another shape than that of its first operand."""
    return not use.inner and (not use.inputs or use.inputs[0] != use.output)


def starts(trace: Trace, indices: Sequence[int]) -> list[str]:
    """The inputs at the beginning of a way, `x: 1×3×32×32`."""
    ways = [use for index in indices[:1] for use in chain(trace, index)]
    names = dict.fromkeys(operand.source for use in ways for operand in use.operands if isinstance(operand.source, str))
    return [f"{name}: {show_shape(trace.input_shapes.get(str(name)))}" for name in names]


def step(use: Use, raises: bool, span: Callable[[Place], Span]) -> Step:
    """`body.0 Conv2d: 1×3×32×32 → 1×8×32×32  net.py:12`."""
    shapes = " + ".join(map(show_shape, use.inputs))
    made = "raises" if raises else show_shape(use.output)
    text = f"{f'{use.path} {use.kind}'.strip()}: {shapes} → {made}"
    return Step(text) if use.place.file.startswith("<") else Step(text, use.place.file, span(use.place).line)


def shortened(steps: Sequence[Step]) -> Sequence[Step]:
    """The steps, or the first and the last ones with the number of those between."""
    between = len(steps) - FIRST - LAST
    return steps if between < 2 else [*steps[:FIRST], Step(f"… {between} more"), *steps[-LAST:]]


def operands_made(trace: Trace, finding: Finding) -> Iterator[tuple[Place, str]]:
    """Who gave each operand of the finding's use its shape, as related places, unless it names as many itself."""
    if finding.use is None:
        return
    use = trace.uses[finding.use]
    told = {place for place, _ in finding.related} - {use.place}
    if len(told) >= len(use.operands) or len(use.operands) > MOST_OPERANDS:
        return
    for operand in use.operands:
        maker = next((one for one in chain(trace, operand.source) if changes_shape(one)), None)
        if maker is not None and made(maker, "")[0] not in told | {finding.place}:
            yield made(maker, f"{named(maker)} makes {show_shape(maker.output)}")
