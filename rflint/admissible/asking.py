"""For which input sizes a network runs: its spatial axes are named, and surveyed alone and as axes of one size."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rflint.admissible.survey import RUN, WORK, Survey, survey
from rflint.dims import Size, symbol
from rflint.trace import Shape, Trace
from rflint.tracing.running import retracer
from rflint.tracing.session import Root, Session

BATCH = 13
"""Stands for a batch of any size: a number that divides nothing by chance, so that what hangs on it shows."""
AXES = {1: ("L",), 2: ("H", "W"), 3: ("D", "H", "W")}
"""What the spatial axes of an input are called, by their number."""


@dataclass(frozen=True, slots=True)
class Admissible:
    """For which input sizes a network runs: each axis `alone`, and all axes of one size, `together`.

    `alone` is None where that takes too much work, or cannot be said; with one axis both are the same.
    """

    shapes: tuple[tuple[str, Shape], ...]
    """The inputs as they were first traced."""
    asked: tuple[tuple[str, Shape], ...]
    """The inputs with the names of the axes that are asked for."""
    axes: tuple[str, ...]
    together: Survey
    alone: Survey | None
    run: Callable[..., Trace] = field(repr=False)
    """Traces the network on sizes of its axes, and on a batch of another size than that of the surveys."""


def admissible(session: Session, root: Root, first: Trace) -> Admissible | None:
    """The sizes for which a network runs, its channels being those of a first trace; None without spatial axes."""
    shapes = {name: shape for name, shape in first.input_shapes.items() if shape is not None}
    named = {name: _axes(shape) for name, shape in shapes.items()}
    if not any(named.values()):
        named = {name: (None,) * (len(shape) - 1) + ("L",) for name, shape in shapes.items() if len(shape) == 2}
    named = _alike(shapes, named)
    axes = tuple(dict.fromkeys(axis for row in named.values() for axis in row if axis))
    if not axes or len(shapes) < len(first.input_shapes):
        return None

    shown = tuple((name, tuple(shape)) for name, shape in shapes.items())

    retrace = retracer(session, root)

    def run(sizes: Mapping[str, Size], batch: int = BATCH) -> Trace:
        inputs = []
        for name, shape in shapes.items():
            first = shape[0] if isinstance(shape[0], int) else batch
            rows = zip((first, *shape[1:]), named[name], strict=True)
            inputs.append((name, tuple(sizes[axis] if axis else size for size, axis in rows)))
        return retrace(inputs)

    together = survey(lambda sizes: run(dict.fromkeys(axes, sizes[axes[0]])), axes[:1], session.training)
    alone: Survey | None = together if len(axes) == 1 else None
    if len(axes) > 1 and _is_promising(together, len(axes)):
        alone = survey(run, axes, session.training, together.sizes(axes[0]).least, wholly=True)
    asked = tuple(
        (name, tuple(symbol(axis) if axis else size for size, axis in zip(shape, named[name], strict=True)))
        for name, shape in shown
    )
    return Admissible(shown, asked, axes, together, alone if alone and alone.is_complete else None, run)


def _is_promising(together: Survey, axes: int) -> bool:
    """Whether it is worth while to let axes have sizes of their own, if each is divided as all are together.

    What is open where they have one size is open among all sizes.
    """
    work = sum(len(part.trace.uses) + RUN for part in together.running if part.trace)
    return together.is_complete and work * len(together.running) ** (axes - 1) <= WORK


def _axes(shape: Shape) -> tuple[str | None, ...]:
    """The name of each axis whose size is asked for, None for the others: batch and channels."""
    names = AXES.get(len(shape) - 2, ())
    return (None,) * (len(shape) - len(names)) + names


def _alike(
    shapes: Mapping[str, Shape], named: Mapping[str, tuple[str | None, ...]]
) -> dict[str, tuple[str | None, ...]]:
    """The names, but none for the sizes of a further input that differ from those of the first with that name."""
    first: dict[str, Size] = {}
    found: dict[str, tuple[str | None, ...]] = {}
    for name, shape in shapes.items():
        row = named.get(name, (None,) * len(shape))
        for axis, size in zip(row, shape, strict=True):
            if axis:
                first.setdefault(axis, size)
        found[name] = tuple(
            axis if axis and first[axis] == size else None for axis, size in zip(row, shape, strict=True)
        )
    return found
