"""RF101: no output unit sees the whole input, in a network that is made for inputs of this size."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.checks._widening import further_layers, last_window, widening
from rflint.diagnostics import Finding
from rflint.dims import product
from rflint.geometry.stated import is_pool
from rflint.receptive import AxisField, fields
from rflint.trace import Trace

LONGEST_TRAIL = 8


class Need(NamedTuple):
    """How many positions have to be seen, and why, in words."""

    positions: int
    words: str


class View(NamedTuple):
    """What the units of an output see of an input: least extents, the input's sizes, and the fields they are from."""

    output: int
    name: str
    seen: tuple[int, ...]
    sizes: tuple[int, ...]
    axes: tuple[AxisField, ...]
    need: Need | None
    """What has to be seen; None if nothing is declared of it: the whole input."""

    @property
    def needed(self) -> list[int]:
        """How much of each axis has to be seen."""
        return [size if self.need is None else min(size, self.need.positions) for size in self.sizes]

    @property
    def shares(self) -> list[Fraction]:
        """Which part of that is seen on each axis."""
        return [Fraction(seen, size) for seen, size in zip(self.seen, self.needed, strict=True)]


@rule("RF101", "rf-smaller-than-input", "warning", fix="hint", needs_size=True)
def rf_smaller_than_input(trace: Trace) -> Iterator[Finding]:
    """Whether even the output that sees most sees less than the input, on some axis."""
    if not trace.declared or trace.states("rf") or trace.order != "forward":
        return
    name = main_input(trace)
    outputs = [source for source in dict.fromkeys(trace.output_sources) if isinstance(source, int)]
    views = [view(trace, output, name) for output in outputs if name in fields(trace)[output]]
    narrow = [seen for seen in views if seen and min(seen.shares) < 1]
    if narrow and len(narrow) == len(views):
        yield from finding(trace, max(narrow, key=lambda seen: min(seen.shares)))


def main_input(trace: Trace) -> str:
    """The input with the most positions, all sizes being known; "" if there is none."""
    sizes = {name: trace.spatial_sizes(name) for name, shape in trace.input_shapes.items() if shape and len(shape) > 2}
    known = {name: product(shape) for name, shape in sizes.items() if all(isinstance(size, int) for size in shape)}
    return max(known, key=lambda name: int(known[name])) if known else ""


def view(trace: Trace, output: int, name: str) -> View | None:
    """What the units of an output see locally; None where they may see everything, or it is not known what they see."""
    axes = fields(trace)[output][name]
    intervals = [axis.interval for axis in axes]
    if None in intervals or not all(axis.whole == "" or is_pool(trace, axis.whole) for axis in axes):
        return None
    seen = tuple(interval.size[0] for interval in intervals if interval)
    sizes = tuple(size for size in trace.spatial_sizes(name) if isinstance(size, int))
    return View(output, name, seen, sizes, axes, need(trace, len(axes))) if 0 not in seen else None


def need(trace: Trace, axes: int) -> Need | None:
    """What is declared of all outputs: the size of the largest objects, or, of a signal, a duration at a rate."""
    declared = [one.contract for one in trace.said if one.place is None and one.contract.values]
    stated = {one.subject: max(one.values) for one in declared}
    if "object-size" in stated:
        return Need(int(stated["object-size"]), f"an object of {stated['object-size']}")
    if axes == 1 and "min-ms" in stated and "rate" in stated:
        positions = -(-stated["min-ms"] * stated["rate"] // 1000)
        return Need(int(positions), f"{float(stated['min-ms']):g} ms")
    return None


def finding(trace: Trace, narrow: View) -> Iterator[Finding]:
    """The finding at the call of the last layer that widens the field; none if there is no such layer."""
    axis = narrow.shares.index(min(narrow.shares))
    wide = widening(trace, narrow.output, narrow.name, axis)
    if not wide:
        return
    last = last_window(wide)
    trail = tuple(use.index for use in reversed(wide[:LONGEST_TRAIL]))
    cure = further_layers(trace, last, narrow.name, axis, narrow.seen[axis], narrow.needed[axis])
    message = f"{sentence(narrow, axis)}{cure}"
    yield Finding(trace.standing_for(last).place, message, trail=trail, use=last.index)


def sentence(narrow: View, axis: int) -> str:
    """What the units see of how much."""
    whole = narrow.axes[axis]
    who = "before the global pool each unit" if whole.pooled else "each output unit"
    aside = f", {whole.whole} aside," if whole.whole and not whole.pooled else ""
    unit = " px" if len(narrow.sizes) > 1 else ""
    share = f"{round(100 * narrow.shares[axis])} %"
    what = ", a bag of patches" if whole.pooled else ""
    if narrow.need is not None:
        return f"{who}{aside} sees {times(narrow.seen)}{unit}, {share} of {narrow.need.words}{what}"
    return f"{who}{aside} sees {times(narrow.seen)} of {times(narrow.sizes)}{unit} ({share}){what}"
