"""Resampling: `nn.Upsample`, `F.interpolate` and their older names."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from math import isfinite
from typing import Any

from rflint import sizes
from rflint.dims import Size
from rflint.interp.frames import Call
from rflint.interp.values import Instance, Value, is_size
from rflint.library.registry import alias, member, native_class
from rflint.library.torch.adaptive import bins
from rflint.library.torch.axes import FUNCTIONAL, Axis, checked, refused, resized, restated, unknown_axis
from rflint.library.torch.op import Op, fresh, functional, layer, unread
from rflint.library.torch.refusal import Refusal
from rflint.library.torch.sampling import sampled
from rflint.trace import Read

RANKS = {
    "nearest": (3, 4, 5),
    "nearest-exact": (3, 4, 5),
    "area": (3, 4, 5),
    "linear": (3,),
    "bilinear": (4,),
    "trilinear": (5,),
    "bicubic": (4,),
    "lanczos": (4,),
}
"""The modes, and the numbers of axes (with batch and channels) for which torch has them."""
WITHOUT_CORNERS = ("nearest", "nearest-exact", "area")
SMOOTHED = ("bilinear", "bicubic", "lanczos")
EXACT_TO = 4096
"""A scale factor is exact in floating point, for any size, if it is a fraction over a power of two up to this one."""


def resample(op: Op, input: Value, names: str) -> Value:
    """(N, C, …) to `size`, or to ⌊n·scale_factor⌋; `names` are the arguments of this form."""
    input, answer = checked(op, input, (3, 4, 5))
    if answer is not None:
        return answer
    axes = len(input.shape) - 2
    op = _each_axis(op, axes)
    problem = _problem(op, len(input.shape))
    if problem:
        return op.opaque([input], problem)
    missing = next((name for name in names.split() if not op.has(name)), "")
    return resized(op, input, [_axis(op, input.shape[2 + a], a, missing) for a in range(axes)])


def _each_axis(op: Op, axes: int) -> Op:
    """The arguments with one size, or one scale factor, for each axis."""
    for name in ("size", "scale_factor"):
        value = op.arg(name)
        if value is not None and not isinstance(value, tuple):
            op = restated(op, {name: (value,) * axes})
    return op


def _problem(op: Op, rank: int) -> str:
    """Why torch refuses these arguments, "" if it does not."""
    size, scale, mode = op.arg("size"), op.arg("scale_factor"), op.arg("mode")
    if isinstance(mode, str) and mode not in RANKS:
        return Refusal(f"there is no mode {mode!r}")
    if op.owner is None and isinstance(scale, tuple) and any(isinstance(one, str) for one in scale) and _is_used(op):
        return Refusal(f"scale_factor={scale!r} is no number")
    if mode == "lanczos" and op.arg("antialias") in (False, None) and (op.has("antialias") or op.owner is not None):
        return Refusal("mode 'lanczos' wants antialias=True")
    if op.has("size", "scale_factor") and (size is None) == (scale is None):
        return Refusal("it takes either size or scale_factor")
    if any(given is not None and len(given) != rank - 2 for given in (size, scale)):
        return Refusal(f"size and scale_factor should have {rank - 2} values for an input with {rank} axes")
    if op.arg("recompute_scale_factor") and size is not None:
        return Refusal("recompute_scale_factor is of no use with size")
    if mode is not None and rank not in RANKS.get(mode, ()):
        return Refusal(f"mode {mode!r} does not take inputs with {rank} axes")
    if op.arg("align_corners") is not None and mode in WITHOUT_CORNERS:
        return Refusal(f"mode {mode!r} takes no align_corners")
    if op.arg("antialias") and mode is not None and mode not in SMOOTHED:
        return Refusal(f"mode {mode!r} takes no antialias")
    return ""


def _is_used(op: Op) -> bool:
    """Whether the scale factor goes to torch as it is; else Python multiplies sizes by it, which texts let happen."""
    return op.has("recompute_scale_factor") and not op.arg("recompute_scale_factor")


def _axis(op: Op, size: Size, axis: int, missing: str) -> Axis:
    """One axis; `missing` is the first argument that is not known."""
    at = 2 + axis
    if missing in ("size", "scale_factor"):
        return unknown_axis(at, f"{missing} is not known")
    scale = None if op.arg("scale_factor") is None else op.arg("scale_factor")[axis]
    out = op.arg("size")[axis] if scale is None else scaled(size, scale)
    if isinstance(out, (float, str, bool)):
        return refused("its output size is no integer")
    if out is not None and not is_size(out):
        return unknown_axis(at, "its output size is not known")
    if out is not None and not missing and op.arg("mode") == "area":
        return bins(size, out, at)
    if out is not None and sizes.is_collapsed(out):
        return refused("its output size would not be positive")
    read = unread(at, f"{missing} is not known") if missing else _read(op, size, out, scale, at)
    return Axis(out, read) if out is not None else Axis(fresh(), read, f"{size} times {scale}, which is rounded")


def scaled(size: Size, scale: Any) -> Size | None:
    """⌊size·scale⌋, in the floating point that torch uses; None where that depends on a symbolic size."""
    if is_size(scale):
        product: Size = size * scale
        return product
    if not isinstance(scale, float) or not isfinite(scale):
        return None
    if isinstance(size, int):
        return int(size * scale)
    exact = Fraction(scale)
    return size * exact.numerator // exact.denominator if exact.denominator <= EXACT_TO else None


def _read(op: Op, size: Size, out: Size | None, scale: Any, at: int) -> Read:
    used = None if op.arg("recompute_scale_factor") else scale
    mode, aligned, smoothed = op.arg("mode"), bool(op.arg("align_corners")), bool(op.arg("antialias"))
    access = sampled(mode, size, out, used, aligned, smoothed)
    if access is not None:
        return Read("kept", at, access)
    return unread(at, f"which of {size} positions each of {'?' if out is None else out} reads is not known")


# -- definitions -----------------------------------------------------------------------------------------------

SIZES = "size scale_factor"
OLD = f"{SIZES} mode align_corners"
LAYER = f"{OLD} recompute_scale_factor"
FULL = f"{LAYER} antialias"
_SIGNATURE = "size=None, scale_factor=None, mode='nearest', align_corners=None"
UPSAMPLE = layer("Upsample", f"{_SIGNATURE}, recompute_scale_factor=None", partial(resample, names=LAYER))
NEAREST_2D = native_class("torch.nn.UpsamplingNearest2d", UPSAMPLE)
BILINEAR_2D = native_class("torch.nn.UpsamplingBilinear2d", UPSAMPLE)
functional(
    [f"{FUNCTIONAL}.interpolate"],
    "Upsample",
    f"input, {_SIGNATURE}, recompute_scale_factor=None, antialias=False",
    partial(resample, names=FULL),
)
functional([f"{FUNCTIONAL}.upsample"], "Upsample", f"input, {_SIGNATURE}", partial(resample, names=OLD))


@member(NEAREST_2D, "__init__", signature="size=None, scale_factor=None")
def nearest_2d(call: Call, self: Instance, size: Value, scale_factor: Value) -> Value:
    """`UpsamplingNearest2d`."""
    return _older(call, self, size, scale_factor, "nearest", None)


@member(BILINEAR_2D, "__init__", signature="size=None, scale_factor=None")
def bilinear_2d(call: Call, self: Instance, size: Value, scale_factor: Value) -> Value:
    """`UpsamplingBilinear2d`."""
    return _older(call, self, size, scale_factor, "bilinear", True)


def _older(call: Call, self: Instance, size: Value, scale_factor: Value, mode: str, aligned: bool | None) -> Value:
    settings = {"mode": mode, "align_corners": aligned, "recompute_scale_factor": None}
    assert UPSAMPLE.create is not None
    UPSAMPLE.create(call, self, size=size, scale_factor=scale_factor, **settings)
    return None


def _of_mode(mode: str, aligned: bool | None) -> Any:
    return lambda args: {**args, "mode": mode, "align_corners": aligned}


for _name, _mode, _aligned in (("nearest", "nearest", None), ("bilinear", "bilinear", True)):
    functional(
        [f"{FUNCTIONAL}.upsample_{_name}"],
        "Upsample",
        "input, size=None, scale_factor=None",
        partial(resample, names=OLD),
        derive=_of_mode(_mode, _aligned),
    )
alias("torch.nn.modules.upsampling", "torch.nn")
