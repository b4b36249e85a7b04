"""Adaptive pools, of one to three axes: as many bins as the output has positions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from rflint import field
from rflint.dims import Size, equal, less
from rflint.interp.values import Tensor, Value, is_size
from rflint.library.torch.axes import FUNCTIONAL, Axis, checked, refused, resized, restated, unknown_axis
from rflint.library.torch.op import Op, functional, kept, layer, unread
from rflint.library.torch.pooling import with_indices
from rflint.trace import Read

MOST_AXES = 65


def adaptive(op: Op, input: Value, axes: int) -> Value:
    """An adaptive pool: (N, C, …) or (C, …) to `output_size`, where None leaves an axis as it is."""
    wanted = _wanted(op.arg("output_size"), axes)
    if wanted is not None:
        op = restated(op, {"output_size": wanted})
    odd = _odd(op.arg("output_size")) if op.has("output_size") else ""
    if odd and isinstance(input, Tensor):
        return with_indices(op, op.refuse([input], odd))
    input, answer = checked(op, input, _ranks(op, wanted, axes))
    if answer is None:
        first = len(input.shape) - axes
        answer = resized(op, input, [_binned(op, wanted, input.shape[first + a], a, first + a) for a in range(axes)])
    return with_indices(op, answer)


def _odd(size: Any) -> str:
    """Why torch takes no such output size; "" if it may."""
    if size is None:
        return "output_size=None is none for any axis"
    sizes = size if isinstance(size, tuple) else (size,)
    odd = next((one for one in sizes if isinstance(one, (float, str, bool))), None)
    return "" if odd is None else f"output_size={odd!r} is no integer"


def _ranks(op: Op, wanted: Sequence[Size | None] | None, axes: int) -> range:
    """The numbers of axes that it takes: means over everything are taken of any tensor that has the axes."""
    everything = op.layer.base in ("AdaptiveAvgPool2d", "AdaptiveAvgPool3d") and wanted == (1,) * axes
    return range(axes, MOST_AXES) if everything else range(axes + 1, axes + 3)


def _wanted(value: Any, axes: int) -> tuple[Size | None, ...] | None:
    """`output_size` with one value for each axis; None if it is not known."""
    if is_size(value):
        return (value,) * axes
    known = isinstance(value, tuple) and all(item is None or is_size(item) for item in value)
    return value if known else None


def _binned(op: Op, wanted: Sequence[Size | None] | None, size: Size, axis: int, at: int) -> Axis:
    if wanted is None:
        return unknown_axis(at, "output_size is not known")
    if len(wanted) != int(op.layer.base[-2]):
        return refused(f"{op.layer.base} takes no output_size with {len(wanted)} values")
    target = wanted[axis]
    return Axis(size, kept(at)) if target is None else bins(size, target, at)


def bins(size: Size, target: Size, at: int) -> Axis:
    """One axis that is pooled into `target` bins."""
    if less(target, 0):
        return refused("the output size of an adaptive pool should not be negative")
    if target == 1:
        return Axis(1, Read("whole", at))
    if equal(size, target):
        return Axis(target, kept(at))
    access = field.bins(size, target) if isinstance(size, int) and isinstance(target, int) else None
    reason = f"it pools {size} into {target} positions, and what each of them reads depends on the size"
    return Axis(target, Read("kept", at, access) if access is not None else unread(at, reason))


def _always_with_indices(args: dict[str, Value]) -> dict[str, Value]:
    return {**args, "return_indices": True}


def _define(axes: int) -> None:
    run = partial(adaptive, axes=axes)
    layer(f"AdaptiveAvgPool{axes}d", "output_size", run, axes=axes)
    layer(f"AdaptiveMaxPool{axes}d", "output_size, return_indices=False", run, axes=axes)
    average, most = f"adaptive_avg_pool{axes}d", f"adaptive_max_pool{axes}d"
    both = [f"{FUNCTIONAL}.{average}", f"torch.{average}"]
    functional(both, f"AdaptiveAvgPool{axes}d", "input, output_size", run, axes=axes)
    base, signature = f"AdaptiveMaxPool{axes}d", "input, output_size, return_indices=False"
    functional([f"{FUNCTIONAL}.{most}"], base, signature, run, axes=axes)
    indexed = [f"{FUNCTIONAL}.{most}_with_indices", f"torch.{most}"]
    functional(indexed, base, signature, run, axes=axes, derive=_always_with_indices)


for _axes in (1, 2, 3):
    _define(_axes)
