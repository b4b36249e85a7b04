"""RF406: tensors are put together whose shapes differ on another axis than the one along which they are joined."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._branches import Cause, difference
from rflint.checks._layers import times
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Operand, Shape, Trace, Use


@rule("RF406", "cat-shape-mismatch", "error", fix="unsafe")
def cat_shape_mismatch(trace: Trace) -> Iterator[Finding]:
    """Whether two of the tensors differ, for every input size, on an axis that torch wants to be equal."""
    for use in trace.uses:
        if use.base not in ("cat", "stack") or use.conditional or not isinstance(use.layer.args.get("dim"), int):
            continue
        pair = clashing(use)
        if pair is not None:
            yield finding(trace, use, *pair)


def clashing(use: Use) -> tuple[Operand, Operand, int | None] | None:
    """The first tensor, one that does not go with it, and the axis, from the right; None if their ranks differ."""
    known = [(one, one.shape) for one in use.operands if one.shape is not None]
    if use.base == "cat":  # torch skips empty tensors with one axis
        known = [(one, shape) for one, shape in known if shape != (0,)]
    for other, shape in known[1:]:
        first, wanted = known[0]
        if len(shape) != len(wanted):
            return first, other, None
        axis = first_difference(wanted, shape, joined_axis(use, len(shape)))
        if axis is not None:
            return first, other, axis
    return None


def joined_axis(use: Use, rank: int) -> int | None:
    """The axis, counted from the right, on which sizes may differ: none of `stack`."""
    dim = use.layer.args["dim"]
    return (dim if dim < 0 else dim - rank) if use.base == "cat" else None


def first_difference(a: Shape, b: Shape, but: int | None) -> int | None:
    """The first axis, counted from the right, on which two sizes are never equal."""
    axes = (axis for axis in range(-len(b), 0) if axis != but)
    return next((axis for axis in axes if equal(a[axis], b[axis]) is False), None)


def finding(trace: Trace, use: Use, first: Operand, other: Operand, axis: int | None) -> Finding:
    """What is joined with what, and why they differ, where only two tensors meet."""
    verb = "joins" if use.base == "cat" else "stacks"
    along = f" along axis {use.layer.args['dim']}" if use.base == "cat" else ""
    cause = difference(trace, use, axis) if axis is not None and len(use.operands) == 2 else Cause()
    message = f"{verb} {times(first.shape)} and {times(other.shape)}{along}{cause.text}"
    return Finding(use.place, message, cause.related, fix=cause.fix, use=use.index)
