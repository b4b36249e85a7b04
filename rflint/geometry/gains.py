"""How strongly a chain of layers lets a lattice of positions through: the gridding index.

Layers are taken with uniform weights.  A lattice is a frequency m/q, m turns on q positions: 1/2 for every second one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd, pi, prod, sin

MAX_SPACING = 256
"""Lattices that are coarser than this are not looked at."""


def gain(kernel: int, dilation: int, m: int, q: int) -> float:
    """What is left of a lattice behind a layer, 0 to 1: |sin(k·d·ω/2) / (k·sin(d·ω/2))| for ω = 2π·m/q."""
    turned = dilation * m % q
    if not turned:
        return 1.0
    return abs(sin(pi * (kernel * turned % q) / q) / (kernel * sin(pi * turned / q)))


def lattices(spacing: int) -> Iterator[tuple[int, int]]:
    """The frequencies m/q of all lattices with a spacing up to this one, each once; 1 - m/q is the same lattice."""
    return ((m, q) for q in range(2, spacing + 1) for m in range(1, q // 2 + 1) if gcd(m, q) == 1)


def gridding_index(kernels: Sequence[int], dilations: Sequence[int]) -> float | None:
    """The greatest gain of a chain over the lattices with a spacing up to its greatest dilation; 0 if it has none.

    1 says that a lattice passes as if nothing were there: what is computed on it is independent of all positions in
    between.  A figure to compare chains by, no criterion, since weights are not uniform.  `dilations` in positions of
    the chain's input.  None where the greatest one is above MAX_SPACING.
    """
    chain = [(k, d) for k, d in zip(kernels, dilations, strict=True) if k > 1]
    spacing = max((d for _, d in chain), default=1)
    if spacing > MAX_SPACING:
        return None
    return max((prod(gain(k, d, m, q) for k, d in chain) for m, q in lattices(spacing)), default=0.0)
