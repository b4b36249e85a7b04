"""Which values can a polynomial have?  Intervals of integers, open where an end is None."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import lcm
from typing import TypeAlias

from rflint.algebra.polynomials import Atom, Polynomial, of

End: TypeAlias = "int | None"
Interval: TypeAlias = "tuple[End, End]"

MOST_SPLITS = 2
LARGEST_SPLIT = 12


# Arithmetic


def negated(a: Interval) -> Interval:
    """-a."""
    return _opposite(a[1]), _opposite(a[0])


def _opposite(end: End) -> End:
    return None if end is None else -end


def product(a: Interval, b: Interval) -> Interval:
    """a·b; an open end leaves the result open on both sides unless neither factor is negative."""
    if a[0] is not None and b[0] is not None and a[0] >= 0 and b[0] >= 0:
        return a[0] * b[0], None if a[1] is None or b[1] is None else a[1] * b[1]
    corners = [x * y for x in a for y in b if x is not None and y is not None]
    return (min(corners), max(corners)) if len(corners) == 4 else (None, None)


def quotient(a: Interval, b: Interval) -> Interval:
    """⌊a/b⌋ for b not negative and not zero: monotone in a, and nearest to 0 or -1 where b is greatest."""
    if b[0] is None or b[0] < 0:
        return None, None
    least = max(b[0], 1)
    most = None if b[1] is None else max(b[1], 1)
    return _least_quotient(a[0], least, most), _greatest_quotient(a[1], least, most)


def _least_quotient(a: End, least: int, most: End) -> End:
    if a is None or a < 0:
        return None if a is None else a // least
    return 0 if most is None else a // most


def _greatest_quotient(a: End, least: int, most: End) -> End:
    if a is None or a >= 0:
        return None if a is None else a // least
    return -1 if most is None else a // most


def greatest(candidates: Sequence[Interval]) -> Interval:
    """The interval of the maximum of some values."""
    lows = [low for low, _ in candidates if low is not None]
    highs = [high for _, high in candidates if high is not None]
    return max(lows, default=None), max(highs) if len(highs) == len(candidates) else None


def least(candidates: Sequence[Interval]) -> Interval:
    """The interval of the minimum of some values."""
    return negated(greatest([negated(one) for one in candidates]))


# Polynomials


def interval(a: Polynomial) -> Interval:
    """The least and the greatest value of a, as far as it is easily seen."""
    return lower(a), _opposite(lower(-a))


@lru_cache(maxsize=4096)
def lower(a: Polynomial, splits: int = MOST_SPLITS) -> End:
    """A number that a is never below; at most `splits` of its small maxima and minima are gone into."""
    if not a.terms:
        return a.const
    ends = (_separate_lower(a), _joint_lower(a, splits), _split_lower(a, splits) if splits else None)
    return max((end for end in ends if end is not None), default=None)


def is_at_least(a: Polynomial, number: int) -> bool:
    """Whether the bounds show that a is never below that number."""
    low = lower(a)
    return low is not None and low >= number


def _separate_lower(a: Polynomial) -> End:
    """The sum of what the terms are at least."""
    total = a.const
    for monomial, factor in a.terms:
        low, high = _monomial_interval(monomial)
        end = low if factor > 0 else high
        if end is None:
            return None
        total += factor * end
    return total


def _monomial_interval(monomial: Iterable[Atom]) -> Interval:
    result: Interval = (1, 1)
    for atom in monomial:
        result = product(result, (atom.low, atom.high))
    return result


def _joint_lower(a: Polynomial, splits: int) -> End:
    """With (x - n + 1)/n ≤ ⌊x/n⌋ ≤ x/n for floors, so that they meet the other terms: H - 2·⌊H/2⌋ is at least 0."""
    floors = [(atom, factor) for atom, factor in lone_atoms(a, "floor") if not atom.parts[1].terms]
    if not floors or len(a.terms) == 1:
        return None
    scale = lcm(*(atom.parts[1].const for atom, _ in floors))
    relaxed = a * scale
    for atom, factor in floors:
        x, n = atom.parts[0], atom.parts[1].const
        bound = x - (n - 1) if factor > 0 else x
        relaxed = relaxed - of(atom) * (factor * scale) + bound * (factor * scale // n)
    low = lower(relaxed, splits)
    return None if low is None else -(-low // scale)


def _split_lower(a: Polynomial, splits: int) -> End:
    """With each candidate in place of the first max or min: H - min(H, W) is at least H - H."""
    extremes = [(atom, c) for atom, c in lone_atoms(a, "max", "min") if atom.weight <= LARGEST_SPLIT]
    if not extremes or len(a.terms) == 1:
        return None
    atom, factor = extremes[0]
    others = a - of(atom) * factor
    ends = [lower(others + part * factor, splits - 1) for part in atom.parts]
    known = [end for end in ends if end is not None]
    if (atom.kind == "max") == (factor > 0):  # any candidate bounds the term from below
        return max(known, default=None)
    return min(known) if len(known) == len(ends) else None


def lone_atoms(a: Polynomial, *kinds: str) -> list[tuple[Atom, int]]:
    """The terms of a that are a coefficient times one atom of these kinds."""
    return [(monomial[0], c) for monomial, c in a.terms if len(monomial) == 1 and monomial[0].kind in kinds]
