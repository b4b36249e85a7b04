"""Windows as columns: `Unfold` puts the windows of all spatial axes into one axis, `Fold` takes them out again.

In between the positions of the input's axes can no longer be told apart by an axis of their own, but they are not lost
as long as that one axis is only carried along.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rflint import sizes
from rflint.dims import Size, equal
from rflint.field import IDENTITY, Access, Interval, transposed, window
from rflint.trace import Operand, Read, Use

WINDOW = ("kernel_size", "stride", "padding", "dilation")


class Columns(NamedTuple):
    """An input axis within an axis of columns."""

    maps: tuple[Interval, ...]
    """What its windows see."""
    order: int
    """0: the axis of rows, 1: of the positions in them."""
    counts: tuple[Size, ...]
    """How many windows there are along either."""


def _windows(use: Use) -> list[tuple[int, int, int, int]] | None:
    """Kernel, stride, padding and dilation for each axis; None if they are not known numbers."""
    given = [use.layer.args.get(name) for name in WINDOW]
    if not all(isinstance(one, tuple) and all(isinstance(value, int) for value in one) for one in given):
        return None
    return list(zip(*given, strict=True))


def _counts(shape: Sequence[Size], windows: Sequence[tuple[int, int, int, int]]) -> tuple[Size, ...]:
    rows = zip(shape, windows, strict=True)
    return tuple(sizes.window(n, kernel, stride, pad, pad, gap) for n, (kernel, stride, pad, gap) in rows)


def unfolded(use: Use, operand: Operand, at: int) -> tuple[Access, int, tuple[Size, ...]] | None:
    """How the windows of an `Unfold` read axis `at` of its operand, its order, and how many windows there are."""
    windows = _windows(use) if use.base == "Unfold" and operand.shape is not None else None
    order = at - len(operand.shape or ()) + 2
    if windows is None or order not in (0, 1):
        return None
    kernel, stride, padding, dilation = windows[order]
    return window(kernel, stride, padding, dilation), order, _counts((operand.shape or ())[-2:], windows)


def folded(use: Use, columns: Columns) -> Read | None:
    """How a `Fold` of the same windows reads them, as the axis that they become."""
    windows = _windows(use) if use.base == "Fold" and use.output is not None else None
    if windows is None or use.output is None:
        return None
    counts = _counts(use.output[-2:], windows)
    if not all(equal(a, b) for a, b in zip(counts, columns.counts, strict=True)):
        return None
    kernel, stride, padding, dilation = windows[columns.order]
    return Read("kept", len(use.output) - 2 + columns.order, transposed(kernel, stride, padding, dilation))


def carried(operand: Operand, at: int | None) -> bool:
    """Whether a use reads the axis of columns position by position."""
    read = operand.reads[at] if at is not None and at < len(operand.reads) else None
    return read is not None and read.how == "kept" and read.access == IDENTITY
