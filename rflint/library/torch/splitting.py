"""One tensor cut into several: chunk, split, tensor_split, unbind.  Every piece is a use of its own."""

from __future__ import annotations

from collections.abc import Sequence

from rflint import dims, field
from rflint.dims import Size
from rflint.interp import budget
from rflint.interp.values import Tensor, Unknown, Value, find_unknown, is_size
from rflint.library.torch.broadcasting import axis, pointwise
from rflint.library.torch.joining import sum_of
from rflint.library.torch.literals import pieces, values_of
from rflint.library.torch.op import Op, fresh, has_rest, kept, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import tensor_function
from rflint.trace import Read


def cut_up(op: Op, input: Tensor, at: int, sizes: Sequence[Size]) -> Value:
    """The pieces of these sizes along an axis, one after the other."""
    known = values_of(input)
    if isinstance(known, list) and at == 0 and all(isinstance(size, int) for size in sizes):
        return tuple(pieces(known, [int(size) for size in sizes], input.dtype))
    shape = input.shape or ()
    made: list[Tensor] = []
    start: Size = 0
    for size in sizes:
        first = (
            Read("kept", at, field.shifted(start)) if isinstance(start, int) else unread(at, "where it begins varies")
        )
        reads = [*pointwise(at), first, *pointwise(len(shape))[at + 1 :]]
        piece = op.emit([(input, reads)], (*shape[:at], size, *shape[at + 1 :]), input.reason)
        piece.dtype = input.dtype
        made.append(piece)
        start = start + size
    return tuple(made)


def whole_pieces(size: Size, length: Size) -> list[Size] | None:
    """The sizes of pieces of one length that fill an axis, the last one maybe smaller; None if their number varies."""
    if dims.equal(size, length) is True:
        return [size]
    if not isinstance(size, int) or not isinstance(length, int):
        count = size // length
        return [length] * count if isinstance(count, int) and dims.equal(length * count, size) else None
    if length < 1 or size > budget.ITERATIONS * length:
        return None
    return [min(length, size - start) for start in range(0, size, length)] or [0]


@tensor_function("split", signature="input, split_size=None, dim=0, *, split_size_or_sections=None")
@tensor_function("split_with_sizes", signature="input, split_sizes, dim=0", base="split")
def split(op: Op, input: Tensor, dim: Value, **given: Value) -> Value:
    """`split(size, dim)`, `split(sizes, dim)`."""
    wanted = next((value for value in given.values() if value is not None), None)
    at = axis(dim, len(input.shape or ()))
    if isinstance(at, str) or not input.shape:
        return op.opaque([input], str(at))
    size = input.shape[at]
    if isinstance(wanted, (list, tuple)) and not has_rest(wanted):
        lengths = [one if is_size(one) else fresh() for one in wanted]
        if any(dims.less(one, 0) for one in lengths):
            return tuple(op.refuse([input], "pieces of less than nothing") for _ in lengths)
    elif isinstance(wanted, int) and (wanted < 0 or (wanted == 0 and dims.equal(size, 0) is False)):
        return op.refuse([input], f"pieces of {wanted}")
    elif isinstance(wanted, (int, dims.Dim)):
        found = whole_pieces(size, wanted)
        if found is None:
            return op.call.unknown(f"how many pieces of {wanted} an axis of size {size} has is not known")
        lengths = found
    else:
        doubt = find_unknown(wanted) or op.call.unknown("the sizes of the pieces are not known")
        return Unknown(doubt.reason, doubt.place)
    if dims.equal(sum_of(lengths), size) is False:
        return tuple(op.refuse([input], f"pieces of {sum_of(lengths)} of an axis of size {size}") for _ in lengths)
    return cut_up(op, input, at, lengths)


@tensor_function("chunk", signature="input, chunks, dim=0")
def chunk(op: Op, input: Tensor, chunks: Value, dim: Value) -> Value:
    """`chunk(n, dim)`: pieces of ⌈size/n⌉, which can be fewer than n."""
    at = axis(dim, len(input.shape or ()))
    if isinstance(at, str) or not input.shape or not isinstance(chunks, int) or chunks < 1:
        none = Refusal(f"{chunks} pieces") if isinstance(chunks, int) else "how many pieces is not known"
        return find_unknown(chunks) or op.opaque([input], at if isinstance(at, str) else none)
    size = input.shape[at]
    length = (size + chunks - 1) // chunks
    lengths = whole_pieces(size, length)
    if lengths is None and chunks == 2:
        lengths = [length, size - length]
    if lengths is None:
        return op.call.unknown(f"how many pieces chunk({chunks}) makes of an axis of size {size} is not known")
    return cut_up(op, input, at, lengths)


@tensor_function("tensor_split", signature="input, sections=None, dim=0, *, indices=None, indices_or_sections=None")
def tensor_split(op: Op, input: Tensor, dim: Value, **given: Value) -> Value:
    """`tensor_split(n, dim)`: n pieces, the first ones larger by one; `tensor_split(ends, dim)`."""
    wanted = next((value for value in given.values() if value is not None), None)
    at = axis(dim, len(input.shape or ()))
    if isinstance(at, str) or not input.shape:
        return op.opaque([input], str(at))
    size = input.shape[at]
    if isinstance(wanted, int) and 0 < wanted <= budget.COLLECTION:
        return cut_up(op, input, at, [(size + wanted - 1 - number) // wanted for number in range(wanted)])
    if not isinstance(wanted, (list, tuple)) or not all(is_size(end) for end in wanted):
        return find_unknown(wanted) or op.call.unknown("where the pieces begin is not known")
    ends = [_end(value, size) for value in wanted]
    lengths = [dims.maximum(0, end - start) for start, end in zip([0, *ends], [*ends, size], strict=True)]
    return cut_up(op, input, at, lengths)


def _end(end: Size, size: Size) -> Size:
    """Where a piece ends that a slice `[:end]` would cut off; numbers below 0 count from the end of the axis."""
    below = dims.less(end, 0)
    if below is None:
        return fresh()
    return dims.maximum(0, size + end) if below else dims.minimum(end, size)


@tensor_function("unbind", signature="input, dim=0")
def unbind(op: Op, input: Tensor, dim: Value) -> Value:
    """`unbind(dim)`: each position of an axis, which disappears."""
    shape = input.shape or ()
    at = axis(dim, len(shape))
    if isinstance(at, str) or not shape:
        return op.opaque([input], str(at))
    count = shape[at]
    if not isinstance(count, int) or count > budget.ITERATIONS:
        return op.call.unknown(f"unbind() of an axis of size {count}: declare the input size")
    reads = [*pointwise(at), Read("mixed"), *(kept(to) for to in range(at, len(shape) - 1))]
    made = [op.emit([(input, reads)], (*shape[:at], *shape[at + 1 :]), input.reason) for _ in range(count)]
    for piece in made:
        piece.dtype = input.dtype
    return tuple(made)
