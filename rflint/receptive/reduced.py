"""The graph of how uses read one axis of a network input, without all that sets without ends do not need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from rflint.field import IDENTITY
from rflint.receptive.links import Link, Links, links_along
from rflint.trace import Trace

MOST_PAIRS = 256
"""Taps of two links are compared if there are no more pairs of them than this."""


class Reduced(NamedTuple):
    """The graph past pointwise operations, for sets without ends: an operation that reads its operand as it is can
    still be longer than that, so that ends are not the same."""

    stands_for: Mapping[int | str, int | str]
    """For each tensor whose units read what those of another one do: that one."""
    links: dict[int | str, Links]
    """The other uses, by index, and how they read other such tensors."""


def reduced_along(trace: Trace, name: str, axis: int) -> Reduced:
    """How the uses that move or join units read spatial axis 0, 1, … (the third on) of input `name`."""
    known: dict[tuple[str, int], Reduced] = trace.memo.setdefault("reduced", {})
    if (name, axis) not in known:
        known[name, axis] = _reduced(links_along(trace, name, axis))
    return known[name, axis]


def _reduced(links: Sequence[Links]) -> Reduced:
    stands_for: dict[int | str, int | str] = {}
    moving: dict[int | str, Links] = {}
    for index, one in enumerate(links):
        local = one.local and _widest(_past(one.local, stands_for), moving)
        if local and len(local) == 1 and local[0].access is IDENTITY:
            stands_for[index] = local[0].source
        else:
            moving[index] = Links(local, one.pooled, tuple(_past(part, stands_for) for part in one.parts))
    return Reduced(stands_for, moving)


def _past(links: Sequence[Link], stands_for: Mapping[int | str, int | str]) -> tuple[Link, ...]:
    """Links to what their sources stand for, each once."""
    moved = [Link(stands_for.get(one.source, one.source), one.access, None, "", one.part) for one in links]
    return tuple(dict.fromkeys(moved)) if len(moved) > 1 else tuple(moved)


def _widest(links: tuple[Link, ...], moving: Mapping[int | str, Links]) -> tuple[Link, ...]:
    """The links without those by which nothing is read that is not read through another one: shortcuts, as a rule."""
    if len(links) < 2:
        return links
    ways = [(link, inner) for link in links if link.source in moving for inner in moving[link.source].local or ()]
    return tuple(one for one in links if not any(_is_within(one, *way) for way in ways))


def _is_within(link: Link, outer: Link, inner: Link) -> bool:
    """Whether whatever a link reads is also read by `outer` through `inner`."""
    if link.source != inner.source or max(len(one.access.taps) for one in (link, outer, inner)) > 1:
        return False
    step, (first,), (then,) = inner.access.step, outer.access.taps, inner.access.taps
    if link.access.step != outer.access.step * step or len(link.access.taps[0]) * len(first) > MOST_PAIRS:
        return False
    return all(any(tap - step * other in then for other in first) for tap in link.access.taps[0])
