"""Indexing: `x[0, 1:, ..., None]`, with index tensors and masks, read and written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rflint import dims
from rflint.dims import Size
from rflint.interp import budget
from rflint.interp.frames import Call
from rflint.interp.values import Iteration, Tensor, Unknown, Value, is_size
from rflint.library.registry import member
from rflint.library.torch.broadcasting import broadcast, pointwise
from rflint.library.torch.creation import from_data
from rflint.library.torch.literals import literal, rows, values_of
from rflint.library.torch.op import fresh, kept, operation, stop, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.slicing import Cut, cut
from rflint.library.torch.strides import cut_layouts
from rflint.library.torch.tensor import TENSOR, moved
from rflint.trace import Read, Shape

CHOSEN = "which positions are read depends on an index"
UNTOLD = unread(None, "it is written where an index says")


class Index(NamedTuple):
    """One part of an index that is applied to `axes` axes: a position, a slice, None, or a tensor."""

    part: Value
    at: int
    axes: int


def parts_of(call: Call, key: Value, rank: int) -> list[Index] | str:
    """The parts of an index with the axes they apply to, one for every axis; or why they are not known."""
    parts = list(key) if isinstance(key, tuple) else [key]
    parts = [_as_tensor(call, part) for part in parts]
    doubt = next((part for part in parts if isinstance(part, Unknown)), None)
    if doubt is not None:
        return doubt.reason
    taken = sum(_takes(part) for part in parts)
    if taken > rank:
        return Refusal(f"an index of {taken} parts for {rank} axes")
    if not any(part is Ellipsis for part in parts):
        parts.append(Ellipsis)
    found: list[Index] = []
    at = 0
    for part in parts:
        whole = [slice(None)] * (rank - taken) if part is Ellipsis else [part]
        for one in whole:
            if at < rank or not _takes(one):
                found.append(Index(one, at, _takes(one)))
            elif part is not Ellipsis:
                return Refusal("an index with more than one ellipsis, which leaves no axis for what follows")
            at += _takes(one)
    return found


def _as_tensor(call: Call, part: Value) -> Value:
    """Lists in an index are index tensors; a truth value adds an axis, and is not followed."""
    if isinstance(part, bool):
        return call.unknown("an index that is a truth value")
    if part is None or part is Ellipsis or is_size(part) or isinstance(part, (slice, Tensor, Unknown)):
        return part
    if isinstance(part, (list, tuple, range)):
        return from_data(call, list(part))
    return call.unknown("this index is not supported")


def _takes(part: Value) -> int:
    """How many axes a part of an index applies to."""
    if part is None or part is Ellipsis:
        return 0
    return len(part.shape) if isinstance(part, Tensor) and part.dtype == "bool" and part.shape is not None else 1


def _is_position(part: Value) -> bool:
    """Is it an index tensor without axes?  It chooses one position, as a number does."""
    return isinstance(part, Tensor) and part.shape == () and part.dtype != "bool"


class Picked(NamedTuple):
    """What an index makes of a tensor: the output shape, the reads, and the slice taken of each input axis."""

    shape: Shape
    reads: list[Read]
    cuts: list[Cut | None]
    reason: str


def pick(shape: Shape, parts: Sequence[Index]) -> Picked | str:
    """What an index takes from a shape; or why torch certainly raises."""
    chosen = [index for index in parts if isinstance(index.part, Tensor) and not _is_position(index.part)]
    indexed, reason = _index_shape([index.part for index in chosen])
    if indexed is None:
        return reason
    front = len({_place(parts, index) for index in chosen}) > 1
    sizes: list[Size] = list(indexed) if front else []
    reads: list[Read] = [Read("mixed")] * len(shape)
    cuts: list[Cut | None] = [None] * len(shape)
    placed = front
    for index in parts:
        part, at = index.part, index.at
        if part is None:
            sizes.append(1)
        elif _is_position(part):
            reads[at] = unread(None, CHOSEN)
        elif isinstance(part, Tensor):
            if not placed:
                sizes.extend(indexed)
                placed = True
            to = None if not indexed else 0 if front else len(sizes) - len(indexed)
            reads[at : at + index.axes] = [unread(to, CHOSEN)] * index.axes
        elif isinstance(part, slice):
            cuts[at] = made = cut(shape[at], part)
            reads[at] = made.read(len(sizes))
            sizes.append(made.size)
            reason = reason or made.reason
        elif dims.at_most(shape[at], part) or dims.less(part, -shape[at]):
            return Refusal(f"there is no position {part} among {shape[at]}")
    return Picked(tuple(sizes), reads, cuts, reason)


def _place(parts: Sequence[Index], index: Index) -> int:
    """The run of neighbouring index tensors that one belongs to, as the number of slices and None before it."""
    return sum(isinstance(other.part, (slice, type(None))) for other in parts[: parts.index(index)])


def _index_shape(tensors: Sequence[Tensor]) -> tuple[Shape | None, str]:
    """The shape that index tensors broadcast to; a mask selects an unknown number of positions."""
    if not tensors:
        return (), ""
    shapes: list[Shape] = []
    reason = ""
    for tensor in tensors:
        if tensor.shape is None:
            return None, tensor.reason or "the shape of an index is not known"
        masked = tensor.dtype == "bool"
        shapes.append((fresh(),) if masked else tensor.shape)
        reason = "how many positions a mask selects depends on data" if masked else reason
    if len(shapes) == 1 or all(shape == shapes[0] for shape in shapes):
        return shapes[0], reason
    shape, why = broadcast(shapes)
    return shape, why or reason


@member(TENSOR, "__getitem__", signature="key")
def get_item(call: Call, self: Tensor, key: Value) -> Value:
    """`x[key]`."""
    known = _known_item(self, key)
    if known is not None:
        return known
    op = operation(call, "getitem", {"index": key} if _is_plain(key) else {})
    answer = stop(op, self)
    if answer is not None:
        return answer
    parts = parts_of(call, key, len(self.shape or ()))
    if isinstance(parts, str):
        return op.opaque([self], parts)
    picked = pick(self.shape or (), parts)
    if isinstance(picked, str):
        return op.opaque([self], picked)
    indices = [(index.part, _index_reads(index.part)) for index in parts if isinstance(index.part, Tensor)]
    result = op.emit([(self, picked.reads), *indices], picked.shape, picked.reason or self.reason)
    result.dtype = self.dtype
    if not indices:
        result.view = self, key
        result.layouts = cut_layouts(op, self, picked.reads, len(picked.shape))
    return result


def _is_plain(key: Value) -> bool:
    """Is it an index that a message can show: numbers and slices of numbers?"""
    parts = key if isinstance(key, tuple) else (key,)
    return all(isinstance(part, (int, type(None), type(...))) for part in parts)


def _index_reads(tensor: Tensor) -> list[Read]:
    return [unread(None, "it is used as an index")] * len(tensor.shape or ())


def _known_item(self: Tensor, key: Value) -> Tensor | None:
    """A part of a tensor whose numbers are known."""
    values = values_of(self)
    if not isinstance(values, list) or not isinstance(key, (int, slice)):
        return None
    if isinstance(key, slice) and not all(
        isinstance(end, (int, type(None))) for end in (key.start, key.stop, key.step)
    ):
        return None
    if isinstance(key, int) and not -len(values) <= key < len(values):
        return None
    return literal(values[key], self.dtype)


@member(TENSOR, "__iter__", signature="")
def iterate(call: Call, self: Tensor) -> Value:
    """`for row in x`: along a first axis of known size."""
    known = rows(self)
    if known is not None:
        return Iteration(list(known))
    size = self.shape[0] if self.shape else None
    if not isinstance(size, int) or size > budget.ITERATIONS:
        return call.unknown(self.reason or f"iteration over an axis of size {size}: declare the input size")
    return Iteration([get_item(call, self, at) for at in range(size)])


# -- writing -------------------------------------------------------------------------------------------------------


@member(TENSOR, "__setitem__", signature="key, value")
def set_item(call: Call, self: Tensor, key: Value, value: Value) -> Value:
    """`x[key] = value`: what is there afterwards reads what was there, and the value.

    In `x[key] += value` the part has been changed in place before it is put back, and the tensor with it."""
    if isinstance(value, Tensor) and value.view is not None and value.view[0] is self and value.view[1] == key:
        return None
    op = operation(call, "setitem", {"index": key} if _is_plain(key) else {})
    if self.shape is None:
        moved(call, self, op.opaque([self], self.reason))
        return None
    parts = parts_of(call, key, len(self.shape))
    picked = parts if isinstance(parts, str) else pick(self.shape, parts)
    misfit = _misfit(key, picked, value)
    if misfit:
        moved(call, self, op.opaque([self], misfit))
    else:
        moved(call, self, op.emit(_rows(self, parts, picked, value), self.shape, self.reason))
    if isinstance(value, Unknown):
        call.interp.recorder.note(value)
    return None


def _rows(
    self: Tensor, parts: list[Index] | str, picked: Picked | str, value: Value
) -> list[tuple[Tensor, Sequence[Read]]]:
    """What is read where a value is written to a part of a tensor: the tensor, index tensors, the value."""
    rows: list[tuple[Tensor, Sequence[Read]]] = [(self, pointwise(len(self.shape or ())))]
    for index in parts if isinstance(parts, list) else []:
        if isinstance(index.part, Tensor):
            masks = index.part.dtype == "bool"
            reads = [kept(index.at + at) if masks else UNTOLD for at in range(len(index.part.shape or ()))]
            rows.append((index.part, reads))
    if isinstance(value, Tensor):
        rows.append((value, _written(value, parts, picked)))
    if isinstance(value, Unknown):
        rows.append((Tensor(None, reason=value.reason), ()))
    return rows


def _misfit(key: Value, picked: Picked | str, value: Value) -> str:
    """Why a value certainly cannot be written there; wherever it is written, the tensor keeps its shape."""
    if isinstance(picked, str):
        parts = key if isinstance(key, tuple) else (key,)
        doubtful = any(isinstance(part, Unknown) or getattr(part, "shape", ()) is None for part in parts)
        return "" if doubtful else picked
    if not isinstance(value, Tensor) or value.shape is None:
        return ""
    shape, reason = broadcast([picked.shape, value.shape])
    return reason if shape is None else ""


def _written(value: Tensor, parts: list[Index] | str, picked: Picked | str) -> list[Read]:
    """How the axes of a value are read that is written to these parts: its last axis belongs to the last slice."""
    rank = len(value.shape or ())
    if isinstance(parts, str) or isinstance(picked, str) or any(isinstance(index.part, Tensor) for index in parts):
        return [UNTOLD] * rank
    slots = [index for index in parts if not is_size(index.part)][-rank:] if rank else []
    if len(slots) < rank:
        return [UNTOLD] * rank
    return [_written_axis(size, index, picked) for size, index in zip(value.shape or (), slots, strict=True)]


def _written_axis(size: Size, index: Index, picked: Picked) -> Read:
    made = picked.cuts[index.at] if isinstance(index.part, slice) else None
    if made is None or (size == 1 and made.size != 1):
        return UNTOLD
    return made.write(index.at)
