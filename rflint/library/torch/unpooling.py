"""The inverse of max pools: `MaxUnpool1d` to `MaxUnpool3d`, and their functional forms."""

from __future__ import annotations

from functools import partial

from rflint import field, sizes
from rflint.dims import Size, less
from rflint.interp.values import Tensor, Value
from rflint.library.torch.axes import FUNCTIONAL, Axis, checked, refused, unknown_axis
from rflint.library.torch.broadcasting import pointwise
from rflint.library.torch.op import Op, fresh, functional, layer, per_axis
from rflint.library.torch.pooling import AVERAGE, COLLAPSED, give_stride, own_stride
from rflint.trace import Read


def unpool(op: Op, input: Value, indices: Value, output_size: Value = None, *, axes: int) -> Value:
    """An output position holds one of the inputs whose window it was in, or nothing; the indices are read alike."""
    input, answer = checked(op, input, (axes + 1, axes + 2))
    if answer is not None:
        return answer
    first = len(input.shape) - axes
    rows = [_unpooled(op, input.shape[first + a], a, first + a) for a in range(axes)]
    if output_size is not None:
        given = output_size[-axes:] if isinstance(output_size, (list, tuple)) else output_size
        wanted = per_axis(given, axes) or (None,) * axes
        rows = [_asked_for(op, row, wanted[a], a) for a, row in enumerate(rows)]
    return _read_twice(op, input, indices, rows)


def _unpooled(op: Op, size: Size, axis: int, at: int) -> Axis:
    """One axis with its default size: that of a transposed convolution."""
    if not op.has(*AVERAGE):
        return unknown_axis(at, "an argument is not known")
    kernel, stride, padding = (op.arg(name)[axis] for name in AVERAGE)
    if not all(isinstance(value, int) for value in (kernel, stride, padding)):
        return unknown_axis(at, "the size of the window depends on symbols")
    out = sizes.transposed(size, kernel, stride, padding, 1, 0)
    access = field.transposed(kernel, stride, padding, 1)
    if access is None or sizes.is_collapsed(out):
        return refused(COLLAPSED if access else "the stride of a pool should be positive")
    return Axis(out, Read("kept", at, access))


def _asked_for(op: Op, row: Axis, wanted: Size | None, axis: int) -> Axis:
    """The axis with the size that `output_size` gives: torch takes what is less than a stride away from the default."""
    if wanted is None:
        return Axis(fresh(), row.read, "output_size is not known")
    if row.size is not None and not row.reason:
        stride = op.arg("stride")[axis]
        if False in (less(row.size - stride, wanted), less(wanted, row.size + stride)):
            return refused(f"output_size {wanted} is more than a stride from {row.size}")
    return row._replace(size=wanted, reason="")


def _read_twice(op: Op, input: Tensor, indices: Value, rows: list[Axis]) -> Tensor:
    assert input.shape is not None
    sizes_known = [row.size for row in rows if row.size is not None]
    reason = next((row.reason for row in rows if row.reason), "")
    if len(sizes_known) < len(rows):
        return op.opaque([input], next(row.reason for row in rows if row.size is None))
    first = len(input.shape) - len(rows)
    reads = (*pointwise(first), *(row.read for row in rows))
    second = [(indices, reads)] if isinstance(indices, Tensor) else []
    return op.emit([(input, reads), *second], (*input.shape[:first], *sizes_known), reason)


def _define(axes: int) -> None:
    base, arguments = f"MaxUnpool{axes}d", "kernel_size, stride=None, padding=0"
    inputs = ("input", "indices", "output_size")
    run = partial(unpool, axes=axes)
    asked = "input, indices, output_size=None"
    layer(base, arguments, run, inputs=asked, axes=axes, spatial=AVERAGE, prepare=give_stride)
    functional(
        [f"{FUNCTIONAL}.max_unpool{axes}d"],
        base,
        f"input, indices, {arguments}, output_size=None",
        run,
        inputs=inputs,
        axes=axes,
        spatial=AVERAGE,
        derive=own_stride,
    )


for _axes in (1, 2, 3):
    _define(_axes)
