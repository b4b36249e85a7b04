"""RF607: nearly all multiplications of a network happen at full resolution, and yet its units see little."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod

from rflint.checks import rule
from rflint.checks._layers import is_convolution, is_transposed, size_given, times
from rflint.checks._places import called, named, place_of
from rflint.diagnostics import Finding
from rflint.receptive import fields
from rflint.trace import Shape, Trace, Use

MOST = Fraction(7, 10)


@rule("RF607", "stride-too-late", "info", default=False, fix="hint", needs_size=True)
def stride_too_late(trace: Trace) -> Iterator[Finding]:
    """Whether more than 70 % of the multiplications are at the size of the input, and no output sees all of it."""
    name = next(iter(trace.input_shapes), "")
    sizes = trace.spatial_sizes(name)
    extent = seen(trace, name, sizes) if trace.declared and trace.task != "restoration" and trace.complete else None
    if extent is None:
        return
    layers = [use for use in trace.uses if is_convolution(use) or is_transposed(use)]
    costs = [(cost, use) for use in layers if (cost := multiplications(use)) is not None]
    total = sum(cost for cost, _ in costs)
    if not total or len(costs) < len(layers):
        return
    full = [(cost, use) for cost, use in costs if (use.output or ())[2:] == sizes]
    share = Fraction(sum(cost for cost, _ in full), total)
    if share > MOST:
        _, costly = max(full, key=lambda pair: pair[0])
        message = (
            f"{round(100 * share)} % of the multiplications are at {times(sizes)}, most in {named(costly)}, and an "
            f"output unit sees {times(extent)}: a stride before it would save most of them and widen what is seen"
        )
        yield Finding(place_of(costly), message, called(costly), use=costly.index)


def seen(trace: Trace, name: str, sizes: Shape) -> tuple[int, ...] | None:
    """The least that units of any output see of the input, or of the map that is pooled; None if one sees all of it."""
    found = []
    for source in trace.output_sources:
        axes = fields(trace)[source].get(name, ()) if isinstance(source, int) else ()
        intervals = [axis.interval for axis in axes if axis.pooled or not axis.whole]
        extent = tuple(interval.size[0] for interval in intervals if interval)
        pairs = zip(extent, sizes, strict=False)
        if len(extent) < len(sizes) or all(not isinstance(n, int) or r >= n for r, n in pairs):
            return None
        found.append(extent)
    return max(found, default=None)


def multiplications(use: Use) -> int | None:
    """How many numbers a convolution multiplies for one image; None if that is not known."""
    inp, out, groups = (size_given(use, name) for name in ("in_channels", "out_channels", "groups"))
    kernel = use.layer.args.get("kernel_size")
    shape = use.operands[0].shape if is_transposed(use) else use.output
    if not isinstance(kernel, tuple) or shape is None or not isinstance(groups, int) or groups < 1:
        return None
    factors = [inp, out, *kernel, *shape[2:]]
    known = [factor for factor in factors if isinstance(factor, int)]
    return prod(known) // groups if len(known) == len(factors) else None
