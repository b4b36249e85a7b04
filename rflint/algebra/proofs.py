"""What can be proved about a polynomial, whatever the values of its symbols?  True, False, or None for what cannot.

First by bounds and common divisors; then again case by case, each symbol split by its remainder so that floors vanish
(with H = 2·t + 1 the floor ⌊H/2⌋ is t), as long as the cases are few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import lru_cache
from itertools import product
from math import gcd, lcm, prod

from rflint.algebra.floors import replace
from rflint.algebra.intervals import interval
from rflint.algebra.polynomials import Atom, Polynomial, fresh, of

# Beyond these a polynomial is not gone through case by case.
MOST_CASES = 64
MOST_SYMBOLS = 5
HEAVIEST = 40

Answer = bool | None


@lru_cache(maxsize=4096)
def is_zero(a: Polynomial) -> Answer:
    """Whether a is 0 for all values of its symbols (True) or for none (False)."""
    return _answer(a, is_plainly_zero)


@lru_cache(maxsize=4096)
def is_positive(a: Polynomial) -> Answer:
    """Whether a is above 0 for all values of its symbols (True) or for none (False)."""
    return _answer(a, is_plainly_positive)


def is_negative(a: Polynomial) -> Answer:
    """Whether a is below 0 for all values of its symbols (True) or for none (False)."""
    return is_positive(-a)


@lru_cache(maxsize=4096)
def is_multiple(a: Polynomial, k: int) -> Answer:
    """Whether k > 0 divides a for all values of its symbols (True) or for none (False)."""
    return _answer(a, lambda case: is_plainly_multiple(case, k), k)


def is_plainly_zero(a: Polynomial) -> Answer:
    """The same as `is_zero`, by bounds and common divisors alone."""
    if not a.terms:
        return a.const == 0
    low, high = interval(a)
    if (low is not None and low > 0) or (high is not None and high < 0):
        return False
    return False if a.const % gcd(*(factor for _, factor in a.terms)) else None


def is_plainly_positive(a: Polynomial) -> Answer:
    """The same as `is_positive`, by bounds alone."""
    low, high = interval(a)
    if low is not None and low > 0:
        return True
    return False if high is not None and high <= 0 else None


def is_plainly_multiple(a: Polynomial, k: int) -> Answer:
    """The same as `is_multiple`, by common divisors alone."""
    common = gcd(k, *(factor for _, factor in a.terms))
    if common == k:
        return a.const % k == 0
    return False if a.const % common else None


def _answer(a: Polynomial, ask: Callable[[Polynomial], Answer], modulus: int = 1) -> Answer:
    """The answer for a, or else the one that all its cases agree on."""
    answer = ask(a)
    if answer is not None:
        return answer
    for case in _cases(a, modulus):
        found = ask(case)
        if found is None or answer not in (None, found):
            return None
        answer = found
    return answer


def _cases(a: Polynomial, modulus: int) -> Iterator[Polynomial]:
    """The polynomial for every combination of remainders of its symbols; nothing if that is too much work.

    A symbol with the period m and the minimum n becomes m·t + n + r for each r below m, with a new symbol t ≥ 0.
    Remainders that make a divisor zero are left out: no value belongs to them.
    """
    symbols = sorted(a.leaves)
    periods = [modulus * period(a, symbol) for symbol in symbols]
    weight = sum(atom.weight for atom in a.atoms)
    if len(symbols) > MOST_SYMBOLS or weight > HEAVIEST or prod(periods) > MOST_CASES:
        return
    steps = [of(fresh(symbol.name, None if symbol.low is None else 0)) for symbol in symbols]
    for remainders in product(*map(range, periods)):
        rows = zip(symbols, steps, periods, remainders, strict=True)
        values = {symbol: step * period + ((symbol.low or 0) + r) for symbol, step, period, r in rows}
        with suppress(ZeroDivisionError):
            yield replace(a, values)


def period(a: Polynomial, symbol: Atom) -> int:
    """How often the remainders of floors in a repeat as the symbol grows."""
    return lcm(*(_atom_period(atom, symbol) for atom in a.atoms if symbol in atom.inside))


def _atom_period(atom: Atom, symbol: Atom) -> int:
    inner = lcm(*(period(part, symbol) for part in atom.parts))
    return inner * atom.parts[1].const if atom.kind == "floor" and not atom.parts[1].terms else inner
