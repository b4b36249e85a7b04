"""The input sizes of a network as its rules hear of them: in words, and those next to the declared ones."""

from __future__ import annotations

from collections.abc import Sequence

from rflint.admissible.answers import Answer, answers
from rflint.admissible.asking import Admissible, admissible
from rflint.admissible.integers import Integers, written
from rflint.dims import symbols
from rflint.trace import Fit, Sizes, Trace
from rflint.tracing.session import Root, Session

FURTHEST = 4096
"""Sizes that differ more from a declared one are not near it."""


def fits(session: Session, root: Root, traced: Trace) -> Sequence[Fit]:
    """What is known of each axis, or of all axes together; nothing where some size is open or not declared."""
    found = admissible(session, root, traced)
    known = [] if found is None else answers(found)
    if found is None or any(answer.unknown for answer in known):
        return ()
    rows = [_fit(answer, _declared(found, answer.axes)) for answer in known]
    return [row for row in rows if row is not None]


def _declared(found: Admissible, axes: Sequence[str]) -> set[object]:
    """The sizes that these axes have in the inputs."""
    pairs = [zip(shape, named, strict=True) for (_, shape), (_, named) in zip(found.shapes, found.asked, strict=True)]
    return {size for row in pairs for size, name in row if symbols(name) & set(axes)}


def _fit(answer: Answer, declared: set[object]) -> Fit | None:
    """None where the axes, which are asked for one size, have several, or one that is not known."""
    size = declared.pop() if len(declared) == 1 else None
    if not isinstance(size, int):
        return None
    sets = [None if one is None else _sizes(one, size) for one in (answer.even, answer.whole)]
    return Fit(answer.axes, size, _sizes(answer.sizes, size), *sets)


def _sizes(numbers: Integers, size: int) -> Sizes:
    below = next((near for near in range(size, max(0, size - FURTHEST), -1) if near in numbers), None)
    above = next((near for near in range(size, size + FURTHEST) if near in numbers), None)
    near = tuple(dict.fromkeys(one for one in (below, above) if one is not None))
    return Sizes(written(numbers, "n"), near, numbers.least, 0 if numbers.is_finite else numbers.period)
