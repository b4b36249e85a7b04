"""RF308: a padding given by name that the layer does not take, "same" with a stride above all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rflint.checks import rule
from rflint.checks._layers import is_convolution, is_transposed, number, one_or_each, spatial_rank
from rflint.checks._places import argument_fix, called, is_constructed, place_of
from rflint.diagnostics import Finding
from rflint.edits import Fix
from rflint.trace import Trace, Use

NAMES = ("same", "valid")
MODES = ("zeros", "reflect", "replicate", "circular")


@rule("RF308", "same-padding-with-stride", "error", fix="unsafe")
def same_padding_with_stride(trace: Trace) -> Iterator[Finding]:
    """Whether the string in `padding` or `padding_mode` is one that the convolution refuses."""
    for use in trace.uses:
        if use.conditional or not (is_convolution(use) or is_transposed(use)):
            continue
        argument, problem = refused_name(use)
        if problem:
            yield Finding(place_of(use, argument), problem, called(use), fix=fix_of(use, argument), use=use.index)


def fix_of(use: Use, argument: str) -> Fix | None:
    """The edit that writes the name as torch does, or the numbers that "same" stands for at a stride."""
    meant = str(use.layer.args[argument]).lower()
    if is_transposed(use):
        return None
    if argument == "padding" and meant == "same" and is_strided(use):
        return argument_fix(use, "padding", explicit(use))
    if meant not in (NAMES if argument == "padding" else MODES):
        return None
    fix = argument_fix(use, argument, repr(meant))
    return replace(fix, safe=True) if fix else None


def is_strided(use: Use) -> bool:
    """Whether it steps by more than 1 on some axis."""
    stride = use.layer.args.get("stride")
    return isinstance(stride, tuple) and any(isinstance(one, int) and one != 1 for one in stride)


def refused_name(use: Use) -> tuple[str, str]:
    """The argument that is refused, and why; "" if none is."""
    padding = use.layer.args.get("padding")
    if isinstance(padding, str) and is_transposed(use):
        return "padding", f"a transposed convolution takes numbers for its padding, not {padding!r}"
    if isinstance(padding, str) and padding not in NAMES:
        return "padding", f"there is no padding {padding!r}: it is 'same', 'valid' or numbers"
    if padding == "same" and is_strided(use):
        stride = one_or_each(use.layer.args["stride"])
        return "padding", f"padding='same' is for stride 1, with stride {stride} torch refuses it"
    return "padding_mode", refused_mode(use)


def refused_mode(use: Use) -> str:
    """Why torch refuses the padding mode; "" if it does not, or if it is a function, which takes none."""
    mode = use.layer.args.get("padding_mode") if is_constructed(use) else None
    if isinstance(mode, str) and mode not in MODES:
        return f"there is no padding_mode {mode!r}: it is one of {', '.join(map(repr, MODES))}"
    if isinstance(mode, str) and mode != "zeros" and is_transposed(use):
        return f"a transposed convolution has padding_mode 'zeros' only, not {mode!r}"
    return ""


def explicit(use: Use) -> str | None:
    """The padding d·(k - 1)//2 as source text, with which stride s makes ⌈n/s⌉ of n positions if the kernel is odd."""
    windows = [(number(use, "kernel_size", axis), number(use, "dilation", axis)) for axis in range(spatial_rank(use))]
    odd = [(kernel, dilation) for kernel, dilation in windows if kernel is not None and kernel % 2]
    known = [dilation * (kernel - 1) // 2 for kernel, dilation in odd if dilation is not None]
    return one_or_each(known) if known and len(known) == len(windows) else None
