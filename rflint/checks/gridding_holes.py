"""RF201: dilated convolutions in a row leave rows between their taps that no unit after them can see."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._fixes import denser, schedule_fix
from rflint.checks._grids import Grid, grids
from rflint.checks._layers import is_convolution, listed
from rflint.checks._places import place_of
from rflint.diagnostics import Finding
from rflint.geometry.schedules import extent
from rflint.trace import Trace


@rule("RF201", "gridding-holes", "warning", fix="unsafe")
def gridding_holes(trace: Trace) -> Iterator[Finding]:
    """Whether units at the end of a segment skip rows of its start, behind two or more dilated layers on every way."""
    yield from map(finding, grids(trace))


def finding(grid: Grid) -> Finding:
    """The finding at the dilation of the first dilated layer; the others are related."""
    steps, seen = grid.steps, grid.seen
    chain = [step for step in steps if step.link.kernel > 1 and is_convolution(step.use)]
    kernels, rates = [step.link.kernel for step in chain], [step.link.dilation for step in chain]
    most = "" if all(step.alone for step in steps) else "at most "
    part = f"{most}{round(100 * grid.share)} %" + (" of the window" if grid.axes > 1 else "")
    lattice = f", only multiples of {seen.gcd}" if seen.gcd > 1 else ""
    better = denser([step.use for step in chain], kernels, rates)
    message = (
        f"dilations {listed(rates)} reach {seen.count} of {seen.extent} rows ({part}){lattice}; "
        f"{listed(better)} reach all of {extent(kernels, better)}"
    )
    first, *others = [step for step in chain if step.link.dilation > 1]
    place = place_of(first.use, "dilation")
    related = dict.fromkeys((place_of(one.use, "dilation"), f"dilation {one.link.dilation}") for one in others)
    elsewhere = tuple(pair for pair in related if pair[0] != place)
    trail = tuple(step.use.index for step in chain)
    fix = schedule_fix([step.use for step in chain], better)
    return Finding(place, message, elsewhere, trail, fix, use=chain[-1].use.index)
