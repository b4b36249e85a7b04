"""RF311: some pools of a network round sizes up and others round them down."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rflint.checks import rule
from rflint.checks._layers import Window, spatial_rank, windows
from rflint.checks._places import called, counted, named, place_of
from rflint.checks._rests import rest
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

LARGEST_STRIDE = 64


class Pool(NamedTuple):
    """A pool with a stride, and how it rounds."""

    use: Use
    windows: tuple[Window, ...]
    up: bool


@rule("RF311", "ceil-mode-mismatch", "info", default=False, fix="hint")
def ceil_mode_mismatch(trace: Trace) -> Iterator[Finding]:
    """Whether pools of one stride make different sizes of one size for their `ceil_mode`; one finding for them all."""
    pools = [pool for use in trace.uses if (pool := pool_of(use))] if trace.order == "forward" else []
    down = [pool for pool in pools if not pool.up]
    odd = [pool for pool in pools if not any(differing(pool, other) is None for other in down) and matters(pool)]
    pairs = ((pool, other, size) for pool in odd for other in down if (size := differing(pool, other)))
    first = next(pairs, None)
    if first is not None:
        yield finding(*first, odd)


def pool_of(use: Use) -> Pool | None:
    """The pool that a use is; None if it is none, has no stride, or some of its arguments are not known."""
    mode, found = use.layer.args.get("ceil_mode"), windows(use) if "Pool" in use.base else []
    known = tuple(one for one in found if one is not None and one.stride <= LARGEST_STRIDE)
    if not isinstance(mode, bool) or len(known) < len(found) or all(one.stride == 1 for one in known):
        return None
    return Pool(use, known, mode) if not use.conditional else None


def matters(pool: Pool) -> bool:
    """Whether its mode may make a difference to the size that it is given: none if that is known to divide."""
    rank = len(pool.use.operands[0].shape or ())
    rests = [rest(pool.use, axis) for axis in range(rank - spatial_rank(pool.use), rank)]
    return any(one is None or one.behind < 0 for one in rests)


def differing(pool: Pool, other: Pool) -> int | None:
    """A size of which two pools make different ones, on some axis; None if there is none, 0 for different strides."""
    if [one.stride for one in pool.windows] != [one.stride for one in other.windows]:
        return 0
    for one, two in zip(pool.windows, other.windows, strict=True):
        least = max(one.extent, two.extent)  # from there on all repeats with the stride
        for size in range(least, least + one.stride):
            if made(one, pool.up, size) != made(two, other.up, size):
                return size
    return None


def made(one: Window, up: bool, size: int) -> int:
    """The size that torch makes of a size; a last window that would begin in the padding behind is left away."""
    places = (size + one.padding - one.extent + (one.stride - 1 if up else 0)) // one.stride + 1
    return places - 1 if (places - 1) * one.stride >= size + one.padding // 2 else places


def finding(pool: Pool, other: Pool, size: int, odd: Sequence[Pool]) -> Finding:
    """The finding at the `ceil_mode` of the first pool that rounds up."""
    one, two = next(
        pair
        for pair in zip(pool.windows, other.windows, strict=True)
        if made(pair[0], True, size) != made(pair[1], False, size)
    )
    rest = {layer.use.path or layer.use.index for layer in odd} - {pool.use.path or pool.use.index}
    more = f"; {counted(len(rest), 'do')} as it does" if rest else ""
    message = (
        f"{named(pool.use)} rounds sizes up and {named(other.use)} down: of {size} rows it makes "
        f"{made(one, True, size)}, the other {made(two, False, size)}{more}"
    )
    related = ((place_of(other.use, "ceil_mode"), "this pool rounds down"),)
    return Finding(place_of(pool.use, "ceil_mode"), message, (*called(pool.use), *related))
