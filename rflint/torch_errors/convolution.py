"""What torch says of convolutions and transposed convolutions, in the order in which it looks."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._layers import is_transposed, size_given, spatial_rank
from rflint.checks._places import is_constructed
from rflint.dims import Size, equal, less
from rflint.torch_errors import padding
from rflint.torch_errors.figures import crossed, each, integer, labelled, listed, shape_of
from rflint.trace import Shape, Use

MODES = ("zeros", "reflect", "replicate", "circular")
AXES = ("depth", "height", "width")


def errors(use: Use) -> Iterator[str]:
    """The texts that apply, the first one that torch raises first."""
    if not spatial_rank(use):
        return
    if is_constructed(use):
        yield from constructing(use)
    yield from named_padding(use)
    if is_constructed(use):
        yield from padding.filling(str(use.layer.args.get("padding_mode")), shape_of(use), padding.of_convolution(use))
    yield from calling(use)


def constructing(use: Use) -> Iterator[str]:
    """What the constructor says of groups and of the name of a padding mode."""
    groups, mode = integer(use, "groups"), use.layer.args.get("padding_mode")
    if groups is not None and groups < 1:
        yield "ValueError: groups must be a positive integer"
    for name in ("in_channels", "out_channels"):
        channels = integer(use, name)
        if groups and channels is not None and channels % groups:
            yield f"ValueError: {name} must be divisible by groups"
    if isinstance(mode, str) and mode != "zeros" and is_transposed(use):
        yield f'ValueError: Only "zeros" padding mode is supported for {use.base}'
    elif isinstance(mode, str) and mode not in MODES:
        yield (
            "ValueError: padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, "
            f"but got padding_mode={mode!r}"
        )


def named_padding(use: Use) -> Iterator[str]:
    """What it says of a padding that is a string."""
    name, built = use.layer.args.get("padding"), is_constructed(use)
    if not isinstance(name, str) or is_transposed(use):
        return
    if name not in ("same", "valid"):
        yield (
            f"ValueError: Invalid padding string {name!r}, should be one of {{'valid', 'same'}}"
            if built
            else f"RuntimeError: Invalid padding string: {name!r}"
        )
    if name == "same" and any(stride != 1 for stride in each(use, "stride")):
        kind = "ValueError" if built else "RuntimeError"
        yield f"{kind}: padding='same' is not supported for strided convolutions"


def calling(use: Use) -> Iterator[str]:
    """What the call says of its input."""
    rank, shape = spatial_rank(use), shape_of(use)
    if len(shape) not in (rank + 1, rank + 2):
        name = f"conv_transpose{rank}d" if is_transposed(use) else f"conv{rank}d"
        wanted = f"{rank + 1}D (unbatched) or {rank + 2}D (batched)"
        yield f"RuntimeError: Expected {wanted} input to {name}, but got input of size: {listed(shape)}"
        return
    yield from too_small(use)
    yield from channels(use, (1, *shape) if len(shape) == rank + 1 else shape)
    yield from (window_of_transposed(use) if is_transposed(use) else window(use))


def too_small(use: Use) -> Iterator[str]:
    """Numbers below the least that is taken."""
    groups = integer(use, "groups")
    if groups is not None and groups < 1:
        yield "RuntimeError: non-positive groups is not supported"
    for name in ("padding", "output_padding"):
        if any(value < 0 for value in each(use, name)):
            yield f"RuntimeError: negative {name} is not supported"
    if any(value < 1 for value in each(use, "stride")):
        yield "RuntimeError: non-positive stride is not supported"


def channels(use: Use, shape: Shape) -> Iterator[str]:
    """Another number of channels than the weight has."""
    wanted, made = size_given(use, "in_channels"), size_given(use, "out_channels")
    groups, kernel = integer(use, "groups"), each(use, "kernel_size")
    if wanted is None or made is None or not groups or not kernel or equal(shape[1], wanted) is not False:
        return
    weight = (wanted, made // groups) if is_transposed(use) else (made, wanted // groups)
    given = "transposed=1" if is_transposed(use) else f"groups={groups}"
    yield (
        f"RuntimeError: Given {given}, weight of size {listed((*weight, *kernel))}, expected input"
        f"{listed((*shape[:2], *padded_before(use, shape[2:])))} to have {wanted} channels, "
        f"but got {shape[1]} channels instead"
    )


def padded_before(use: Use, sizes: Shape) -> Shape:
    """The sizes that the kernel of torch is handed: those of a padding other than zeros are padded before."""
    if is_constructed(use) and use.layer.args.get("padding_mode") in MODES[1:]:
        ends = padding.of_convolution(use)
        return tuple(size + sum(pair) for size, pair in zip(sizes, ends, strict=False)) if ends else sizes
    kernel, dilation = each(use, "kernel_size"), each(use, "dilation")
    if use.layer.args.get("padding") != "same" or not dilation:
        return sizes
    return tuple(size + (k - 1) * d % 2 for size, k, d in zip(sizes, kernel, dilation, strict=True))


def window(use: Use) -> Iterator[str]:
    """A kernel that does not fit, or is none."""
    kernel, dilation, sizes = each(use, "kernel_size"), each(use, "dilation"), shape_of(use)[-spatial_rank(use) :]
    ends = padding.of_convolution(use)
    if not kernel or not dilation or not ends:
        return
    extents = [(k - 1) * d + 1 for k, d in zip(kernel, dilation, strict=True)]
    padded = [size + sum(pair) for size, pair in zip(sizes, ends, strict=True)]
    if any(less(size, extent) is True for size, extent in zip(padded, extents, strict=True)):
        yield (
            f"RuntimeError: Calculated padded input size per channel: {crossed(padded)}. "
            f"Kernel size: {crossed(extents)}. Kernel size can't be greater than actual input size"
        )
    if integer(use, "groups") != 1 or set(each(use, "stride")) != {1}:
        return  # the backend that is asked then has texts of its own for what follows
    if any(value < 1 for value in dilation):
        shown = dilation if len(dilation) > 1 else [1, *dilation]
        yield f"RuntimeError: dilation should be greater than zero, but got {listed(shown)}"


def no_kernel(kernel: list[int]) -> Iterator[str]:
    """A kernel of zero."""
    if min(kernel) != 0:
        return
    if len(kernel) == 3:
        shown = f": {' x '.join(map(str, kernel))} (TxHxW)"
    else:
        height, width = kernel if len(kernel) == 2 else (1, *kernel)
        shown = f" kernel_height: {height} kernel_width: {width}"
    yield f"RuntimeError: kernel size should be greater than zero, but got{shown}"


def window_of_transposed(use: Use) -> Iterator[str]:
    """Output padding that is too much, and outputs that padding takes away."""
    names = ("output_padding", "stride", "dilation", "kernel_size", "padding")
    values = {name: each(use, name) for name in names}
    if not all(values.values()):
        return
    yield from no_kernel(values["kernel_size"])
    if any(value < 1 for value in values["dilation"]):
        shown = two_axes("dilation", values["dilation"], ", ")
        yield f"RuntimeError: dilation should be greater than zero, but got {shown}"
    if any(extra >= max(s, d) for extra, s, d in zip(*(values[name] for name in names[:3]), strict=True)):
        shown = " ".join(two_axes(name, values[name]) for name in names[:3])
        yield f"RuntimeError: output padding must be smaller than either stride or dilation, but got {shown}"
    sizes = shape_of(use)[-spatial_rank(use) :]
    made = [transposed_size(*one) for one in zip(sizes, *values.values(), strict=True)]
    if all(less(size, 0) is True for size in made):
        before = [] if len(made) > 1 else [1]
        yield (
            f"RuntimeError: Given input size per channel: {crossed([*before, *sizes])}. "
            f"Calculated output size per channel: {crossed([*before, *made])}. Output size is too small"
        )


def two_axes(name: str, values: list[int], sign: str = " ") -> str:
    """`stride_height: 1 stride_width: 2`: with a height where there is none."""
    shown = values if len(values) > 1 else [0 if name == "output_padding" else 1, *values]
    return labelled([f"{name}_{axis}" for axis in AXES[-len(shown) :]], shown, sign=sign)


def transposed_size(size: Size, extra: int, stride: int, dilation: int, kernel: int, pad: int) -> Size:
    """(n - 1)·s - 2p + d·(k - 1) + extra + 1."""
    return (size - 1) * stride - 2 * pad + dilation * (kernel - 1) + extra + 1
