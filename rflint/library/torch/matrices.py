"""Matrices in the last two axes: inverses, determinants, diagonals."""

from __future__ import annotations

from rflint import dims
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Value
from rflint.library.registry import function
from rflint.library.torch.broadcasting import axis, pointwise
from rflint.library.torch.creation import OPTIONS, constant
from rflint.library.torch.op import Op, fresh, kept, unread
from rflint.library.torch.reductions import reduce
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import tensor_function
from rflint.trace import Read

ON_DIAGONAL = "only a diagonal is read"


@tensor_function("inverse", "pinverse", "matrix_exp", "cholesky", signature="input, *, out=None")
@tensor_function(
    "inv", "pinv", "cholesky", signature="A, rcond=None, *, out=None", under=("torch.linalg",), method=False
)
def inverse(op: Op, input: Tensor, rcond: Value = None) -> Value:
    """The inverse of matrices, and what else makes matrices of whole matrices."""
    shape = input.shape or ()
    if len(shape) < 2:
        return op.opaque([input], Refusal("a tensor with fewer than two axes is no matrix"))
    turned = (shape[-1], shape[-2]) if op.layer.kind.startswith("pinv") else shape[-2:]
    reads = [*pointwise(len(shape) - 2), *(Read("whole", at) for at in (len(shape) - 2, len(shape) - 1))]
    return op.emit([(input, reads)], (*shape[:-2], *turned), input.reason)


@tensor_function("det", "logdet", "trace", signature="input, *, out=None")
@tensor_function("det", signature="A, *, out=None", under=("torch.linalg",), method=False)
def determinant(op: Op, input: Tensor) -> Value:
    """One number for each matrix."""
    if op.layer.kind == "trace" and len(input.shape or ()) != 2:
        return op.opaque([input], Refusal(f"the trace of a tensor with {len(input.shape or ())} axes"))
    return reduce(op, input, (-2, -1), False)


@tensor_function("diagonal", signature="input, offset=0, dim1=0, dim2=1")
def diagonal(op: Op, input: Tensor, offset: Value, dim1: Value, dim2: Value) -> Value:
    """`diagonal(offset, dim1, dim2)`: the diagonal of two axes as the last one."""
    shape = input.shape or ()
    a, b = axis(dim1, len(shape)), axis(dim2, len(shape))
    if isinstance(a, str) or isinstance(b, str) or a == b:
        return op.opaque([input], "the axes of the diagonal are not known")
    others = [at for at in range(len(shape)) if at not in (a, b)]
    length = fresh()
    if isinstance(offset, int):
        length = dims.minimum(shape[a] + min(offset, 0), shape[b] - max(offset, 0))
    reads = [kept(others.index(at)) if at in others else unread(len(others), ON_DIAGONAL) for at in range(len(shape))]
    return op.emit([(input, reads)], (*(shape[at] for at in others), length), input.reason)


@tensor_function("diag", signature="input, diagonal=0, *, out=None")
def diag(op: Op, input: Tensor, diagonal: Value) -> Value:
    """`diag`: the diagonal of a matrix, or the matrix with this diagonal."""
    if len(input.shape or ()) == 2:
        return _diagonal_of_matrix(op, input, diagonal)
    if len(input.shape or ()) > 2:
        return op.opaque([input], Refusal(f"diag() of a tensor with {len(input.shape or ())} axes"))
    return embedded(op, input, diagonal)


def _diagonal_of_matrix(op: Op, input: Tensor, offset: Value) -> Tensor:
    rows, columns = input.shape or (0, 0)
    length = dims.minimum(rows, columns) if offset == 0 else fresh()
    return op.emit([(input, [unread(0, ON_DIAGONAL), unread(0, ON_DIAGONAL)])], (length,), input.reason)


@tensor_function("diag_embed", signature="input, offset=0, dim1=-2, dim2=-1")
def diag_embed(op: Op, input: Tensor, offset: Value, dim1: Value, dim2: Value) -> Value:
    """`diag_embed`: matrices with these diagonals."""
    if (dim1, dim2) != (-2, -1):
        return op.opaque([input], "diag_embed() along other than the last axes is not supported")
    return embedded(op, input, offset)


def embedded(op: Op, input: Tensor, offset: Value) -> Tensor:
    """The last axis as the diagonal of a matrix."""
    shape = input.shape or ()
    if not shape:
        return op.opaque([input], "a diagonal without an axis")
    size = shape[-1] + abs(offset) if isinstance(offset, int) else fresh()
    reads = [*pointwise(len(shape) - 1), unread(len(shape) - 1, "it is written to a diagonal")]
    return op.emit([(input, reads)], (*shape[:-1], size, size), input.reason)


@function("torch.triu_indices", "torch.tril_indices", signature=f"row, col, offset=0, *, {OPTIONS}")
def triangle(call: Call, row: Value, col: Value, offset: Value, **options: Value) -> Value:
    """`triu_indices(rows, columns)`: pairs of positions."""
    if not isinstance(row, int) or not isinstance(col, int) or not isinstance(offset, int):
        return constant(call, [2, call.unknown("how many positions a triangle has is not known")], "int64")
    upper = call.name.endswith("triu_indices")
    count = sum(_in_row(i, col, offset, upper) for i in range(row))
    return constant(call, [2, count], "int64")


def _in_row(i: int, columns: int, offset: int, upper: bool) -> int:
    """How many positions of row i lie on and above (or on and below) the diagonal."""
    above = min(max(i + offset, 0), columns)
    below = min(max(i + offset + 1, 0), columns)
    return columns - above if upper else below
