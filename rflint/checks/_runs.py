"""Runs: dilated convolutions one behind the other at one resolution, and the layers around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from rflint.checks._grids import grids
from rflint.checks._layers import is_convolution
from rflint.checks._segments import Graph, Link, Node, age, branches, graph
from rflint.field import Positions, spread
from rflint.trace import Trace, Use


class Widening(NamedTuple):
    """A layer that reads more than one position of an axis, without changing the resolution."""

    use: Use
    link: Link

    @property
    def is_dilated(self) -> bool:
        """Whether it is a convolution with a dilation above 1."""
        return self.link.dilation > 1 and is_convolution(self.use)


class Run(NamedTuple):
    """Two or more dilated convolutions with nothing but activations, norms, 1×1 layers and identities in between."""

    layers: tuple[Widening, ...]
    before: Widening | None
    """The layer that stands right before the first one."""
    chain: tuple[Widening, ...]
    """All layers in a row at this resolution."""


class _Chain(NamedTuple):
    """The layers up to one, the last one first."""

    layer: Widening
    before: _Chain | None
    length: int


def runs(trace: Trace) -> list[Run]:
    """All runs, those in longer chains first, but for those that leave holes behind them (RF201)."""
    if "runs" not in trace.memo:
        holed = {step.use.index for grid in grids(trace) for step in grid.steps}
        found = [run for chain in _chains(trace) for run in _runs(chain)]
        trace.memo["runs"] = [run for run in found if holed.isdisjoint(layer.use.index for layer in run.layers)]
    known: list[Run] = trace.memo["runs"]
    return known


def positions_read(layers: Sequence[Widening]) -> Positions | None:
    """The positions that a unit behind these layers reads before them; None if they extend too far."""
    seen: Positions | None = Positions(0, 1)
    for layer in reversed(layers):
        seen = seen and spread(seen, layer.link.access)
    return seen


def _runs(chain: Sequence[Widening]) -> Iterator[Run]:
    """The runs of a chain."""
    for is_dilated, group in groupby(enumerate(chain), key=lambda pair: pair[1].is_dilated):
        numbers = [number for number, _ in group]
        if is_dilated and len(numbers) > 1:
            before = chain[numbers[0] - 1] if numbers[0] else None
            yield Run(tuple(chain[numbers[0] : numbers[-1] + 1]), before, tuple(chain))


def _chains(trace: Trace) -> Iterator[tuple[Widening, ...]]:
    """The layers in a row, along the longest branches, from the first to where no further one follows."""
    longest: dict[Node, _Chain | None] = {}
    followed, found = set[int](), dict[int, _Chain]()
    links = graph(trace)
    for node in links:
        before, chain = _extended(trace, links, node, longest)
        longest[node] = chain
        if chain is not None and chain is not before:
            followed.add(id(before))
            found[id(chain)] = chain
    ends = [chain for at, chain in found.items() if at not in followed]
    for chain in sorted(ends, key=lambda end: end.length, reverse=True):
        yield tuple(_listed(chain))[::-1]


def _extended(
    trace: Trace, made: Graph, node: Node, longest: dict[Node, _Chain | None]
) -> tuple[_Chain | None, _Chain | None]:
    """The longest chain that a use goes on with, and the chain with the use."""
    use, into = trace.uses[age(node)], made[node]
    if not into:
        return None, None
    link = max(branches(use, into, made), key=lambda one: _length(longest.get(one.source)))
    before = longest.get(link.source)
    if link.kernel < 2:
        return before, before
    return before, _Chain(Widening(use, link), before, _length(before) + 1)


def _length(chain: _Chain | None) -> int:
    return chain.length if chain else 0


def _listed(chain: _Chain | None) -> Iterator[Widening]:
    while chain is not None:
        yield chain.layer
        chain = chain.before
