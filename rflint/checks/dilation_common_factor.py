"""RF202: dilated convolutions in a row whose rates have a factor in common."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

from rflint.checks import rule
from rflint.checks._fixes import denser, schedule_fix
from rflint.checks._layers import listed
from rflint.checks._places import place_of
from rflint.checks._runs import Run, positions_read, runs
from rflint.diagnostics import Finding
from rflint.geometry.gains import gridding_index
from rflint.trace import Trace

LONGEST_PICTURE = 31
MOST_RELATED = 8
MOST_LISTED = 4


@rule("RF202", "dilation-common-factor", "info", default=False, fix="unsafe")
def dilation_common_factor(trace: Trace) -> Iterator[Finding]:
    """Whether there are such runs in chains that leave no hole; one finding for the whole network."""
    found, told = list[Run](), set[int]()
    for run in runs(trace):
        layers = {layer.use.index for layer in run.layers}
        if factor(run) > 1 and not told & layers:
            found.append(run)
            told |= layers
    if found:
        yield finding(found)


def factor(run: Run) -> int:
    """The greatest common divisor of the rates."""
    return gcd(*(layer.link.dilation for layer in run.layers))


def finding(found: Sequence[Run]) -> Finding:
    """The finding at the first layer of the longest run; the others are counted."""
    run = max(found, key=lambda one: len(one.layers))
    others = f"; so do those of {len(found) - 1} more run{'s' if len(found) > 2 else ''}" if len(found) > 1 else ""
    seen = positions_read(run.layers)
    alone = ""
    if seen is not None:
        shown = f" {seen.pattern}" if seen.extent <= LONGEST_PICTURE else ""
        alone = f": by themselves they read {seen.count} of {seen.extent} rows{shown}"
    kernels, rates = [layer.link.kernel for layer in run.layers], [layer.link.dilation for layer in run.layers]
    better = denser([layer.use for layer in run.layers], kernels, rates)
    cure = f"; {listed(better)} read all" if len(better) <= MOST_LISTED else ""
    message = f"dilations {listed(rates)} in a row share the factor {factor(run)}{alone}{kept(run)}{cure}{others}"
    place = place_of(run.layers[0].use, "dilation")
    pairs = dict.fromkeys((place_of(one.use, "dilation"), f"dilation {one.link.dilation}") for one in run.layers[1:])
    related = [pair for pair in pairs if pair[0] != place][:MOST_RELATED]
    trail = tuple(layer.use.index for layer in run.layers)
    fix = schedule_fix([layer.use for layer in run.layers], better)
    return Finding(place, message, tuple(related), trail, fix)


def kept(run: Run) -> str:
    """How much of a lattice the layers around let through; "" if that is not known."""
    index = gridding_index([layer.link.kernel for layer in run.chain], [layer.link.dilation for layer in run.chain])
    return "" if index is None else f"; all {len(run.chain)} layers in a row have gridding index {index:.2g}"
