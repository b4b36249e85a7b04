"""What the units of a tensor see along one axis of a network input, and what a use makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from rflint.field import IDENTITY, Access, Interval, union
from rflint.receptive.columns import Columns, carried, folded, unfolded
from rflint.receptive.norms import is_normalised
from rflint.trace import Operand, Read, Use

MOST_MAPS = 8
"""Fields that need more intervals of different jumps than this are not followed."""


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
    columns: Columns | None = None
    """What it was before it was folded into an axis of windows, as long as that is only carried along."""
    data_dependent: str = ""
    """Path and kind of the first use that reads where its data say ("": none does).

    `maps` are then those of its regular grid: a lower bound.
    """
    normalised: str = ""
    """Path and kind of the first norm whose statistics are taken along this axis ("": none are).

    Through them every unit depends on everything, but on no place of it: this is noted here and counted nowhere.
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
        """The least and the greatest extent that the first so many units see; (0, 0) if none sees anything."""
        if len(self.maps) == 1:
            return self.maps[0].size
        sizes = [hi - lo + 1 for lo, hi in filter(None, map(self.span, range(units)))]
        return min(sizes, default=0), max(sizes, default=0)


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
        lost = _unknown(axis, None, f"{label(use)} folds it into other axes")
        return replace(lost, folded=_only_free_axis(operand, use), columns=_columns(axis, operand, use))
    if read.access is not None:
        return _sampled(axis, read, use)
    return _unknown(axis, read.to, read.reason or f"the positions that {label(use)} reads are not known")


def _columns(axis: AxisField, operand: Operand, use: Use) -> Columns | None:
    """The axis as one of windows, if that is what the use makes of it."""
    windows = None if axis.at is None or axis.pooled else unfolded(use, operand, axis.at)
    maps = _through(axis.maps, windows[0]) if windows else None
    return Columns(maps, *windows[1:]) if windows and maps else None


def _kept(axis: AxisField, read: Read, use: Use) -> AxisField:
    if axis.pooled or not axis.maps:
        return axis if axis.at == read.to else replace(axis, at=read.to)
    if read.access is None:
        return _unknown(axis, read.to, read.reason or f"the positions that {label(use)} reads are not known")
    maps = _through(axis.maps, read.access)
    if maps is None:
        return _unknown(axis, read.to, f"after {label(use)} the field has too many phases to follow")
    return axis if maps is axis.maps and axis.at == read.to else replace(axis, at=read.to, maps=maps)


def _through(maps: tuple[Interval, ...], access: Access) -> tuple[Interval, ...] | None:
    """All intervals after an operation, the same object if nothing changes; None: too many phases."""
    made = [one.through(access) for one in maps]
    known = tuple(one for one in made if one is not None)
    if len(known) < len(made):
        return None
    return maps if all(a is b for a, b in zip(maps, known, strict=True)) else known


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


def _folded_read(axis: AxisField, operand: Operand, use: Use) -> AxisField:
    """An axis that lies within another one: whoever reads all of that one sees everything."""
    if axis.columns is not None and (read := folded(use, axis.columns)) is not None:
        return _kept(replace(axis, at=read.to, maps=axis.columns.maps, reason="", folded=None, columns=None), read, use)
    if axis.folded is None:
        return axis
    read = operand.reads[axis.folded] if axis.folded < len(operand.reads) else Read("unknown")
    if read.how == "whole":
        return replace(axis, whole=axis.whole or label(use), pooled=True, folded=None)
    moved = {"kept": read.to, "mixed": _only_free_axis(operand, use)}
    columns = axis.columns if carried(operand, axis.folded) else None
    return replace(axis, folded=moved.get(read.how), columns=columns)


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
        return replace(unknown, at=at, folded=place, columns=_columns_joined(a, b) if place is not None else None)
    if a.at != b.at:
        return _unknown(a, None, "branches with the axis in different places meet")
    maps = _united(a.maps, b.maps)
    if maps is None:
        return _unknown(a, at, "branches with too many phases meet")
    reason = a.reason or b.reason or ("branches with different jumps meet" if len(maps) > 1 else "")
    return replace(a, maps=maps, reason=reason, data_dependent=a.data_dependent or b.data_dependent)


def _columns_joined(a: AxisField, b: AxisField) -> Columns | None:
    if a.columns is None or b.columns is None or a.columns[1:] != b.columns[1:]:
        return None
    maps = _united(a.columns.maps, b.columns.maps)
    return None if maps is None else a.columns._replace(maps=maps)


def unit_read(axis: AxisField, operand: Operand, use: Use) -> Read:
    """How a use reads the units along an input axis, wherever these lie on the operand."""
    at = axis.folded if axis.at is None else axis.at
    read = Read("unknown") if at is None or at >= len(operand.reads) else operand.reads[at]
    if axis.at is not None:
        windows = unfolded(use, operand, axis.at)
        return read if windows is None else Read("kept", None, windows[0])
    if axis.columns is not None and read.how != "whole":
        return folded(use, axis.columns) or Read("kept" if carried(operand, at) else "unknown", None, IDENTITY)
    return read if read.how == "whole" else Read("unknown")


def _united(a: tuple[Interval, ...], b: tuple[Interval, ...]) -> tuple[Interval, ...] | None:
    """The intervals of both, those with the same jump as one; None: too many intervals, or phases."""
    maps = list(a)
    for interval in b:
        place = next((at for at, one in enumerate(maps) if one.jump == interval.jump), None)
        if place is None:
            maps.append(interval)
            continue
        joined = union(maps[place], interval)
        if joined is None:
            return None
        maps[place] = joined
    return tuple(maps) if len(maps) <= MOST_MAPS else None
