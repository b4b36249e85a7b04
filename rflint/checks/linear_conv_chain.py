"""RF602: two convolutions with nothing between, which one convolution with fewer weights could replace."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import NamedTuple

from rflint.checks import rule
from rflint.checks._layers import is_convolution, one_or_each, size_given, times, windows
from rflint.checks._neighbours import only_readers, uses_of
from rflint.checks._places import called, is_constructed, made, named, place_of
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use


class Dense(NamedTuple):
    """A convolution without groups and dilation: channels, and on each axis kernel and stride."""

    inp: int
    out: int
    kernel: tuple[int, ...]
    stride: tuple[int, ...]

    @property
    def weights(self) -> int:
        """Without the bias."""
        return self.inp * self.out * prod(self.kernel)


@rule("RF602", "linear-conv-chain", "info", default=False, fix="hint")
def linear_conv_chain(trace: Trace) -> Iterator[Finding]:
    """Whether a convolution is read by another one alone, and the channels between them hold nothing back."""
    for use in trace.uses:
        readers = only_readers(trace, use)
        first, second = dense(trace, use), dense(trace, readers[0]) if len(readers) == 1 else None
        one = together(first, second) if first and second else None
        if first and second and one:
            last, both = readers[0], first.weights + second.weights
            message = (
                f"nothing stands between {named(use)} and {named(last)}: one {times(one.kernel)} convolution "
                f"{one.inp}→{one.out}{stepping(one)} computes all that both can, borders aside, with {one.weights} "
                f"weights for {both}"
            )
            related = (made(use, "the first of both"), *called(last))
            yield Finding(place_of(last), message, related, use=last.index)


def stepping(one: Dense) -> str:
    """Its stride, where that is not 1."""
    return f" of stride {one_or_each(one.stride)}" if set(one.stride) != {1} else ""


def dense(trace: Trace, use: Use) -> Dense | None:
    """A convolution that is a layer, called once, without groups and dilation."""
    inp, out = size_given(use, "in_channels"), size_given(use, "out_channels")
    known = [one for one in windows(use) if one is not None and one.dilation == 1] if is_convolution(use) else []
    if not known or len(known) < len(windows(use)) or not is_constructed(use) or use.layer.args.get("groups") != 1:
        return None
    if not isinstance(inp, int) or not isinstance(out, int) or len(list(uses_of(trace, use))) > 1:
        return None
    return Dense(inp, out, tuple(one.kernel for one in known), tuple(one.stride for one in known))


def together(first: Dense, second: Dense) -> Dense | None:
    """The convolution that both are, K₁ + (K₂ - 1)·s₁ wide; None if it could do more, or has more weights.

    It can do no more than both if the channels between are as many as the rank of either: c·k² of one side.
    """
    pairs = zip(first.kernel, second.kernel, first.stride, strict=False)
    kernel = tuple(a + (b - 1) * step for a, b, step in pairs)
    stride = tuple(a * b for a, b in zip(first.stride, second.stride, strict=False))
    one = Dense(first.inp, second.out, kernel, stride)
    rank = min(first.inp * prod(first.kernel), second.out * prod(second.kernel))
    alike = len(first.kernel) == len(second.kernel) and first.out == second.inp
    return one if alike and first.out >= rank and one.weights < first.weights + second.weights else None
