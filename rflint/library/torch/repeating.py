"""Positions that are repeated, turned round or cut into windows: expand, repeat, roll, flip, unfold."""

from __future__ import annotations

from collections.abc import Sequence

from rflint import dims, field, sizes
from rflint.dims import Size
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Value, find_unknown, is_size
from rflint.library.registry import function, member
from rflint.library.torch.broadcasting import FIRST, axes, axis, broadcast, filled, pointwise, stretched_read
from rflint.library.torch.literals import flipped
from rflint.library.torch.op import Op, fresh, kept, operation, tensor_of, unread
from rflint.library.torch.reductions import along
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.reshaping import flatten
from rflint.library.torch.tensor import TENSOR, moved, tensor_function
from rflint.trace import Read, Shape

UNTILED = f"it is repeated as a whole, and followed for a declared input of up to {field.MAX_PHASES // 3} positions"


@tensor_function("expand", signature="input, *size", under=())
@tensor_function("broadcast_to", signature="input, *size", base="expand")
def expand(op: Op, input: Tensor, size: list[Value]) -> Value:
    """`expand(*sizes)`: axes of size 1 are repeated, -1 leaves a size."""
    return expanded(op, input, size)


@member(TENSOR, "copy_", signature="src, non_blocking=False")
def copy(call: Call, self: Tensor, src: Value, non_blocking: Value) -> Value:
    """`copy_(other)`: from now on the tensor holds the other one's numbers, expanded to its size."""
    op = operation(call, "copy", {}, "copy_")
    other = tensor_of(call, src)
    if isinstance(other, Tensor) and other.shape is not None and self.shape is not None:
        return moved(call, self, expanded(op, other, self.shape))
    source = other if isinstance(other, Tensor) else Tensor(None, reason=other.reason)
    return moved(call, self, op.opaque([source], source.reason or self.reason, self.shape))


@tensor_function("expand_as", signature="input, other", base="expand", under=())
def expand_as(op: Op, input: Tensor, other: Value) -> Value:
    """`expand_as(other)`."""
    if not isinstance(other, Tensor) or other.shape is None:
        return op.opaque([input], getattr(other, "reason", "") or "the shape to take is not known")
    return expanded(op, input, other.shape)


def expanded(op: Op, input: Tensor, wanted: Sequence[Value]) -> Tensor:
    """The use that broadcasts a tensor to these sizes."""
    shape = input.shape or ()
    first = len(wanted) - len(shape)
    if first < 0:
        return op.opaque([input], Refusal(f"expand() to fewer than {len(shape)} axes"))
    if any(is_size(new) and new == -1 for new in wanted[:first]):
        return op.refuse([input], "a new axis has no size to keep, as -1 asks for")
    output: list[Size] = []
    for size, new in zip(filled(shape, len(wanted)), wanted, strict=True):
        if not is_size(new):
            output.append(size if dims.equal(size, 1) is False else fresh())
        elif new == -1:
            output.append(size)
        elif size != 1 and dims.equal(size, new) is False and dims.equal(size, 1) is False:
            return op.refuse([input], f"an axis of size {size} cannot be expanded to {new}")
        else:
            output.append(new)
    doubt = find_unknown(list(wanted))
    reads = [stretched_read(size, output[first + at], first + at) for at, size in enumerate(shape)]
    return op.emit([(input, reads)], tuple(output), doubt.reason if doubt is not None else input.reason)


@function("torch.broadcast_tensors", signature="*tensors")
def broadcast_tensors(call: Call, tensors: tuple[Value, ...]) -> Value:
    """`torch.broadcast_tensors(a, b)`: each expanded to the shape of all."""
    given = [one for one in tensors if isinstance(one, Tensor) and one.shape is not None]
    if len(given) < len(tensors) or not given:
        return find_unknown(list(tensors)) or call.unknown("the shapes to broadcast are not known")
    shape, reason = broadcast([one.shape or () for one in given])
    if shape is None:
        return call.unknown(reason)
    return tuple(expanded(operation(call, "expand", {}, "broadcast_tensors"), one, shape) for one in given)


@tensor_function("tile", signature="input, *dims", base="repeat")
def tile(op: Op, input: Tensor, dims: list[Value]) -> Value:
    """`tile(*dims)`: `repeat`, once along the first axes if fewer are given."""
    return repeat(op, input, [1] * (len(input.shape or ()) - len(dims)) + dims)


@tensor_function("repeat", signature="input, *repeats", under=())
def repeat(op: Op, input: Tensor, repeats: list[Value]) -> Value:
    """`repeat(*repeats)`: the whole tensor again and again along each axis."""
    shape = input.shape or ()
    first = len(repeats) - len(shape)
    if first < 0:
        return op.opaque([input], Refusal(f"repeat() along fewer than {len(shape)} axes"))
    doubt = find_unknown(repeats)
    output = [_times(size, count) for size, count in zip(filled(shape, len(repeats)), repeats, strict=True)]
    reads = [_repeated(size, repeats[first + at], first + at) for at, size in enumerate(shape)]
    return op.emit([(input, reads)], tuple(output), doubt.reason if doubt is not None else input.reason)


