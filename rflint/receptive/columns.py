"""Windows as columns: `Unfold` puts the windows of both spatial axes into one axis, `Fold` takes them out again."""

from __future__ import annotations

from collections.abc import Sequence

from rflint import sizes
from rflint.dims import Size
from rflint.field import Access, transposed, window
from rflint.field.layouts import Digit, Layout
from rflint.trace import Operand, Use

WINDOW = ("kernel_size", "stride", "padding", "dilation")


def _windows(use: Use) -> list[tuple[int, int, int, int]] | None:
    """Kernel, stride, padding and dilation for each axis; None if they are not known numbers."""
    given = [use.layer.args.get(name) for name in WINDOW]
    if not all(isinstance(one, tuple) and all(isinstance(value, int) for value in one) for one in given):
        return None
    return list(zip(*given, strict=True))


def _counts(shape: Sequence[Size], windows: Sequence[tuple[int, int, int, int]]) -> tuple[Size, ...]:
    rows = zip(shape, windows, strict=True)
    return tuple(sizes.window(n, kernel, stride, pad, pad, gap) for n, (kernel, stride, pad, gap) in rows)


def _layout(counts: Sequence[Size], order: int, axis: int) -> Layout:
    """Where the windows along an axis lie among all of them, row by row: 0 for the rows, 1 for those in a row."""
    return (Digit(axis, counts[1] if order == 0 else 1, counts[order], 1),)


def unfolded(use: Use, operand: Operand, at: int) -> tuple[Access, Layout] | None:
    """How the windows of an `Unfold` read axis `at` of its operand, and where they lie."""
    windows = _windows(use) if use.base == "Unfold" and operand.shape is not None else None
    order = at - len(operand.shape or ()) + 2
    if windows is None or use.output is None or order not in (0, 1):
        return None
    kernel, stride, padding, dilation = windows[order]
    counts = _counts((operand.shape or ())[-2:], windows)
    return window(kernel, stride, padding, dilation), _layout(counts, order, len(use.output) - 1)


def folded(use: Use, operand: Operand, layout: Layout) -> tuple[Access | None, int] | None:
    """How a `Fold` reads windows that lie so, and the axis that they become; None if they are not its windows."""
    windows = _windows(use) if use.base == "Fold" and operand.shape is not None else None
    if windows is None or use.output is None:
        return None
    counts = _counts(use.output[-2:], windows)
    if counts == (1, 1):  # rows and columns cannot be told apart
        return None
    for order, (kernel, stride, padding, dilation) in enumerate(windows):
        if layout == _layout(counts, order, len(operand.shape or ()) - 1):
            return transposed(kernel, stride, padding, dilation), len(use.output) - 2 + order
    return None
