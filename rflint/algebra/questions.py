"""The questions about sizes that no proof decides: while somebody listens they are kept, and facts answer them.

A size decides what a network does only by the answers to such questions.  Where all of them are answered for a whole
set of input sizes, one trace says what happens on every size of the set (`admissible.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import NamedTuple, ParamSpec, TypeVar

from rflint.algebra import proofs
from rflint.algebra.polynomials import Polynomial, value

P = ParamSpec("P")
T = TypeVar("T")


class Question(NamedTuple):
    """Is a polynomial zero, is it positive, or is it a multiple of a number?"""

    kind: str
    polynomial: Polynomial
    number: int = 1

    def holds(self, value: int) -> bool:
        """The answer where the polynomial has this value."""
        if self.kind == "multiple":
            return value % self.number == 0
        return value == 0 if self.kind == "zero" else value > 0


@dataclass(slots=True)
class Listener:
    """What is known beyond all proofs, and what else was asked.

    What else is asked is answered as it is on one `sample`, a number for each symbol, if there is one.
    """

    facts: dict[Question, bool] = field(default_factory=dict)
    open: dict[Question, None] = field(default_factory=dict)
    sample: Mapping[str, int] = field(default_factory=dict)

    def supposed(self, question: Question) -> bool | None:
        """The answer on the sample; None if it depends on more than that."""
        leaves = question.polynomial.leaves
        if not self.sample or any(leaf.kind != "symbol" or leaf.name not in self.sample for leaf in leaves):
            return None
        return question.holds(value(question.polynomial, self.sample))


_listeners: list[Listener | None] = [None]


@contextmanager
def listening(facts: dict[Question, bool], sample: Mapping[str, int] | None = None) -> Iterator[Listener]:
    """Hear of the questions that neither a proof nor a fact decides."""
    listener = Listener(facts, sample=sample or {})
    _listeners.append(listener)
    try:
        yield listener
    finally:
        _listeners.pop()


def aside(function: Callable[P, T]) -> Callable[P, T]:
    """Mark a function whose questions change nothing of what a network does, only what is said of it."""

    @wraps(function)
    def silent(*args: P.args, **kwargs: P.kwargs) -> T:
        _listeners.append(None)
        try:
            return function(*args, **kwargs)
        finally:
            _listeners.pop()

    return silent


def answer(question: Question) -> bool | None:
    """True or False where it is proved, or known as a fact, for all values of the symbols; else None."""
    listener = _listeners[-1]
    if listener is None:
        return PROOFS[question.kind](question)
    found = listener.facts.get(question)
    if found is None:
        found = PLAIN[question.kind](question)  # whoever listens divides the cases better than a proof can
    if found is None:
        listener.open[question] = None
        found = listener.supposed(question)
    return found


PLAIN: dict[str, Callable[[Question], bool | None]] = {
    "zero": lambda question: proofs.is_plainly_zero(question.polynomial),
    "positive": lambda question: proofs.is_plainly_positive(question.polynomial),
    "multiple": lambda question: proofs.is_plainly_multiple(question.polynomial, question.number),
}
PROOFS: dict[str, Callable[[Question], bool | None]] = {
    "zero": lambda question: proofs.is_zero(question.polynomial),
    "positive": lambda question: proofs.is_positive(question.polynomial),
    "multiple": lambda question: proofs.is_multiple(question.polynomial, question.number),
}