def _times(size: Size, count: Value) -> Size:
    return size * count if is_size(count) else fresh()


def _repeated(size: Size, count: Value, to: int) -> Read:
    if is_size(count) and count == 1:
        return kept(to)
    if size == 1:
        return Read("kept", to, FIRST)
    access = field.tiled(size, size * count) if isinstance(size, int) and isinstance(count, int) else None
    return unread(to, UNTILED) if access is None else Read("kept", to, access)


@tensor_function("repeat_interleave", signature="input, repeats, dim=None, *, output_size=None", base="repeat")
def repeat_interleave(op: Op, input: Tensor, repeats: Value, dim: Value, output_size: Value) -> Value:
    """`repeat_interleave(r, dim)`: each position r times."""
    if dim is None:
        input, dim = flatten(op, input, 0, -1), 0
    at = axis(dim, len(input.shape or ()))
    if isinstance(at, str) or not input.shape:
        return op.opaque([input], str(at))
    if not is_size(repeats):
        reason = getattr(repeats, "reason", "") or "how often positions are repeated depends on data"
        size = output_size if is_size(output_size) else op.call.unknown(reason)
        return along(op, input, at, size, unread(at, reason))
    access = field.repeated(repeats) if isinstance(repeats, int) else None
    read = Read("kept", at, access) if access is not None else unread(at, "how often it is repeated is not known")
    return along(op, input, at, input.shape[at] * repeats, read)


@tensor_function("roll", signature="input, shifts, dims=None")
def roll(op: Op, input: Tensor, shifts: Value, dims: Value) -> Value:
    """`roll(shifts, dims)`: what leaves at one end comes back at the other."""
    shape = input.shape or ()
    by = shifts if isinstance(shifts, (list, tuple)) else [shifts]
    at = axes(dims, len(shape)) if dims is not None or len(shape) == 1 else "the axes are rolled as one"
    if isinstance(at, str) or len(set(at)) < len(by) or len(at) != len(by):
        return turned_round(op, input, dims)
    moves = dict(zip(at, by, strict=True))
    reads = [_rolled(moves[to], size, to) if to in moves else kept(to) for to, size in enumerate(shape)]
    return op.emit([(input, reads)], shape, input.reason)


def _rolled(by: Value, size: Size, at: int) -> Read:
    """Position i reads i - by.  What comes back at the other end counts as padding, as with circular padding."""
    if not isinstance(by, int):
        return unread(at, "how far its positions are rolled is not known")
    if isinstance(size, int) and size > 0 and 2 * abs(by) > size:
        by = (by + size // 2) % size - size // 2
    return Read("kept", at, field.shifted(-by))


@tensor_function("flip", signature="input, *dims")
def flip(op: Op, input: Tensor, dims: list[Value]) -> Value:
    """`flip(*dims)`: the last position first."""
    return turned_round(op, input, dims)


def turned_round(op: Op, input: Tensor, dims: Value) -> Value:
    """The use that gives the positions of some axes another order."""
    shape = input.shape or ()
    touched = axes(dims, len(shape))
    if isinstance(touched, str):
        return op.opaque([input], touched)
    known = flipped(input, tuple(touched)) if op.layer.base == "flip" else None
    if known is not None:
        return known
    reads = [_turned(op, size, at) if at in touched else kept(at) for at, size in enumerate(shape)]
    return op.emit([(input, reads)], shape, input.reason)


def _turned(op: Op, size: Size, at: int) -> Read:
    if op.layer.base == "flip" and isinstance(size, int):
        return Read("kept", at, field.strided(size - 1, -1))
    return unread(at, f"{op.layer.kind} changes the order of its positions")


@tensor_function("fliplr", signature="input", base="flip")
def fliplr(op: Op, input: Tensor) -> Value:
    """`fliplr()`: flips the second axis."""
    return turned_round(op, input, (1,))


@tensor_function("flipud", signature="input", base="flip")
def flipud(op: Op, input: Tensor) -> Value:
    """`flipud()`: flips the first axis."""
    return turned_round(op, input, (0,))


@tensor_function("unfold", signature="input, dimension, size, step", under=())
def unfold(op: Op, input: Tensor, dimension: Value, size: Value, step: Value) -> Value:
    """`unfold(dimension, size, step)`: windows along an axis; their positions become the last axis."""
    shape = input.shape or ()
    at = axis(dimension, len(shape))
    if isinstance(at, str) or not shape:
        return op.opaque([input], str(at))
    if not isinstance(size, int) or not isinstance(step, int) or step < 1:
        output: Shape = (*shape[:at], fresh(), *shape[at + 1 :], size if is_size(size) else fresh())
        return op.opaque([input], "the windows are not known", output)
    count = sizes.window(shape[at], size, step, 0, 0, 1)
    if sizes.is_collapsed(count):
        return op.opaque([input], Refusal(f"a window of {size} does not fit into {shape[at]}"))
    reads = [*pointwise(at), Read("kept", at, field.window(size, step)), *pointwise(len(shape))[at + 1 :]]
    return op.emit([(input, reads)], (*shape[:at], count, *shape[at + 1 :], size), input.reason)
