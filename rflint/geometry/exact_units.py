"""Which units of a trace read only what is there: nothing beyond the ends of any tensor on the way to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rflint.dims import Size, substitute
from rflint.field import Access
from rflint.receptive import fields
from rflint.receptive.links import Link, links_along
from rflint.trace import Trace


def exact_units(
    trace: Trace, name: str, axis: int, values: Mapping[str, Size], beyond: bool = False
) -> list[range | None]:
    """For every use: its units that read only positions that exist, themselves or through others, along an input axis.

    `values` stand for the symbols of sizes.  With `beyond`, what lies beyond the ends of the network input counts as
    there (zeros), and only the padding of layers inside does not.  None where a read or a size is not known; a use
    that does not read the input locally has None, too.
    """
    found: list[range | None] = []
    for use, links in zip(trace.uses, links_along(trace, name, axis), strict=True):
        seen = fields(trace)[use.index].get(name)
        size = None if seen is None or use.output is None else _number(use.output, seen[axis].at, values)
        if links.local and size is not None:
            found.append(_exact(size, links.local, found, values, beyond))
        else:
            found.append(None)
    return found


def _number(shape: Sequence[Size], at: int | None, values: Mapping[str, Size]) -> int | None:
    size = substitute(shape[at], values) if at is not None else None
    return size if isinstance(size, int) else None


def _exact(
    size: int, links: Sequence[Link], found: Sequence[range | None], values: Mapping[str, Size], beyond: bool
) -> range | None:
    units = range(size)
    for link in links:
        if isinstance(link.source, str) and beyond:
            continue
        there = _there(link, found, values)
        if there is None:
            return None
        units = reading(link.access, there, units)
    return units


def _there(link: Link, found: Sequence[range | None], values: Mapping[str, Size]) -> range | None:
    """The positions of an operand that are there, and exact."""
    if isinstance(link.source, int):
        return found[link.source]
    size = None if link.size is None else substitute(link.size, values)
    return range(size) if isinstance(size, int) else None


def reading(access: Access, there: range, units: range) -> range:
    """Those of some units from the first to the last between which all read only positions that are there."""
    period, first, stop = len(access.taps), units.start, units.stop
    if access.step < 1:
        return range(first, first)
    for phase, taps in enumerate(access.taps):
        if taps:
            low, high = min(taps[0], taps[-1]), max(taps[0], taps[-1])
            turn = -(-(there.start - low) // access.step)  # the first that does not read too far on the left
            first = max(first, period * (turn - 1) + phase + 1)
            turn = (there.stop - 1 - high) // access.step + 1  # the first that reads too far on the right
            stop = min(stop, period * turn + phase)
    return range(first, max(first, stop))
