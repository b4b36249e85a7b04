"""What would make a contract hold that does not: the cheapest change that can be told for sure.

Each is the end of a sentence.  Those that are reckoned along one way are named only where the network is a chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from rflint.checks._branches import Related, lacking, shrinking_layer
from rflint.checks._dense import chain_of, denser, wider
from rflint.checks._layers import is_convolution, number, spatial_rank
from rflint.checks._places import made, named, place_of
from rflint.checks._widening import further_layers, last_window, most_before, seen, seen_at, widening
from rflint.contracts import Contract, holds
from rflint.dims import Size
from rflint.geometry.ends import behind
from rflint.geometry.stated import Tensor, Verdict, look_ahead
from rflint.trace import Place, Trace, Use


class Cure(NamedTuple):
    """The end of a sentence, other places, and where the change would be made."""

    text: str = ""
    related: Related = ()
    place: Place | None = None


NONE = Cure()


class Broken(NamedTuple):
    """A contract that does not hold of a tensor, along an axis; and the uses that made it, the last one first."""

    trace: Trace
    contract: Contract
    source: int
    found: Tensor
    axis: int
    uses: Sequence[Use]

    def seen_by(self, source: int | str | None) -> int:
        """How much the units of a tensor see at least; 0 if that is not known."""
        return seen(self.trace, source, self.found.name, self.axis)

    def jump_of(self, source: int | str | None) -> Fraction | None:
        """How far the units of a tensor are apart; None if that is not known, or they stand still or run backwards."""
        at = seen_at(self.trace, source, self.found.name, self.axis)
        return at.jump if at and at.jump > 0 else None

    @property
    def is_chain(self) -> bool:
        """Whether each of the uses reads one tensor only."""
        return all(sum(operand.source is not None for operand in use.operands) == 1 for use in self.uses)


def cure(trace: Trace, contract: Contract, verdict: Verdict) -> Cure:
    """The cheapest change with which the contract would hold; an empty one where none can be told."""
    found = verdict.tensor
    if found is None or not isinstance(found.source, int):
        return NONE
    uses = [trace.uses[index] for index in reversed(behind(trace, found.source))]
    broken = Broken(trace, contract, found.source, found, verdict.axis, uses)
    return next(filter(None, (told(broken) for told in CURES[contract.subject])), NONE)


def _wider(broken: Broken) -> Cure | None:
    trace, contract, name, axis = broken.trace, broken.contract, broken.found.name, broken.axis
    here, wide = broken.seen_by(broken.source), widening(trace, broken.source, name, axis)
    wanted = int(contract.values[0]) + (contract.relation == ">")
    if not here or here >= wanted or contract.relation.startswith("<") or not wide:
        return None
    last, exactly = last_window(wide), contract.relation == "=="
    layers = further_layers(trace, last, name, axis, here, wanted, exactly)
    rates = wider(broken.uses, wanted, exactly) if broken.is_chain else ""
    return Cure(rates + layers, (), trace.standing_for(last).place)


def _narrower(broken: Broken) -> Cure | None:
    """The layer that, with a smaller dilation or without its taps, makes the field as small as is wanted."""
    if not broken.is_chain:
        return None
    here, contract = broken.seen_by(broken.source), broken.contract
    excess = here - int(contract.values[0]) + (contract.relation == "<")
    adds = [(_added(broken, use), use) for use in broken.uses if spatial_rank(use)]
    exactly = contract.relation == "=="
    enough = [(by, use) for by, use in adds if (by == excess if exactly else by >= excess) and excess > 0]
    if not enough:
        return None
    by, use = min(enough, key=lambda row: row[0])
    return Cure(f"; without the {by} that {named(use)} adds it would see {here - by}", (made(use, f"adds {by}"),))


def _added(broken: Broken, use: Use) -> int:
    return broken.seen_by(use.index) - most_before(broken.trace, use, broken.found.name, broken.axis)


def _stride(broken: Broken) -> Cure | None:
    """The stride that is missing, or the one that is too many."""
    contract, jump = broken.contract, broken.jump_of(broken.source)
    if jump is None:
        return None
    wanted = contract.values[0]
    if missing := _missing(contract, jump):
        return Cure(f"; a further stride of {missing} is missing")
    steps = list(_strides(broken))
    if contract.relation == "==":
        last = next((step for step in steps if step.before == wanted and step.after == jump), None)
        return last and _named(last, f"; the stride of {named(last.use)} takes them from {wanted} to {jump}")
    left = [(jump / step.by, step) for step in steps]
    able = [(apart, step) for apart, step in left if holds(contract.relation, apart, apart, wanted)]
    if not able or not broken.is_chain:
        return None
    apart, least = max(able, key=lambda row: row[0])
    return _named(least, f"; without the stride of {named(least.use)} they would be {apart} apart")


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


def _strides(broken: Broken) -> Iterator[_Stride]:
    for use in broken.uses:
        before = {broken.jump_of(operand.source) for operand in use.operands if operand.source is not None}
        after = broken.jump_of(use.index)
        known = before.pop() if len(before) == 1 else None
        if known is not None and after is not None and after > known:
            yield _Stride(use, known, after)


def _missing(contract: Contract, jump: Fraction) -> int:
    """The least further stride with which a jump is wide enough; 0 if it is, or none makes it so."""
    ratio = contract.values[0] / jump
    if contract.relation == "==":
        return int(ratio) if ratio.denominator == 1 else 0
    least = floor(ratio) + 1 if contract.relation == ">" else ceil(ratio)
    return least if least > 1 else 0


def _dense(broken: Broken) -> Cure | None:
    """Other rates, or kernels, for the layers of a chain, with which all is read."""
    found = denser(broken.uses) if broken.is_chain and not broken.contract.relation.startswith("<") else None
    return Cure(found[0], ((found[1], "this would change"),)) if found else None


def _left(broken: Broken) -> Cure | None:
    """The first use behind which units look ahead."""
    ahead = list(_looking_ahead(broken))
    if not ahead:
        return None
    first = ahead[-1]
    pads = is_convolution(first) and first.layer.args.get("padding") not in ((0,), "valid", None)
    how = f"the padding of {named(first)} belongs on the left" if pads else f"from {named(first)} on"
    return Cure(f"; {how}", ((place_of(first, "padding") if pads else first.place, "from here on it looks ahead"),))


def _looking_ahead(broken: Broken) -> Iterator[Use]:
    for use in broken.uses:
        at = seen_at(broken.trace, use.index, broken.found.name, broken.axis)
        if at and look_ahead(at) > 0:
            yield use


def _padded(broken: Broken) -> Cure | None:
    """The padding that the only layer lacks that shrinks a chain."""
    if not broken.is_chain:
        return None
    found, uses, axis = broken.found, broken.uses, broken.axis - len(broken.found.axes)
    layer = shrinking_layer([uses], axis)
    size, here = broken.trace.spatial_sizes(found.name)[axis], found.shape[axis]
    if layer is None or is_strided(uses, axis) or size - here != layer.lost:
        return None
    return Cure(f"; {lacking(layer)}", (made(layer.use, "this layer changes the size"),))


def _restored(broken: Broken) -> Cure | None:
    """The only stride of a chain that would keep the size without it, or the upsampling that brings it back."""
    if not broken.is_chain:
        return None
    found, rows = broken.found, chain_of(list(reversed(broken.uses)))
    strided = [row.use for row in rows if row.window.stride > 1]
    if len(strided) == 1 and not sum(row.window.padding - row.window.extent + 1 for row in rows):
        place = place_of(strided[0], "stride")
        return Cure(f"; with stride=1 {named(strided[0])} would keep it", ((place, "this layer divides the size"),))
    sizes = zip(broken.trace.spatial_sizes(found.name), found.axes, strict=True)
    factors = {None if seen.at is None else _factor(size, found.shape[seen.at]) for size, seen in sizes}
    factor = factors.pop() if len(factors) == 1 else None
    return Cure(f"; an upsampling by {factor} behind it would bring it back") if factor else None


def _factor(size: Size, here: Size) -> int | None:
    """How many times as large one size is as another; None if that is no whole number, or not known."""
    if not isinstance(size, int) or not isinstance(here, int) or here < 1 or size % here:
        return None
    return size // here


def is_strided(uses: Sequence[Use], axis: int) -> bool:
    """Whether a use with a window has a stride, or one that is not known."""
    return any(number(use, "stride", axis) != 1 for use in uses if spatial_rank(use))


CURES: dict[str, tuple[Callable[[Broken], Cure | None], ...]] = {
    "rf": (_wider, _narrower),
    "jump": (_stride,),
    "reached": (_dense,),
    "causal": (_left,),
    "size": (_padded, _restored),
}
