"""What the units of a tensor see along one axis of a network input, and what a use makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from rflint.field import IDENTITY, Access, Interval
from rflint.field.layouts import laid_out, united
from rflint.receptive.columns import folded, unfolded
from rflint.receptive.norms import is_normalised
from rflint.receptive.parts import (
    Again,
    Maps,
    Part,
    Step,
    after,
    axis_again,
    cut_up,
    is_cut_off,
    is_gone,
    joined,
    through,
    together,
)
from rflint.trace import Operand, Read, Use


@dataclass(frozen=True, slots=True)
class AxisField:
    """What the units of a tensor see along one axis of a network input."""

    at: int | None
    """The tensor's axis on which this input axis lies; None: no longer there."""
    maps: tuple[Interval, ...]
    """What a unit sees locally, as a union: one interval, or several where branches with different jumps have met.

    Empty: not known, see `reason`.
    """
    whole: str = ""
    """Path and kind of the use that first made every unit see everything ("": none did)."""
    pooled: bool = False
    """Nothing local is left (a global pool, or what was computed from one): `maps` are those of before."""
    reason: str = ""
    folded: int | None = None
    """The tensor's axis into which this input axis was folded as a whole, while that can be told."""
    parts: tuple[Part, ...] = ()
    """What units see that lie on no axis of their own (windows, tokens, columns), and where they lie; () if unknown."""
    data_dependent: str = ""
    """Path and kind of the first use that reads where its data say ("": none does).

    `maps` are then those of its regular grid: a lower bound.
    """
    normalised: str = ""
    """Path and kind of the first norm whose statistics are taken along this axis ("": none are).

    Through them every unit depends on everything, but on no place of it: this is noted here and counted nowhere.
    """

    stacked: str = ""
    """Path and kind of the first use that stacks tensors which see different positions along an axis of its own.

    As long as that axis is not laid out among others, all that is stacked counts as one, as channels do.
    """

    @property
    def interval(self) -> Interval | None:
        """What a unit sees locally, where that is known exactly and is one interval; else see `reason`."""
        return self.maps[0] if len(self.maps) == 1 and not self.data_dependent else None

    def span(self, unit: int) -> tuple[int, int] | None:
        """The first and the last position that a unit sees, on any of its maps; None if it sees nothing."""
        spans = [span for one in self.maps if (span := one.span(unit))]
        return (min(lo for lo, _ in spans), max(hi for _, hi in spans)) if spans else None

    def sizes(self, units: int) -> tuple[int, int]:
        """The least and the greatest extent that the first so many units see; (0, 0) if none sees anything.

        Of a pooled axis it is what the units see that were there before.
        """
        if len(self.maps) == 1 and (self.maps[0].period <= units or not units or self.pooled):
            return self.maps[0].size
        sizes = [hi - lo + 1 for lo, hi in filter(None, map(self.span, range(units)))]
        return min(sizes, default=0), max(sizes, default=0)


LEAST_AXES = 3
"""Tensors with fewer axes have none that is spatial."""
UNSEEN = Interval(0, (None,), (None,))
"""What units see of an input that none of them reads."""

Field = tuple[AxisField, ...]
"""One entry per axis of the network input, from the third axis on."""


def label(use: Use) -> str:
    """Path and kind of a use, as users read it."""
    return f"{use.path} {use.kind}".strip()


def axis_read(axis: AxisField, operand: Operand, use: Use) -> AxisField:
    """The field along one input axis after a use has read the tensor."""
    if axis.at is None:
        return _folded_read(axis, operand, use)
    if axis.at >= len(operand.reads):
        return _unknown(axis, None, f"reads of {use.kind} are not described")
    read = operand.reads[axis.at]
    if read.how == "kept":
        return _noted(_kept(axis, read, use), axis.at, use)
    if read.how == "whole":
        return replace(axis, at=read.to, whole=axis.whole or label(use), pooled=True)
    if read.how == "mixed":
        if (found := _unfolded_alone(axis, operand, use)) is not None:
            return _kept(axis, found, use)
        lost = _unknown(axis, None, f"{label(use)} folds it into other axes")
        parts = _parts(axis, operand, use)
        if parts and use.base == "Unfold":  # columns, of which `Fold` makes axes again
            return replace(lost, folded=_gathered(parts), parts=parts)
        if parts:
            return _settled(replace(lost, folded=_gathered(parts)), parts, use)
        return replace(lost, folded=_only_free_axis(operand, use))
    if read.access is not None:
        return _sampled(axis, read, use)
    return _unknown(axis, read.to, read.reason or f"the positions that {label(use)} reads are not known")


