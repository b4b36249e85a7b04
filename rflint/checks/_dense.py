"""What would let the units of a chain of layers read everything that lies between the outermost positions they read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import groupby
from math import ceil, prod
from typing import NamedTuple

from rflint.checks._layers import Window, is_convolution, listed, spatial_rank, window
from rflint.checks._places import named, place_of
from rflint.field import IDENTITY
from rflint.geometry.schedules import dense_rates, extent
from rflint.trace import Place, Use

MOST_POSITIONS = 1 << 16
"""Chains whose units see more are not reckoned through."""


class Row(NamedTuple):
    """A layer of a chain that slides, and its window, the same on all axes."""

    use: Use
    window: Window


class Change(NamedTuple):
    """Other windows for some layers of a chain: the words for it, and where it would be made."""

    windows: dict[int, Window]
    words: str
    place: Place


def denser(uses: Sequence[Use]) -> tuple[str, Place] | None:
    """The smallest change, of rates or of kernels that strides step over, with which all is read; None if there is
    none.

    `uses` are those of a chain, the last one first.
    """
    rows = chain_of(list(reversed(uses)))
    for change in changes(rows):
        read = positions([change.windows.get(row.use.index, row.window) for row in rows])
        if read and len(read) == max(read) + 1:
            many = "read" if "dilations" in change.words or " and " in change.words else "reads"
            return f"; {change.words} {many} all of {len(read)}", change.place
    return None


def wider(uses: Sequence[Use], wanted: int, exactly: bool) -> str:
    """Other rates for the last dilated layers of a chain, with which its units see as much as is wanted, all of it and
    no more if `exactly`; "" if there are none.

    `uses` are those of a chain, the last one first.
    """
    rows = chain_of(list(reversed(uses)))
    runs = [run for run in dilated_runs(rows) if len(run) > 1 and any(row.window.dilation > 1 for row in run)]
    if not runs:
        return ""
    run = runs[-1]
    kernels, now = [row.window.kernel for row in run], [row.window for row in rows]
    jump = prod(row.window.stride for row in rows[: rows.index(run[0])])
    missing = ceil(Fraction(wanted - reach(now), jump))
    for more in range(missing, missing + max(kernels)):
        change = rates(
            rows, [run], [dense_rates(kernels, more + extent(kernels, [row.window.dilation for row in run]))]
        )
        then = [change.windows.get(row.use.index, row.window) for row in rows]
        read = positions(then)
        if len(read) == reach(then) and (len(read) == wanted if exactly else len(read) >= wanted):
            return f"; {change.words} would see {len(read)}"
    return ""


def reach(windows: Sequence[Window]) -> int:
    """How many positions unit 0 of a chain sees from the first to the last."""
    seen = 1
    for one in reversed(windows):
        seen = (seen - 1) * one.stride + one.extent
    return seen


def chain_of(uses: Sequence[Use]) -> list[Row]:
    """The layers that slide, if what they do is known and no other one changes which positions are read; else []."""
    rows = list[Row]()
    for use in uses:
        every = {window(use, axis) for axis in range(spatial_rank(use))}
        known = next(iter(every)) if len(every) == 1 else None
        if known is not None:
            rows.append(Row(use, known))
        elif not is_pointwise(use):
            return []
    return rows


def is_pointwise(use: Use) -> bool:
    """Whether each position is made of that position alone."""
    reads = [read for operand in use.operands if operand.source is not None for read in operand.reads[2:]]
    return all(read.access == IDENTITY for read in reads)


def changes(rows: Sequence[Row]) -> Iterator[Change]:
    """Changes that may do, the smallest first."""
    runs = [run for run in dilated_runs(rows) if any(row.window.dilation > 1 for row in run)]
    if runs:
        yield rates(rows, runs, [near(run) for run in runs])
        yield rates(rows, runs, [[1] * len(run) for run in runs])
    gaps = [row for row in rows if row.window.stride > row.window.extent and row.window.dilation == 1]
    if len(gaps) == 1:
        row = gaps[0]
        words = f"kernel_size={row.window.stride} of {named(row.use)}"
        wider = row.window._replace(kernel=row.window.stride)
        yield Change({row.use.index: wider}, words, place_of(row.use, "kernel_size"))


def dilated_runs(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Convolutions in a row that see more than one position, with stride 1 and not."""
    wide = [row for row in rows if row.window.kernel > 1 or row.window.stride > 1]
    for is_run, run in groupby(wide, lambda row: row.window.stride == 1 and is_convolution(row.use)):
        if is_run:
            yield list(run)


def near(run: Sequence[Row]) -> list[int]:
    """The dense rates whose extent comes nearest to that of a run."""
    kernels = [row.window.kernel for row in run]
    return dense_rates(kernels, extent(kernels, [row.window.dilation for row in run]))


def rates(rows: Sequence[Row], runs: Sequence[Sequence[Row]], chosen: Sequence[Sequence[int]]) -> Change:
    """The change to these rates, run by run."""
    pairs = [pair for run, new in zip(runs, chosen, strict=True) for pair in zip(run, new, strict=True)]
    windows = {row.use.index: row.window._replace(dilation=rate) for row, rate in pairs}
    everywhere = len(pairs) == sum(row.window.kernel > 1 for row in rows)
    words = " and ".join(sentence(run, new, everywhere) for run, new in zip(runs, chosen, strict=True))
    first = next(row for run in runs for row in run if row.window.dilation > 1)
    return Change(windows, words, place_of(first.use, "dilation"))


def sentence(run: Sequence[Row], new: Sequence[int], everywhere: bool) -> str:
    """`dilations 1, 2, 5`, and of which layers, where others see more than one position too."""
    if len(run) == 1:
        return f"dilation {new[0]} of {named(run[0].use)}"
    return f"dilations {listed(new)}" + ("" if everywhere else f" from {named(run[0].use)} on")


def positions(windows: Sequence[Window]) -> set[int]:
    """What unit 0 of a chain reads of its input, the first layer first; nothing if that is too much to list."""
    read = {0}
    for one in reversed(windows):
        if len(read) * one.kernel > MOST_POSITIONS:
            return set()
        read = {one.stride * at + one.dilation * tap for at in read for tap in range(one.kernel)}
    return read
