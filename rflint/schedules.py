"""Dilation schedules: which rates a chain of convolutions with stride 1 may have so that no position is skipped."""

from __future__ import annotations

from collections.abc import Sequence


def extent(kernels: Sequence[int], rates: Sequence[int]) -> int:
    """How many positions a unit of the chain sees from the first to the last: 1 + Σ (k-1)·d."""
    return 1 + sum((kernel - 1) * rate for kernel, rate in zip(kernels, rates, strict=True))


def dense_rates(kernels: Sequence[int], wanted: int) -> list[int]:
    """Rates for these kernels with an extent near `wanted`, whose units see every position of it.

    They start with 1, do not decrease, and none is above what the layers before it fill without a gap,
    1 + Σ (k-1)·d; so the chain is dense (`field.holes_in_chain`).  For equal kernels no such rates come nearer, and
    of those that come as near none has a smaller last rate.  Raises ValueError if a kernel is below 2: it has no rate.
    """
    if any(kernel < 2 for kernel in kernels):
        raise ValueError("a kernel of 1 sees one position whatever its dilation")
    rates = capped(kernels, least_cap(kernels, wanted))
    for layer, kernel in enumerate(kernels[1:], 1):
        excess = extent(kernels, rates) - wanted
        if rates[layer - 1] < rates[layer] == rates[-1] and 2 * excess >= kernel - 1:
            rates[layer] -= 1
    return rates


def capped(kernels: Sequence[int], cap: int) -> list[int]:
    """The rates that grow as fast as density allows, up to a cap."""
    rates, filled = [], 1
    for kernel in kernels:
        rates.append(min(filled, cap))
        filled += (kernel - 1) * rates[-1]
    return rates


def least_cap(kernels: Sequence[int], wanted: int) -> int:
    """The least cap with which the chain extends that far; the greatest that changes anything if none does."""
    low, high = 1, max(capped(kernels, max(wanted, 1)), default=1)
    while low < high:
        middle = (low + high) // 2
        if extent(kernels, capped(kernels, middle)) >= wanted:
            high = middle
        else:
            low = middle + 1
    return low
