"""Dilation schedules: which rates a chain of convolutions with stride 1 may have so that no position is skipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import gcd


def extent(kernels: Sequence[int], rates: Sequence[int]) -> int:
    """How many positions a unit of the chain sees from the first to the last: 1 + Σ (k-1)·d."""
    return 1 + sum((kernel - 1) * rate for kernel, rate in zip(kernels, rates, strict=True))


def dense_rates(kernels: Sequence[int], wanted: int) -> list[int]:
    """Rates for these kernels with an extent near `wanted`, whose units see every position of it.

    They start with 1, do not decrease, and none is above what the layers before it fill without a gap,
    1 + Σ (k-1)·d; so the chain is dense (`field.holes_in_chain`).  For equal kernels no such rates come nearer, and
    of those that come as near none has a smaller last rate.  Raises ValueError if a kernel is below 2: it has no rate.
    """
    refuse_small(kernels)
    rates = capped(kernels, least_cap(kernels, wanted))
    return lowered(kernels, rates, lambda excess, kernel: 2 * excess >= kernel - 1, wanted)


def covering_rates(kernel: int, layers: int, wanted: int, growth: int | None = None) -> list[int] | None:
    """Dense rates for so many layers of one kernel, with an extent of at least `wanted`; None if there are none.

    They start with 1 and do not decrease.  No such rates have a smaller extent, and of those with the same none has
    a smaller last rate.  `growth` keeps rates lower than density needs: behind the first layer each rate fills only
    that many times itself (2: the rates are valid by `is_hybrid`; 1: from the second on they at most double).  Raises
    ValueError for a kernel below 2.
    """
    kernels = [kernel] * layers
    refuse_small(kernels)
    rates = capped(kernels, least_cap(kernels, wanted, growth), growth)
    if extent(kernels, rates) < wanted:
        return None
    return lowered(kernels, rates, lambda excess, width: excess >= width - 1, wanted)


def fewest_layers(kernel: int, wanted: int, growth: int | None = None) -> list[int]:
    """The rates of `covering_rates` for as few layers as reach `wanted`; none are needed for 1.

    Without `growth` n layers reach at most kernel**n positions, and these do.  Raises ValueError for a kernel below 2.
    """
    refuse_small([kernel])
    layers = 0
    while (rates := covering_rates(kernel, layers, wanted, growth)) is None:
        layers += 1
    return rates


def hybrid_distances(rates: Sequence[int]) -> list[int]:
    """M_1 … M_n of "Understanding Convolution for Semantic Segmentation" (Wang et al. 2018, arXiv 1702.08502).

    M_n = r_n and M_i = max(M_{i+1} - 2·r_i, 2·r_i - M_{i+1}, r_i): the greatest distance, in steps of layer i, between
    positions that the layers from i on see.
    """
    distances = list(rates[-1:])
    for rate in rates[-2::-1]:
        distances.append(max(distances[-1] - 2 * rate, 2 * rate - distances[-1], rate))
    return distances[::-1]


def is_hybrid(kernel: int, rates: Sequence[int]) -> bool:
    """Whether rates are valid for that paper's hybrid dilated convolution: M_2 ≤ kernel, and no common factor."""
    return hybrid_distances(rates)[1:2] <= [kernel] and gcd(*rates) <= 1


def refuse_small(kernels: Sequence[int]) -> None:
    """Raise ValueError if a kernel is below 2."""
    if any(kernel < 2 for kernel in kernels):
        raise ValueError("a kernel of 1 sees one position whatever its dilation")


def capped(kernels: Sequence[int], cap: int, growth: int | None = None) -> list[int]:
    """The rates that grow as fast as density (and `growth`) allows, up to a cap."""
    rates, filled = list[int](), 1
    for kernel in kernels:
        rate = min(filled, cap)
        filled += (kernel - 1 if growth is None or not rates else min(kernel - 1, growth)) * rate
        rates.append(rate)
    return rates


def least_cap(kernels: Sequence[int], wanted: int, growth: int | None = None) -> int:
    """The least cap with which the chain extends that far; the greatest that changes anything if none does."""
    low = 1
    high = max(capped(kernels, wanted, growth), default=low)
    while low < high:
        middle = (low + high) // 2
        if extent(kernels, capped(kernels, middle, growth)) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low


def lowered(kernels: Sequence[int], rates: list[int], enough: Callable[[int, int], bool], wanted: int) -> list[int]:
    """The rates with the first of the highest ones lowered by 1 each, while the extent exceeds `wanted` by enough."""
    rates = list(rates)
    for layer, kernel in enumerate(kernels[1:], 1):
        excess = extent(kernels, rates) - wanted
        if rates[layer - 1] < rates[layer] == rates[-1] and enough(excess, kernel):
            rates[layer] -= 1
    return rates
