"""A traced network as the Python API shows it: plain figures of its uses, to be asked for by their paths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeAlias

from rflint.linter import Shown
from rflint.receptive import Field, fields, json_field, output_fields, reached
from rflint.spelling import suggestion
from rflint.trace import Shape, Trace, Use

PlainShape: TypeAlias = "tuple[int | str, ...]"
"""Sizes: integers, or texts such as `H//2` where they are symbolic."""


@dataclass(frozen=True, slots=True)
class UnitField:
    """What one unit of a tensor sees of a network input: an entry for each axis of that input from the third on.

    None stands for an axis that is no longer there, and for what is not known.
    """

    size: tuple[int | tuple[int, int] | None, ...]
    """How many positions, counted from the first to the last; least and most where it depends on the unit."""
    jump: tuple[int | Fraction | None, ...]
    """How many positions from one unit to the next."""
    start: tuple[int | None, ...]
    """The first position that unit 0 reads; negative where that is padding."""
    whole: str = ""
    """Path and kind of the use from which on every unit sees everything, "" if there is none; the rest is local."""


@dataclass(frozen=True, slots=True)
class NetworkUse:
    """One call of a layer or function: lines count from 1, shapes are None where they are not known."""

    path: str
    """As in `named_modules()`; for a function that of the module that calls it, "" for the root."""
    kind: str
    file: str
    line: int
    inputs: tuple[PlainShape | None, ...]
    output: PlainShape | None
    fields: Mapping[str, UnitField]
    """By the name of the network input; those that reach the use."""


class NetworkTrace:
    """The ordered uses of one network on one input."""

    def __init__(self, trace: Trace, shown: Shown) -> None:
        self._trace, self._shown = trace, shown

    def __repr__(self) -> str:
        return f"<NetworkTrace {self.target}: {len(self.uses)} uses, {'complete' if self.complete else 'in part'}>"

    @property
    def target(self) -> str:
        """`net.py::Net()`."""
        return self._trace.target

    @property
    def complete(self) -> bool:
        """Whether no unknown touched a shape on the way from input to output."""
        return self._trace.complete

    @property
    def unknowns(self) -> tuple[str, ...]:
        """What could not be followed, `net.py:16: sizes 30 and 32 do not match`."""
        notes = [(note.reason, note.place) for note in self._trace.unknowns]
        return tuple(
            f"{place.file}:{self._shown.span(place).line}: {reason}" if place else reason for reason, place in notes
        )

    @property
    def inputs(self) -> dict[str, PlainShape | None]:
        """The shapes of the network inputs by their names."""
        return {name: plain(shape) for name, shape in self._trace.input_shapes.items()}

    @property
    def output(self) -> Any:
        """The shape that is returned, or the lists and dicts of shapes; None for what is not known."""
        return plain_structure(self._trace.output)

    @cached_property
    def uses(self) -> tuple[NetworkUse, ...]:
        """All calls of layers and functions, in order."""
        return tuple(self._shown_use(use) for use in self._trace.uses if not use.inner)

    def use(self, path: str) -> NetworkUse:
        """The last use of the module with this path, or of one inside it.  Raises LookupError."""
        return self._shown_use(self._last(path))

    def shape(self, path: str = "") -> PlainShape | None:
        """The shape that comes out of the module with this path; of the network itself by default.

        Raises LookupError, also where the network returns no single tensor.
        """
        return self.use(path).output if path else plain(self._only(_shapes(self._trace)))

    def field(self, path: str = "", input: str | None = None) -> UnitField:
        """What one unit sees that comes out of the module with this path; of the network itself by default.

        `input` names the network input, by default the first one.  Raises LookupError.
        """
        seen = fields(self._trace)[self._last(path).index] if path else self._only(output_fields(self._trace))
        shape = self._last(path).output if path else self._only(_shapes(self._trace))
        name = self._input(input)
        if name not in seen:
            raise LookupError(f"no unit of {path or 'the output'} sees {name}")
        return unit_field(seen[name], shape)

    def reached(self, path: str, input: str | None = None) -> tuple[int | None, ...]:
        """How many positions of its field an interior unit of this module's output really reads, for each axis.

        None where that is not known.  Raises LookupError.
        """
        use, name = self._last(path), self._input(input)
        axes = fields(self._trace)[use.index].get(name, ())
        sets = [
            reached(self._trace, use.index, name, at) if axis.at is not None else None for at, axis in enumerate(axes)
        ]
        return tuple(None if one is None else one.count for one in sets)

    def _shown_use(self, use: Use) -> NetworkUse:
        seen = fields(self._trace)[use.index]
        return NetworkUse(
            use.path,
            use.kind,
            use.place.file,
            self._shown.span(use.place).line,
            tuple(map(plain, use.inputs)),
            plain(use.output),
            {name: unit_field(axes, use.output) for name, axes in seen.items()},
        )

    def _last(self, path: str) -> Use:
        found = [use for use in self._trace.uses if use.path == path or use.path.startswith(f"{path}.")]
        if not found:
            known = dict.fromkeys(name for use in self._trace.uses for name in parents(use.path))
            near = suggestion(path, known)
            raise LookupError(f"{self.target} uses no module {path!r}{near}")
        return self._trace.standing_for(found[-1])

    def _input(self, name: str | None) -> str:
        known = list(self._trace.input_shapes)
        if name is None and known:
            return known[0]
        if name not in known:
            raise LookupError(f"{self.target} has no input {name!r}, but {', '.join(known) or 'none'}")
        return name

    def _only(self, found: Mapping[str, Any]) -> Any:
        if not found:
            raise LookupError(f"it is not known what {self.target} returns: {'; '.join(self.unknowns[:1])}")
        if len(found) > 1:
            names = ", ".join(map(repr, found))
            raise LookupError(f"{self.target} returns no single tensor ({names}): name a module by its path")
        return next(iter(found.values()))


def parents(path: str) -> list[str]:
    """`layer1`, `layer1.0` and `layer1.0.conv1` for the last of them."""
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts) + 1)]


def _shapes(trace: Trace) -> dict[str, Shape | None]:
    from rflint.receptive import outputs

    return {output.name: output.shape for output in outputs(trace)}


def unit_field(axes: Field, shape: Shape | None) -> UnitField:
    """The field of a tensor of that shape."""
    data = json_field(axes, shape=shape)
    return UnitField(
        tuple(tuple(size) if isinstance(size, list) else size for size in data["size"]),
        tuple(Fraction(jump) if isinstance(jump, str) else jump for jump in data["jump"]),
        tuple(data["start"]),
        data["global"] or "",
    )


def plain(shape: Shape | None) -> PlainShape | None:
    """A shape of integers and texts."""
    return None if shape is None else tuple(size if isinstance(size, int) else str(size) for size in shape)


def plain_structure(value: Any) -> Any:
    """Shapes, and lists and dicts of them."""
    if isinstance(value, dict):
        return {key: plain_structure(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain_structure(inner) for inner in value]
    return (
        plain(value) if isinstance(value, tuple) else value if value is None or isinstance(value, int) else str(value)
    )
