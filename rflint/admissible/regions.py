"""Regions of input sizes, one progression for each axis, and how the answer to a question divides them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from rflint.admissible.progressions import Pattern, Progression, divided, joint, pattern, sections, shifted
from rflint.algebra.polynomials import Atom
from rflint.algebra.questions import PROOFS, Question

Region = Mapping[str, Progression]
"""For each axis the sizes that it may have."""

MOST_PARTS = 600
LONGEST = 1024
"""Sizes of an axis that are told apart one by one where a question hangs on two axes."""


def divide(region: Region, questions: Iterable[Question], facts: dict[Question, bool]) -> list[Region]:
    """The parts of a region on which the answers to these questions do not change, for one axis at a time.

    Answers that are the same on the whole region are added to the facts.  No parts if there is no question that
    hangs on the axes alone and whose answers follow a rule.
    """
    alone: dict[str, list[Pattern]] = {}
    coupled: list[Question] = []
    for question in questions:
        leaves = question.polynomial.leaves
        if any(leaf.kind != "symbol" or leaf.name not in region for leaf in leaves):
            continue
        if len(leaves) > 1:
            coupled.append(question)
            continue
        (leaf,) = leaves
        found = pattern(question, leaf, region[leaf.name].count)
        if found is not None and found.is_constant:
            facts[question] = found.at(0) is True
        elif found is not None:
            alone.setdefault(leaf.name, []).append(found)
    name = next((axis for axis in region if axis in alone), None)
    if name is not None:
        return _cut(region, name, alone[name])
    return next((parts for question in coupled if (parts := _coupled(region, question))), [])


def _cut(region: Region, name: str, patterns: Sequence[Pattern]) -> list[Region]:
    """The region cut along one axis: by all patterns at once, or by the first if that makes too many parts."""
    for some in (patterns, patterns[:1]):
        together = joint(some)
        inner = [] if together is None else sections(together, region[name].count)
        if 0 < len(inner) <= MOST_PARTS:
            return list(_parts(region, name, inner))
    return []


def _parts(region: Region, name: str, inner: Sequence[Progression]) -> Iterator[Region]:
    yield from ({**region, name: region[name].part(one)} for one in inner)


def _coupled(region: Region, question: Question) -> list[Region] | None:
    """A question on several axes: the values of a finite axis are told apart, or an endless one is cut."""
    leaves = sorted(question.polynomial.leaves)
    finite = [(region[leaf.name].count or 0, leaf) for leaf in leaves if region[leaf.name].count is not None]
    if finite:
        count, leaf = min(finite, key=lambda row: row[0])
        return _by_value(region, question, leaf, count) if count <= LONGEST else None
    found = next((cut for some in _some(leaves) for cut in _cuts(question, some)), None)
    if found is None:
        return None
    leaf, place = found
    return list(_parts(region, leaf.name, [Progression(0, 1, place), Progression(place)]))


def _by_value(region: Region, question: Question, leaf: Atom, count: int) -> list[Region] | None:
    values = divided(question, leaf, range(count))
    groups = [[place for place, _ in group] for _, group in groupby(values.items(), key=lambda row: row[1])]
    if len(groups) > MOST_PARTS or len(groups) == 1:
        return None
    return list(_parts(region, leaf.name, [Progression(group[0], 1, len(group)) for group in groups]))


def _some(leaves: Sequence[Atom]) -> Iterator[Sequence[Atom]]:
    yield from ([leaf] for leaf in leaves)
    yield leaves


def _cuts(question: Question, leaves: Sequence[Atom]) -> Iterator[tuple[Atom, int]]:
    """The first of these axes, and a place on it from which on, if the others start there as well, the answer is
    proved."""
    place = 1
    while place <= LONGEST:
        moved = shifted(question, dict.fromkeys(leaves, place))
        if PROOFS[question.kind](moved) is not None:
            yield leaves[0], place
        place *= 2


def is_product(others: Iterable[Region], belongs: Callable[[str, int], bool]) -> bool:
    """Whether no other region meets the sizes that belong, axis by axis, to those that are chosen.

    All regions together cover everything and do not overlap: then every combination of chosen sizes is chosen.
    """
    return not any(all(_meets(part, belongs, name) for name, part in other.items()) for other in others)


def _meets(part: Progression, belongs: Callable[[str, int], bool], name: str) -> bool:
    """Whether a progression has a member that belongs to the sizes chosen on an axis."""
    count = LONGEST * 8 if part.count is None else min(part.count, LONGEST * 8)
    return any(belongs(name, part.start + part.step * place) for place in range(count))
