"""What would make a contract hold that does not: the cheapest change that can be told for sure.

Each is the end of a sentence.  Those that are reckoned along one way are named only where the network is a chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from rflint.checks._branches import Related, lacking, shrinkage, shrinking_layer
from rflint.checks._dense import chain_of, denser, wider
from rflint.checks._layers import is_convolution, spatial_rank, window
from rflint.checks._places import made, named, place_of
from rflint.checks._widening import further_layers, last_window, most_before, seen, widening
from rflint.contracts import Contract, holds
from rflint.dims import Size
from rflint.geometry.ends import behind
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
    last, exactly = last_window(wide), contract.relation == "=="
    layers = further_layers(trace, last, found.name, axis, here, wanted, exactly)
    uses = [trace.uses[index] for index in reversed(behind(trace, found.source))]
    rates = wider(uses, wanted, exactly) if is_chain(uses) else ""
    return Cure(rates + layers, (), trace.standing_for(last).place)


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
    exactly = contract.relation == "=="
    enough = [(by, use) for by, use in adds if (by == here - most if exactly else by >= here - most) and here > most]
    if not here or not enough:
        return None
    by, use = min(enough, key=lambda row: row[0])
    return Cure(f"; without the {by} that {named(use)} adds it would see {here - by}", (made(use, f"adds {by}"),))


def _added(trace: Trace, use: Use, name: str, axis: int) -> int:
    return seen(trace, use.index, name, axis) - most_before(trace, use, name, axis)


def _stride(trace: Trace, contract: Contract, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """The stride that is missing, or the one that is too many."""
    found, axis, wanted = verdict.tensor, verdict.axis, contract.values[0]
    jump = _jump(trace, found.source, found.name, axis) if found else None
    if found is None or jump is None:
        return None
    if not contract.relation.startswith("<") and (missing := _missing(contract, jump)):
        return Cure(f"; a further stride of {missing} is missing")
    steps = list(_strides(trace, uses, found.name, axis))
    if contract.relation == "==":
        last = next((step for step in steps if step.before == wanted and step.after == jump), None)
        return last and _named(last, f"; the stride of {named(last.use)} takes them from {wanted} to {jump}")
    able = [step for step in steps if holds(contract.relation, jump / step.by, jump / step.by, wanted)]
    if not able or not is_chain(uses):
        return None
    least = min(able, key=lambda step: step.by)
    return _named(least, f"; without the stride of {named(least.use)} they would be {jump / least.by} apart")


class _Stride(NamedTuple):
    """A use that lays units farther apart, and how far they are before and after it."""

    use: Use
    before: Fraction
    after: Fraction

    @property
    def by(self) -> Fraction:
        return self.after / self.before


def _named(step: _Stride, text: str) -> Cure:
    apart = f"takes units from {step.before} to {step.after} apart"
    return Cure(text, ((place_of(step.use, "stride"), apart),))


def _strides(trace: Trace, uses: Sequence[Use], name: str, axis: int) -> Iterator[_Stride]:
    for use in uses:
        before = {_jump(trace, operand.source, name, axis) for operand in use.operands if operand.source is not None}
        after = _jump(trace, use.index, name, axis)
        known = before.pop() if len(before) == 1 else None
        if known is not None and after is not None and after > known:
            yield _Stride(use, known, after)


def _missing(contract: Contract, jump: Fraction) -> int:
    """The least further stride with which a jump is wide enough; 0 if it is, or none makes it so."""
    ratio = contract.values[0] / jump
    if contract.relation == "==":
        return int(ratio) if ratio > 1 and ratio.denominator == 1 else 0
    least = floor(ratio) + 1 if contract.relation == ">" else ceil(ratio)
    return least if least > 1 else 0


def _jump(trace: Trace, source: int | str | None, name: str, axis: int) -> Fraction | None:
    if not isinstance(source, int):
        return Fraction(1) if source == name else None
    field = fields(trace)[source].get(name, ())
    interval = field[axis].interval if axis < len(field) else None
    return interval.jump if interval else None


def _dense(trace: Trace, contract: Contract, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """Other rates, or kernels, for the layers of a chain, with which all is read."""
    found = denser(uses) if is_chain(uses) and not contract.relation.startswith("<") else None
    return Cure(found[0], ((found[1], "this would change"),)) if found else None


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
        return _restored(trace, verdict, uses)
    return Cure(lacking(layer, axis).replace(": ", "; ", 1), (made(layer, "this layer changes the size"),))


def _restored(trace: Trace, verdict: Verdict, uses: Sequence[Use]) -> Cure | None:
    """The only stride of a chain that would keep the size without it, or the upsampling that brings it back."""
    found, rows = verdict.tensor, chain_of(list(reversed(uses)))
    if found is None or not is_chain(uses):
        return None
    strided = [row.use for row in rows or () if row.window.stride > 1]
    if rows and len(strided) == 1 and not sum(row.window.padding - row.window.extent + 1 for row in rows):
        place = place_of(strided[0], "stride")
        return Cure(f"; with stride=1 {named(strided[0])} would keep it", ((place, "this layer divides the size"),))
    sizes = zip(trace.spatial_sizes(found.name), found.axes, strict=True)
    factors = {_factor(size, found.shape[seen.at]) for size, seen in sizes if seen.at is not None}
    factor = factors.pop() if len(factors) == 1 else None
    return Cure(f"; an upsampling by {factor} behind it would bring it back") if factor else None


def _factor(size: Size, here: Size) -> int | None:
    """How many times as large one size is as another; None if that is no whole number, or not known."""
    if not isinstance(size, int) or not isinstance(here, int) or here < 1 or size % here:
        return None
    return size // here


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
