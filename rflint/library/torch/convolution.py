"""Convolutions of one to three axes, transposed ones, and their functional forms."""

from __future__ import annotations

from typing import Any

from rflint import field, sizes
from rflint.dims import Size
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Unknown, Value, is_size
from rflint.library.torch.op import Op, fresh, functional, kept, layer, per_axis, shaped, stop, unread
from rflint.trace import Read

ARGUMENTS = (
    "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, "
    "padding_mode='zeros', device=None, dtype=None"
)
TRANSPOSED = (
    "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, "
    "dilation=1, padding_mode='zeros', device=None, dtype=None"
)
SPATIAL = ("kernel_size", "stride", "padding", "dilation", "output_padding")


def convolve(op: Op, input: Value, axes: int) -> Value:
    """A convolution: (N, C, …) or (C, …) to the sizes of `sizes.conv`, channels to `out_channels`."""
    if isinstance(input, Tensor):
        input = shaped(op, input, axes, op.arg("in_channels"))
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) not in (axes + 1, axes + 2):
        return op.opaque([input], f"{op.layer.kind} on a tensor with {len(input.shape)} axes")
    first = len(input.shape) - axes
    reads = [*(_batch(first)), Read("mixed")]
    spatial: list[Size] = []
    for axis in range(axes):
        size, read = conv_axis(op, input.shape[first + axis], axis, first + axis)
        spatial.append(size)
        reads.append(read)
    channels = op.arg("out_channels")
    shape = (*input.shape[: first - 1], channels if is_size(channels) else fresh(), *spatial)
    return finished(op, input, reads, shape, axes)


def _batch(first: int) -> list[Read]:
    return [kept(axis) for axis in range(first - 1)]


def conv_axis(op: Op, size: Size, axis: int, at: int) -> tuple[Size, Read]:
    """Output size and access of one axis of a convolution."""
    if not op.has("kernel_size", "stride", "padding", "dilation"):
        return fresh(), unread(at, "an argument is not known")
    kernel, stride, dilation = (op.arg(name)[axis] for name in ("kernel_size", "stride", "dilation"))
    left, right = conv_padding(op.arg("padding"), kernel, dilation, axis)
    if not all(isinstance(v, int) for v in (kernel, stride, dilation, left)) or stride < 1:
        return fresh(), unread(at, "an argument is not known")
    out = sizes.window(size, kernel, stride, left, right, dilation)
    return out, Read("kept", at, field.window(kernel, stride, left, dilation))


def conv_padding(padding: Any, kernel: Any, dilation: Any, axis: int) -> tuple[Any, Any]:
    """Left and right padding of an axis; of the odd total of `padding='same'` the extra one goes right."""
    if padding == "valid":
        return 0, 0
    if padding == "same":
        total = dilation * (kernel - 1)
        return total // 2, total - total // 2
    if isinstance(padding, tuple):
        return padding[axis], padding[axis]
    return None, None


def finished(op: Op, input: Tensor, reads: list[Read], shape: tuple[Size, ...], axes: int) -> Value:
    """The use, if its sizes can be positive; otherwise a use whose output is unknown."""
    if any(sizes.is_collapsed(size) for size in shape[-axes:]):
        return op.opaque([input], "its output size would not be positive")
    return op.emit([(input, reads)], shape)


def transpose(op: Op, input: Value, axes: int, output_size: Value = None) -> Value:
    """A transposed convolution; `output_size` chooses the output padding."""
    if isinstance(input, Tensor):
        input = shaped(op, input, axes, op.arg("in_channels"))
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) not in (axes + 1, axes + 2):
        return op.opaque([input], f"{op.layer.kind} on a tensor with {len(input.shape)} axes")
    first = len(input.shape) - axes
    reads = [*(_batch(first)), Read("mixed")]
    wanted = per_axis(output_size[-axes:] if isinstance(output_size, (list, tuple)) else output_size, axes)
    spatial: list[Size] = []
    for axis in range(axes):
        size, read = _transposed_axis(op, input.shape[first + axis], axis, first + axis)
        if output_size is not None:
            size = wanted[axis] if wanted is not None else fresh()
        spatial.append(size)
        reads.append(read)
    channels = op.arg("out_channels")
    shape = (*input.shape[: first - 1], channels if is_size(channels) else fresh(), *spatial)
    return finished(op, input, reads, shape, axes)


