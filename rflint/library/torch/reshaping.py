"""Other shapes for the same numbers: view, flatten, squeeze, permute and their kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rflint import dims
from rflint.dims import Size
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Unknown, Value, is_size
from rflint.library.registry import LIBRARY
from rflint.library.torch.broadcasting import axes, axis, untold
from rflint.library.torch.constants import dtype_named
from rflint.library.torch.factors import regrouped_reads, resolved, written
from rflint.library.torch.op import Op, kept, layer, operation, stop, tensor_of
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.strides import must_copy, rearranged_layouts
from rflint.library.torch.tensor import called, spread, tensor_function, tensor_property
from rflint.trace import Read, Shape

COPIED = "reshape() copies where that is needed"


def viewed(op: Op, input: Tensor, shape: Shape | None, reason: str) -> Tensor:
    """The use that gives the numbers of a tensor, in their order, this shape."""
    if shape is None:
        return op.opaque([input], reason)
    return op.emit([(input, regrouped_reads(input.shape or (), shape))], shape, reason or input.reason)


@tensor_function("reshape", signature="input, *shape")
@tensor_function("view", signature="input, *shape", base="reshape", under=())
def reshape(op: Op, input: Tensor, shape: list[Value]) -> Value:
    """`view(*sizes)`, `reshape(sizes)`; `view(dtype)` is left alone."""
    if len(shape) == 1 and isinstance(shape[0], Instance) and dtype_named(shape[0]):
        return input
    wanted, reason = resolved(input.shape or (), shape)
    if op.layer.kind == "view" and wanted is not None and must_copy(input, wanted):
        return op.refuse([input], f"{written(wanted)} cannot be a view of what does not lie in order; {COPIED}")
    return viewed(op, input, wanted, reason)


@tensor_function("view_as", "reshape_as", signature="input, other", base="reshape", under=())
def reshape_as(op: Op, input: Tensor, other: Value) -> Value:
    """`view_as(other)`."""
    if not isinstance(other, Tensor) or other.shape is None:
        return op.opaque([input], getattr(other, "reason", "") or "the shape to take is not known")
    return viewed(op, input, *resolved(input.shape or (), other.shape))


@tensor_function("flatten", signature="input, start_dim=0, end_dim=-1")
def flatten(op: Op, input: Tensor, start_dim: Value, end_dim: Value) -> Value:
    """`flatten(start_dim, end_dim)`: these axes as one."""
    shape = input.shape or (1,)
    first, last = axis(start_dim, len(shape)), axis(end_dim, len(shape))
    if isinstance(first, str) or isinstance(last, str):
        return op.opaque([input], first if isinstance(first, str) else str(last))
    if first > last:
        return op.opaque([input], Refusal("flatten() of no axis"))
    merged = dims.product(shape[first : last + 1])
    return viewed(op, input, (*shape[:first], merged, *shape[last + 1 :]), "")


@tensor_function("ravel", signature="input", base="flatten")
def ravel(op: Op, input: Tensor) -> Value:
    """`ravel()`: all axes as one."""
    return flatten(op, input, 0, -1)


@tensor_function("unflatten", signature="input, dim, sizes=None, unflattened_size=None")
def unflatten(op: Op, input: Tensor, dim: Value, sizes: Value, unflattened_size: Value = None) -> Value:
    """`unflatten(dim, sizes)`: one axis as several."""
    shape = input.shape or ()
    at = axis(dim, len(shape))
    wanted = spread((sizes if sizes is not None else unflattened_size,), {})
    if isinstance(at, str) or isinstance(wanted, Unknown):
        return op.opaque([input], at if isinstance(at, str) else wanted.reason)  # type: ignore[union-attr]
    split, reason = resolved((shape[at],), wanted)
    return viewed(op, input, None if split is None else (*shape[:at], *split, *shape[at + 1 :]), reason)


def _flatten_layer(op: Op, input: Value) -> Value:
    op = replace(op, layer=replace(op.layer, base="flatten"))
    tensor = tensor_of(op.call, input)
    return stop(op, tensor) or flatten(op, tensor, op.arg("start_dim"), op.arg("end_dim"))


def _unflatten_layer(op: Op, input: Value) -> Value:
    op = replace(op, layer=replace(op.layer, base="unflatten"))
    tensor = tensor_of(op.call, input)
    sizes = op.arg("unflattened_size") if op.has("unflattened_size") else op.call.unknown("the sizes are not known")
    return stop(op, tensor) or unflatten(op, tensor, op.arg("dim"), sizes)


layer("Flatten", "start_dim=1, end_dim=-1", _flatten_layer)
layer("Unflatten", "dim, unflattened_size", _unflatten_layer)
for _name in ("Flatten", "Unflatten"):
    LIBRARY.define(f"torch.nn.modules.flatten.{_name}", LIBRARY.find(f"torch.nn.{_name}"))


@tensor_function("as_strided", signature="input, size, stride, storage_offset=None")
@tensor_function("resize", signature="input, *size", under=(), twin=True)
def restrided(op: Op, input: Tensor, size: Value, **strides: Value) -> Value:
    """`as_strided(size, stride)`, `resize_(size)`: a tensor of this size, whose positions may be any."""
    wanted = spread((size,), {})
    known = tuple(wanted) if isinstance(wanted, list) and all(is_size(one) for one in wanted) else None
    reason = "which positions are read depends on memory"
    return op.emit([(input, untold(input.shape, reason))], known, reason)


# -- axes of size 1 ------------------------------------------------------------------------------------------------


def is_generic(size: Size) -> bool:
    """Is it a symbol of its own, such as N?  It stands for all sizes, and is not taken to be 1."""
    return isinstance(size, dims.Dim) and dims.symbols(size) == {str(size)}


@tensor_function("squeeze", signature="input, dim=None", twin=True)
def squeeze(op: Op, input: Tensor, dim: Value) -> Value:
    """`squeeze()`, `squeeze(dim)`: axes of size 1 disappear."""
    shape = input.shape or ()
    asked = axes(dim, len(shape))
    if isinstance(asked, str):
        return op.opaque([input], asked)
    ones = [at for at in asked if at < len(shape) and shape[at] == 1]
    unsure = [shape[at] for at in asked if at not in ones and at < len(shape) and not is_generic(shape[at])]
    doubt = next((size for size in unsure if dims.equal(size, 1) is None), None)
    if doubt is not None:
        return op.opaque([input], f"whether squeeze() removes an axis of size {doubt} depends on the input size")
    return rearranged(op, input, [at for at in range(len(shape)) if at not in ones])


def rearranged(op: Op, input: Tensor, order: Sequence[int | None]) -> Tensor:
    """The use that puts the input's axes into this order; None is a new axis of size 1, those left out had size 1."""
    shape = input.shape or ()
    places = {at: to for to, at in enumerate(order) if at is not None}
    reads = [kept(places[at]) if at in places else Read("mixed") for at in range(len(shape))]
    made = op.emit([(input, reads)], tuple(1 if at is None else shape[at] for at in order), input.reason)
    made.layouts = rearranged_layouts(op, input, order)
    return made


