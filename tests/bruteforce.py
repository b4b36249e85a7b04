"""Receptive fields by brute force: every operation is a function from one output index to the set of indices it reads.

Shares no code with the package.  The definitions are the operations' own: a transposed convolution scatters, an
interpolation weighs neighbours, an adaptive pool cuts the axis into bins; all on an axis without ends.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from fractions import Fraction

Reads = Callable[[int], frozenset[int]]
Node = tuple[tuple[int, Reads], ...]
"""What one node of a graph reads: earlier nodes by number (-1: the input), and how."""


def convolution(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> Reads:
    return lambda i: frozenset(i * stride - padding + tap * dilation for tap in range(kernel))


def transposed_convolution(kernel: int, stride: int, padding: int, dilation: int) -> Reads:
    """Input x adds to the outputs x*stride - padding + tap*dilation: look for the x that hit output i."""
    far = kernel * dilation + padding + stride

    def reads(i: int) -> frozenset[int]:
        near = range((i - far) // stride - 1, (i + far) // stride + 2)
        return frozenset(x for x in near for tap in range(kernel) if x * stride - padding + tap * dilation == i)

    return reads


def moved(by: int) -> Reads:
    return lambda i: frozenset((i + by,))


def sliced(start: int, step: int) -> Reads:
    return lambda i: frozenset((start + i * step,))


def block(r: int) -> Reads:
    return lambda i: frozenset(range(i * r, i * r + r))


def copies(r: int) -> Reads:
    return lambda i: frozenset((math.floor(Fraction(i, r)),))


def adaptive(n: int, m: int) -> Reads:
    return lambda i: frozenset(range(math.floor(Fraction(i * n, m)), math.ceil(Fraction((i + 1) * n, m))))


def centre(i: int, rate: Fraction) -> Fraction:
    """Where the centre of output i lies, in units of input positions: pixels are areas."""
    return rate * (i + Fraction(1, 2)) - Fraction(1, 2)


def tent(rate: Fraction, aligned: bool = False) -> Reads:
    """Linear interpolation: the positions less than 1 away from where output i lies."""

    def reads(i: int) -> frozenset[int]:
        x = rate * i if aligned else centre(i, rate)
        return frozenset(p for p in range(math.floor(x) - 2, math.ceil(x) + 3) if abs(p - x) < 1)

    return reads


def cubic_spline(rate: Fraction, aligned: bool = False) -> Reads:
    """Bicubic interpolation: the positions where Keys' kernel is not zero."""

    def weight(distance: Fraction) -> Fraction:
        a, d = Fraction(-3, 4), abs(distance)
        if d <= 1:
            return (a + 2) * d**3 - (a + 3) * d**2 + 1
        return a * d**3 - 5 * a * d**2 + 8 * a * d - 4 * a if d < 2 else Fraction(0)

    def reads(i: int) -> frozenset[int]:
        x = rate * i if aligned else centre(i, rate)
        return frozenset(p for p in range(math.floor(x) - 3, math.ceil(x) + 4) if weight(p - x))

    return reads


def single(x: float) -> float:
    """Rounded to float32."""
    return ctypes.c_float(x).value


def nearest_index(i: int, n: int, m: int, scale: float | None = None) -> int:
    """The index that ATen's nearest_idx computes, operation by operation."""
    if m == n:
        return i
    if m == 2 * n:
        return i >> 1
    rate = single(1.0 / scale) if scale else single(single(n) / single(m))
    return min(math.floor(single(single(i) * rate)), n - 1)


def nearest_exact_index(i: int, n: int, m: int) -> int:
    """The index that ATen's nearest_exact_idx computes."""
    rate = single(single(n) / single(m))
    return min(math.floor(single((i + 0.5) * rate)), n - 1)


def reaches(layers: list[Reads], unit: int) -> frozenset[int]:
    """What a unit of the last of these layers reads of the input."""
    needed = frozenset((unit,))
    for reads in reversed(layers):
        needed = frozenset(x for i in needed for x in reads(i))
    return needed


def reaches_in_graph(nodes: list[Node], node: int, unit: int) -> frozenset[int]:
    """What a unit of a node of a graph reads of the input (node -1)."""
    known: dict[tuple[int, int], frozenset[int]] = {}

    def seen(at: int, i: int) -> frozenset[int]:
        if at < 0:
            return frozenset((i,))
        if (at, i) not in known:
            known[at, i] = frozenset(x for source, reads in nodes[at] for j in reads(i) for x in seen(source, j))
        return known[at, i]

    return seen(node, unit)


def cell_sums(kernels: list[int], dilations: list[int]) -> frozenset[int]:
    """All sums of one multiple (below its kernel) of each dilation: the offsets that a chain of layers reaches."""
    sums = frozenset((0,))
    for kernel, dilation in zip(kernels, dilations, strict=True):
        sums = frozenset(s + dilation * t for s in sums for t in range(kernel))
    return sums
