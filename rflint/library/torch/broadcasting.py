"""Sizes that meet: broadcasting, sizes that must agree, and torch's `dim` arguments."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from rflint import dims
from rflint.algebra.questions import aside
from rflint.dims import Size
from rflint.field import Access
from rflint.interp.values import Value, find_unknown
from rflint.library.torch.op import fresh, kept, unread
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, Shape

FIRST = Access(0, (range(1),))
"""Every output position reads position 0: an axis of size 1 that is broadcast."""
Met = tuple[Size | None, str]
"""The size that two sizes make, None if torch raises; and why it is not known, or why torch raises."""


def axis(dim: Value, rank: int) -> int | str:
    """The axis that a `dim` argument names, counted from the front; or why there is none."""
    if not isinstance(dim, int):
        doubt = find_unknown(dim)
        several = Refusal(f"{dim!r} is no single axis") if isinstance(dim, (tuple, list, str, float)) else ""
        return doubt.reason if doubt is not None else several or "the axis is not known"
    if not -max(rank, 1) <= dim < max(rank, 1):
        return Refusal(f"there is no axis {dim} among {rank}")
    return dim % max(rank, 1)


def axes(dim: Value, rank: int) -> tuple[int, ...] | str:
    """The axes that a `dim` argument names, all of them for None and (); or why that is not known."""
    if dim is None or dim in ((), []):
        return tuple(range(rank))
    found = [axis(one, rank) for one in (dim if isinstance(dim, (list, tuple)) else (dim,))]
    reason = next((one for one in found if isinstance(one, str)), None)
    known = tuple(one for one in found if isinstance(one, int))
    twice = Refusal(f"axis {max(known, key=known.count)} is named twice") if len(set(known)) < len(known) else None
    return reason if reason is not None else twice or known


def is_never_one(size: Size) -> bool:
    """Is it certain that the size is not 1?"""
    return dims.equal(size, 1) is False


def simpler(a: Size, b: Size) -> Size:
    """Of two sizes that are equal wherever torch does not raise, the one that says more to a reader."""
    return min(a, b, key=lambda size: (dims.is_unknown(size), not isinstance(size, int), len(str(size))))


def agreed(a: Size, b: Size) -> Met:
    """The size of axes that torch wants to be equal."""
    answer = dims.equal(a, b)
    if answer is False:
        return None, Refusal(f"sizes {a} and {b} do not match")
    return (a if answer else simpler(a, b)), ""


def stretched(a: Size, b: Size) -> Met:
    """The size that two sizes broadcast to: equal ones, or one of them is 1.

    Where neither can be proved it is the greater one, since sizes are positive.
    """
    if a == b or b == 1:
        return a, ""
    if a == 1:
        return b, ""
    answer = dims.equal(a, b)
    if answer is False:
        reason = f"sizes {a} and {b} do not match"
        return (None, Refusal(reason)) if is_never_one(a) and is_never_one(b) else (fresh(), reason)
    if answer:
        return a, ""
    never_one = [size for size in (a, b) if is_never_one(size)]
    if never_one:
        return simpler(never_one[0], never_one[-1]), ""
    if dims.is_unknown(a) or dims.is_unknown(b):
        return fresh(), f"whether sizes {a} and {b} match is not known"
    return dims.maximum(a, b), ""


def broadcast(shapes: Sequence[Shape]) -> tuple[Shape | None, str]:
    """The shape that shapes broadcast to, None if torch raises; and why a size is not known, or why it raises."""
    result = shapes[0]
    reason = ""
    for shape in shapes[1:]:
        rank = max(len(result), len(shape))
        rows = zip(filled(result, rank), filled(shape, rank), strict=True)
        met = [stretched(a, b) for a, b in rows]
        reason = next((why for _, why in met if why), reason)
        sizes = tuple(size for size, _ in met if size is not None)
        if len(sizes) < rank:
            return None, next(why for size, why in met if size is None)
        result = sizes
    return result, reason


def filled(shape: Shape, rank: int) -> Shape:
    """The shape with axes of size 1 in front, up to this rank."""
    return (1,) * (rank - len(shape)) + shape


@lru_cache(maxsize=64)
def pointwise(rank: int) -> tuple[Read, ...]:
    """All axes read position by position and left where they are."""
    return tuple(kept(at) for at in range(rank))


def broadcast_reads(shape: Shape, output: Shape) -> list[Read]:
    """How an operand of this shape is read where it is broadcast to the output."""
    first = len(output) - len(shape)
    return [stretched_read(size, output[first + at], first + at) for at, size in enumerate(shape)]


@aside
def stretched_read(size: Size, output: Size, to: int) -> Read:
    """How an axis is read that is broadcast to the size of output axis `to`.

    Where only some input sizes make the axis 1 while the other one is not, it is read as it is for all the others.
    """
    if size == output:
        return kept(to)
    if size == 1:
        return Read("kept", to, FIRST)
    if dims.equal(size, output) or is_never_one(size) or dims.symbols(size) & dims.symbols(output):
        return kept(to)
    return unread(to, f"whether an axis of size {size} is broadcast is not known")


def untold(shape: Shape | None, reason: str) -> list[Read]:
    """All axes read nobody knows where, and none of them left in the output."""
    return [unread(None, reason)] * len(shape or ())
