"""What torch says of pools, in the order in which it looks."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._layers import spatial_rank
from rflint.dims import Size, less
from rflint.torch_errors.figures import AXES, crossed, each, labelled, listed, shape_of
from rflint.trace import Use

CUBES = ("AvgPool3d", "LPPool3d")


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    spatial = spatial_rank(use)
    if not spatial:
        return
    if spatial == 1:
        yield from rank(use, spatial)
    yield from window(use)
    yield from rank(use, spatial)
    yield from dilation(use)
    yield from half(use)
    yield from output(use)


def rank(use: Use, spatial: int) -> Iterator[str]:
    """Tensors with more or fewer axes than the pool takes."""
    axes = len(shape_of(use))
    if axes in (spatial + 1, spatial + 2):
        return
    if spatial == 1:
        yield (
            f"RuntimeError: Expected 2 to 3 dimensions, but got {axes}-dimensional tensor for argument #1 'self' "
            "(while checking arguments for avg_pool1d)"
        )
        return
    taken = f"{spatial + 1}D or {spatial + 2}D (batch mode) tensor"
    if spatial == 2 and not use.base.startswith("Max"):
        shape = listed(shape_of(use))
        yield f"RuntimeError: Expected {taken} with optional 0 dim batch size for input, but got:{shape}"
    yield f"RuntimeError: non-empty {taken} expected for input"


def of_one_axis(use: Use) -> Iterator[str]:
    """The texts of `MaxPool1d`, which has its own."""
    shape, begin = shape_of(use), "RuntimeError: max_pool1d()"
    if len(shape) not in (2, 3):
        taken = "2D or 3D (batch mode) tensor with optional 0 dim batch size"
        yield f"RuntimeError: max_pool1d: Expected {taken} for input, but got:{listed(shape)}"
        return
    values = [each(use, name) for name in ("kernel_size", "stride", "padding", "dilation")]
    ceil = use.layer.args.get("ceil_mode")
    if not all(values) or not isinstance(ceil, bool):
        return
    (kernel,), (stride,), (pad,), (dilated,) = values
    for name, value in (("kernel_size", kernel), ("stride", stride)):
        if value < 1:
            yield f"{begin} {name} must be greater than zero, but got {value}"
    if pad < 0:
        yield f"{begin} padding must be non-negative, but got {pad}"
    if 2 * pad > kernel:
        yield f"{begin} padding should be at most half of kernel size, but got padding={pad} and kernel_size={kernel}"
    if dilated < 1:
        yield f"{begin} dilation must be greater than zero, but got {dilated}"
    made = pooled(shape[-1], kernel, stride, pad, dilated, ceil)
    if less(made, 1) is True:
        yield f"{begin} Invalid computed output size: {made}"


def window(use: Use) -> Iterator[str]:
    """Strides of zero and padding beyond half of what the kernel extends over, axis by axis."""
    values = [each(use, name) for name in ("kernel_size", "stride", "padding", "dilation")]
    for kernel, stride, pad, dilated in zip(*values, strict=False):
        if stride == 0:
            yield "RuntimeError: stride should not be zero"
        if pad < 0:
            yield f"RuntimeError: pad must be non-negative, but got pad: {pad}"
        if pad > int(((kernel - 1) * dilated + 1) / 2):  # rounded to zero, as in C
            yield (
                "RuntimeError: pad should be at most half of effective kernel size, "
                f"but got pad={pad}, kernel_size={kernel} and dilation={dilated}"
            )


def dilation(use: Use) -> Iterator[str]:
    """A kernel or a dilation of zero."""
    values, kernel = each(use, "dilation"), each(use, "kernel_size")
    if kernel and min(kernel) < 1:
        shown = labelled([f"k{axis}" for axis in AXES[-len(kernel) :]], kernel)
        yield f"RuntimeError: kernel size should be greater than zero, but got {shown}"
    if values and min(values) < 1:
        shown = labelled([f"dilation{axis}" for axis in AXES[-len(values) :]], values)
        yield f"RuntimeError: dilation should be greater than zero, but got {shown}"


def half(use: Use) -> Iterator[str]:
    """Padding beyond half of the kernel itself."""
    kernel, pad = each(use, "kernel_size"), each(use, "padding")
    if not any(2 * p > k for k, p in zip(kernel, pad, strict=False)):
        return
    if len(kernel) == 3:
        (kt, kh, kw), (pt, ph, pw) = kernel, pad
        shown = f"kT: {kt} kW: {kw} kH: {kh} padT: {pt} padW: {pw} padH: {ph}"
    else:
        kh, kw, ph, pw = kernel[0], kernel[-1], pad[0], pad[-1]
        shown = f"padW = {pw}, padH = {ph}, kW = {kw}, kH = {kh}"
    yield f"RuntimeError: pad should be smaller than or equal to half of kernel size, but got {shown}"


def output(use: Use) -> Iterator[str]:
    """Outputs without positions."""
    spatial, shape = spatial_rank(use), shape_of(use)
    sizes, kernel_size = shape[-spatial:], each(use, "kernel_size")
    if len(shape) not in (spatial + 1, spatial + 2) or not kernel_size:
        return
    if use.base in CUBES and any(less(size, k) is True for size, k in zip(sizes, kernel_size, strict=True)):
        image, wanted = labelled(list(AXES), sizes), labelled([f"k{axis}" for axis in AXES], kernel_size)
        yield f"RuntimeError: input image ({image}) smaller than kernel size ({wanted})"
    values = [each(use, name) for name in ("kernel_size", "stride", "padding", "dilation")]
    ceil = use.layer.args.get("ceil_mode")
    if not all(values) or not isinstance(ceil, bool) or min(values[1]) < 1:
        return
    windows = zip(sizes, *values, strict=True)
    made = [pooled(size, kernel, stride, pad, dilated, ceil) for size, kernel, stride, pad, dilated in windows]
    if any(less(size, 1) is True for size in made):
        channels, between = shape[-1 - spatial], [1] if spatial == 1 else []
        before, after = crossed([channels, *between, *sizes], "x"), crossed([channels, *between, *made], "x")
        yield (f"RuntimeError: Given input size: {before}. Calculated output size: {after}. Output size is too small")


def pooled(size: Size, kernel: int, stride: int, pad: int, dilated: int, ceil: bool) -> Size:
    """⌊(n + 2p - d·(k - 1) - 1)/s⌋ + 1, rounded up in `ceil_mode` unless the last window began behind the map."""
    made = (size + 2 * pad - dilated * (kernel - 1) - 1 + (stride - 1 if ceil else 0)) // stride + 1
    return made - 1 if ceil and less((made - 1) * stride, size + pad) is False else made
