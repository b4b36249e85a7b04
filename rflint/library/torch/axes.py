"""Operations on one tensor, axis by axis: what becomes of each, and which inputs they do not take."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from rflint.dims import Size
from rflint.interp.values import Tensor, Unknown, Value
from rflint.library.torch.arithmetic import elementwise
from rflint.library.torch.broadcasting import pointwise
from rflint.library.torch.op import Op, fresh, stop, tensor_of, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import moved
from rflint.trace import Read

FUNCTIONAL = "torch.nn.functional"


class Axis(NamedTuple):
    """What becomes of one axis: its size in the output (None: torch refuses it), and how it is read.

    `reason` says why the size is not known, or why torch refuses.
    """

    size: Size | None
    read: Read
    reason: str = ""


def unknown_axis(at: int, reason: str) -> Axis:
    """An axis of which neither size nor reads are known."""
    return Axis(fresh(), unread(at, reason), reason)


def refused(reason: str) -> Axis:
    """An axis for which torch certainly raises."""
    return Axis(None, Read("unknown", reason=reason), Refusal(reason))


def checked(op: Op, value: Value, ranks: Container[int]) -> tuple[Any, Value]:
    """The tensor that an argument is, and what to answer if it is unknown or has the wrong number of axes (else None).

    An input whose shape is not declared stays so: whoever asks here keeps rank and channels, so that a layer further
    on can still tell what they are.
    """
    tensor = tensor_of(op.call, value)
    if isinstance(tensor, Unknown) or (tensor.shape is None and not tensor.open):
        return tensor, stop(op, tensor)
    if tensor.shape is None:
        result = op.emit([(tensor, ())], None, tensor.reason)
        result.open = tensor.open
        return tensor, result
    if len(tensor.shape) not in ranks:
        return tensor, op.opaque([tensor], Refusal(f"{op.layer.kind} on a tensor with {len(tensor.shape)} axes"))
    return tensor, None


def resized(op: Op, input: Tensor, axes: Sequence[Axis]) -> Tensor:
    """The use that does this with the last axes and keeps the others; its output is unknown where torch refuses."""
    assert input.shape is not None
    first = len(input.shape) - len(axes)
    sizes = [axis.size for axis in axes if axis.size is not None]
    if len(sizes) < len(axes):
        return op.opaque([input], next(axis.reason for axis in axes if axis.size is None))
    reason = next((axis.reason for axis in axes if axis.reason), "")
    reads = (*pointwise(first), *(axis.read for axis in axes))
    result = op.emit([(input, reads)], (*input.shape[:first], *sizes), reason)
    result.dtype = input.dtype
    return result


def unchanged(op: Op, input: Value) -> Value:
    """A use that reads position by position and keeps the shape; with `inplace=True` the tensor itself is changed."""
    result = elementwise(op, [input])
    return moved(op.call, input, result) if op.arg("inplace") is True and isinstance(input, Tensor) else result


def restated(op: Op, args: Mapping[str, Any], base: str = "") -> Op:
    """The same call with some arguments in another form, or under another base."""
    layer = replace(op.layer, base=base or op.layer.base, args={**op.layer.args, **args})
    return replace(op, layer=layer)
