"""Transposed convolutions that lay as many taps on every row, and make stride times as many rows as they are given."""

from __future__ import annotations

from typing import NamedTuple

from rflint.checks._fixes import arguments_fix
from rflint.checks._layers import number, one_or_each, spatial_rank
from rflint.edits import Fix
from rflint.trace import Use


class Sliding(NamedTuple):
    """The arguments of a transposed convolution on one axis, by torch's names."""

    kernel_size: int
    stride: int
    padding: int
    output_padding: int
    dilation: int


def sliding(use: Use) -> list[Sliding] | None:
    """The arguments on all axes; None if one is not known."""
    axes = [[number(use, name, axis) for name in Sliding._fields] for axis in range(spatial_rank(use))]
    known = [Sliding(*(one for one in axis if one is not None)) for axis in axes if None not in axis]
    return known if len(known) == len(axes) else None


def evened(use: Use) -> tuple[str, Fix | None]:
    """What makes a layer even, as `kernel_size=4, padding=1`, and the edit; "" if it is even, or not known well."""
    now = sliding(use)
    if not now:
        return "", None
    right = [even(one) for one in now]
    values = {name: (column(now, name), column(right, name)) for name in Sliding._fields}
    wanted = {name: one_or_each(after) for name, (before, after) in values.items() if before != after}
    return ", ".join(f"{name}={value}" for name, value in wanted.items()), arguments_fix(use, wanted)


CENTRED = {"padding": "({kernel_size} - {stride} + 1) // 2", "output_padding": "({kernel_size} - {stride}) % 2"}
"""What `centred` gives undilated kernels of at least the stride, whatever these are."""


def times_stride(use: Use) -> tuple[str, Fix | None]:
    """What makes a layer give s·n rows for n, as `output_padding=1`, and the edit; "" if none does, or it is not known.

    Its padding stays where an output_padding goes with it.  At stride 1 no even kernel keeps the size.
    """
    now = sliding(use)
    if not now:
        return "", None
    kept = [one._replace(output_padding=one.stride - extent(one) + 2 * one.padding) for one in now]
    fits = all(map(is_taken, kept))
    right = kept if fits else [centred(one) for one in now]
    if not all(map(is_taken, right)):
        return "", None
    values = {name: one_or_each(column(right, name)) for name in CENTRED if column(now, name) != column(right, name)}
    plain = all(one.dilation == 1 and one.kernel_size >= one.stride for one in now)
    cure = ", ".join(f"{name}={value}" for name, value in values.items())
    return cure, arguments_fix(use, values, CENTRED if plain and len(values) == 2 else {})


def is_taken(one: Sliding) -> bool:
    """Whether torch takes its output_padding."""
    return 0 <= one.output_padding < max(one.stride, one.dilation)


def extent(one: Sliding) -> int:
    """The positions from the first tap to the last: d(k-1)+1."""
    return one.dilation * (one.kernel_size - 1) + 1


def column(axes: list[Sliding], name: str) -> list[int]:
    """One argument on all axes."""
    return [getattr(one, name) for one in axes]


def even(one: Sliding) -> Sliding:
    """The next kernel that the stride divides, undilated, with the padding (k - s)/2.

    If that is no whole number, one row is left to output_padding.  What the stride divides already stays as it is;
    at stride 1 that is every kernel.
    """
    if one.stride == 1 or (one.kernel_size % one.stride == 0 and one.dilation == 1):
        return one
    return centred(one._replace(kernel_size=one.kernel_size + -one.kernel_size % one.stride, dilation=1))


def centred(one: Sliding) -> Sliding:
    """The same kernel with a padding that makes s·n rows of n: K - 2·padding + output_padding = s."""
    beyond = extent(one) - one.stride
    padding = max(0, (beyond + 1) // 2)
    return one._replace(padding=padding, output_padding=2 * padding - beyond)
