"""Reductions along axes (mean, max, norm, …), and what orders or sums up an axis without removing it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rflint import dims
from rflint.dims import Size
from rflint.field import window
from rflint.interp.frames import Call
from rflint.interp.values import Instance, NativeClass, Tensor, Unknown, Value, is_size
from rflint.library.registry import native_class
from rflint.library.torch.arithmetic import elementwise
from rflint.library.torch.broadcasting import axes, axis, pointwise
from rflint.library.torch.literals import literal, summarised, values_of
from rflint.library.torch.op import Op, fresh, kept, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import copied, is_number, tensor_function
from rflint.trace import Read

LINALG: dict[str, Any] = {"under": ("torch.linalg",), "method": False}
TAIL = "keepdim=False, *, dtype=None, out=None"
BY_DIM = f"dim=None, {TAIL}"

ONE_AXIS = "argmax argmin cummax cummin kthvalue max median min mode nanmedian prod".split()
"""The reductions that take no list of axes."""


def reduce(op: Op, input: Tensor, dim: Value, keepdim: Value) -> Tensor:
    """The use that reads all of some axes, all of them for `dim=None`, and keeps the others."""
    shape = input.shape or ()
    if isinstance(dim, (list, tuple)) and op.layer.kind in ONE_AXIS:
        return op.refuse([input], f"{op.layer.kind}() is over one axis, or all")
    gone = axes(dim, len(shape))
    if isinstance(gone, str):
        return op.opaque([input], gone)
    if isinstance(keepdim, Unknown):
        return op.opaque([input], keepdim.reason)
    reads: list[Read] = []
    sizes: list[Size] = []
    for at, size in enumerate(shape):
        if at not in gone:
            reads.append(kept(len(sizes)))
            sizes.append(size)
        elif keepdim:
            reads.append(Read("whole", len(sizes)))
            sizes.append(1)
        else:
            reads.append(Read("whole", None))
    return op.emit([(input, reads)], tuple(sizes), input.reason)


@tensor_function("mean", "sum", "nansum", "nanmean", "prod", "count_nonzero", signature=f"input, {BY_DIM}")
@tensor_function("logsumexp", "amax", "amin", signature=f"input, {BY_DIM}")
@tensor_function("all", "any", signature=f"input, {BY_DIM}", makes="bool")
@tensor_function("argmax", "argmin", signature=f"input, {BY_DIM}", makes="int64")
def reduced(op: Op, input: Tensor, dim: Value, keepdim: Value) -> Value:
    """`mean(dim, keepdim)` and its like."""
    known = summarised(op.layer.base, input) if dim is None else None
    return known or reduce(op, input, dim, keepdim)


@tensor_function("norm", signature="input, p='fro', dim=None, keepdim=False, dtype=None, out=None")
@tensor_function("norm", "vector_norm", signature=f"input, ord=None, {BY_DIM}", base="norm", **LINALG)
@tensor_function("matrix_norm", signature=f"input, ord='fro', dim=(-2, -1), {TAIL}", base="norm", **LINALG)
def norm(op: Op, input: Tensor, dim: Value, keepdim: Value, **order: Value) -> Value:
    """`norm(p, dim, keepdim)`."""
    return reduce(op, input, dim, keepdim)


@tensor_function("quantile", "nanquantile", signature=f"input, q, {BY_DIM}, interpolation='linear'")
def quantile(op: Op, input: Tensor, q: Value, dim: Value, keepdim: Value, interpolation: Value) -> Value:
    """`quantile(q, dim)` for one number q."""
    if not is_number(q):
        return op.opaque([input], "how many quantiles are taken is not known")
    return reduce(op, input, dim, keepdim)


SPREAD = "input, dim=None, unbiased=None, keepdim=False, *, correction=1, out=None"


@tensor_function("std", "var", signature=SPREAD)
def deviation(op: Op, input: Tensor, dim: Value, unbiased: Value, keepdim: Value, correction: Value) -> Value:
    """`std(dim, unbiased, keepdim)`, `std(unbiased)`."""
    return reduce(op, input, None if isinstance(dim, bool) else dim, keepdim)


@tensor_function("var_mean", "std_mean", signature=SPREAD, method=False)
def deviation_and_mean(op: Op, input: Tensor, dim: Value, unbiased: Value, keepdim: Value, correction: Value) -> Value:
    """`var_mean(x, dim)`: both, read alike."""
    result = deviation(op, input, dim, unbiased, keepdim, correction)
    return result, copied(result)


# -- with positions ------------------------------------------------------------------------------------------------

KINDS: dict[str, NativeClass] = {}


def named_results(call: Call, kind: str, names: Sequence[str], values: Sequence[Value]) -> Instance:
    """A result that is unpacked as a tuple, and whose parts have names: `x.max(1).values`."""
    if kind not in KINDS:
        KINDS[kind] = native_class(f"torch.return_types.{kind}", tuple)
    return Instance(KINDS[kind], dict(zip(names, values, strict=True)), call.place, native=tuple(values))


def with_indices(op: Op, values: Tensor) -> Instance:
    """The values, and the positions where they were found, which depend on the same."""
    return named_results(op.call, op.layer.kind, ("values", "indices"), (values, copied(values, "int64")))


@tensor_function("max", "min", signature="input, dim=None, keepdim=False, *, other=None, out=None")
def extreme(op: Op, input: Tensor, dim: Value, keepdim: Value, other: Value) -> Value:
    """`max()`, `max(dim)` with positions, and `max(other)` position by position."""
    second = dim if isinstance(dim, Tensor) else other
    if second is not None:
        return elementwise(op, [input, second])
    known = summarised(op.layer.base, input) if dim is None else None
    result = known or reduce(op, input, dim, keepdim)
    result.dtype = input.dtype
    return result if dim is None else with_indices(op, result)


@tensor_function("median", "nanmedian", signature="input, dim=None, keepdim=False, *, out=None")
def median(op: Op, input: Tensor, dim: Value, keepdim: Value) -> Value:
    """`median()`, `median(dim)` with positions."""
    result = reduce(op, input, dim, keepdim)
    return result if dim is None else with_indices(op, result)


@tensor_function("mode", signature="input, dim=-1, keepdim=False, *, out=None")
@tensor_function("kthvalue", signature="input, k, dim=-1, keepdim=False, *, out=None")
def chosen(op: Op, input: Tensor, dim: Value, keepdim: Value, k: Value = None) -> Value:
    """`mode(dim)`, `kthvalue(k, dim)`."""
    return with_indices(op, reduce(op, input, dim, keepdim))


@tensor_function("aminmax", signature="input, *, dim=None, keepdim=False, out=None")
def both_extremes(op: Op, input: Tensor, dim: Value, keepdim: Value) -> Value:
    """`aminmax(dim=…)`."""
    result = reduce(op, input, dim, keepdim)
    return named_results(op.call, "aminmax", ("min", "max"), (result, copied(result)))


# -- along an axis that stays --------------------------------------------------------------------------------------


def along(op: Op, input: Tensor, dim: Value, size: Value | None, how: Read | None = None) -> Tensor:
    """The use that reads all of one axis for every position, or reads it as `how` says, and gives it another size."""
    shape = input.shape or ()
    at = axis(dim, len(shape))
    if isinstance(at, str):
        return op.opaque([input], at)
    if not shape:
        return op.emit([(input, ())], (), input.reason)
    new = shape[at] if size is None else size if is_size(size) else fresh()
    reason = size.reason if isinstance(size, Unknown) else input.reason
    read = how or Read("whole", at)
    reads = [*pointwise(at), Read(read.how, at, read.access, read.reason), *pointwise(len(shape))[at + 1 :]]
    return op.emit([(input, reads)], (*shape[:at], new, *shape[at + 1 :]), reason)


@tensor_function("sort", signature="input, dim=-1, descending=False, stable=False, *, out=None")
def ordered(op: Op, input: Tensor, dim: Value, descending: Value, stable: Value) -> Value:
    """`sort(dim)`."""
    return with_indices(op, along(op, input, dim, None))


@tensor_function("argsort", signature="input, dim=-1, descending=False, stable=False", makes="int64")
def order(op: Op, input: Tensor, dim: Value, descending: Value, stable: Value) -> Value:
    """`argsort(dim)`."""
    return along(op, input, dim, None)


@tensor_function("topk", signature="input, k, dim=-1, largest=True, sorted=True, *, out=None")
def top(op: Op, input: Tensor, k: Value, dim: Value, largest: Value, sorted: Value) -> Value:
    """`topk(k, dim)`."""
    at = axis(dim, len(input.shape or ()))
    if isinstance(at, int) and input.shape and is_size(k) and dims.less(input.shape[at], k):
        return with_indices(op, op.opaque([input], Refusal(f"{k} of {input.shape[at]} positions")))
    return with_indices(op, along(op, input, dim, k))


UP_TO = unread(None, "it sums up all positions before")


@tensor_function("cumsum", "cumprod", "logcumsumexp", signature="input, dim, *, dtype=None, out=None", twin=True)
def cumulative(op: Op, input: Tensor, dim: Value) -> Value:
    """`cumsum(dim)`."""
    return along(op, input, dim, None, UP_TO)


@tensor_function("cummax", "cummin", signature="input, dim, *, out=None")
def cumulative_extreme(op: Op, input: Tensor, dim: Value) -> Value:
    """`cummax(dim)`."""
    return with_indices(op, along(op, input, dim, None, UP_TO))


@tensor_function("diff", signature="input, n=1, dim=-1, prepend=None, append=None, *, out=None")
def difference(op: Op, input: Tensor, n: Value, dim: Value, prepend: Value, append: Value) -> Value:
    """`diff(n, dim)`: each position and the n after it."""
    numbers = values_of(input)
    if isinstance(numbers, list) and len(input.shape or ()) == 1 and (n, prepend, append) == (1, None, None):
        return literal([after - before for before, after in pairwise(numbers)], input.dtype)
    at = axis(dim, len(input.shape or ()))
    if isinstance(at, str) or not input.shape or not isinstance(n, int) or prepend is not None or append is not None:
        return op.opaque([input], "diff() with these arguments is not supported")
    return along(op, input, at, input.shape[at] - n, Read("kept", at, window(n + 1)))