def _unfolded_alone(axis: AxisField, operand: Operand, use: Use) -> Read | None:
    """How a `Fold` reads columns that are windows along this axis only."""
    if use.base != "Fold" or axis.at is None or operand.shape is None:
        return None
    found = folded(use, operand, laid_out(axis.at, operand.shape[axis.at]))
    return None if found is None else Read("kept", found[1], found[0])


def _parts(axis: AxisField, operand: Operand, use: Use) -> tuple[Part, ...]:
    """The axis in a view or among columns, if that is what the use makes of it."""
    if axis.at is None or axis.pooled or axis.data_dependent or not axis.maps:
        return ()
    columns = unfolded(use, operand, axis.at)
    if columns is None:
        part = cut_up(axis.maps, axis.at, operand, use)
        return () if part is None else (part,)
    maps = through(axis.maps, columns[0])
    return () if maps is None else (Part(maps, columns[1]),)


def _kept(axis: AxisField, read: Read, use: Use) -> AxisField:
    if axis.pooled or not axis.maps:
        return axis if axis.at == read.to else replace(axis, at=read.to)
    if read.access is None:
        return _unknown(axis, read.to, read.reason or f"the positions that {label(use)} reads are not known")
    maps = through(axis.maps, read.access)
    if maps is None:
        return _unknown(axis, read.to, f"after {label(use)} the field has too many phases to follow")
    return axis if maps is axis.maps and axis.at == read.to else replace(axis, at=read.to, maps=maps)


def _sampled(axis: AxisField, read: Read, use: Use) -> AxisField:
    """What is read depends on data; what the regular grid reads is a lower bound."""
    regular = _kept(axis, read, use)
    if axis.pooled or not regular.maps:
        return regular
    reason = axis.reason or read.reason or f"the positions that {label(use)} reads depend on data"
    return replace(regular, data_dependent=axis.data_dependent or label(use), reason=reason)


def _noted(axis: AxisField, at: int, use: Use) -> AxisField:
    """The field with a note of the first norm over this axis."""
    if axis.normalised or not is_normalised(use, at):
        return axis
    return replace(axis, normalised=label(use))


def _unknown(axis: AxisField, at: int | None, reason: str) -> AxisField:
    """What is pooled sees everything, however it is read from then on; else the first reason stays."""
    if axis.pooled:
        return replace(axis, at=at)
    return replace(axis, at=at, maps=(), reason=axis.reason or reason)


def _only_free_axis(operand: Operand, use: Use) -> int | None:
    """The one output axis that no axis of the operand is kept on: what is folded lies there as a whole.

    With two or more such axes it may have been split (windows, patches): then reading one of them is not reading all.
    """
    if use.output is None:
        return None
    if use.base == "Unfold":
        return len(use.output) - 1
    free = set(range(len(use.output))) - {read.to for read in operand.reads if read.how != "mixed"}
    return free.pop() if len(free) == 1 else None


def _gathered(parts: Sequence[Part]) -> int | None:
    """The one axis on which all positions of the parts lie."""
    axes = {digit.axis for part in parts for digit in part.layout}
    return axes.pop() if len(axes) == 1 else None


