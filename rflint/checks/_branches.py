"""Why the sizes of two branches differ where they meet: which layer shrinks, or strides, on one side only."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import takewhile
from math import prod
from typing import NamedTuple

from rflint.checks._fixes import same_padding, together
from rflint.checks._layers import Window, is_convolution, number, one_or_each, times, window_at, windows
from rflint.checks._places import argument_fix, chain, is_constructed, made, named
from rflint.dims import Size, equal
from rflint.edits import Fix, SetArgument
from rflint.field import IDENTITY
from rflint.trace import Place, Trace, Use

Related = tuple[tuple[Place, str], ...]
Branch = Sequence[Use]


class Cause(NamedTuple):
    """The end of a sentence, places, and an edit if just one would do."""

    text: str = ""
    related: Related = ()
    fix: Fix | None = None


def difference(trace: Trace, use: Use, axis: int) -> Cause:
    """Why two operands of equal rank differ on an axis (counted from the right: -1, -2, …).

    It names one layer only if the padding that keeps its size makes them equal.
    """
    branches = own_layers(trace, use)
    a, b = (operand.shape or () for operand in use.operands[:2])
    if len(a) + axis < 2:
        text = projection(branches, str(a[1]), str(b[1])) if len(a) + axis == 1 else ""
        return Cause(text, makers(branches))
    gap, found = a[axis] - b[axis], shrinking_layer(branches, axis)
    if found and (equal(gap, found.lost) or equal(gap, -found.lost)):
        return Cause(f": {lacking(found)}", (made(found.use, "this layer changes the size"),), padding_fix(found, axis))
    even = drifting(trace, use, axis)
    if even:
        return Cause(one_row(even, axis), (made(even[0], "this layer changes the size"),), keeping_size(even))
    return Cause(strides(branches, axis, gap), makers(branches), rounding_up(branches, axis, gap))


def own_layers(trace: Trace, use: Use) -> list[Branch]:
    """For each of the two operands, the uses that made it and not the other one, newest first."""
    sides = [list(chain(trace, operand.source)) for operand in use.operands[:2]]
    indices = [{layer.index for layer in side} for side in sides]
    return [
        [layer for layer in side if layer.index not in other] for side, other in zip(sides, indices[::-1], strict=True)
    ]


def makers(branches: Sequence[Branch]) -> Related:
    """The last use of each branch, with the shape that it makes."""
    return tuple(
        made(branch[0], f"{named(branch[0])} makes {times(branch[0].output)}") for branch in branches if branch
    )


class Shrinking(NamedTuple):
    """A layer with stride 1 and an odd kernel that shrinks an axis for want of padding, or grows for too much of it."""

    use: Use
    window: Window
    lost: int


def shrinking(use: Use, axis: int) -> Shrinking | None:
    """The layer with its window, if it is such a layer."""
    one = window_at(use, axis)
    if one is None or one.stride > 1 or one.kernel % 2 == 0 or "padding" not in use.layer.args:
        return None
    lost = one.extent - 1 - one.padding
    return Shrinking(use, one, lost) if lost else None


def shrinking_layer(branches: Sequence[Branch], axis: int) -> Shrinking | None:
    """The only such layer of both branches, if none after it changes the scale."""
    found = [
        (branch[:at], one) for branch in branches for at, use in enumerate(branch) if (one := shrinking(use, axis))
    ]
    if len(found) != 1 or any(scale(later, axis) != 1 for later in found[0][0]):
        return None
    return found[0][1]


def drifting(trace: Trace, use: Use, axis: int) -> list[Use]:
    """The layers with an even kernel on one branch whose drifts add up to the difference; [] if they do not.

    Behind them nothing changes the scale: a stride may take up a row, or need it.
    """
    a, b = (operand.shape or () for operand in use.operands)
    if equal(a[axis], b[axis]) is not False or 1 in (a[axis], b[axis]):
        return []
    for sign, branch in zip((1, -1), own_layers(trace, use), strict=True):
        even = [layer for layer in takewhile(lambda one: scale(one, axis) == 1, branch) if drift(layer, axis)]
        total = sum(drift(layer, axis) for layer in even)
        if equal(a[axis] - b[axis], sign * total) is True:
            return even[::-1]
    return []


def drift(use: Use, axis: int) -> int:
    """2p - d·(k - 1) of a convolution with stride 1 and an even kernel, padded as nearly as can be; else 0."""
    one = window_at(use, axis) if is_convolution(use) else None
    change = one.padding - one.extent + 1 if one else 0
    return change if abs(change) == 1 else 0  # no odd kernel changes a size by 1


def lacking(layer: Shrinking) -> str:
    """The padding with which a layer would keep its size."""
    return f"{named(layer.use)} needs padding={layer.window.extent // 2} to keep the size"


def padding_fix(layer: Shrinking, axis: int) -> Fix | None:
    """The edit that gives a layer that padding, and on its other axes the one that it has."""
    use, wanted, every = layer.use, layer.window.extent // 2, windows(layer.use)
    paddings = [number(use, "padding", at) for at in range(len(every))]
    known = [one for one in paddings if one is not None]
    if len(known) < len(every):
        return None
    known[axis] = wanted
    symbolic = same_padding(use) if is_convolution(use) else ""
    return argument_fix(use, "padding", wanted if len(set(every)) == 1 else one_or_each(known), symbolic)


def keeping_size(layers: Sequence[Use]) -> Fix | None:
    """The edit that pads convolutions with stride 1 such that they keep the size, whatever their kernel is."""
    edits = [SetArgument(use.layer, "padding", "'same'") for use in layers if is_constructed(use)]
    return together(edits) if len(edits) == len(layers) else None


def rounding_up(branches: Sequence[Branch], axis: int, gap: Size) -> Fix | None:
    """The edit that lets a pool, where nothing else strides on the shorter branch, make one more window at the edge."""
    if gap not in (1, -1) or any(is_resized(use, axis) for branch in branches for use in branch):
        return None
    strided = [use for use in branches[gap == 1] if scale(use, axis) != 1]
    if len(strided) != 1 or strided[0].layer.args.get("ceil_mode") is not False or not hangs_over(strided[0], axis):
        return None
    return Fix((SetArgument(strided[0].layer, "ceil_mode", "True"),))


def hangs_over(pool: Use, axis: int) -> bool:
    """Whether rows are left for a further window: it has to start on the data or on the padding before them."""
    one, size = window_at(pool, axis), (pool.operands[0].shape or ())[axis]
    if one is None or not isinstance(size, int):
        return False
    made, left = divmod(size + one.padding - one.extent, one.stride)
    return left > 0 and (made + 1) * one.stride < size + one.padding // 2


def is_resized(use: Use, axis: int) -> bool:
    """Whether the size changes though the scale does not: for want of padding, by a crop."""
    if scale(use, axis) != 1:
        return False
    before, after, to = use.operands[0].shape, use.output, use.operands[0].reads[axis].to
    return before is not None and after is not None and to is not None and equal(before[axis], after[to]) is False


def one_row(layers: Sequence[Use], axis: int) -> str:
    """What even kernels of one branch have made of a size."""
    first, *others = layers
    kernel, row = number(first, "kernel_size", axis), "one row more" if drift(first, axis) == 1 else "one row less"
    whose = f" of {named(first)}" + (f" and {len(others)} more" if others else "")
    return f": the even kernel {kernel}{whose} makes {row}, an odd one or padding='same' keeps it"


def is_bare(branch: Branch) -> bool:
    """Whether it passes a tensor on as it is, activations and norms aside: a shortcut without a layer."""
    reads = [read for layer in branch for operand in layer.operands for read in operand.reads]
    return all(read.access == IDENTITY for read in reads)


def projection(branches: Sequence[Branch], first: str, second: str) -> str:
    """What is missing where the channels differ."""
    bare = [is_bare(branch) for branch in branches]
    if sum(bare) != 1:
        return ""
    return f": the shortcut needs a 1×1 convolution that makes {second if bare[0] else first} channels"


def strides(branches: Sequence[Branch], axis: int, gap: Size) -> str:
    """What the strides say where sizes differ; nothing if an axis is scaled up or followed in part."""
    scales = [[scale(layer, axis) for layer in branch] for branch in branches]
    if any(one is None or one.denominator > 1 for branch in scales for one in branch):
        return ""
    first, second = (prod(one for one in branch if one) for branch in scales)
    if first == second:
        others = any(is_resized(use, axis) for branch in branches for use in branch)
        rounded = first > 1 and not others and (not isinstance(gap, int) or abs(gap) == 1)
        return f": both stride by {first}, but round differently" if rounded else ""
    if sum(map(is_bare, branches)) == 1:
        return f": the shortcut lacks stride={max(first, second)}"
    return f": one branch strides by {first}, the other by {second}"


def scale(use: Use, axis: int) -> Fraction | None:
    """How many positions of the first operand there are for one of the output, on an axis counted from the right."""
    reads = use.operands[0].reads if use.operands else ()
    access = reads[axis].access if len(reads) >= -axis else None
    return Fraction(access.step, len(access.taps)) if access else None
