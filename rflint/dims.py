"""Sizes: an `int`, or a `Dim` where it depends on symbols such as H.  Arithmetic, and questions with three answers.

`equal(a, b)` and its kind answer True if it is proved for all values of the symbols, False if it is proved that it
holds for none of them, and None if neither is.  An answer is never a guess, so None says nothing.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from math import prod
from typing import Any, NoReturn, TypeAlias

from rflint.algebra import floors, intervals, polynomials, proofs
from rflint.algebra.polynomials import Polynomial
from rflint.algebra.questions import Question, answer

LONGEST_TEXT = 1000
HIGHEST_POWER = 64


@dataclass(frozen=True, slots=True, repr=False)
class Dim:
    """A size that depends on symbols, in normal form: arithmetic that ends in a constant gives an `int`.

    `==` asks whether two are written alike, which is right for hashing; whether they are equal asks `equal`.
    """

    polynomial: Polynomial

    def __add__(self, other: Size) -> Size:
        return _size(self.polynomial + _plain(other)) if isinstance(other, (int, Dim)) else NotImplemented

    __radd__ = __add__

    def __sub__(self, other: Size) -> Size:
        return _size(self.polynomial - _plain(other)) if isinstance(other, (int, Dim)) else NotImplemented

    def __rsub__(self, other: int) -> Size:
        return _size(-self.polynomial + other) if isinstance(other, int) else NotImplemented

    def __neg__(self) -> Dim:
        return Dim(-self.polynomial)

    def __pos__(self) -> Dim:
        return self

    def __mul__(self, other: Size) -> Size:
        return _size(self.polynomial * _plain(other)) if isinstance(other, (int, Dim)) else NotImplemented

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Size:
        if not isinstance(exponent, int) or not 0 <= exponent <= HIGHEST_POWER:
            return NotImplemented
        return product([self] * exponent)

    def __floordiv__(self, other: Size) -> Size:
        return _quotient(self, other) if isinstance(other, (int, Dim)) else NotImplemented

    def __rfloordiv__(self, other: int) -> Size:
        return _quotient(other, self) if isinstance(other, int) else NotImplemented

    def __mod__(self, other: Size) -> Size:
        return self - other * _quotient(self, other) if isinstance(other, (int, Dim)) else NotImplemented

    def __rmod__(self, other: int) -> Size:
        return other - self * _quotient(other, self) if isinstance(other, int) else NotImplemented

    def _undecided(self, *_: Any) -> NoReturn:
        raise TypeError(f"the size {self} depends on symbols: ask equal, less, at_most or divides")

    __lt__ = __le__ = __gt__ = __ge__ = __bool__ = _undecided

    def _no_integer(self) -> NoReturn:
        raise TypeError(f"the size {self} depends on symbols and is no integer")

    __int__ = __index__ = _no_integer

    def __str__(self) -> str:
        return polynomials.written(self.polynomial)

    def __repr__(self) -> str:
        labels = sorted({leaf.name for leaf in self.polynomial.leaves if leaf.kind == "unknown"} - {"?"})
        return f"Dim({self})" + (f" where ? is {', '.join(labels)}" if labels else "")


Size: TypeAlias = int | Dim


def _polynomial(size: Size) -> Polynomial:
    return size.polynomial if isinstance(size, Dim) else polynomials.constant(size)


def _plain(size: Size) -> Polynomial | int:
    return size.polynomial if isinstance(size, Dim) else size


def _size(a: Polynomial) -> Size:
    return Dim(a) if a.terms else a.const


def _quotient(a: Size, b: Size) -> Size:
    return _size(floors.divide(_polynomial(a), _polynomial(b)))


# Making sizes


def symbol(name: str, multiple: int = 1, minimum: int = 1, maximum: int | None = None) -> Dim:
    """The size `multiple` times `name`, where `name` stands for any integer from `minimum` on, up to a `maximum`.

    The name is an identifier and the multiple positive, else ValueError.  Give one name one minimum and maximum: the
    same name with others is another symbol.
    """
    if not name.isidentifier() or iskeyword(name):
        raise ValueError(f"{name!r} is no name for a size: it should be an identifier such as H")
    if multiple < 1:
        raise ValueError(f"{name} cannot be a multiple of {multiple}: the multiple should be positive")
    return Dim(polynomials.of(polynomials.named(name, minimum, maximum)) * multiple)


def unknown(label: str = "?") -> Dim:
    """A size of which only is known that it is not negative, like no other one of this process; printed as `?`.

    The label says in the `repr` what it is.
    """
    return Dim(polynomials.of(polynomials.fresh(label, low=0)))


def product(sizes: Iterable[Size]) -> Size:
    """The product of all sizes, 1 if there is none: the number of elements of a shape."""
    return prod(sizes)


def maximum(a: Size, b: Size) -> Size:
    """The greater one if that can be proved, else a size written `max(a, b)`."""
    if isinstance(a, int) and isinstance(b, int):
        return max(a, b)
    return _size(floors.extreme("max", _polynomial(a), _polynomial(b), proofs.is_negative))


def minimum(a: Size, b: Size) -> Size:
    """The smaller one if that can be proved, else a size written `min(a, b)`."""
    if isinstance(a, int) and isinstance(b, int):
        return min(a, b)
    return _size(floors.extreme("min", _polynomial(a), _polynomial(b), proofs.is_negative))


def cancelled(a: Size, b: Size) -> tuple[Size, Size]:
    """Both without the factors that all their terms share: equal where a and b are, for sizes that are not 0."""
    if isinstance(a, int) and isinstance(b, int):
        return a, b
    left, right = polynomials.cancelled(_polynomial(a), _polynomial(b))
    return _size(left), _size(right)


# Looking into sizes


def symbols(a: Size) -> frozenset[str]:
    """The names of the symbols that a size depends on; unknowns have no name."""
    return frozenset(leaf.name for leaf in _polynomial(a).leaves if leaf.kind == "symbol")


def is_unknown(size: Size) -> bool:
    """Whether the size depends on anything unknown."""
    return any(leaf.kind == "unknown" for leaf in _polynomial(size).leaves)


def substitute(a: Size, values: Mapping[str, Size]) -> Size:
    """The size with other values, all at once, for some of its symbols.

    A value that is surely below its symbol's minimum is a ValueError, because the normal form relies on the minimum;
    a divisor that becomes zero is a ZeroDivisionError.
    """
    if isinstance(a, int):
        return a
    chosen = {leaf: values[leaf.name] for leaf in a.polynomial.leaves if leaf.kind == "symbol" and leaf.name in values}
    for leaf, value in chosen.items():
        if leaf.low is not None and less(value, leaf.low):
            raise ValueError(f"{leaf.name} is at least {leaf.low}, it cannot be {value}")
    return _size(floors.replace(a.polynomial, {leaf: _polynomial(value) for leaf, value in chosen.items()}))


def value_at(a: Size, values: Mapping[str, int]) -> int:
    """The size with numbers for all of its symbols; it depends on nothing else.  `substitute` for many numbers.

    A divisor that becomes zero counts as one that leaves nothing: 0.
    """
    return a if isinstance(a, int) else polynomials.value(a.polynomial, values)


def bounds(a: Size) -> tuple[int | None, int | None]:
    """The least and the greatest value that a size can have, as far as is easily seen; None for an open end."""
    return (a, a) if isinstance(a, int) else intervals.interval(a.polynomial)


# Questions


def equal(a: Size, b: Size) -> bool | None:
    """Is a = b?"""
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    return a == b or answer(Question("zero", _polynomial(a - b)))


def less(a: Size, b: Size) -> bool | None:
    """Is a < b?"""
    if isinstance(a, int) and isinstance(b, int):
        return a < b
    return answer(Question("positive", _polynomial(b - a)))


def at_most(a: Size, b: Size) -> bool | None:
    """Is a ≤ b?"""
    if isinstance(a, int) and isinstance(b, int):
        return a <= b
    return answer(Question("positive", _polynomial(b - a + 1)))


def divides(k: int, a: Size) -> bool | None:
    """Is a a multiple of k?  Of 0 only 0 is one."""
    if k == 0:
        return equal(a, 0)
    return a % k == 0 if isinstance(a, int) else answer(Question("multiple", a.polynomial, abs(k)))


# Reading sizes

_OPERATORS: dict[type[ast.AST], Callable[[Size, Size], Size]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
}
_CALLS: dict[str, Callable[[Size, Size], Size]] = {"max": maximum, "min": minimum}


def parse(text: str) -> Size:
    """The size that a text such as "3", "H", "32*h" or "(H + 1)//2" writes, each name a symbol of at least 1.

    ValueError if it is anything else, or surely zero or negative.
    """
    try:
        if len(text) > LONGEST_TEXT:
            raise ValueError("it is too long")
        size = _read(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ZeroDivisionError, RecursionError, MemoryError) as error:
        reason = "" if isinstance(error, SyntaxError) else f": {error}"
        raise ValueError(f"{text[:80]!r} is not a size such as 3, H, 32*h or (H + 1)//2{reason}") from None
    if at_most(size, 0):
        raise ValueError(f"sizes are positive, {text!r} is not")
    return size


def _read(node: ast.expr) -> Size:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.Name(id=name):
            return symbol(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_read(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_read(left), _read(right))
        case ast.Call(func=ast.Name(id=name), args=[first, *others], keywords=[]) if name in _CALLS:
            size = _read(first)
            for other in others:
                size = _CALLS[name](size, _read(other))
            return size
    raise ValueError(f"{ast.unparse(node)!r} is not understood")
