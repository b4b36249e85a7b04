"""Floors, maxima and minima of polynomials in normal form, and the values they take when symbols are replaced."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import permutations
from math import gcd

from rflint.algebra import intervals
from rflint.algebra.intervals import interval, is_at_least, lone_atoms
from rflint.algebra.polynomials import (
    ZERO,
    Atom,
    Polynomial,
    cancelled,
    composed,
    constant,
    enclosed,
    key,
    lone,
    long_division,
    of,
    split,
)

# Floors


@lru_cache(maxsize=4096)
def divide(a: Polynomial, b: Polynomial) -> Polynomial:
    """⌊a/b⌋; where b depends on symbols, for all their values that leave b nonzero."""
    if not b.terms:
        return _floor(a, b.const) if b.const >= 0 else _floor(-a, -b.const)
    if b.terms[0][1] < 0:
        return divide(-a, -b)
    a, b = cancelled(a, b)
    return _quotient(a, b) if b.terms else divide(a, b)


def _floor(a: Polynomial, m: int) -> Polynomial:
    """⌊a/m⌋ for a positive number: pull out multiples of m, cancel, let the first coefficient be positive, flatten."""
    whole, rest = split(a, m)
    if not rest.terms:
        return whole
    common = gcd(m, *(factor for _, factor in rest.terms))
    if common > 1:  # ⌊(g·x + c)/(g·m)⌋ = ⌊(x + ⌊c/g⌋)/m⌋
        rest, m = split(rest, common)[0], m // common
    if rest.terms[0][1] < 0:  # ⌊x/m⌋ = -⌊(m - 1 - x)/m⌋
        return whole - _floor(-rest + (m - 1), m)
    flat = _flattened(rest, constant(m))
    return whole + (_floor_atom(rest, constant(m)) if flat is None else flat)


def _flattened(a: Polynomial, m: Polynomial) -> Polynomial | None:
    """⌊(a' + ⌊x/n⌋)/m⌋ = ⌊(n·a' + x)/(n·m)⌋ for positive m, if just one floor in a has the coefficient 1 or -1."""
    fewer = _without_halves(a)
    if fewer is not None:
        return divide(fewer, m)
    floors = [(atom, factor) for atom, factor in lone_atoms(a, "floor") if abs(factor) == 1]
    if len(floors) != 1:
        return None
    ((atom, factor),) = floors
    x, n = atom.parts
    others = a - of(atom) * factor
    if factor == 1:
        return divide(n * others + x, n * m)
    if n.terms:
        return None
    return divide(n * others - x + (n - 1), n * m)  # -⌊x/n⌋ = ⌊(n - 1 - x)/n⌋


def _without_halves(a: Polynomial) -> Polynomial | None:
    """⌊x/n⌋ - ⌊(x + n·e)/2n⌋ = ⌊(x + n·(1 - e))/2n⌋: a size without its half.  None if there is no such pair."""
    for (whole, factor), (half, other) in permutations(lone_atoms(a, "floor"), 2):
        (x, n), (z, twice) = whole.parts, half.parts
        beyond = z - x
        if factor == -other and not (n.terms or beyond.terms) and twice == n * 2 and beyond.const % n.const == 0:
            rest = divide(x + (n.const - beyond.const), twice)
            return a - of(whole) * factor - of(half) * other + rest * factor
    return None


def _quotient(a: Polynomial, b: Polynomial) -> Polynomial:
    """⌊a/b⌋ = q + ⌊r/b⌋ with a = q·b + r.  A divisor of several terms is divided out only if that ends the matter."""
    q, r = long_division(a, b)
    if r.is_zero or _is_between(r, b):
        return q
    if _is_between(a, b):
        return ZERO
    if len(b.terms) > 1 or b.const:
        q, r = ZERO, a
    flat = _flattened(r, b) if is_at_least(b, 0) else None
    return q + (_floor_atom(r, b) if flat is None else flat)


def _is_between(r: Polynomial, b: Polynomial) -> bool:
    """Whether 0 ≤ r < b is sure."""
    return is_at_least(r, 0) and is_at_least(b - r, 1)


def _floor_atom(a: Polynomial, b: Polynomial) -> Polynomial:
    low, high = intervals.quotient(interval(a), interval(b))
    return composed("floor", f"{enclosed(a)}//{enclosed(b)}", low, high, (a, b))


# Maxima and minima


def _is_negative(a: Polynomial) -> bool:
    return is_at_least(-a, 1)


def extreme(
    kind: str, a: Polynomial, b: Polynomial, is_negative: Callable[[Polynomial], bool | None] = _is_negative
) -> Polynomial:
    """The "max" or "min" of two, without the candidates that surely lose; `is_negative` is asked of differences."""

    def loses(one: Polynomial, other: Polynomial) -> bool:
        return is_negative((one - other if kind == "max" else other - one) - 1) is True

    candidates: list[Polynomial] = []
    for new in sorted({*_candidates(kind, a), *_candidates(kind, b)}, key=lambda one: (not one.terms, key(one))):
        if not any(loses(new, old) for old in candidates):
            candidates = [old for old in candidates if not loses(old, new)] + [new]
    if len(candidates) == 1:
        return candidates[0]
    spans = [interval(one) for one in candidates]
    low, high = intervals.greatest(spans) if kind == "max" else intervals.least(spans)
    return composed(kind, f"{kind}({', '.join(map(key, candidates))})", low, high, tuple(candidates))


def _candidates(kind: str, a: Polynomial) -> tuple[Polynomial, ...]:
    atom = lone(a)
    return atom.parts if atom and atom.kind == kind else (a,)


# Replacing symbols


def replace(a: Polynomial, values: Mapping[Atom, Polynomial]) -> Polynomial:
    """The polynomial with other values, all at once, for some of its symbols."""
    if a.leaves.isdisjoint(values):
        return a
    total = constant(a.const)
    for monomial, factor in a.terms:
        term = constant(factor)
        for atom in monomial:
            term = term * _replaced(atom, values)
        total = total + term
    return total


def _replaced(atom: Atom, values: Mapping[Atom, Polynomial]) -> Polynomial:
    if not atom.parts:
        return values.get(atom) or of(atom)
    first, *others = (replace(part, values) for part in atom.parts)
    for other in others:
        first = divide(first, other) if atom.kind == "floor" else extreme(atom.kind, first, other)
    return first
