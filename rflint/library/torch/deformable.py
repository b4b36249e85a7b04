"""Deformable convolutions of torchvision: not written in Python, so that reading torchvision's source does not help.

What they read depends on their offsets; the access of the regular grid, all offsets zero, is given as a lower bound.
"""

from __future__ import annotations

from rflint.interp.values import Tensor, Value, is_size
from rflint.library.registry import LIBRARY
from rflint.library.torch.convolution import REFUSED, conv_axis, from_weight, prepared
from rflint.library.torch.op import Op, fresh, functional, kept, layer, stop
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read

REASON = "where a deformable convolution reads depends on its offsets"
SPATIAL = ("kernel_size", "stride", "padding", "dilation")


def deform(op: Op, input: Value, offset: Value, mask: Value = None) -> Value:
    """The sizes of a regular convolution; what it reads depends on data."""
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) != 4:
        return op.opaque([input], Refusal(f"{op.layer.kind} on a tensor with {len(input.shape)} axes"))
    made = [conv_axis(op, input.shape[2 + axis], axis, 2 + axis) for axis in range(2)]
    if None in [size for size, _ in made]:
        return op.opaque([input], REFUSED)
    channels = op.arg("out_channels")
    regular = [Read("unknown", 2 + axis, read.access, REASON) for axis, (_, read) in enumerate(made)]
    rows = [(input, [kept(0), Read("mixed"), *regular])]
    for other in (offset, mask):
        if isinstance(other, Tensor) and other.shape is not None and len(other.shape) == 4:
            rows.append((other, [kept(0), Read("mixed"), kept(2), kept(3)]))
    shape = (
        input.shape[0],
        channels if is_size(channels) else fresh(),
        *(size for size, _ in made if size is not None),
    )
    return op.emit(rows, shape)


LIBRARY.foreign.add("torchvision")
for _module in ("torchvision.ops", "torchvision.ops.deform_conv"):
    layer(
        "DeformConv2d",
        "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True",
        deform,
        inputs="input, offset, mask=None",
        axes=2,
        spatial=SPATIAL,
        prepare=prepared(2),
        module=_module,
    )


def _derived(args: dict[str, Value]) -> dict[str, Value]:
    weight = args["weight"]
    made: dict[str, Value] = from_weight(2)({**args, "groups": 1})
    made.pop("groups")
    if isinstance(weight, Tensor) and weight.shape is not None:
        made.pop("in_channels", None)
    return made


functional(
    ["torchvision.ops.deform_conv2d", "torchvision.ops.deform_conv.deform_conv2d"],
    "DeformConv2d",
    "input, offset, weight, bias=None, stride=1, padding=0, dilation=1, mask=None",
    deform,
    inputs=("input", "offset", "mask"),
    axes=2,
    spatial=SPATIAL,
    derive=_derived,
)
