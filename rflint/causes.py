"""One cause, one finding: what follows from a defect that is reported already is not reported again."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from rflint.checks._branches import own_layers
from rflint.checks._layers import size_given
from rflint.checks._mended import misfitting_paddings
from rflint.checks._places import chain
from rflint.diagnostics import Finding, Rule
from rflint.dims import Size, equal
from rflint.trace import Place, Trace, Use
from rflint.trail import changes_shape

WANTED = {
    "RF401": ("in_channels",),
    "RF402": ("in_features",),
    "RF403": ("num_features", "num_channels", "num_parameters"),
}
"""The rules about a number of channels or features that is not given, and the arguments that say which is wanted."""
MEETING = ("RF405", "RF406")
"""The rules about tensors that meet with different sizes."""
EXPLAINING = ("RF305",)
"""Rules that say at such a use why the sizes differ."""
RESIZING = ("RF207", "RF504")
"""Rules about a layer that makes another size than is meant."""
UNEVEN = ("RF502", "RF504")
"""Rules about a transposed convolution whose kernel is too small for its stride; the first one says all."""
OUTRANKED = {
    "RF301": ("RF412",),
    "RF309": ("RF412",),
    "RF413": ("RF403", "RF412"),
    "RF423": tuple(f"RF{number}" for number in (*range(301, 314), *range(401, 423), *range(501, 510))),
}
"""Errors of which others at the same operation say more: that its axes are others than those it takes, for example."""
MOST_RELATED = 4
"""So many findings of the same cause at most are named by the one that stays."""
Cause = Hashable


class Found(NamedTuple):
    """A finding and its rule."""

    rule: Rule
    finding: Finding

    @property
    def severity(self) -> str:
        """How serious it is."""
        return self.finding.severity or self.rule.severity

    @property
    def where(self) -> tuple[str, Place]:
        """Findings with the same code at the same place become one anyway, with a count."""
        return self.rule.code, self.finding.place


def one_for_each_cause(trace: Trace, found: Sequence[Found]) -> list[Found]:
    """The findings without those that follow from another one, which names their places instead."""
    told: dict[Cause, Found] = {}
    followers: dict[tuple[str, Place], list[Found]] = {}
    heads = []
    for one in sorted(found, key=urgency):
        causes = list(own_causes(trace, one))
        head = next((told[cause] for cause in causes if cause in told), one)
        if head.where == one.where:
            heads.append(one)
        else:
            followers.setdefault(head.where, []).append(one)
        for cause in (*causes, *explained(trace, one)):
            told.setdefault(cause, head)
    return [with_followers(one, followers.pop(one.where, [])) for one in heads]


def urgency(one: Found) -> tuple[bool, float, bool]:
    """Errors first, and as torch comes to them, at one use those first that say more; findings about no use last."""
    use = float("inf") if one.finding.use is None else one.finding.use
    return one.severity != "error", use, one.rule.code in OUTRANKED


def with_followers(head: Found, followers: Sequence[Found]) -> Found:
    """The finding with the places of those that follow from it, and with the edit of one that says why."""
    more = tuple((one.finding.place, f"of the same cause: {one.finding.message}") for one in followers[:MOST_RELATED])
    reasons = (one.finding.fix for one in followers if one.rule.code in (*RESIZING, *EXPLAINING))
    fix = head.finding.fix or next((edit for edit in reasons if edit), None)
    return head._replace(finding=replace(head.finding, related=(*head.finding.related, *more), fix=fix))


def own_causes(trace: Trace, one: Found) -> Iterator[Cause]:
    """What is wrong, such that another finding with one of these follows from it."""
    use = None if one.finding.use is None else trace.uses[one.finding.use]
    code = one.rule.code
    if use is None:
        return
    if code in WANTED:
        axis = -1 if code == "RF402" else 1
        names = [name for name in WANTED[code] if name in use.layer.args and use.operands]
        yield from (maker(trace, use, 0, axis, use.layer.args[name]) for name in names)
    if code in MEETING:
        yield from unequal(trace, use)
    if code in (*MEETING, *EXPLAINING):
        yield "sizes at", use.index
    if code in RESIZING:
        yield "resizes", use.index
    if code in UNEVEN:
        yield "uneven", use.index
    if code in OUTRANKED:
        yield code, use.index


def explained(trace: Trace, one: Found) -> Iterator[Cause]:
    """What else a finding explains: what others say of the use; who is to blame where sizes of maps differ."""
    yield from ((code, one.finding.use) for code, above in OUTRANKED.items() if one.rule.code in above)
    if one.rule.code == "RF402" and one.finding.use is not None:
        linear = trace.uses[one.finding.use]
        wanted = size_given(linear, "in_features")
        slips = misfitting_paddings(trace, linear, wanted) if wanted is not None else ()
        yield from (("resizes", layer.index) for layer in slips)
    if one.rule.code not in MEETING or one.finding.use is None or len(trace.uses[one.finding.use].operands) != 2:
        return
    use = trace.uses[one.finding.use]
    rank = len(use.operands[0].shape or ())
    if any(rank + axis > 1 for axis in apart(use)):
        yield from (("resizes", layer.index) for branch in own_layers(trace, use) for layer in branch)


def unequal(trace: Trace, use: Use) -> Iterator[Cause]:
    """Who made the operands that differ; where it is on one axis, each may be to blame, as for the input of a layer."""
    ends = [next((one.index for one in chain(trace, o.source) if changes_shape(one)), o.source) for o in use.operands]
    yield "sizes of", frozenset(ends)
    axes, shapes = apart(use), [operand.shape or () for operand in use.operands]
    if len(axes) == 1 and len(shapes) == 2:
        (axis,) = axes
        yield maker(trace, use, 0, axis, shapes[1][axis])
        yield maker(trace, use, 1, axis, shapes[0][axis])


def apart(use: Use) -> list[int]:
    """The axes, counted from the right, on which the first two operands never have the same size, nor 1."""
    a, b = (operand.shape or () for operand in use.operands[:2])
    joined = use.layer.args.get("dim") if use.base == "cat" else None
    but = joined - len(a) if isinstance(joined, int) and joined >= 0 else joined
    axes = [axis for axis in range(-min(len(a), len(b)), 0) if axis != but]
    return [axis for axis in axes if equal(a[axis], b[axis]) is False and 1 not in (a[axis], b[axis])]


def maker(trace: Trace, use: Use, operand: int, axis: int, wanted: object) -> Cause:
    """Who made the size of an axis of an operand, behind all that leave it as it is, and the size that is wanted."""
    source, shape = use.operands[operand].source, use.operands[operand].shape or ()
    at = axis % len(shape) if shape else 0
    for one in chain(trace, source):
        source = one.index
        if not leaves(one, at):
            break
        source = one.operands[0].source
    return "wants", source, wanted


def leaves(use: Use, axis: int) -> bool:
    """Whether a use leaves an axis as its first operand has it."""
    first = use.operands[0] if use.operands else None
    if first is None or axis >= len(first.reads) or axis >= len(first.shape or ()) or axis >= len(use.output or ()):
        return False
    before: Size = (first.shape or ())[axis]
    kept = first.reads[axis].how == "kept" and first.reads[axis].to == axis
    return kept and equal(before, (use.output or ())[axis]) is True
