"""RF207: a dilated convolution is padded as if it were not dilated, or by some other formula that misses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from rflint.checks import rule
from rflint.checks._fixes import same_padding
from rflint.checks._layers import number, one_or_each, spatial_rank
from rflint.checks._places import argument_fix, called, chain, is_constructed, place_of, twins
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Operand, Trace, Use

RESIZING = ("pad", "getitem", "narrow")
"""What makes a map larger or smaller by some rows at its border."""


@rule("RF207", "dilation-padding-mismatch", "warning", fix="unsafe")
def dilation_padding_mismatch(trace: Trace) -> Iterator[Finding]:
    """Whether a padded, dilated, unstrided convolution changes the size, and no pad or crop near it makes up for it."""
    for use in trace.convolutions():
        changes = [size_change(use, axis) for axis in range(spatial_rank(use))]
        if any(changes) and trace.order == "forward" and not is_evened_out(trace, use, changes):
            axis, change = next((axis, change) for axis, change in enumerate(changes) if change)
            padding, dilation, right = number(use, "padding", axis), number(use, "dilation", axis), wanted(use, changes)
            effect = f"shrinks the map by {-change}" if change < 0 else f"makes the map larger by {change}"
            message = f"padding {padding} with dilation {dilation} {effect}; padding={right} keeps its size"
            fix = argument_fix(use, "padding", right, same_padding(use) if all_odd(trace, use) else "")
            yield Finding(place_of(use, "padding"), message, called(use), fix=fix, use=use.index)


def size_change(use: Use, axis: int) -> int:
    """2p - d(k-1), where that is a slip: not for strides, even kernels, no padding, or all of it for one side."""
    if use.layer.args.get("padding_mode", "zeros" if not is_constructed(use) else None) != "zeros":
        return 0
    kernel, stride, padding, dilation = (
        number(use, name, axis) for name in ("kernel_size", "stride", "padding", "dilation")
    )
    if kernel is None or padding is None or dilation is None or stride != 1:
        return 0
    reach = dilation * (kernel - 1)
    is_slip = dilation > 1 and kernel >= 3 and kernel % 2 == 1 and padding not in (0, reach)
    return 2 * padding - reach if is_slip else 0


def wanted(use: Use, changes: list[int]) -> str:
    """The padding that keeps the size, as source text: one number, or one per axis."""
    right = [(number(use, "padding", axis) or 0) - change // 2 for axis, change in enumerate(changes)]
    return one_or_each(right)


def all_odd(trace: Trace, use: Use) -> bool:
    """Whether all layers that the same call builds have odd kernels, so that one formula keeps all their sizes."""
    kernels = [number(twin, "kernel_size", axis) for twin in twins(trace, use) for axis in range(spatial_rank(use))]
    return all(kernel is not None and kernel % 2 == 1 for kernel in kernels)


def is_evened_out(trace: Trace, use: Use, changes: list[int]) -> bool:
    """Whether a pad or crop before or after the layer may make up for what it changes, on any of these axes."""
    first = len(use.operands[0].shape or ()) - len(changes)
    if first < 1:  # any pad or crop may that stands next to a tensor whose axes are not known
        return any(one.base in RESIZING for one in neighbours(trace, use))
    axes = [first + axis for axis, change in enumerate(changes) if change]
    return any(is_resized_before(trace, use, axis) or is_resized_after(trace, use, axis) for axis in axes)


def neighbours(trace: Trace, use: Use) -> Iterator[Use]:
    """What makes the input of a layer, and what its output is made into, as far as the next layers with a window."""
    yield from takewhile(lambda maker: not spatial_rank(maker), chain(trace, use.operands[0].source))
    behind = {use.index}
    for later in trace.uses:
        if not spatial_rank(later) and not behind.isdisjoint(operand.source for operand in later.operands):
            behind.add(later.index)
            yield later


def is_resized_before(trace: Trace, use: Use, axis: int) -> bool:
    """Whether the last use before that changed the size of the axis padded or cropped it."""
    at: int | None = axis
    for maker in chain(trace, use.operands[0].source):
        operand = maker.operands[0] if maker.operands else Operand(None, None)
        at = next((before for before, read in enumerate(operand.reads) if read.to == at), None)
        if at is None or not keeps_size(maker, operand, at):
            return at is not None and pads_or_crops(maker, operand, at)
    return False


def is_resized_after(trace: Trace, use: Use, axis: int) -> bool:
    """Whether a tensor that is made from the output, with the same size, is padded or cropped."""
    waiting, seen = [(use.index, axis)], set[tuple[int, int]]()
    while waiting:
        index, at = waiting.pop()
        readers = trace.consumers().get(index, []) if (index, at) not in seen else []
        seen.add((index, at))
        for reader, number_of in readers:
            operand = reader.operands[number_of]
            if pads_or_crops(reader, operand, at):
                return True
            if keeps_size(reader, operand, at):
                waiting.append((reader.index, operand.reads[at].to or 0))
    return False


def keeps_size(use: Use, operand: Operand, axis: int) -> bool:
    """Whether an axis of an operand has the same size in the output."""
    to = operand.reads[axis].to if axis < len(operand.reads) else None
    if to is None or operand.shape is None or use.output is None:
        return False
    return equal(operand.shape[axis], use.output[to]) is True


def pads_or_crops(use: Use, operand: Operand, axis: int) -> bool:
    """Whether the positions of an axis are passed on one by one, but more or fewer of them."""
    access = operand.reads[axis].access if axis < len(operand.reads) else None
    if access is None or access.step != 1 or [len(taps) for taps in access.taps] != [1]:
        return False
    return use.output is not None and not keeps_size(use, operand, axis)
