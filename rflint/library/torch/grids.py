"""Sampling at positions that are data: `F.grid_sample`, `F.affine_grid`.

As a lower bound they are given the access of the identity grid: resampling to the size of the grid, and no more.
"""

from __future__ import annotations

from rflint.dims import Size
from rflint.interp.values import Tensor, Value, is_size
from rflint.library.torch.axes import FUNCTIONAL
from rflint.library.torch.broadcasting import agreed
from rflint.library.torch.op import Op, functional, kept, stop, tensor_of
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.sampling import sampled
from rflint.trace import Read, Shape

MODES = {"mode": ("bilinear", "nearest", "bicubic"), "padding_mode": ("zeros", "border", "reflection")}
MOVED = "it samples at positions that are computed"


def grid_sample(op: Op, input: Value, grid: Value) -> Value:
    """(N, C, …) sampled at the positions in (N, *size, axes) is (N, C, *size)."""
    input, grid = tensor_of(op.call, input), tensor_of(op.call, grid)
    if not isinstance(input, Tensor) or input.shape is None:
        return stop(op, input)
    if not isinstance(grid, Tensor) or grid.shape is None:
        return op.opaque([input], grid.reason or "the size of the grid is not known")
    rank = len(input.shape)
    if rank not in (4, 5) or len(grid.shape) != rank:
        return op.opaque([input, grid], Refusal(f"a grid with {len(grid.shape)} axes for an input with {rank}"))
    problem = _misfit(op, input.shape, grid.shape)
    if problem:
        return op.opaque([input, grid], problem)
    spatial = range(2, rank)
    moved = [kept(0), kept(1), *(_moved(op, input.shape[to], grid.shape[to - 1], to) for to in spatial)]
    positions = [kept(0), *(kept(to) for to in spatial), Read("whole")]
    shape: Shape = (*input.shape[:2], *grid.shape[1:-1])
    return op.emit([(input, moved), (grid, positions)], shape, grid.reason)


def _misfit(op: Op, shape: Shape, grid: Shape) -> str:
    """Why torch refuses a grid of as many axes, or the modes; "" if it may take them."""
    for name, known in MODES.items():
        said = op.arg(name)
        if isinstance(said, str) and said not in known:
            return Refusal(f"there is no {name} {said!r}")
    if op.arg("mode") == "bicubic" and len(shape) != 4:
        return Refusal("mode 'bicubic' takes inputs with 4 axes")
    wanted = zip((shape[0], len(shape) - 2), (grid[0], grid[-1]), strict=True)
    return next((reason for a, b in wanted for met, reason in [agreed(a, b)] if met is None), "")


def _moved(op: Op, size: Size, out: Size, to: int) -> Read:
    """An axis that is read where data say; with what the identity grid reads of it."""
    mode, aligned = op.arg("mode"), bool(op.arg("align_corners"))
    linear = {"bilinear": "bilinear", "nearest": "nearest-exact", "bicubic": "bicubic"}.get(str(mode))
    return Read("unknown", to, sampled(linear, size, out, None, aligned, False), MOVED)


def affine_grid(op: Op, theta: Value) -> Value:
    """The (N, *size, axes) positions of N affine maps (N, axes, axes + 1), for an output of shape `size`."""
    theta = tensor_of(op.call, theta)
    if not isinstance(theta, Tensor) or theta.shape is None:
        return stop(op, theta)
    size = op.arg("size")
    if not isinstance(size, tuple) or len(size) not in (4, 5) or not all(map(is_size, size)):
        return op.opaque([theta], "the size of the grid is not known")
    axes = len(size) - 2
    if len(theta.shape) != 3:
        return op.opaque([theta], Refusal(f"{op.layer.kind} on a tensor with {len(theta.shape)} axes"))
    reads = [kept(0), kept(axes + 1), Read("whole")]
    return op.emit([(theta, reads)], (size[0], *size[2:], axes), theta.reason)


functional(
    [f"{FUNCTIONAL}.grid_sample", "torch.grid_sampler"],
    "grid_sample",
    "input, grid, mode='bilinear', padding_mode='zeros', align_corners=None",
    grid_sample,
    inputs=("input", "grid"),
)
functional(
    [f"{FUNCTIONAL}.affine_grid"], "affine_grid", "theta, size, align_corners=None", affine_grid, inputs=("theta",)
)
