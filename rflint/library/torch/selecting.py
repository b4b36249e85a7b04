"""Parts of a tensor by name of an axis: narrow, select, gather, index_select, and what depends on values."""

from __future__ import annotations

from rflint import dims
from rflint.interp.values import Tensor, Value, find_unknown, is_size
from rflint.library.torch.arithmetic import positions
from rflint.library.torch.broadcasting import axis, pointwise, stretched, untold
from rflint.library.torch.literals import distinct
from rflint.library.torch.op import Op, fresh, kept, unread
from rflint.library.torch.reductions import along
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.slicing import cut
from rflint.library.torch.tensor import copied, tensor_function
from rflint.trace import Read, Shape

BY_INDEX = "which positions are read depends on an index"
COUNTED = "how many positions there are depends on data"


@tensor_function("narrow", signature="input, dim, start, length")
def narrow(op: Op, input: Tensor, dim: Value, start: Value, length: Value) -> Value:
    """`narrow(dim, start, length)`: a slice."""
    at = axis(dim, len(input.shape or ()))
    if isinstance(at, str) or not input.shape:
        return op.opaque([input], str(at))
    if not is_size(start) or not is_size(length):
        doubt = find_unknown([start, length])
        return along(op, input, at, length, unread(at, doubt.reason if doubt is not None else "the slice is not known"))
    size = input.shape[at]
    first = start + size if dims.less(start, 0) else start
    if dims.less(size, first + length):
        return op.opaque([input], Refusal(f"a slice of {length} from {first} on leaves the {size} positions"))
    return along(op, input, at, length, cut(size, slice(first, first + length)).read(at))


@tensor_function("select", signature="input, dim, index")
def select(op: Op, input: Tensor, dim: Value, index: Value) -> Value:
    """`select(dim, index)`: one position; its axis disappears."""
    shape = input.shape or ()
    at = axis(dim, len(shape))
    if isinstance(at, str) or not shape:
        return op.opaque([input], str(at))
    if is_size(index) and (dims.at_most(shape[at], index) or dims.less(index, -shape[at])):
        return op.opaque([input], Refusal(f"there is no position {index} among {shape[at]}"))
    reads = [*pointwise(at), Read("mixed"), *(kept(to) for to in range(at, len(shape) - 1))]
    return op.emit([(input, reads)], (*shape[:at], *shape[at + 1 :]), input.reason)


@tensor_function("index_select", signature="input, dim, index, *, out=None")
def index_select(op: Op, input: Tensor, dim: Value, index: Value) -> Value:
    """`index_select(dim, index)`: these positions of an axis."""
    shape = index.shape if isinstance(index, Tensor) else None
    size = dims.product(shape) if shape is not None else op.call.unknown("how many positions are chosen is not known")
    if shape is not None and len(shape) > 1:
        return op.refuse([input], f"an index with {len(shape)} axes, where a vector belongs")
    at = axis(dim, len(input.shape or ()))
    return along(op, input, at if isinstance(at, int) else dim, size, unread(None, BY_INDEX))


@tensor_function("gather", signature="input, dim, index, *, sparse_grad=False, out=None")
@tensor_function("take_along_dim", signature="input, index, dim=None, *, out=None", base="gather")
def gather(op: Op, input: Tensor, dim: Value, index: Value, sparse_grad: Value = False) -> Value:
    """`gather(dim, index)`: of the size of the index; other axes are read position by position."""
    at = axis(dim, len(input.shape or ())) if dim is not None else "the axis is not given"
    if isinstance(at, str) or not isinstance(index, Tensor) or index.shape is None:
        return op.opaque([input], at if isinstance(at, str) else getattr(index, "reason", "") or BY_INDEX)
    if len(index.shape) != len(input.shape or ()):
        return op.opaque([input, index], Refusal(f"an index with {len(index.shape)} axes for {len(input.shape or ())}"))
    odd = _unmatched(op, input.shape or (), index.shape, at)
    if odd:
        return op.opaque([input, index], odd)
    reads = [unread(to, BY_INDEX) if to == at else kept(to) for to in range(len(index.shape))]
    return op.emit([(input, reads), (index, pointwise(len(index.shape)))], index.shape, index.reason or input.reason)


