"""RF405: two tensors are added, or joined otherwise position by position, whose shapes do not meet."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._branches import Cause, difference
from rflint.checks._layers import times
from rflint.diagnostics import Finding
from rflint.dims import Size, equal, less
from rflint.trace import Shape, Trace

WORDS = {
    "add": "adds {} to {}",
    "sub": "subtracts {1} from {0}",
    "mul": "multiplies {} by {}",
    "div": "divides {} by {}",
}


@rule("RF405", "add-shape-mismatch", "error", fix="unsafe")
def add_shape_mismatch(trace: Trace) -> Iterator[Finding]:
    """Whether two shapes differ on an axis for every input size, and neither broadcasts."""
    for use in trace.uses:
        a, b = [operand.shape for operand in use.operands] if len(use.operands) == 2 else (None, None)
        axis = clash(a, b) if a is not None and b is not None and use.base in WORDS and not use.conditional else None
        if a is None or b is None or axis is None:
            continue
        cause = difference(trace, use, axis) if len(a) == len(b) else Cause()
        words = WORDS[use.base].format(*map(times, without_batch(a, b)))
        yield Finding(use.place, words + cause.text, cause.related, fix=cause.fix, use=use.index)


def clash(a: Shape, b: Shape) -> int | None:
    """The first axis on which two shapes cannot be broadcast, counted from the right: -1, -2, …"""
    for axis in range(-min(len(a), len(b)), 0):
        if apart(a[axis], b[axis], len(a) == len(b) and len(a) + axis > 1):
            return axis
    return None


def apart(x: Size, y: Size, spatial: bool) -> bool:
    """Whether two sizes differ for every input and neither broadcasts.

    Symbolic sizes such as H and H - 2 meet, by broadcasting, where one of them happens to be 1.  On a spatial axis
    that is as wrong as the exception that all other inputs raise; on the others it may be meant (a batch of 1).
    """
    if equal(x, y) is not False or 1 in (x, y):
        return False
    return spatial or (less(1, x) is True and less(1, y) is True)


def without_batch(a: Shape, b: Shape) -> tuple[Shape, Shape]:
    """The shapes without a batch axis that they share."""
    return (a[1:], b[1:]) if len(a) == len(b) > 2 and a[0] == b[0] else (a, b)