def _transposed_axis(op: Op, size: Size, axis: int, at: int) -> tuple[Size, Read]:
    names = ("kernel_size", "stride", "padding", "dilation", "output_padding")
    if not op.has(*names) or not all(isinstance(op.arg(name), tuple) for name in names):
        return fresh(), unread(at, "an argument is not known")
    kernel, stride, padding, dilation, extra = (op.arg(name)[axis] for name in names)
    if not all(isinstance(v, int) for v in (kernel, stride, padding, dilation, extra)):
        return fresh(), unread(at, "an argument is not known")
    access = field.transposed(kernel, stride, padding, dilation)
    read = Read("kept", at, access) if access is not None else unread(at, "a stride with too many phases")
    return sizes.transposed(size, kernel, stride, padding, dilation, extra), read


def prepared(axes: int, transposed: bool = False) -> Any:
    """What a constructor leaves on the layer: arguments per axis, `weight` and `bias`."""

    def prepare(call: Call, self: Instance) -> None:
        attrs = self.attrs
        for name in SPATIAL:
            value = attrs.get(name)
            made = per_axis(value, axes)
            if made is not None and not isinstance(value, (str, Unknown)):
                attrs[name] = made
        attrs["transposed"] = transposed
        attrs["weight"] = Tensor(_weight_shape(attrs, transposed), parameter=True)
        bias = attrs.get("bias")
        has_bias = bias if isinstance(bias, Unknown) else bool(bias) or None
        attrs["bias"] = Tensor((attrs["out_channels"],), parameter=True) if has_bias is True else has_bias

    return prepare


def _weight_shape(attrs: dict[str, Value], transposed: bool) -> tuple[Size, ...] | None:
    kernel, groups = attrs["kernel_size"], attrs["groups"]
    first, second = attrs["in_channels"], attrs["out_channels"]
    if not (
        isinstance(kernel, tuple) and is_size(first) and is_size(second) and isinstance(groups, int) and groups > 0
    ):
        return None
    return (first, second // groups, *kernel) if transposed else (second, first // groups, *kernel)


def from_weight(axes: int, transposed: bool = False) -> Any:
    """The layer's arguments from those of the function: channels and kernel are the shape of `weight`."""

    def derive(args: dict[str, Value]) -> dict[str, Value]:
        weight = args.pop("weight")
        bias = args.pop("bias")
        shape = weight.shape if isinstance(weight, Tensor) else None
        if shape is not None and len(shape) == axes + 2 and is_size(args["groups"]):
            groups = args["groups"]
            channels = (shape[0], shape[1] * groups) if transposed else (shape[1] * groups, shape[0])
            args.update(in_channels=channels[0], out_channels=channels[1], kernel_size=tuple(shape[2:]))
        args["bias"] = bias is not None if not isinstance(bias, Unknown) else bias
        return args

    return derive


def _define(axes: int) -> None:
    def plain(op: Op, input: Value) -> Value:
        return convolve(op, input, axes)

    def back(op: Op, input: Value, output_size: Value = None) -> Value:
        return transpose(op, input, axes, output_size)

    base, name = f"Conv{axes}d", f"conv{axes}d"
    layer(base, ARGUMENTS, plain, axes=axes, spatial=SPATIAL, prepare=prepared(axes, False))
    functional(
        [f"torch.nn.functional.{name}", f"torch.{name}"],
        base,
        "input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1",
        plain,
        axes=axes,
        spatial=SPATIAL,
        derive=from_weight(axes, False),
    )
    base, name = f"ConvTranspose{axes}d", f"conv_transpose{axes}d"
    layer(
        base,
        TRANSPOSED,
        back,
        inputs="input, output_size=None",
        axes=axes,
        spatial=SPATIAL,
        prepare=prepared(axes, True),
    )
    functional(
        [f"torch.nn.functional.{name}", f"torch.{name}"],
        base,
        "input, weight, bias=None, stride=1, padding=0, output_padding=0, groups=1, dilation=1",
        back,
        axes=axes,
        spatial=SPATIAL,
        derive=from_weight(axes, True),
    )


for _axes in (1, 2, 3):
    _define(_axes)
