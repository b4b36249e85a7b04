"""Distances, similarities and vectors: what compares along one axis."""

from __future__ import annotations

from rflint.dims import equal
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Value, is_size
from rflint.library.registry import function
from rflint.library.torch.broadcasting import axes, axis, broadcast, broadcast_reads, pointwise
from rflint.library.torch.op import Op, fresh, functional, layer, operation
from rflint.library.torch.products import factors, product
from rflint.library.torch.tensor import tensor_function
from rflint.trace import Read

FUNCTIONAL = ("torch.nn.functional",)


def compared(op: Op, a: Value, b: Value, dim: Value, keepdim: Value = False) -> Value:
    """Two tensors, broadcast, compared along an axis, which disappears."""
    found = factors(op, [a, b])
    if isinstance(found, Tensor):
        return found
    shape, reason = broadcast([one.shape or () for one in found])
    if shape is None:
        return op.opaque(found, reason)
    at = axis(dim, len(shape))
    if isinstance(at, str):
        return op.opaque(found, at)
    rows = [
        (one, [_without(read, at, keepdim is True) for read in broadcast_reads(one.shape or (), shape)])
        for one in found
    ]
    middle = (1,) if keepdim is True else ()
    return op.emit(rows, (*shape[:at], *middle, *shape[at + 1 :]), reason or found[0].reason)


def _without(read: Read, at: int, stays: bool) -> Read:
    """The same read where axis `at` is read as a whole, and is gone unless it stays."""
    if read.to == at:
        return Read("whole", at if stays else None)
    moved = read.to - 1 if read.to is not None and read.to > at and not stays else read.to
    return Read(read.how, moved, read.access, read.reason)


def cosine(op: Op, x1: Value, x2: Value) -> Value:
    """`cosine_similarity(a, b, dim)`."""
    return compared(op, x1, x2, op.arg("dim"))


def distance(op: Op, x1: Value, x2: Value) -> Value:
    """`pairwise_distance(a, b)` along the last axis."""
    return compared(op, x1, x2, -1, op.arg("keepdim"))


layer("CosineSimilarity", "dim=1, eps=1e-08", cosine, inputs="x1, x2")
layer("PairwiseDistance", "p=2.0, eps=1e-06, keepdim=False", distance, inputs="x1, x2")
for _name, _base, _signature, _transfer in (
    ("cosine_similarity", "CosineSimilarity", "x1, x2, dim=1, eps=1e-08", cosine),
    ("pairwise_distance", "PairwiseDistance", "x1, x2, p=2.0, eps=1e-06, keepdim=False", distance),
):
    functional([f"torch.nn.functional.{_name}", f"torch.{_name}"], _base, _signature, _transfer, inputs=("x1", "x2"))


@function("torch.cdist", signature="x1, x2, p=2.0, compute_mode=None")
def cdist(call: Call, x1: Value, x2: Value, p: Value, compute_mode: Value) -> Value:
    """`cdist(a, b)`: (…, P, M) and (…, R, M) to (…, P, R)."""
    op = operation(call, "cdist", {"p": p})
    found = factors(op, [x1, x2])
    if isinstance(found, Tensor):
        return found
    a, b = (one.shape or () for one in found)
    if len(a) < 2 or len(b) < 2:
        return op.opaque(found, "cdist() of tensors with fewer than two axes")
    made = product(a, (*b[:-2], b[-1], b[-2]))
    if made.shape is None:
        return op.opaque(found, made.reason)
    right = [*made.right[:-2], made.right[-1], made.right[-2]]
    return op.emit([(found[0], made.left), (found[1], right)], made.shape, made.reason)


@tensor_function("normalize", signature="input, p=2.0, dim=1, eps=1e-12, out=None", under=FUNCTIONAL, method=False)
def normalize(op: Op, input: Tensor, p: Value, dim: Value, eps: Value) -> Value:
    """`normalize(x, p, dim)`: each number over the norm along an axis."""
    gone = axes(dim, len(input.shape or ()))
    if isinstance(gone, str):
        return op.opaque([input], gone)
    reads = [Read("whole", at) if at in gone else read for at, read in enumerate(pointwise(len(input.shape or ())))]
    return op.emit([(input, reads)], input.shape, input.reason)


@tensor_function("cross", signature="input, other, dim=None, *, out=None", under=("torch", "torch.linalg"))
def cross(op: Op, input: Tensor, other: Value, dim: Value) -> Value:
    """`cross(a, b, dim)`: of the size of both."""
    found = factors(op, [input, other])
    if isinstance(found, Tensor):
        return found
    shape, reason = broadcast([one.shape or () for one in found])
    at = axis(-1 if dim is None else dim, len(shape or ()))
    if shape is None or isinstance(at, str):
        return op.opaque(found, reason or str(at))
    if equal(shape[at], 3) is False:
        return op.opaque(found, f"vectors of {shape[at]} numbers have no cross product")
    rows = [
        (one, [Read("whole", at) if read.to == at else read for read in broadcast_reads(one.shape or (), shape)])
        for one in found
    ]
    return op.emit(rows, shape, reason or input.reason)


@tensor_function("one_hot", signature="input, num_classes=-1", under=FUNCTIONAL, method=False, makes="int64")
def one_hot(op: Op, input: Tensor, num_classes: Value) -> Value:
    """`one_hot(x, n)`: a new last axis."""
    known = is_size(num_classes) and num_classes != -1
    reason = "" if known else getattr(num_classes, "reason", "") or "the number of classes depends on data"
    output = (*(input.shape or ()), num_classes if known else fresh())
    return op.emit([(input, pointwise(len(input.shape or ())))], output, reason or input.reason)
