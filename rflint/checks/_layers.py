"""What the arguments of a layer say: its window (kernel, stride, dilation, padding), axis by axis."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rflint.dims import Dim, Size, equal
from rflint.field import IDENTITY
from rflint.trace import Shape, Use

SLIDING = ("Conv", "MaxPool", "AvgPool", "LPPool")
"""How the names of layers with a window begin; they end with the number of their spatial axes, as in `Conv2d`."""
MOST_RATES = 8
"""So many rates at most stand in a message."""
WITHOUT = {"AvgPool": ("dilation",), "LPPool": ("padding", "dilation")}
"""Window arguments that such pools do not take."""


class Window(NamedTuple):
    """How a layer slides along one spatial axis; `padding` is that of both sides together."""

    kernel: int
    stride: int
    dilation: int
    padding: int

    @property
    def extent(self) -> int:
        """The positions from the first tap to the last, both included: d(k-1)+1."""
        return self.dilation * (self.kernel - 1) + 1


def is_overridden(use: Use) -> bool:
    """Whether a subclass does something else with the arguments: such a use only passes on what its steps have made."""
    reads = use.operands[0].reads if use.operands else ()
    return use.given is not None or (bool(reads) and all(read.access == IDENTITY for read in reads))


def is_convolution(use: Use) -> bool:
    """Whether it is a convolution, and not a transposed one."""
    return use.base in ("Conv1d", "Conv2d", "Conv3d")


def is_transposed(use: Use) -> bool:
    """Whether it is a transposed convolution."""
    return use.base.startswith("ConvTranspose")


def spatial_rank(use: Use) -> int:
    """The number of spatial axes of a layer with a window; 0 for all others."""
    slides = use.base.startswith(SLIDING) and use.base[-2:] in ("1d", "2d", "3d") and not is_overridden(use)
    return int(use.base[-2]) if slides else 0


def channels_given(use: Use) -> Size | None:
    """The channels of what a layer with a window is given; None for unknown shapes and impossible ranks."""
    rank, shape = spatial_rank(use), use.operands[0].shape if use.operands else None
    return shape[-1 - rank] if shape is not None and rank and len(shape) - rank in (1, 2) else None


def has_channels_last(use: Use) -> bool:
    """Whether it is given a batch whose last axis has the channels that it takes, and whose second has not."""
    given, wanted = channels_given(use), size_given(use, "in_channels")
    if given is None or wanted is None:
        return False
    shape = use.operands[0].shape or ()
    batched = len(shape) == spatial_rank(use) + 2
    last = equal(shape[-1], wanted) is True and equal(shape[-2], wanted) is not True  # else it is a square map's size
    return batched and last and equal(given, wanted) is False


def windows(use: Use) -> list[Window | None]:
    """The window on each spatial axis, None where an argument is not a known integer, or one that torch refuses."""
    return [window(use, axis) for axis in range(spatial_rank(use))]


def window(use: Use, axis: int) -> Window | None:
    """The window on one spatial axis, counted from the first spatial one."""
    kernel, dilation = number(use, "kernel_size", axis), number(use, "dilation", axis)
    stride = kernel if use.layer.args.get("stride", 0) is None else number(use, "stride", axis)
    if kernel is None or dilation is None or stride is None or min(kernel, dilation, stride) < 1:
        return None
    padding = both_sides(use, axis, dilation * (kernel - 1))
    return None if padding is None else Window(kernel, stride, dilation, padding)


def window_at(use: Use, axis: int) -> Window | None:
    """The window on an axis counted from the right, -1 the last; None if the layer does not slide along it."""
    return window(use, axis) if spatial_rank(use) >= -axis else None


def both_sides(use: Use, axis: int, same: int) -> int | None:
    """The padding of an axis, left and right together; `same` is what the string "same" stands for."""
    written = use.layer.args.get("padding")
    if isinstance(written, str):
        return {"same": same, "valid": 0}.get(written)
    one_side = number(use, "padding", axis)
    return None if one_side is None else 2 * one_side


def size_given(use: Use, argument: str) -> Size | None:
    """An argument that is a number of channels or features; None if it is not known, or no integer."""
    value = use.layer.args.get(argument)
    return value if isinstance(value, (int, Dim)) else None


def normalized(use: Use) -> Shape:
    """The sizes of the last axes that a layer norm takes together; () where one is not known, or no integer."""
    sizes = use.layer.args.get("normalized_shape") if use.base in ("LayerNorm", "RMSNorm") else None
    return sizes if isinstance(sizes, tuple) and all(isinstance(size, (int, Dim)) for size in sizes) else ()


def number(use: Use, argument: str, axis: int) -> int | None:
    """An argument on one spatial axis, if it is a known integer; torch's own value where the layer does not take it."""
    missing = next((names for stem, names in WITHOUT.items() if use.base.startswith(stem)), ())
    if argument in missing:
        return 0 if argument == "padding" else 1
    value = use.layer.args.get(argument)
    if isinstance(value, tuple):
        value = value[axis] if axis < len(value) else None
    return value if isinstance(value, int) else None


def times(sizes: Sequence[Size] | None) -> str:
    """Sizes as messages write them: `64×(H - 2)×(W - 2)`, "?" if they are not known."""
    return "?" if sizes is None else "×".join(map(enclosed, sizes))


def enclosed(size: Size) -> str:
    """A size as a factor: in brackets if it is a sum."""
    text = str(size)
    return f"({text})" if " " in text else text


def one_or_each(values: Sequence[int]) -> str:
    """An argument as source text: `1` if it is the same on all axes, else `(1, 2)`."""
    return str(values[0]) if len(set(values)) == 1 else str(tuple(values))


def listed(rates: Sequence[int]) -> str:
    """Rates as messages write them, the first ones if they are many."""
    return ", ".join(map(str, rates[:MOST_RATES])) + (", …" if len(rates) > MOST_RATES else "")
