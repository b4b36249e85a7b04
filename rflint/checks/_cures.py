"""What would make a contract hold that does not: the cheapest change that can be told for sure.

Each is the end of a sentence.  Those that are reckoned along one way are named only where the network is a chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import NamedTuple

from rflint.checks._branches import Related, lacking, shrinkage, shrinking_layer
from rflint.checks._layers import Window, is_convolution, spatial_rank, window
from rflint.checks._places import made, named, place_of
from rflint.checks._widening import further_layers, last_window, most_before, seen, widening
from rflint.contracts import Contract
from rflint.geometry.ends import behind
from rflint.geometry.schedules import dense_rates, extent
from rflint.geometry.stated import Verdict, look_ahead
from rflint.receptive import fields
from rflint.trace import Place, Trace, Use


class Cure(NamedTuple):
    """The end of a sentence, other places, and where the change would be made."""

    text: str = ""
    related: Related = ()
    place: Place | None = None


NONE = Cure()


def cure(trace: Trace, contract: Contract, verdict: Verdict) -> Cure:
    """The cheapest change with which the contract would hold; an empty one where none can be told."""
    found = verdict.tensor
    if found is None or not isinstance(found.source, int):
        return NONE
    uses = [trace.uses[index] for index in reversed(behind(trace, found.source))]
    subject = contract.subject
    if subject == "rf":
        return _wider(trace, contract, verdict) or _narrower(trace, contract, verdict, uses) or NONE
    return CURES[subject](trace, contract, verdict, uses) or NONE


def _wider(trace: Trace, contract: Contract, verdict: Verdict) -> Cure | None:
    found, axis = verdict.tensor, verdict.axis
    if found is None or not isinstance(found.source, int):
        return None
    here = seen(trace, found.source, found.name, axis)
    wanted = ceil(contract.values[0]) + (contract.relation == ">")
    wide = widening(trace, found.source, found.name, axis)
    if not here or here >= wanted or contract.relation.startswith("<") or not wide:
        return None
    last = last_window(wide)
    return Cure(further_layers(trace, last, found.name, axis, here, wanted), (), trace.standing_for(last).place)


def is_chain(uses: Sequence[Use]) -> bool:
    """Whether each of these uses reads one tensor only."""
    return all(sum(operand.source is not None for operand in use.operands) == 1 for use in uses)


def _narrower(trace: Trace, contract: Contract, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """The layer that, with a smaller dilation or without its taps, makes the field as small as is wanted."""
    found, axis = verdict.tensor, verdict.axis
    if found is None or not is_chain(uses):
        return None
    here = seen(trace, found.source, found.name, axis)
    most = int(contract.values[0]) - (contract.relation == "<")
    adds = [(_added(trace, use, found.name, axis), use) for use in uses if spatial_rank(use)]
    enough = [(by, use) for by, use in adds if by >= here - most > 0]
    if not here or not enough:
        return None
    by, use = min(enough, key=lambda row: row[0])
    return Cure(f"; without the {by} that {named(use)} adds it would see {here - by}", (made(use, f"adds {by}"),))


def _added(trace: Trace, use: Use, name: str, axis: int) -> int:
    return seen(trace, use.index, name, axis) - most_before(trace, use, name, axis)


def _stride(trace: Trace, contract: Contract, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """The use that takes the jump from what is wanted to what it is; or which stride is missing."""
    found, axis, wanted = verdict.tensor, verdict.axis, contract.values[0]
    jump = _jump(trace, found.source, found.name, axis) if found else None
    if found is None or jump is None or contract.relation != "==":
        return None
    if wanted > jump:
        ratio = wanted / jump
        return Cure(f"; a further stride of {ratio} is missing") if ratio.denominator == 1 else None
    for use in uses:
        before = [_jump(trace, operand.source, found.name, axis) for operand in use.operands]
        if _jump(trace, use.index, found.name, axis) == jump and before == [wanted]:
            text = f"; the stride of {named(use)} takes them from {wanted} to {jump}"
            place = place_of(use, "stride")
            return Cure(text, ((place, f"takes units from {wanted} to {jump} apart"),))
    return None


def _jump(trace: Trace, source: int | str | None, name: str, axis: int) -> Fraction | None:
    if not isinstance(source, int):
        return Fraction(1) if source == name else None
    field = fields(trace)[source].get(name, ())
    interval = field[axis].interval if axis < len(field) else None
    return interval.jump if interval else None


def _dense(trace: Trace, contract: Contract, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """Other rates for the dilated layers of a chain with stride 1, with which all is read."""
    sliding = [one for one in map(_alike, uses) if one is not None]
    slides = [use for use in uses if spatial_rank(use)]
    if not is_chain(uses) or len(sliding) < len(slides) or any(one.stride > 1 for one in sliding):
        return None
    wide = [one for one in reversed(sliding) if one.kernel > 1]
    kernels, rates = [one.kernel for one in wide], [one.dilation for one in wide]
    if not all(map(is_convolution, slides)) or len(wide) < 2 or max(rates) == 1:
        return None
    better = dense_rates(kernels, extent(kernels, rates))
    listed = ", ".join(map(str, better))
    return Cure(f"; dilations {listed} read all of {extent(kernels, better)}")


def _alike(use: Use) -> Window | None:
    """The window of a layer that is the same along all axes."""
    every = {window(use, axis) for axis in range(spatial_rank(use))}
    return every.pop() if len(every) == 1 else None


def _left(trace: Trace, contract: Contract, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """The first use behind which units look ahead."""
    found = verdict.tensor
    ahead = list(_looking_ahead(trace, uses, found.name)) if found else []
    if not ahead:
        return None
    first = ahead[-1]
    pads = is_convolution(first) and first.layer.args.get("padding") not in ((0,), "valid", None)
    how = f"the padding of {named(first)} belongs on the left" if pads else f"from {named(first)} on"
    return Cure(f"; {how}", ((place_of(first, "padding") if pads else first.place, "from here on it looks ahead"),))


def _looking_ahead(trace: Trace, uses: Sequence[Use], name: str) -> Iterator[Use]:
    for use in uses:
        field = fields(trace)[use.index].get(name, ())
        if len(field) == 1 and field[0].interval and look_ahead(field[0].interval) > 0:
            yield use


def _padded(trace: Trace, contract: Contract, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """The padding that the only layer lacks that shrinks a chain."""
    found = verdict.tensor
    if found is None or not is_chain(uses):
        return None
    axis = verdict.axis - len(found.axes)
    layer = shrinking_layer([uses], axis)
    size, here = trace.spatial_sizes(found.name)[axis], found.shape[axis]
    if layer is None or is_changed_otherwise(uses, layer, axis) or size - here != shrinkage(layer, axis):
        return None
    return Cure(lacking(layer, axis).replace(": ", "; ", 1), (made(layer, "this layer changes the size"),))


def is_changed_otherwise(uses: Sequence[Use], layer: Use, axis: int) -> bool:
    """Whether a use with a window, other than the layer, has a stride."""
    slides = [window(use, spatial_rank(use) + axis) for use in uses if spatial_rank(use) and use is not layer]
    return any(one is None or one.stride > 1 for one in slides)


CURES: dict[str, Callable[[Trace, Contract, Verdict, Sequence[Use]], Cure | None]] = {
    "jump": _stride,
    "reached": _dense,
    "causal": _left,
    "size": _padded,
}
