"""Pixels and channels that change places: PixelShuffle, PixelUnshuffle, ChannelShuffle."""

from __future__ import annotations

from typing import Any

from rflint import field
from rflint.dims import Size, divides, symbol
from rflint.field import Access
from rflint.interp.values import Tensor, Value
from rflint.library.registry import alias
from rflint.library.torch.axes import FUNCTIONAL
from rflint.library.torch.op import InputShape, Op, fresh, functional, kept, layer, stop, tensor_of, unread
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, Shape

FACTOR = "the factor is not known"


def shuffle(op: Op, input: Value) -> Value:
    """(…, C·r², H, W) to (…, C, r·H, r·W): output row i is row i // r of one of the channels."""
    input = tensor_of(op.call, input)
    answer = stop(op, input)
    if answer is not None:
        return answer
    r, problem = _factor(op, "upscale_factor", input.shape)
    if problem:
        return op.opaque([input], problem)
    *front, channels, rows, columns = input.shape
    if r is None:
        return op.opaque([input], FACTOR, (*front, fresh(), fresh(), fresh()))
    if divides(r * r, channels) is False:
        return op.opaque([input], Refusal(f"{channels} channels are not divisible by {r}·{r}"))
    at = len(front)
    access = field.repeated(r)
    spatial = [Read("kept", to, access) if access else unread(to, "a large factor") for to in (at + 1, at + 2)]
    reads = [*map(kept, range(at)), Read("mixed"), *spatial]
    return op.emit([(input, reads)], (*front, channels // (r * r), rows * r, columns * r), input.reason)


def unshuffle(op: Op, input: Value) -> Value:
    """(…, C, r·H, r·W) to (…, C·r², H, W): output row i is one of the rows r·i … r·i + r - 1."""
    input = tensor_of(op.call, input)
    _tell_shape(input, op.arg("downscale_factor"))
    answer = stop(op, input)
    if answer is not None:
        return answer
    r, problem = _factor(op, "downscale_factor", input.shape)
    if problem:
        return op.opaque([input], problem)
    *front, channels, rows, columns = input.shape
    if r is None:
        return op.opaque([input], FACTOR, (*front, fresh(), fresh(), fresh()))
    if False in (divides(r, rows), divides(r, columns)):
        return op.opaque([input], Refusal(f"{rows}×{columns} pixels are not divisible by {r}"))
    at = len(front)
    spatial = [Read("kept", to, field.blocks(r)) for to in (at + 1, at + 2)]
    reads = [*map(kept, range(at)), Read("mixed"), *spatial]
    return op.emit([(input, reads)], (*front, channels * (r * r), rows // r, columns // r), input.reason)


def _tell_shape(input: Value, r: Any) -> None:
    """Raise `InputShape` for an input whose shape is not declared: its height and width are multiples of r."""
    if isinstance(input, Tensor) and input.shape is None and input.open and isinstance(r, int) and r > 0:
        raise InputShape(input.open, (symbol("N"), symbol("C"), symbol("H", r), symbol("W", r)))


def _factor(op: Op, name: str, shape: Shape) -> tuple[int | None, str]:
    """The factor if it is a known number, and why torch refuses it."""
    r = op.arg(name)
    if len(shape) < 3:
        return None, Refusal(f"{op.layer.kind} on a tensor with {len(shape)} axes")
    if isinstance(r, int) and r < 1:
        return None, Refusal(f"{name} should be positive")
    return (r if isinstance(r, int) else None), ""


def shuffle_channels(op: Op, input: Value) -> Value:
    """The channels of `groups` groups, one of each in turn."""
    input = tensor_of(op.call, input)
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) < 3:
        return op.opaque([input], Refusal(f"{op.layer.kind} on a tensor with {len(input.shape)} axes"))
    groups, channels = op.arg("groups"), input.shape[1]
    if isinstance(groups, (float, str)):
        return op.refuse([input], f"groups={groups!r} is no integer")
    if isinstance(groups, int) and (groups < 1 or divides(groups, channels) is False):
        return op.opaque([input], Refusal(f"{channels} channels are not divisible by {groups} groups"))
    reads = [kept(axis) for axis in range(len(input.shape))]
    reads[1] = _dealt(groups, channels)
    return op.emit([(input, reads)], input.shape, input.reason)


def _dealt(groups: int | None, channels: Size) -> Read:
    if not isinstance(groups, int) or not isinstance(channels, int):
        return unread(1, "the number of groups or of channels is not known")
    firsts = (group * (channels // groups) for group in range(groups))
    return Read("kept", 1, Access(1, tuple(range(first, first + 1) for first in firsts)))


for _name, _function, _argument, _run in (
    ("PixelShuffle", "pixel_shuffle", "upscale_factor", shuffle),
    ("PixelUnshuffle", "pixel_unshuffle", "downscale_factor", unshuffle),
    ("ChannelShuffle", "channel_shuffle", "groups", shuffle_channels),
):
    layer(_name, _argument, _run)
    functional([f"{FUNCTIONAL}.{_function}", f"torch.{_function}"], _name, f"input, {_argument}", _run)
for _folder in ("pixelshuffle", "channelshuffle"):
    alias(f"torch.nn.modules.{_folder}", "torch.nn")
