"""Convolutions of one to three axes, transposed ones, and their functional forms."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rflint import field, sizes
from rflint.dims import Size, equal, less
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Unknown, Value, is_size
from rflint.library.torch.axes import restated
from rflint.library.torch.op import Op, fresh, functional, kept, layer, per_axis, shaped, stop, unread
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, show_shape

ARGUMENTS = (
    "in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1, bias=True, "
    "padding_mode='zeros', device=None, dtype=None"
)
TRANSPOSED = (
    "in_channels, out_channels, kernel_size, stride=1, padding=0, output_padding=0, groups=1, bias=True, "
    "dilation=1, padding_mode='zeros', device=None, dtype=None"
)
UNKNOWN = "an argument is not known"
COLLAPSED = "its output size would not be positive"
"""A transposed convolution may have an output of size 0."""
REFUSED = "an argument is none that torch takes"
OTHER_AXES = "where padding_mode is not 'zeros', so many paddings in brackets stand for as many of the last axes"
OfAxis = Callable[[Op, Size, int, int], tuple[Size | None, Read]]
SPATIAL = ("kernel_size", "stride", "padding", "dilation", "output_padding")


def slide(op: Op, input: Value, axes: int, of_axis: OfAxis) -> Value:
    """A convolution of either kind: (N, C, …) or (C, …) to `out_channels` and what `of_axis` says of each axis."""
    if isinstance(input, Tensor):
        input = shaped(op, input, axes, op.arg("in_channels"))
    answer = stop(op, input)
    if answer is not None:
        return answer
    if len(input.shape) not in (axes + 1, axes + 2):
        return op.opaque([input], Refusal(f"{op.layer.kind} on a tensor with {len(input.shape)} axes"))
    if op.arg("misfit"):
        return op.refuse([input], op.arg("misfit"))
    padded = padded_axes(op)
    if padded not in (0, axes):
        is_taken = len(input.shape) - padded in (1, 2)  # by `pad`, unless it pads with zeros
        return op.opaque([input], OTHER_AXES if is_taken else Refusal(OTHER_AXES))
    first = len(input.shape) - axes
    rows = [of_axis(op, input.shape[first + axis], axis, first + axis) for axis in range(axes)]
    if any(size is None for size, _ in rows):
        return op.opaque([input], Refusal("its arguments are none that torch takes"))
    made = [size for size, _ in rows if size is not None]
    if any(map(sizes.is_collapsed, made)):
        empty = op.layer.base.startswith("ConvTranspose") and not any(less(size, 0) for size in made)
        return op.opaque([input], COLLAPSED if empty else Refusal(COLLAPSED))
    reads = [*(kept(axis) for axis in range(first - 1)), Read("mixed"), *(read for _, read in rows)]
    channels = op.arg("out_channels")
    shape = (*input.shape[: first - 1], channels if is_size(channels) else fresh(), *(size for size, _ in rows))
    return op.emit([(input, reads)], shape)


def padded_axes(op: Op) -> int:
    """How many of the last axes `pad` pads, if a layer hands its padding to it; 0 where torch pads with zeros."""
    padding = op.owner.attrs.get("padding") if op.owner is not None else None
    is_handed_on = op.has("padding_mode") and op.arg("padding_mode") != "zeros"
    return len(padding) if isinstance(padding, tuple) and is_handed_on else 0


def conv_axis(op: Op, size: Size, axis: int, at: int) -> tuple[Size | None, Read]:
    """Output size and access of one axis of a convolution; no size for arguments that torch refuses."""
    if not op.has("kernel_size", "stride", "padding", "dilation"):
        return fresh(), unread(at, UNKNOWN)
    kernel, stride, dilation = (op.arg(name)[axis] for name in ("kernel_size", "stride", "dilation"))
    if not all(isinstance(value, int) for value in (kernel, stride, dilation)):
        return fresh(), unread(at, UNKNOWN)
    left, right = conv_padding(op.arg("padding"), kernel, dilation, axis)
    if not isinstance(left, int):
        return fresh(), unread(at, UNKNOWN)
    if min(kernel, stride, dilation) < 1 or left < 0 or (op.arg("padding") == "same" and stride > 1):
        return None, unread(at, REFUSED)
    out = sizes.window(size, kernel, stride, left, right, dilation)
    return out, Read("kept", at, field.window(kernel, stride, left, dilation))


def conv_padding(padding: Any, kernel: int, dilation: int, axis: int) -> tuple[Any, Any]:
    """Left and right padding of an axis; of the odd total of `padding='same'` the extra one goes right."""
    if padding == "valid":
        return 0, 0
    if padding == "same":
        total = dilation * (kernel - 1)
        return total // 2, total - total // 2
    if isinstance(padding, tuple):
        return padding[axis], padding[axis]
    return None, None


def transposed_axis(op: Op, size: Size, axis: int, at: int) -> tuple[Size | None, Read]:
    """Output size and access of one axis of a transposed convolution; no size for arguments that torch refuses."""
    names = ("kernel_size", "stride", "padding", "dilation", "output_padding")
    if not op.has(*names) or not all(isinstance(op.arg(name), tuple) for name in names):
        return fresh(), unread(at, UNKNOWN)
    kernel, stride, padding, dilation, extra = (op.arg(name)[axis] for name in names)
    if not all(isinstance(value, int) for value in (kernel, stride, padding, dilation, extra)):
        return fresh(), unread(at, UNKNOWN)
    if min(kernel, stride, dilation) < 1 or padding < 0 or not 0 <= extra < max(stride, dilation):
        return None, unread(at, REFUSED)
    access = field.transposed(kernel, stride, padding, dilation)
    read = Read("kept", at, access) if access is not None else unread(at, "a stride with too many phases")
    return sizes.transposed(size, kernel, stride, padding, dilation, extra), read


def transpose(op: Op, input: Value, axes: int, output_size: Value) -> Value:
    """A transposed convolution; `output_size` chooses the output padding, whatever the layer was given."""
    if output_size is None:
        return slide(op, input, axes, transposed_axis)
    op = restated(op, {"output_padding": (0,) * axes})
    rank = len(input.shape) if isinstance(input, Tensor) and input.shape is not None else 0
    if isinstance(output_size, (list, tuple)) and rank and len(output_size) not in (axes, rank):
        return op.refuse([input], f"output_size has {len(output_size)} values")
    wanted = per_axis(output_size[-axes:] if isinstance(output_size, (list, tuple)) else output_size, axes)

    def of_axis(op: Op, size: Size, axis: int, at: int) -> tuple[Size | None, Read]:
        made, read = transposed_axis(op, size, axis, at)
        if made is None or not reachable(op, size, axis, None if wanted is None else wanted[axis]):
            return None, unread(at, REFUSED)
        return wanted[axis] if wanted is not None else fresh(), read

    return slide(op, input, axes, of_axis)


def reachable(op: Op, size: Size, axis: int, wanted: Size | None) -> bool:
    """Whether some output padding may make this size: torch takes it from n·s - … up to a stride less one more."""
    names = ("kernel_size", "stride", "padding", "dilation")
    if wanted is None or not all(isinstance(op.arg(name), tuple) for name in names):
        return True
    kernel, stride, padding, dilation = (op.arg(name)[axis] for name in names)
    if not all(isinstance(value, int) for value in (kernel, stride, padding, dilation)):
        return True
    least = sizes.transposed(size, kernel, stride, padding, dilation, 0)
    return not less(wanted, least) and not less(least + max(stride, 1) - 1, wanted)


def prepared(axes: int, transposed: bool = False) -> Any:
    """What a constructor leaves on the layer: arguments per axis, `weight` and `bias`."""

    def prepare(call: Call, self: Instance) -> None:
        attrs = self.attrs
        for name in SPATIAL:
            value = attrs.get(name)
            made = tuple(value) if isinstance(value, (list, tuple)) else per_axis(value, axes)
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
        length = bias.shape if isinstance(bias, Tensor) else None
        shape = weight.shape if isinstance(weight, Tensor) else None
        if shape is not None and len(shape) == axes + 2 and is_size(args["groups"]):
            groups = args["groups"]
            channels = (shape[0], shape[1] * groups) if transposed else (shape[1] * groups, shape[0])
            args.update(in_channels=channels[0], out_channels=channels[1], kernel_size=tuple(shape[2:]))
        elif shape is not None and len(shape) != axes + 2:
            args["kernel_size"] = tuple(shape[2:])
        made = args.get("out_channels")
        if length is not None and made is not None and (len(length) != 1 or equal(length[0], made) is False):
            args["misfit"] = f"a bias of {show_shape(length)} for {made} channels"
        args["bias"] = bias is not None if not isinstance(bias, Unknown) else bias
        return args

    return derive


def _define(axes: int) -> None:
    def plain(op: Op, input: Value) -> Value:
        return slide(op, input, axes, conv_axis)

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
