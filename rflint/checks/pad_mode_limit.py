"""RF309: a padding, stride, dilation or kernel beyond what torch takes: nothing to mirror, nothing to step by."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import is_convolution, number, spatial_rank
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.dims import Size, less
from rflint.trace import Use

MODES = {"ReflectionPad": "reflect", "CircularPad": "circular"}
"""The kinds of layers, without their number of axes, whose padding is limited by the size of the input."""
Ends = tuple[Size, int]
"""The size of an axis, and the greater one of its two paddings."""


@rule("RF309", "pad-mode-limit", "error")
def pad_mode_limit(use: Use) -> Iterator[Finding]:
    """Whether more positions are mirrored or repeated than there are, or a number is below the least that is taken."""
    if use.conditional or use.given is not None:
        return
    mode = padding_mode(use)
    for size, padding in ends(use) if mode in ("reflect", "circular") else ():
        if is_too_much(mode, size, padding):
            verb, most = (
                ("mirrors", "fewer than there are") if mode == "reflect" else ("repeats", "no more than there are")
            )
            message = f"{mode} padding {verb} {padding} positions of {size}, and can only {verb[:-1]} {most}"
            yield Finding(place_of(use, "padding", "pad"), message, called(use))
            return
    argument, problem = too_small(use)
    if problem:
        yield Finding(place_of(use, argument), problem, called(use))


def padding_mode(use: Use) -> str:
    """How a pad or a convolution fills its padding; "" if that is not known, or for other layers."""
    if use.base == "pad":
        return str(use.layer.args.get("mode", MODES.get(use.kind[:-2], "")))
    return str(use.layer.args.get("padding_mode", "")) if is_convolution(use) else ""


def is_too_much(mode: str, size: Size, padding: int) -> bool:
    """Whether torch refuses it for every input: reflection wants padding < size, a circular one padding ≤ size."""
    return padding > 0 and (less(padding, size) is False if mode == "reflect" else less(size, padding) is True)


def ends(use: Use) -> Iterator[Ends]:
    """The padded axes of known padding."""
    shape = use.operands[0].shape if use.operands else None
    if shape is None:
        return
    if use.base == "pad":
        pads = use.layer.args.get("pad", use.layer.args.get("padding"))
        pairs = list(zip(pads[::2], pads[1::2], strict=False)) if isinstance(pads, tuple) else []
        for size, pair in zip(shape[::-1], pairs, strict=False):
            yield size, max((one for one in pair if isinstance(one, int)), default=0)
        return
    rank = spatial_rank(use)
    for axis in range(rank) if len(shape) > rank else ():
        yield shape[axis - rank], conv_padding(use, axis)


def conv_padding(use: Use, axis: int) -> int:
    """The greater one of the two paddings of a convolution: of an odd total of "same" it is the right one."""
    kernel, dilation = number(use, "kernel_size", axis), number(use, "dilation", axis)
    if use.layer.args.get("padding") == "same" and kernel is not None and dilation is not None:
        return (dilation * (kernel - 1) + 1) // 2
    return number(use, "padding", axis) or 0


def too_small(use: Use) -> tuple[str, str]:
    """The first argument below the least that a layer with a window takes, and a sentence about it."""
    least = {"kernel_size": 1, "stride": 1, "dilation": 1, "padding": 0, "output_padding": 0}
    if padding_mode(use) not in ("", "zeros"):
        least.pop("padding")
    for axis in range(spatial_rank(use)):
        for name, low in least.items():
            value = number(use, name, axis)
            if value is not None and value < low:
                return name, f"{name}={value} is refused: it should be {low} or more"
    return "", ""
