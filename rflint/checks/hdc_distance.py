"""RF203: dilations in a row that step further than what the layer before them fills, by the rule of HDC."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import gcd

from rflint.checks import rule
from rflint.checks._fixes import denser, schedule_fix
from rflint.checks._layers import listed
from rflint.checks._places import place_of
from rflint.checks._runs import Run, Widening, positions_read, runs
from rflint.diagnostics import Finding
from rflint.field import Positions
from rflint.geometry.schedules import extent, hybrid_distances
from rflint.trace import Trace

LONGEST_PICTURE = 31


@rule("RF203", "hdc-distance", "info", default=False, fix="unsafe")
def hdc_distance(trace: Trace) -> Iterator[Finding]:
    """Whether a run without a common factor (RF202) breaks the rule, and skips rows; one finding for the network."""
    found, told = list[tuple[Sequence[Widening], Positions]](), set[int]()
    for run in runs(trace):
        layers = {layer.use.index for layer in run.layers}
        seen = positions_read(group(run)) if breaks_rule(run) and not told & layers else None
        if seen is not None and seen.holes:
            found.append((group(run), seen))
            told |= layers
    if found:
        yield finding(found)


def group(run: Run) -> list[Widening]:
    """The run, behind the undilated layer before it if there is one: the paper's groups begin so."""
    return [*([run.before] if run.before else []), *run.layers]


def rates(layers: Sequence[Widening]) -> list[int]:
    """Their dilations."""
    return [layer.link.dilation for layer in layers]


def breaks_rule(run: Run) -> bool:
    """Whether M_2 exceeds the kernel, which is that of all layers; a common factor is another rule's matter."""
    kernels = {layer.link.kernel for layer in group(run)}
    return gcd(*rates(run.layers)) == 1 and len(kernels) == 1 and hybrid_distances(rates(group(run)))[1] > min(kernels)


def finding(found: Sequence[tuple[Sequence[Widening], Positions]]) -> Finding:
    """The finding at the first dilated layer of the group that reads the smallest share; the others are counted."""
    layers, seen = min(found, key=lambda pair: pair[1].count / pair[1].extent)
    kernels = [layer.link.kernel for layer in layers]
    shown = f" {seen.pattern}" if seen.extent <= LONGEST_PICTURE else ""
    better = denser([layer.use for layer in layers], kernels, rates(layers))
    others = f"; so do {len(found) - 1} more" if len(found) > 2 else "; so does one more" if len(found) > 1 else ""
    message = (
        f"dilations {listed(rates(layers))}: the distance M_2 = {hybrid_distances(rates(layers))[1]} exceeds "
        f"kernel {max(kernels)}, and by themselves they read {seen.count} of {seen.extent} rows{shown}{others}; "
        f"{listed(better)} read all of {extent(kernels, better)}"
    )
    first = next(layer for layer in layers if layer.is_dilated)
    fix = schedule_fix([layer.use for layer in layers], better)
    return Finding(place_of(first.use, "dilation"), message, trail=tuple(layer.use.index for layer in layers), fix=fix)