@tensor_function("unsqueeze", signature="input, dim", twin=True)
def unsqueeze(op: Op, input: Tensor, dim: Value) -> Value:
    """`unsqueeze(dim)`: a new axis of size 1."""
    rank = len(input.shape or ())
    at = axis(dim, rank + 1)
    if isinstance(at, str):
        return op.opaque([input], at)
    return rearranged(op, input, [*range(at), None, *range(at, rank)])


# -- other orders --------------------------------------------------------------------------------------------------


@tensor_function("permute", signature="input, *dims")
def permute(op: Op, input: Tensor, dims: list[Value]) -> Value:
    """`permute(*dims)`: the axes in this order."""
    order = axes(dims, len(input.shape or ())) if dims else ()
    if isinstance(order, str):
        return op.opaque([input], order)
    if sorted(order) != list(range(len(input.shape or ()))):
        return op.opaque([input], Refusal(f"{order} is no order of {len(input.shape or ())} axes"))
    return rearranged(op, input, order)


@tensor_function("transpose", "swapdims", signature="input, dim0, dim1", base="transpose", twin=True)
def transpose(op: Op, input: Tensor, dim0: Value, dim1: Value) -> Value:
    """`transpose(dim0, dim1)`: two axes change places."""
    rank = len(input.shape or ())
    a, b = axis(dim0, rank), axis(dim1, rank)
    if isinstance(a, str) or isinstance(b, str):
        return op.opaque([input], a if isinstance(a, str) else str(b))
    order = list(range(rank))
    if order:
        order[a], order[b] = order[b], order[a]
    return rearranged(op, input, order)


@tensor_function("swapaxes", signature="input, axis0, axis1", base="transpose", twin=True)
def swapaxes(op: Op, input: Tensor, axis0: Value, axis1: Value) -> Value:
    """`swapaxes(axis0, axis1)`."""
    return transpose(op, input, axis0, axis1)


@tensor_function("movedim", "moveaxis", signature="input, source, destination", base="permute")
def movedim(op: Op, input: Tensor, source: Value, destination: Value) -> Value:
    """`movedim(source, destination)`: some axes go elsewhere, the others keep their order."""
    rank = len(input.shape or ())
    froms, tos = axes(source, rank), axes(destination, rank)
    if isinstance(froms, str) or isinstance(tos, str):
        return op.opaque([input], froms if isinstance(froms, str) else str(tos))
    if len(froms) != len(tos) or len(set(froms)) < len(froms) or len(set(tos)) < len(tos):
        return op.opaque([input], Refusal("movedim() with axes that do not pair"))
    chosen = dict(zip(tos, froms, strict=True))
    others = iter([at for at in range(rank) if at not in froms])
    return rearranged(op, input, [chosen[at] if at in chosen else next(others) for at in range(rank)])


@tensor_function("t", "adjoint", signature="input", base="transpose", twin=True)
def turned(op: Op, input: Tensor) -> Value:
    """`t()`, `adjoint()`: the last two axes change places."""
    rank = len(input.shape or ())
    if (rank > 2 and op.layer.kind == "t") or (rank < 2 and op.layer.kind != "t"):
        return op.opaque([input], Refusal(f"{op.layer.kind}() of a tensor with {rank} axes"))
    return transpose(op, input, -2, -1) if rank > 1 else rearranged(op, input, range(rank))


@tensor_property("mT", "mH", "H")
def matrix_transpose(call: Call, tensor: Tensor) -> Value:
    """`x.mT`: the last two axes change places."""
    op = operation(call, "transpose", {}, called(call))
    return stop(op, tensor) or turned(op, tensor)


@tensor_property("T")
def reversed_axes(call: Call, tensor: Tensor) -> Value:
    """`x.T`: all axes in reverse."""
    op = operation(call, "permute", {}, "T")
    return stop(op, tensor) or rearranged(op, tensor, range(len(tensor.shape or ()))[::-1])
