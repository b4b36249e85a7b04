"""How far apart in memory the neighbours along each axis lie, and which shapes a view without a copy can have.

Followed only where it is certain: from inputs and from layers that make a tensor of their own, through permutations and
slices.  Images may be in either order, channels first or last, so what is refused is refused in both.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import prod
from operator import mul

from rflint.interp.values import Tensor
from rflint.library.torch.op import Op
from rflint.trace import Read, Shape, Use

Strides = tuple[int, ...]
IN_ORDER = ("Linear", "LayerNorm", "Embedding")
"""Layers whose output lies in the order of its axes, whatever their input does."""


def layouts(op: Op, tensor: Tensor) -> tuple[Strides, ...]:
    """The strides that a tensor may have, () where they are not known."""
    shape = _whole(tensor.shape)
    if tensor.layouts or shape is None:
        return tensor.layouts
    maker = op.call.interp.recorder.uses[tensor.source] if isinstance(tensor.source, int) else None
    if tensor.source is None or (maker is not None and not _is_own(maker)):
        return ()
    if len(shape) in (4, 5) and (maker is None or maker.base.startswith("Conv")):
        return in_order(shape), _channels_last(shape)
    return (in_order(shape),)


def _is_own(use: Use) -> bool:
    """Whether an operation makes a tensor of its own, in one of the two usual orders."""
    if use.given is not None or use.conditional:
        return False
    ranks = [len(operand.shape or ()) for operand in use.operands]
    batched = use.base == "matmul" and ranks in ([3, 3], [4, 4])
    return batched or use.base.startswith("Conv") or use.base in IN_ORDER


def _whole(shape: Shape | None) -> tuple[int, ...] | None:
    """A shape whose sizes are all known numbers; None for others."""
    sizes = tuple(size for size in shape or () if isinstance(size, int))
    return sizes if shape is not None and len(sizes) == len(shape) else None


def in_order(shape: Sequence[int]) -> Strides:
    """The strides of a tensor whose last axis lies closest."""
    return tuple(accumulate(shape[:0:-1], mul, initial=1))[::-1] if shape else ()


def _channels_last(shape: Sequence[int]) -> Strides:
    """Those of an image whose channels lie closest."""
    batch, *spatial, channels = in_order((shape[0], *shape[2:], shape[1]))
    return (batch, channels, *spatial)


def rearranged_layouts(op: Op, input: Tensor, order: Sequence[int | None]) -> tuple[Strides, ...]:
    """The strides of the same numbers with their axes in another order; None is a new axis."""
    return tuple(tuple(0 if at is None else strides[at] for at in order) for strides in layouts(op, input))


def cut_layouts(op: Op, input: Tensor, reads: Sequence[Read], rank: int) -> tuple[Strides, ...]:
    """The strides of a part of a tensor, of which every axis is a slice or one position; () if one is neither."""
    if any(read.how not in ("kept", "mixed") for read in reads):
        return ()
    rows = [(at, read) for at, read in enumerate(reads) if read.to is not None]
    steps = {read.to: (at, read.access.step if read.access is not None else 1) for at, read in rows}
    return tuple(
        tuple(strides[steps[to][0]] * steps[to][1] if to in steps else 0 for to in range(rank))
        for strides in layouts(op, input)
    )


def must_copy(input: Tensor, wanted: Shape) -> bool:
    """Whether no view of a tensor has this shape, however its numbers lie."""
    shape, new = _whole(input.shape), _whole(wanted)
    if not input.layouts or shape is None or new is None:
        return False
    return not any(_fits(shape, strides, new) for strides in input.layouts)


def _fits(shape: Sequence[int], strides: Strides, wanted: Sequence[int]) -> bool:
    """Whether the axes that are merged or cut lie one within the other; torch's `computeStride`."""
    if prod(shape) == 0 or not shape:
        return True
    left, step, held, made = len(wanted) - 1, strides[-1], 1, 1
    for at in reversed(range(len(shape))):
        held *= shape[at]
        if at == 0 or (shape[at - 1] != 1 and strides[at - 1] != held * step):
            while left >= 0 and (made < held or wanted[left] == 1):
                made *= wanted[left]
                left -= 1
            if made != held:
                return False
            step, held, made = strides[max(at - 1, 0)], 1, 1
    return left == -1
