"""Polynomials with whole coefficients over symbols, floors, maxima and minima: a normal form, and how it is written.

What the rest of the program sees of them is `rflint.dims`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from math import gcd
from typing import TypeAlias

Monomial: TypeAlias = "tuple[Atom, ...]"
Terms: TypeAlias = "tuple[tuple[Monomial, int], ...]"

# Work is bounded on any input: a polynomial beyond one of these is replaced by an unknown of which nothing is known.
MOST_ATOMS = 80
MOST_BITS = 2048
DEEPEST = 8

_serials = count(1)
_MARK = re.compile("⟨[^⟩]*⟩")


@dataclass(frozen=True, slots=True, order=True)
class Atom:
    """What a polynomial treats as a variable: `kind` is "symbol", "unknown", "floor", "max" or "min".

    `key` is how it is written, with marks in ⟨⟩ that tell apart what is written alike; `depth` counts the nesting.
    `low` and `high` bound its value.  `parts` are dividend and divisor of a floor, the candidates of a max or min.
    """

    depth: int
    key: str
    kind: str = field(compare=False)
    low: int | None = field(compare=False)
    high: int | None = field(compare=False)
    parts: tuple[Polynomial, ...] = field(default=(), compare=False)
    name: str = field(default="", compare=False)
    weight: int = field(default=1, compare=False)
    inside: frozenset[Atom] = field(default=frozenset(), compare=False)
    """The symbols and unknowns among the parts."""


@dataclass(frozen=True, slots=True)
class Polynomial:
    """`const` plus the sum of coefficient times monomial over `terms`, which are sorted by `_position`."""

    terms: Terms
    const: int

    def __add__(self, other: Polynomial | int) -> Polynomial:
        if isinstance(other, int):
            const = self.const + other
            return Polynomial(self.terms, const) if const.bit_length() <= MOST_BITS else _limited(self.terms, const)
        return _combined(self, other, 1)

    def __sub__(self, other: Polynomial | int) -> Polynomial:
        return self + -other if isinstance(other, int) else _combined(self, other, -1)

    def __neg__(self) -> Polynomial:
        return Polynomial(tuple((monomial, -factor) for monomial, factor in self.terms), -self.const)

    def __mul__(self, other: Polynomial | int) -> Polynomial:
        if isinstance(other, Polynomial):
            return _multiplied(self, other)
        return _limited(tuple((m, c * other) for m, c in self.terms), self.const * other) if other else ZERO

    @property
    def atoms(self) -> list[Atom]:
        """The atoms of all monomials, in order, with repetitions."""
        return [atom for monomial, _ in self.terms for atom in monomial]

    @property
    def leaves(self) -> frozenset[Atom]:
        """The symbols and unknowns that the value depends on."""
        return frozenset(leaf for atom in self.atoms for leaf in (atom.inside or (atom,)))

    @property
    def is_zero(self) -> bool:
        return not self.terms and not self.const


ZERO = Polynomial((), 0)


def constant(value: int) -> Polynomial:
    """The polynomial that is this number."""
    return Polynomial((), value)


def of(atom: Atom) -> Polynomial:
    """The polynomial that is this atom alone."""
    return Polynomial((((atom,), 1),), 0)


def named(name: str, minimum: int, maximum: int | None = None) -> Atom:
    """The symbol of that name, at least `minimum`, and at most `maximum` where there is one."""
    marks = "" if minimum == 1 else f"⟨{minimum}⟩"
    marks += "" if maximum is None else f"⟨…{maximum}⟩"
    return Atom(0, name + marks, "symbol", minimum, maximum, name=name)


def fresh(label: str, low: int | None) -> Atom:
    """An unknown like no other one in this process."""
    return Atom(0, f"?⟨{next(_serials):09}⟩", "unknown", low, None, name=label)


def composed(kind: str, text: str, low: int | None, high: int | None, parts: tuple[Polynomial, ...]) -> Polynomial:
    """A floor, max or min as a polynomial: the atom, or its value if the bounds leave only one."""
    if low is not None and low == high:
        return constant(low)
    atoms = [atom for part in parts for atom in part.atoms]
    depth = 1 + max(atom.depth for atom in atoms)
    weight = 1 + sum(atom.weight for atom in atoms)
    bits = max(part.const.bit_length() for part in parts)
    if depth > DEEPEST or weight > MOST_ATOMS or bits > MOST_BITS:
        return _too_large()
    inside = frozenset[Atom]().union(*(part.leaves for part in parts))
    return of(Atom(depth, text, kind, low, high, parts, weight=weight, inside=inside))


def value(a: Polynomial, values: Mapping[str, int]) -> int:
    """The number that the polynomial is where its symbols, the only leaves, have these values; ⌊x/0⌋ counts as 0."""
    total = a.const
    for monomial, factor in a.terms:
        for atom in monomial:
            factor *= _atom_value(atom, values)
        total += factor
    return total


def _atom_value(atom: Atom, values: Mapping[str, int]) -> int:
    if atom.kind == "symbol":
        return values[atom.name]
    parts = [value(part, values) for part in atom.parts]
    if atom.kind == "floor":
        return parts[0] // parts[1] if parts[1] else 0
    return max(parts) if atom.kind == "max" else min(parts)


# Sums and products


def _too_large() -> Polynomial:
    return of(fresh("too large", low=None))


def _limited(terms: Terms, const: int) -> Polynomial:
    bits = max([const.bit_length(), *(factor.bit_length() for _, factor in terms)])
    weight = sum([atom.weight for monomial, _ in terms for atom in monomial])
    fits = not terms or (bits <= MOST_BITS and weight <= MOST_ATOMS)
    return Polynomial(terms, const) if fits else _too_large()


def _sorted(terms: Mapping[Monomial, int]) -> Polynomial:
    kept = [(monomial, factor) for monomial, factor in terms.items() if factor and monomial]
    return _limited(tuple(sorted(kept, key=_position)), terms.get((), 0))


def _position(term: tuple[Monomial, int]) -> tuple[int, Monomial]:
    """Graded lexicographic order: multiplication preserves it, which long division relies on."""
    return -len(term[0]), term[0]


@lru_cache(maxsize=4096)
def _combined(a: Polynomial, b: Polynomial, factor: int) -> Polynomial:
    """a + factor·b."""
    terms = {**dict(a.terms), (): a.const + factor * b.const}
    for monomial, coefficient in b.terms:
        terms[monomial] = terms.get(monomial, 0) + factor * coefficient
    return _sorted(terms)


@lru_cache(maxsize=4096)
def _multiplied(a: Polynomial, b: Polynomial) -> Polynomial:
    if len(a.terms) * len(b.terms) > MOST_ATOMS:
        return _too_large()
    terms: dict[Monomial, int] = {}
    for left, c in (*a.terms, ((), a.const)):
        for right, d in (*b.terms, ((), b.const)):
            monomial = tuple(sorted(left + right))
            terms[monomial] = terms.get(monomial, 0) + c * d
    return _sorted(terms)


# Division without remainder


def split(a: Polynomial, m: int) -> tuple[Polynomial, Polynomial]:
    """The polynomials q and r with a = m·q + r where r's coefficients lie between -m and m, its constant in [0, m)."""
    whole = {monomial: abs(factor) // m * (1 if factor > 0 else -1) for monomial, factor in a.terms}
    rest = {monomial: factor - m * whole[monomial] for monomial, factor in a.terms}
    return _sorted({**whole, (): a.const // m}), _sorted({**rest, (): a.const % m})


def cancelled(a: Polynomial, b: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Both without the whole number and the atoms that divide every term of both; b is not zero."""
    terms = a.terms + b.terms
    number = gcd(a.const, b.const, *(factor for _, factor in terms))
    shared: Monomial = () if a.const or b.const or not terms else terms[0][0]
    for monomial, _ in terms:
        shared = _intersection(shared, monomial)
    return _lowered(a, shared, number), _lowered(b, shared, number)


def _lowered(a: Polynomial, shared: Monomial, number: int) -> Polynomial:
    terms = {_without(monomial, shared) or (): factor // number for monomial, factor in a.terms}
    return _sorted(terms) + a.const // number


def _intersection(a: Monomial, b: Monomial) -> Monomial:
    left = list(a)
    for atom in b:
        if atom in left:
            left.remove(atom)
    return _without(a, tuple(left)) or ()


def _without(a: Monomial, b: Monomial) -> Monomial | None:
    """The monomial a/b, None if b does not divide a."""
    left = list(a)
    for atom in b:
        if atom not in left:
            return None
        left.remove(atom)
    return tuple(left)


def long_division(a: Polynomial, b: Polynomial) -> tuple[Polynomial, Polynomial]:
    """The polynomials q and r with a = q·b + r where the leading term of b divides no term of r."""
    lead, divisor = b.terms[0]
    q = r = ZERO
    while a.terms:
        monomial, factor = a.terms[0]
        cofactor = _without(monomial, lead)
        if cofactor is None or factor % divisor:
            term = Polynomial(((monomial, factor),), 0)
            r, a = r + term, a - term
        else:
            term = _sorted({cofactor: factor // divisor})
            q, a = q + term, a - term * b
    return q, r + a


# Writing


def key(a: Polynomial) -> str:
    """The polynomial as Python, with the marks of its atoms; a positive summand comes first if there is one."""
    folded = _folded(a)
    if folded:
        return folded
    summands = [(factor, monomial) for monomial, factor in a.terms]
    if a.const or not summands:
        summands.append((a.const, ()))
    first = next((place for place, (factor, _) in enumerate(summands) if factor > 0), 0)
    factor, monomial = summands.pop(first)
    lead = _product(factor, monomial) if factor >= 0 else "-" + _product(-factor, monomial, alone=False)
    return lead + "".join(f" {'-' if c < 0 else '+'} {_product(abs(c), m)}" for c, m in summands)


def _product(factor: int, monomial: Monomial, alone: bool = True) -> str:
    if alone and factor == 1 and len(monomial) == 1:
        return monomial[0].key
    factors = [f"({atom.key})" if atom.kind == "floor" else atom.key for atom in monomial]
    return "*".join(factors if factor == 1 and factors else [str(factor), *factors])


def _folded(a: Polynomial) -> str:
    """(H - 1)//2 for (H + 1)//2 - 1, "" for what is not of that form."""
    atom = lone(Polynomial(a.terms, 0)) if a.const else None
    if atom is None or atom.kind != "floor":
        return ""
    x, n = atom.parts
    if n.terms or not x.const:
        return ""
    return f"{enclosed(Polynomial(x.terms, x.const + n.const * a.const))}//{n.const}"


def enclosed(a: Polynomial) -> str:
    """The key, in parentheses unless it is a number, a name or a call."""
    atom = lone(a)
    plain = atom.kind != "floor" if atom else not a.terms and a.const >= 0
    return key(a) if plain else f"({key(a)})"


def lone(a: Polynomial) -> Atom | None:
    """The atom that the polynomial is, if it is just one."""
    if a.const or len(a.terms) != 1:
        return None
    monomial, factor = a.terms[0]
    return monomial[0] if factor == 1 and len(monomial) == 1 else None


def written(a: Polynomial) -> str:
    """The polynomial as Python without marks, unknowns as `?`."""
    return _MARK.sub("", key(a))
