"""Pools with a window, of one to three axes: maxima, averages, power averages, and windows that are drawn at random."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from rflint import field, sizes
from rflint.dims import Size, equal, less
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Tensor, Value
from rflint.library.registry import alias
from rflint.library.torch.axes import FUNCTIONAL, Axis, checked, refused, resized, unknown_axis
from rflint.library.torch.op import Op, fresh, functional, layer, unread
from rflint.trace import Read

WINDOW = ("kernel_size", "stride", "padding", "dilation")
AVERAGE = ("kernel_size", "stride", "padding")
POWER = ("kernel_size", "stride")
"""The arguments that the window of each family has."""
COLLAPSED = "its output size would not be positive"


def pool(op: Op, input: Value, axes: int, names: Sequence[str]) -> Value:
    """A pool with a window: (N, C, …) or (C, …) to the sizes of `sizes.pool`."""
    input, answer = checked(op, input, (axes + 1, axes + 2))
    if answer is None:
        first = len(input.shape) - axes
        answer = resized(op, input, [_slid(op, names, input.shape[first + a], a, first + a) for a in range(axes)])
    return with_indices(op, answer)


def _slid(op: Op, names: Sequence[str], size: Size, axis: int, at: int) -> Axis:
    """One axis under the window."""
    if not op.has(*names):
        return unknown_axis(at, "an argument is not known")
    if op.layer.base == "LPPool1d" and isinstance(op.arg("kernel_size"), tuple):
        return refused("LPPool1d takes its kernel_size as a number, and no tuple")
    given = {"padding": 0, "dilation": 1} | {name: _along(op, name, axis) for name in names}
    kernel, stride, padding, dilation = (given[name] for name in WINDOW)
    if kernel is None:
        return refused("a pool without a kernel")
    if op.arg("divisor_override") == 0:
        return refused("divisor_override=0 divides by nothing")
    if not all(isinstance(value, int) for value in given.values()):
        alone = equal(kernel, size) is True and (padding, dilation) == (0, 1)
        return Axis(1, Read("whole", at)) if alone else unknown_axis(at, "the size of the window depends on symbols")
    problem = _refusal(kernel, stride, padding, dilation)
    if problem:
        return refused(problem)
    if op.layer.base in ("AvgPool3d", "LPPool3d") and less(size, kernel):
        return refused(f"{op.layer.base} wants an input that is no smaller than its kernel, {kernel}")
    out = sizes.pool(size, kernel, stride, padding, dilation, bool(op.arg("ceil_mode")))
    if out is not None and sizes.is_collapsed(out):
        return refused(COLLAPSED)
    read = Read("kept", at, field.window(kernel, stride, padding, dilation))
    if not op.has("ceil_mode"):
        return Axis(fresh(), read, "ceil_mode is not known")
    return Axis(out, read) if out is not None else Axis(fresh(), read, "ceil_mode on a symbolic size")


def _along(op: Op, name: str, axis: int) -> Any:
    """An argument on one axis."""
    value = op.arg(name)
    return value[axis] if isinstance(value, tuple) else value


def _refusal(kernel: int, stride: int, padding: int, dilation: int) -> str:
    """Why torch refuses such a window, "" if it does not."""
    if min(kernel, stride, dilation) < 1:
        return "kernel_size, stride and dilation of a pool should be positive"
    if not 0 <= 2 * padding <= kernel:
        return f"the padding of a pool should be at most half its kernel, {padding} is not for {kernel}"
    return ""


def with_indices(op: Op, result: Tensor) -> Value:
    """The result, and the indices of the maxima where they are asked for."""
    if "Max" not in op.layer.base:
        return result
    if not op.has("return_indices"):
        return op.call.unknown("whether indices are returned is not known")
    indices = Tensor(result.shape, result.source, "int", result.reason)
    return (result, indices) if op.arg("return_indices") else result


# -- windows drawn at random -----------------------------------------------------------------------------------


def fractional(op: Op, input: Value, axes: int) -> Value:
    """A pool whose windows are drawn at random, in training and afterwards."""
    input, answer = checked(op, input, (axes + 1, axes + 2))
    odd = _odd_ratio(op, axes)
    if answer is None and odd:
        answer = op.refuse([input], odd)
    if answer is None:
        first = len(input.shape) - axes
        answer = resized(op, input, [_drawn(op, input.shape[first + a], a, first + a, axes) for a in range(axes)])
    return with_indices(op, answer)


def _drawn(op: Op, size: Size, axis: int, at: int, axes: int) -> Axis:
    read = unread(at, "the windows of a fractional pool are drawn at random")
    out = _drawn_size(op, size, axis, axes)
    if out is None:
        return Axis(fresh(), read, "the output size of a fractional pool is not known")
    kernel = op.arg("kernel_size")
    spare = axes - 2  # torch wants one position more in three dimensions
    if out == 0:
        return Axis(fresh(), read, COLLAPSED)
    if sizes.is_collapsed(out) or (kernel is not None and less(size, out + kernel[axis] - 1 + spare)):
        return refused("the window of a fractional pool is too large for its input")
    return Axis(out, read)


def _drawn_size(op: Op, size: Size, axis: int, axes: int) -> Size | None:
    """`output_size`, or ⌊n·output_ratio⌋."""
    if not op.has("output_size", "output_ratio"):
        return None
    if op.arg("output_size") is not None:
        chosen: Size = op.arg("output_size")[axis]
        return chosen
    ratio = _ratios(op, axes)[axis]
    return int(size * ratio) if isinstance(ratio, (int, float)) and isinstance(size, int) else None


def _odd_ratio(op: Op, axes: int) -> str:
    """Why torch does not take `output_ratio`; "" if it does, or looks at another argument."""
    each = _ratios(op, axes) if op.has("output_size") and op.arg("output_size") is None else ()
    odd = each and (len(each) != axes or any(isinstance(one, str) for one in each))
    return f"output_ratio={op.arg('output_ratio')!r} is no number for each of {axes} axes" if odd else ""


def _ratios(op: Op, axes: int) -> tuple[Any, ...]:
    ratio = op.arg("output_ratio")
    return ratio if isinstance(ratio, tuple) else (ratio,) * axes


# -- definitions -----------------------------------------------------------------------------------------------


def own_stride(args: dict[str, Value]) -> dict[str, Value]:
    """The arguments with the stride that torch takes where none is given: the kernel."""
    stride = args.get("stride")
    missing = stride is None or (isinstance(stride, (list, tuple)) and not stride)
    return {**args, "stride": args["kernel_size"]} if missing else args


def give_stride(call: Call, self: Instance) -> None:
    """The attribute `stride` of a new layer."""
    self.attrs.update(own_stride(self.attrs))


def with_both(args: dict[str, Value]) -> dict[str, Value]:
    """The arguments of a function that always returns the indices too."""
    return {**own_stride(args), "return_indices": True}


def with_one(args: dict[str, Value]) -> dict[str, Value]:
    """The arguments of a function that never returns the indices."""
    return {**own_stride(args), "return_indices": False}


def _define_max(axes: int) -> None:
    base, name = f"MaxPool{axes}d", f"max_pool{axes}d"
    window = "kernel_size, stride=None, padding=0, dilation=1"
    last = "ceil_mode=False, return_indices=False"
    run = partial(pool, axes=axes, names=WINDOW)
    arguments = f"{window}, return_indices=False, ceil_mode=False"
    layer(base, arguments, run, axes=axes, spatial=WINDOW, prepare=give_stride)
    for names, signature, derive in (
        ([f"{FUNCTIONAL}.{name}"], f"input, {window}, {last}", own_stride),
        ([f"torch.{name}"], f"input, {window}, ceil_mode=False", with_one),
        ([f"{FUNCTIONAL}.{name}_with_indices", f"torch.{name}_with_indices"], f"input, {window}, {last}", with_both),
    ):
        functional(names, base, signature, run, axes=axes, spatial=WINDOW, derive=derive)


def _define_average(axes: int) -> None:
    base, name = f"AvgPool{axes}d", f"avg_pool{axes}d"
    arguments = "kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True"
    arguments += ", divisor_override=None" if axes > 1 else ""
    run = partial(pool, axes=axes, names=AVERAGE)
    layer(base, arguments, run, axes=axes, spatial=AVERAGE, prepare=give_stride)
    both = [f"{FUNCTIONAL}.{name}", f"torch.{name}"]
    functional(both, base, f"input, {arguments}", run, axes=axes, spatial=AVERAGE, derive=own_stride)


def _define_power(axes: int) -> None:
    base, arguments = f"LPPool{axes}d", "norm_type, kernel_size, stride=None, ceil_mode=False"
    run = partial(pool, axes=axes, names=POWER)
    spatial = POWER if axes > 1 else ("stride",)
    layer(base, arguments, run, axes=axes, spatial=spatial, prepare=give_stride)
    names = [f"{FUNCTIONAL}.lp_pool{axes}d"]
    functional(names, base, f"input, {arguments}", run, axes=axes, spatial=spatial, derive=own_stride)


def _define_fractional(axes: int) -> None:
    base, name = f"FractionalMaxPool{axes}d", f"{FUNCTIONAL}.fractional_max_pool{axes}d"
    arguments = "kernel_size, output_size=None, output_ratio=None, return_indices=False, _random_samples=None"
    run, spatial = partial(fractional, axes=axes), ("kernel_size", "output_size")
    layer(base, arguments, run, axes=axes, spatial=spatial)
    functional([name], base, f"input, {arguments}", run, axes=axes, spatial=spatial)
    indexed = [f"{name}_with_indices"]
    functional(indexed, base, f"input, {arguments}", run, axes=axes, spatial=spatial, derive=_asking)


def _asking(args: dict[str, Value]) -> dict[str, Value]:
    return {**args, "return_indices": True}


for _axes in (1, 2, 3):
    _define_max(_axes)
    _define_average(_axes)
    _define_power(_axes)
for _axes in (2, 3):
    _define_fractional(_axes)
alias("torch.nn.modules.pooling", "torch.nn")