def _unmatched(op: Op, shape: Shape, index: Shape, at: int) -> str:
    """Why the other axes of an index do not fit: `take_along_dim` broadcasts them, `gather` wants no more than are."""
    for axis_, (size, wanted) in enumerate(zip(shape, index, strict=True)):
        if axis_ != at and op.layer.kind == "take_along_dim" and stretched(size, wanted)[0] is None:
            return stretched(size, wanted)[1]
        if axis_ != at and op.layer.kind == "gather" and dims.less(size, wanted):
            return Refusal(f"an index of {wanted} positions for {size}")
    return ""


@tensor_function("take", signature="input, index")
def take(op: Op, input: Tensor, index: Value) -> Value:
    """`take(index)`: positions of the flattened tensor."""
    shape = index.shape if isinstance(index, Tensor) else None
    return op.emit([(input, untold(input.shape, BY_INDEX))], shape, BY_INDEX if shape is None else input.reason)


@tensor_function(
    "scatter", "scatter_add", signature="input, dim, index, src=0, *, value=None, reduce=None, out=None", twin=True
)
@tensor_function("scatter_reduce", signature="input, dim, index, src, reduce, *, include_self=True", twin=True)
@tensor_function("index_fill", signature="input, dim, index, value", twin=True)
@tensor_function("index_add", "index_copy", signature="input, dim, index, source, *, alpha=1, out=None", twin=True)
@tensor_function("index_put", signature="input, indices, values, accumulate=False", twin=True)
@tensor_function("masked_scatter", signature="input, mask, source", twin=True)
def scatter(op: Op, input: Tensor, **given: Value) -> Value:
    """Writing at positions that depend on data: what is there afterwards has the same shape."""
    written = [value for value in given.values() if isinstance(value, Tensor) and value.source is not None]
    rows = [(one, untold(one.shape, "it is written where an index says")) for one in written]
    return op.emit([(input, pointwise(len(input.shape or ()))), *rows], input.shape, input.reason)


@tensor_function("nonzero", "argwhere", signature="input, *, as_tuple=False, out=None", makes="int64")
def nonzero(op: Op, input: Tensor, as_tuple: Value = False) -> Value:
    """`nonzero()`: a list of positions."""
    if as_tuple is not False:
        return positions(op, input) if as_tuple is True else op.call.unknown(COUNTED)
    return op.emit([(input, untold(input.shape, COUNTED))], (fresh(), len(input.shape or ())), COUNTED)


@tensor_function("masked_select", signature="input, mask, *, out=None")
def masked_select(op: Op, input: Tensor, mask: Value) -> Value:
    """`masked_select(mask)`: the positions that a mask allows."""
    return op.emit([(input, untold(input.shape, COUNTED))], (fresh(),), COUNTED)


@tensor_function("unique", signature="input, sorted=True, return_inverse=False, return_counts=False, dim=None")
def unique(op: Op, input: Tensor, dim: Value, return_inverse: Value, return_counts: Value, sorted: Value) -> Value:
    """`unique()`: an unknown number of values, unless they are constants."""
    if dim is not None or not isinstance(return_inverse, bool) or not isinstance(return_counts, bool):
        return op.call.unknown(COUNTED)
    found = distinct(input) or _distinct(op, input)
    wanted = [found[0], *found[1:2] * return_inverse, *found[2:] * return_counts]
    return tuple(wanted) if len(wanted) > 1 else wanted[0]


def _distinct(op: Op, input: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """An unknown number of values; where each of them stands, and how often, depends on the same."""
    values = op.emit([(input, untold(input.shape, COUNTED))], (fresh(),), COUNTED)
    inverse = Tensor(input.shape, values.source, "int64", input.reason)
    return values, inverse, copied(values, "int64")
