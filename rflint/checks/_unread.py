"""Tensors of which no layer reads some rows, over and over, and the layers that step over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, prod
from typing import NamedTuple

from rflint.checks._layers import Window, is_convolution, spatial_rank, window_at, windows
from rflint.checks._readers import Reader, Rows, readers_of, rows_read, tensors
from rflint.receptive import fields
from rflint.trace import Trace, Use

LONGEST_PICTURE = 12
LABELS = ("mask", "label", "target")
"""Inputs with such names hold classes, of which every other one is picked to make them smaller."""


class Unread(NamedTuple):
    """The layers that read a tensor, and which rows they read together, by axis; other axes are read as a whole."""

    layers: tuple[Use, ...]
    rows: Mapping[int, Rows]

    @property
    def lost(self) -> Fraction:
        """The share of the positions that nothing reads, over all axes."""
        return 1 - prod((Fraction(len(read), period) for period, read in self.rows.values()), start=Fraction(1))

    @property
    def picture(self) -> str:
        """The first rows of the first such axis, `#.#.#.`; "" if they would be many."""
        period, read = next(iter(self.rows.values()))
        picture = "".join("#" if row % period in read else "." for row in range(max(6, period)))
        return picture if len(picture) <= LONGEST_PICTURE else ""

    @property
    def shared(self) -> tuple[Use, Window] | None:
        """A layer that would read all rows if it were not dilated, and how it slides; None if there is none."""
        pairs = ((layer, window_on(layer, axis)) for layer in self.layers for axis in self.rows)
        return next(((layer, one) for layer, one in pairs if one is not None and shares_factor(one)), None)


def unread(trace: Trace) -> list[Unread]:
    """All such tensors of a network that was followed as a whole."""
    if "unread" not in trace.memo:
        trace.memo["unread"] = list(_unread(trace))
    found: list[Unread] = trace.memo["unread"]
    return found


def _unread(trace: Trace) -> Iterator[Unread]:
    for source, axes in tensors(trace) if trace.complete else ():
        readers = readers_of(trace, source)
        rows = {axis: found for axis, size in axes if (found := rows_read(readers, axis, size))}
        layers = tuple(reader.use for reader in readers if should_read_all(trace, reader.use))
        if rows and layers and not is_known_block(readers):
            yield Unread(layers, rows)


def window_on(use: Use, axis: int) -> Window | None:
    """How a layer slides along an axis of what it is given; None if it does not, or that is not known."""
    shape = use.operands[0].shape
    return window_at(use, axis - len(shape)) if shape else None


def shares_factor(one: Window) -> bool:
    """Whether the dilation keeps a window from reading all rows: with dilation 1 its kernel fills the stride."""
    return one.kernel >= one.stride and gcd(one.dilation, one.stride) > 1


def should_read_all(trace: Trace, use: Use) -> bool:
    """Whether it is a layer or a resampling, but not of labels; a slice says itself what it leaves out."""
    return spatial_rank(use) > 0 or (use.base == "Upsample" and not is_label(trace, use))


def is_known_block(readers: Sequence[Reader]) -> bool:
    """Whether it is a block of the first ResNet, which has its stride on both 1×1 convolutions at its start."""
    return len(readers) > 1 and all(is_one_by_one(reader.use) for reader in readers)


def is_one_by_one(use: Use) -> bool:
    """Whether it is a convolution with a kernel of 1 on all axes."""
    return is_convolution(use) and all(one is not None and one.kernel == 1 for one in windows(use))


def is_label(trace: Trace, use: Use) -> bool:
    """Whether all that the use sees are inputs whose names speak of labels."""
    return all(any(word in name.lower() for word in LABELS) for name in fields(trace)[use.index])
