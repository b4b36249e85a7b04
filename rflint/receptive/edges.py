"""What stands outside of an axis where an operation reads past its ends."""

from __future__ import annotations

from rflint.field import Positions, shifted, spread, strided
from rflint.trace import Use


def edge_of(use: Use) -> str:
    """`circular`, `reflect` or `replicate` where a use reads other positions instead, else "": nothing is there."""
    if use.base == "roll":
        return "circular"
    args = use.layer.args
    mode = args.get("mode") if use.base == "pad" else args.get("padding_mode")
    return mode if mode in ("circular", "reflect", "replicate") else ""


def inside(read: Positions, size: int, edge: str) -> Positions | None:
    """The positions of an axis of this size that are really read, for those that are read of one without ends.

    None if it is too far from end to end.
    """
    middle = read.within(0, size)
    if not edge or middle == read:
        return middle
    low, high = read.within(read.offset, 0), read.within(size, read.offset + read.extent)
    if edge == "replicate":
        return _joined(middle, Positions(0, int(low.bits > 0)), Positions(size - 1, int(high.bits > 0)))
    before, after = (
        (shifted(size), shifted(-size)) if edge == "circular" else (strided(0, -1), strided(2 * size - 2, -1))
    )
    return _joined(middle, spread(low, before), spread(high, after))


def _joined(*parts: Positions | None) -> Positions | None:
    found: Positions | None = Positions()
    for part in parts:
        found = None if part is None or found is None else found.union(part)
    return found
