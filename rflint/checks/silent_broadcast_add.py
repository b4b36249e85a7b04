"""RF407: two maps are added of which one has a single channel or a single row, so that it is silently repeated."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.checks._maps import maker_of_map
from rflint.checks._places import made, named
from rflint.diagnostics import Finding
from rflint.dims import less
from rflint.receptive import fields
from rflint.trace import Operand, Shape, Trace

GATES = ("Sigmoid", "Softmax", "Tanh", "Hardsigmoid")


@rule("RF407", "silent-broadcast-add", "warning", fix="hint")
def silent_broadcast_add(trace: Trace) -> Iterator[Finding]:
    """Whether one of two maps made by convolutions has size 1 where the other has more, on one axis only."""
    for use in trace.uses:
        if use.base not in ("add", "sub") or len(use.operands) != 2 or use.conditional:
            continue
        a, b = use.operands
        axis = stretched_axis(a.shape, b.shape)
        if axis is None or a.shape is None or b.shape is None:
            continue
        narrow = a if a.shape[axis] == 1 else b
        makers = [maker_of_map(trace, operand.source) for operand in (a, b)]
        if all(makers) and not is_meant(trace, narrow, axis):
            what = "channel" if axis == 1 else "row" if axis == len(a.shape) - 2 else "column"
            verb = "adds" if use.base == "add" else "subtracts"
            message = f"{verb} {times(a.shape[1:])} and {times(b.shape[1:])}: the only {what} of one is repeated"
            related = tuple(made(one, f"{named(one)} makes {times(one.output)}") for one in makers if one)
            yield Finding(use.place, message, related, use=use.index)


def stretched_axis(a: Shape | None, b: Shape | None) -> int | None:
    """The one axis, not that of the batch, on which one has size 1 and the other more; None if there are others."""
    if a is None or b is None or len(a) != len(b):
        return None
    odd = [axis for axis, pair in enumerate(zip(a, b, strict=True)) if pair[0] != pair[1]]
    if len(odd) != 1 or odd[0] == 0:
        return None
    one, many = sorted((a[odd[0]], b[odd[0]]), key=lambda size: size != 1)
    return odd[0] if one == 1 and less(1, many) is True else None


def is_meant(trace: Trace, narrow: Operand, axis: int) -> bool:
    """Whether the one channel is a gate, or the one row what a pool over all rows has left."""
    if axis > 1:
        source = narrow.source
        seen = fields(trace)[source].values() if isinstance(source, int) else ()
        return any(one.whole or one.interval is None for field in seen for one in field)
    return isinstance(narrow.source, int) and trace.uses[narrow.source].base in GATES
