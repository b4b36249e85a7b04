"""Softmax and its kin: each output position reads all of one axis."""

from __future__ import annotations

from dataclasses import replace

from rflint.interp.values import Unknown, Value
from rflint.library.torch.axes import FUNCTIONAL, unchanged
from rflint.library.torch.broadcasting import axis, pointwise
from rflint.library.torch.op import Op, layer, tensor_of
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.tensor import tensor_function
from rflint.trace import Read


def softmax(op: Op, input: Value, **settings: Value) -> Value:
    """A softmax over `dim`, or over the axis that torch takes where none is given."""
    op = _without(op, "_stacklevel")
    input = tensor_of(op.call, input)
    if isinstance(input, Unknown) or input.shape is None:
        return unchanged(op, input)
    if not op.has("dim"):
        return op.opaque([input], "the axis of a softmax is not known", input.shape)
    rank = len(input.shape)
    chosen = op.arg("dim")
    return _over(op, input, axis(implicit_axis(rank) if chosen is None else chosen, rank))


def implicit_axis(rank: int) -> int:
    """The axis that torch takes where none is given."""
    return 0 if rank in (0, 1, 3) else 1


def over_channels(op: Op, input: Value) -> Value:
    """`Softmax2d`: over the channels of (N, C, H, W) or (C, H, W)."""
    op = _without(op, "args", "kwargs")
    input = tensor_of(op.call, input)
    if isinstance(input, Unknown) or input.shape is None:
        return unchanged(op, input)
    rank = len(input.shape)
    return _over(op, input, rank - 3 if rank in (3, 4) else Refusal(f"Softmax2d on a tensor with {rank} axes"))


def _without(op: Op, *names: str) -> Op:
    args = {name: value for name, value in op.layer.args.items() if name not in names}
    return replace(op, layer=replace(op.layer, args=args))


def _over(op: Op, input: Value, at: int | str) -> Value:
    if isinstance(at, str):
        return op.opaque([input], at)
    reads = list(pointwise(len(input.shape)))
    reads[at : at + 1] = [Read("whole", at)] if reads else []
    return op.emit([(input, reads)], input.shape, input.reason)


_FUNCTION = "input, dim=None, _stacklevel=3, dtype=None"
_PLAIN = "input, dim, dtype=None"
for _base, _name in (("Softmax", "softmax"), ("LogSoftmax", "log_softmax"), ("Softmin", "softmin")):
    layer(_base, "dim=None", softmax)
    tensor_function(_name, signature=_FUNCTION, base=_base, under=(FUNCTIONAL,), method=False, known=False)(softmax)
for _base, _name in (("Softmax", "softmax"), ("LogSoftmax", "log_softmax")):
    tensor_function(_name, signature=_PLAIN, base=_base, under=("torch", "torch.special"), known=False)(softmax)
tensor_function(
    "gumbel_softmax",
    signature="logits, tau=1, hard=False, eps=1e-10, dim=-1",
    base="Softmax",
    under=(FUNCTIONAL,),
    method=False,
    known=False,
)(softmax)
layer("Softmax2d", "*args, **kwargs", over_channels)