def _folded_read(axis: AxisField, operand: Operand, use: Use) -> AxisField:
    """An axis that lies within others: what becomes of its parts, or whoever reads all of that one sees everything."""
    if axis.parts and (made := _parts_read(axis, operand, use)) is not None:
        return made
    axis = replace(axis, parts=(), reason=_why_lost(axis, operand, use)) if axis.parts else axis
    if axis.folded is None:
        return axis
    read = operand.reads[axis.folded] if axis.folded < len(operand.reads) else Read("unknown")
    if read.how == "whole":
        return replace(axis, whole=axis.whole or label(use), pooled=True, folded=None)
    return replace(axis, folded=_folded_after(axis, operand, use))


def _folded_after(axis: AxisField, operand: Operand, use: Use) -> int | None:
    read = Read("unknown")
    if axis.folded is not None and axis.folded < len(operand.reads):
        read = operand.reads[axis.folded]
    if use.base == "cat" and read.how == "unknown":  # beside other pieces, but as a whole
        return read.to
    return {"kept": read.to, "mixed": _only_free_axis(operand, use)}.get(read.how)


def _parts_read(axis: AxisField, operand: Operand, use: Use) -> AxisField | None:
    """The parts after a use, as an axis again if they lie on one; None if they can no longer be followed."""
    one = axis.parts[0]
    if len(axis.parts) == 1 and (found := folded(use, operand, one.layout)) is not None:
        columns = _placed_on(axis, len(operand.shape or ()) - 1, one.maps)
        return _kept(columns, Read("kept", found[1], found[0]), use)
    steps = [after(part, operand, use) for part in axis.parts]
    known = [step.part for step in steps if step is not None and step.part.maps]
    if len(known) < len(steps):
        again = axis_again(one, operand.shape, coarser=True) if len(axis.parts) == 1 else None
        on_axis = None if again is None else _on_axis(axis, one.maps, again)
        return None if on_axis is None else axis_read(on_axis, operand, use)
    if all(is_cut_off(part) for part in known):
        return _unseen(axis)
    known = [part for part in known if not is_cut_off(part)]
    local = [part for part in known if not is_gone(part)]
    axis = replace(axis, whole=axis.whole or label(use)) if len(local) < len(known) else axis
    if not local:
        return replace(axis, maps=one.maps, reason="", pooled=True, folded=None, parts=())
    return _settled(replace(axis, folded=_gathered(local)), local, use)


def _why_lost(axis: AxisField, operand: Operand, use: Use) -> str:
    """Why the parts cannot be followed through a use: their phases are too many, or the reason of before."""
    steps = [after(part, operand, use) for part in axis.parts]
    many = any(step is not None and not step.part.maps for step in steps)
    return f"after {label(use)} the field has too many phases to follow" if many else axis.reason


def _settled(axis: AxisField, parts: Sequence[Part], use: Use) -> AxisField:
    """The field with these parts of the output of a use."""
    made = together(parts)
    again = axis_again(made[0], use.output) if len(made) == 1 else None
    found = None if again is None else _on_axis(axis, made[0].maps, again)
    return replace(axis, parts=made) if found is None else found


def _on_axis(axis: AxisField, maps: Maps, again: Again) -> AxisField | None:
    several = axis.stacked and len(again.access.taps) > 1  # positions of one unit, of which each is another tensor's
    made = None if several else through(maps, again.access)
    return None if made is None else _placed_on(axis, again.at, made)


def _placed_on(axis: AxisField, at: int, maps: Maps) -> AxisField:
    return replace(axis, at=at, maps=maps, reason="", folded=None, parts=())


def _unseen(axis: AxisField) -> AxisField:
    """What is left of an axis where none of its units is read: all of it, through what sees everything, or nothing."""
    if axis.whole:
        return replace(axis, at=None, pooled=True, folded=None, parts=(), reason="")
    return replace(axis, at=None, maps=(UNSEEN,), folded=None, parts=(), reason="")


def met(branches: Sequence[Field]) -> Field:
    """The field of an add, concatenation, product: axis by axis, what any branch sees."""
    if all(branch == branches[0] for branch in branches):
        return branches[0]
    return tuple(_axes_met(axes) for axes in zip(*branches, strict=False))


