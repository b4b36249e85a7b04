"""Segments: the parts of a trace, along one axis, in which the resolution stays what it is.

A node is a tensor and one of its axes.  Within a segment an output position reads inputs at fixed offsets (stride 1,
no upsampling), so that what a unit sees of the segment's start is an exact set of offsets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rflint.field import IDENTITY, Access, Positions, spread
from rflint.trace import Read, Trace, Use

Node = tuple[int | str, int]
"""A tensor (the use that made it, or a network input) and one of its axes."""


class Link(NamedTuple):
    """How a use reads one axis of an operand without changing its resolution."""

    source: Node
    access: Access

    @property
    def kernel(self) -> int:
        """How many positions an output position reads."""
        return len(self.access.taps[0])

    @property
    def dilation(self) -> int:
        """The distance between them; 1 if it is only one."""
        return self.access.taps[0].step if self.kernel > 1 else 1


class Step(NamedTuple):
    """A use on a way through a segment, and by which link the way enters it."""

    use: Use
    link: Link
    alone: bool
    """Whether the use has no other branch."""


Graph = dict[Node, tuple[Link, ...] | None]
"""For every axis of every use's output the links that lead there: () where a segment starts, None if not known."""


def graph(trace: Trace) -> Graph:
    """The links of all uses.  A network input, and an axis that its use made anew, is not among the keys."""
    found: Graph = {}
    for use in trace.uses:
        for axis, links in axis_links(use):
            known = found.get((use.index, axis), ())
            found[use.index, axis] = None if known is None or links is None else known + links
    return found


def axis_links(use: Use) -> Iterator[tuple[int, tuple[Link, ...] | None]]:
    """For each axis that the use reads: that of the output, and the link, () if it is rescaled, None if unknown."""
    for operand in use.operands:
        for axis, read in enumerate(operand.reads):
            if operand.source is None or read.to is None:
                continue
            if read.how == "unknown" or (read.how == "kept" and read.access is None):
                yield read.to, None
            elif read.access and is_link(read.access):
                yield read.to, (Link((operand.source, axis), read.access),)
            else:
                yield read.to, ()


def is_link(access: Access) -> bool:
    """Whether it leaves the resolution as it is."""
    return access.step == 1 and len(access.taps) == 1 and len(access.taps[0]) > 0


def is_built_on(node: Node, root: Node, made: Graph) -> bool:
    """Whether a tensor is made of another one, within the segment."""
    waiting, seen = [node], set[Node]()
    while waiting:
        at = waiting.pop()
        if at == root:
            return True
        if at not in seen and (age(at) > age(root)):
            seen.add(at)
            waiting.extend(link.source for link in made.get(at) or ())
    return False


def age(node: Node) -> int:
    """The position in the trace; network inputs come before all uses."""
    return node[0] if isinstance(node[0], int) else -1


def is_skip(link: Link, other: Link, made: Graph) -> bool:
    """Whether a branch is made position by position of a tensor that the other branch is made of, too."""
    root = link.source
    while (links := made.get(root)) and len(links) == 1 and links[0].access == IDENTITY:
        root = links[0].source
    return is_built_on(other.source, root, made)


def branches(use: Use, links: tuple[Link, ...], made: Graph) -> tuple[Link, ...]:
    """The links without the identity of a residual block: x in x + f(x), where f(x) says all that matters."""
    if use.base not in ("add", "sub"):
        return links
    own = (link for link in links if not any(is_skip(link, other, made) for other in links if other is not link))
    return tuple(own) or links


def fewest_dilated(trace: Trace, made: Graph) -> dict[Node, int | None]:
    """The least number of dilated layers on any way from the segment's start to a node; None if not known."""
    fewest: dict[Node, int | None] = {}
    for node, links in made.items():
        ways: list[int | None] = []
        for link in branches(trace.uses[age(node)], links or (), made):
            before = fewest.get(link.source, 0 if isinstance(link.source[0], str) else None)
            ways.append(None if before is None else before + (link.dilation > 1))
        known = [way for way in ways if way is not None]
        fewest[node] = None if links is None or len(known) < len(ways) else min(known, default=0)
    return fewest


def reached(made: Graph, end: Node) -> dict[Node, Positions] | None:
    """What unit 0 of a node reads of every tensor at which its segment starts; None if it extends too far."""
    needed = {end: Positions(0, 1)}
    starts: dict[Node, Positions] = {}
    while needed:
        node = max(needed, key=age)
        positions = needed.pop(node)
        links = made.get(node) or ()
        if not links:
            starts[node] = positions
        for link in links:
            read = spread(positions, link.access)
            merged = read and read.union(needed.get(link.source, Positions()))
            if merged is None:
                return None
            needed[link.source] = merged
    return starts


def way(trace: Trace, made: Graph, end: Node, start: Node) -> list[Step]:
    """One way from the start of a segment to what is made of it: along the first branches that lead there."""
    steps, node = list[Step](), end
    while node != start:
        use = trace.uses[age(node)]
        choices = branches(use, made.get(node) or (), made)
        link = next(link for link in choices if is_built_on(link.source, start, made))
        steps.append(Step(use, link, len(choices) == 1))
        node = link.source
    return steps[::-1]


def ends(trace: Trace, made: Graph) -> Iterator[Node]:
    """Where segments end, the last ones first: at an output, a change of resolution, a global operation."""
    for node in sorted(made, key=age, reverse=True):
        if node[0] in trace.output_sources or is_read_otherwise(trace, node):
            yield node


def is_read_otherwise(trace: Trace, node: Node) -> bool:
    """Whether the axis is read at another resolution, or as a whole by all that read it."""
    source, axis = node
    readers = [read_of(use, number, axis) for use, number in trace.consumers().get(source, [])]
    if any(read.access and not is_link(read.access) for read in readers):
        return True
    return bool(readers) and all(read.how in ("whole", "mixed") for read in readers)


def read_of(use: Use, number: int, axis: int) -> Read:
    """How a use reads an axis of its operand of that number."""
    reads = use.operands[number].reads
    return reads[axis] if axis < len(reads) else Read("unknown")
