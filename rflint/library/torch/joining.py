"""Tensors put together: cat and stack, and their variants by axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as made_with

from rflint import field
from rflint.dims import Size
from rflint.interp.frames import Call
from rflint.interp.values import Rest, Tensor, Unknown, Value
from rflint.library.registry import function
from rflint.library.torch.arithmetic import promoted
from rflint.library.torch.broadcasting import agreed, axis
from rflint.library.torch.op import Op, fresh, kept, operation, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import called, moved
from rflint.trace import Read, Shape

SIDE_BY_SIDE = "pieces lie side by side, and where is not known: declare the input's size"


@dataclass(slots=True)
class Pieces:
    """The tensors that are put together: those with a known shape, and why there may be others."""

    tensors: list[Tensor] = made_with(default_factory=list)
    doubt: str = ""
    shaped: list[Shape] = made_with(default_factory=list)


def pieces_of(call: Call, values: Value) -> Pieces:
    """The tensors in a list, of which some may be unknown, or the number."""
    found = call.interp.elements(values, call.frame, call.node)
    if isinstance(found, Unknown):
        call.interp.recorder.note(found)
        return Pieces(doubt=found.reason)
    pieces = Pieces()
    for value in found:
        if isinstance(value, Tensor):
            pieces.tensors.append(value)
        else:
            doubt = value if isinstance(value, Unknown) else call.unknown("something that is no tensor among tensors")
            call.interp.recorder.note(doubt)
            pieces.doubt = doubt.reason
            pieces.tensors += [] if isinstance(value, Rest) else [Tensor(None, reason=doubt.reason)]
    pieces.doubt = pieces.doubt or next(
        (one.reason or "a shape is not known" for one in pieces.tensors if one.shape is None), ""
    )
    pieces.shaped = [one.shape for one in pieces.tensors if one.shape is not None]
    return pieces


def joined(op: Op, pieces: Pieces, dim: Value) -> Tensor:
    """`cat`: sizes along the axis add up, all others must agree."""
    shaped = [shape for shape in pieces.shaped if shape != (0,)] or pieces.shaped
    if not shaped:
        return op.opaque(pieces.tensors, pieces.doubt or Refusal("nothing to put together"))
    rank = len(shaped[0])
    at = axis(dim, rank)
    odd = next((len(shape) for shape in shaped if len(shape) != rank), None)
    if isinstance(at, str) or odd is not None or not rank:
        ranks = Refusal(f"tensors with {rank} and {odd or 0} axes")
        return op.opaque(pieces.tensors, at if isinstance(at, str) else ranks)
    sizes: list[Size] = []
    for place in range(rank):
        if place == at:
            sizes.append(fresh() if pieces.doubt else sum_of([shape[place] for shape in shaped]))
            continue
        size, reason = agreed_by_all([shape[place] for shape in shaped])
        if size is None:
            return op.opaque(pieces.tensors, Refusal(f"{reason} on axis {place}"))
        sizes.append(size)
    placed = zip(pieces.tensors, _starts(pieces, at), strict=True)
    rows = [(one, _side_by_side(one, at, rank, start)) for one, start in placed]
    result = op.emit(rows, tuple(sizes), pieces.doubt or _reason(pieces.tensors))
    result.dtype = promoted(pieces.tensors)
    return result


def sum_of(sizes: Sequence[Size]) -> Size:
    """All sizes added up."""
    total: Size = 0
    for size in sizes:
        total = total + size
    return total


def agreed_by_all(sizes: Sequence[Size]) -> tuple[Size | None, str]:
    """The size that all have, None if two certainly differ, and which."""
    size: Size = sizes[0]
    for other in sizes[1:]:
        met, reason = agreed(size, other)
        if met is None:
            return None, reason
        size = met
    return size, ""


def _starts(pieces: Pieces, at: int) -> Iterator[Size | None]:
    """Where each tensor begins along an axis, None where that is not known."""
    start: Size | None = 0
    for tensor in pieces.tensors:
        yield start
        if start is None or tensor.shape is None:
            start = None
        elif tensor.shape != (0,):
            start = start + tensor.shape[at]


def _side_by_side(tensor: Tensor, at: int, rank: int, start: Size | None) -> list[Read]:
    if tensor.shape is None or len(tensor.shape) != rank:
        return [unread(None, tensor.reason)] * len(tensor.shape or ())
    beside = Read("piece", at, field.shifted(-start)) if isinstance(start, int) else unread(at, SIDE_BY_SIDE)
    return [beside if to == at else kept(to) for to in range(rank)]


def _reason(tensors: Sequence[Tensor]) -> str:
    return next((one.reason for one in tensors if one.reason), "")


@function("torch.cat", "torch.concat", "torch.concatenate", signature="tensors, dim=0, axis=None, *, out=None")
def cat(call: Call, tensors: Value, dim: Value, axis: Value, out: Value) -> Value:
    """`torch.cat(tensors, dim)`."""
    dim = dim if axis is None else axis
    result = joined(operation(call, "cat", {"dim": dim}, called(call)), pieces_of(call, tensors), dim)
    return moved(call, out, result) if isinstance(out, Tensor) else result


def stacked(op: Op, pieces: Pieces, dim: Value) -> Tensor:
    """`stack`: equal shapes along a new axis."""
    if not pieces.shaped:
        return op.opaque(pieces.tensors, pieces.doubt or Refusal("nothing to put together"))
    rank = len(pieces.shaped[0])
    at = axis(dim, rank + 1)
    odd = next((len(shape) for shape in pieces.shaped if len(shape) != rank), None)
    if isinstance(at, str) or odd is not None:
        return op.opaque(pieces.tensors, at if isinstance(at, str) else Refusal(f"tensors with {rank} and {odd} axes"))
    sizes: list[Size] = []
    for place in range(rank):
        size, reason = agreed_by_all([shape[place] for shape in pieces.shaped])
        if size is None:
            return op.opaque(pieces.tensors, Refusal(f"{reason} on axis {place}"))
        sizes.append(size)
    count = fresh() if pieces.doubt and not _is_counted(pieces) else len(pieces.tensors)
    reads = [kept(place if place < at else place + 1) for place in range(rank)]
    rows = [(one, reads if one.shape is not None else []) for one in pieces.tensors]
    result = op.emit(rows, (*sizes[:at], count, *sizes[at:]), pieces.doubt or _reason(pieces.tensors))
    result.dtype = promoted(pieces.tensors)
    return result


def _is_counted(pieces: Pieces) -> bool:
    """Is the number of tensors known, although some of their shapes are not?"""
    return any(one.shape is None for one in pieces.tensors)


@function("torch.stack", signature="tensors, dim=0, axis=None, *, out=None")
def stack(call: Call, tensors: Value, dim: Value, axis: Value, out: Value) -> Value:
    """`torch.stack(tensors, dim)`."""
    dim = dim if axis is None else axis
    return stacked(operation(call, "stack", {"dim": dim}), pieces_of(call, tensors), dim)


@function(
    "torch.hstack",
    "torch.vstack",
    "torch.dstack",
    "torch.column_stack",
    "torch.row_stack",
    signature="tensors, out=None",
)
def stack_along(call: Call, tensors: Value, out: Value) -> Value:
    """`hstack` along the second axis, `vstack` along the first, `dstack` along the third."""
    pieces = pieces_of(call, tensors)
    op = operation(call, "cat", {}, called(call))
    ranks = {len(shape) for shape in pieces.shaped}
    if called(call) in ("vstack", "row_stack", "column_stack") and ranks == {1}:
        return stacked(op, pieces, 1 if called(call) == "column_stack" else 0)
    if called(call) == "dstack" and ranks == {2}:
        return stacked(op, pieces, 2)
    dim = {"hstack": 1, "column_stack": 1, "dstack": 2}.get(called(call), 0)
    return joined(op, pieces, 0 if ranks == {1} and called(call) == "hstack" else dim)