def _axes_met(axes: Sequence[AxisField]) -> AxisField:
    """Branches that see everything (a gate, a global context) leave the local field of the others as it is."""
    whole = next((axis.whole for axis in axes if axis.whole), "")
    normalised = next((axis.normalised for axis in axes if axis.normalised), "")
    local = [axis for axis in axes if not axis.pooled]
    return replace(reduce(_joined, local) if local else axes[0], whole=whole, normalised=normalised)


def _joined(a: AxisField, b: AxisField) -> AxisField:
    at = a.at if a.at == b.at else None
    if not a.maps or not b.maps:
        unknown = b if a.maps else a
        place = a.folded if a.folded == b.folded else None
        parts = together([*a.parts, *b.parts]) if a.parts and b.parts else ()
        return replace(unknown, at=at, folded=place, parts=parts)
    if a.at != b.at:
        return _unknown(a, None, "branches with the axis in different places meet")
    maps = joined(a.maps, b.maps)
    if maps is None:
        return _unknown(a, at, "branches with too many phases meet")
    reason = a.reason or b.reason or ("branches with different jumps meet" if len(maps) > 1 else "")
    return replace(a, maps=maps, reason=reason, data_dependent=a.data_dependent or b.data_dependent)


def unit_reads(axis: AxisField, operand: Operand, use: Use, output: AxisField) -> list[tuple[Read, int]]:
    """How a use reads the units along an input axis, for each of their parts, and to which part of its output they go.

    `to` is None where the units have no axis of their own after the use.
    """
    if axis.at is not None or max(len(axis.parts), len(output.parts)) < 2:
        return [(_unit_read(axis, operand, use, output), 0)]
    steps = [after(part, operand, use) for part in axis.parts]
    if output.at is None and not output.parts:
        return [(Read("unknown"), 0)]
    return [(_step_read(step, output), _landed(step, output)) for step in steps] or [(Read("unknown"), 0)]


def _step_read(step: Step | None, output: AxisField) -> Read:
    if step is None or step.access is None:
        return Read("unknown")
    return Read("whole") if is_gone(step.part) else Read("kept", output.at, step.access)


def _landed(step: Step | None, output: AxisField) -> int:
    layouts = [part.layout for part in output.parts] if step else []
    return next((at for at, layout in enumerate(layouts) if step and united(layout, step.part.layout)), 0)


def _unit_read(axis: AxisField, operand: Operand, use: Use, output: AxisField) -> Read:
    if axis.at is None:
        return _part_read(axis, operand, use, output)
    if axis.at >= len(operand.reads):
        return Read("unknown")
    parts = _parts(axis, operand, use) if operand.reads[axis.at].how == "mixed" else ()
    if not parts:
        return _unfolded_alone(axis, operand, use) or operand.reads[axis.at]
    columns = unfolded(use, operand, axis.at)
    return Read("kept", None, columns[0]) if columns is not None else _again_read(parts[0], IDENTITY, use, output)


def _again_read(part: Part, access: Access, use: Use, output: AxisField) -> Read:
    """How the units of a part are read, which perhaps lie on an axis again."""
    again = axis_again(part, use.output, coarser=True) if output.at is not None else None
    if again is None:
        return Read("kept", None, access)
    if IDENTITY not in (access, again.access):
        return Read("unknown")
    return Read("kept", again.at, again.access if access == IDENTITY else access)


def _part_read(axis: AxisField, operand: Operand, use: Use, output: AxisField) -> Read:
    if len(axis.parts) != 1:
        whole = axis.folded is not None and axis.folded < len(operand.reads) and not axis.parts
        return operand.reads[axis.folded] if whole and axis.folded is not None else Read("unknown")
    part = axis.parts[0]
    if (found := folded(use, operand, part.layout)) is not None:
        return Read("kept", found[1], found[0])
    step = after(part, operand, use)
    if step is None or step.access is None or is_cut_off(step.part):
        return Read("unknown")
    if is_gone(step.part):
        return Read("whole")
    return _again_read(step.part, step.access, use, output)
