"""Chains of convolutions: closed forms that need no graph."""

from __future__ import annotations

from collections.abc import Iterable


def holes_in_chain(kernels: Iterable[int], dilations: Iterable[int]) -> bool:
    """Whether a chain of convolutions leaves holes in what its units see, for any order of its layers.

    `dilations` in positions of the chain's input: each layer's dilation times the jump at its input. Sorted, a layer
    must not be dilated by more than the run of positions that all finer ones fill together; if it is, the position
    right after that run stays unread (a sum of multiples, so that the order does not matter).
    """
    filled = 1
    for dilation, kernel in sorted(zip(dilations, kernels, strict=True)):
        if kernel > 1:
            if dilation > filled:
                return True
            filled += dilation * (kernel - 1)
    return False
