"""Contracts: what a comment or the configuration states of a network or a tensor, `rf>=512`, `rate=16000`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from rflint.spelling import suggestion

COMPARED = {"rf": "rf>=512", "jump": "jump==8", "reached": "reached==100%"}
"""What a figure is stated of, each with an example."""
FIGURES = {"rate": "rate=16000", "object-size": "object-size=32", "min-ms": "min-ms=150"}
"""What rules ask for: samples per second, input positions of the smallest object (of each output), milliseconds."""
PLAIN = {"causal": "causal", "size": "size==input"}
SUBJECTS = {**COMPARED, **PLAIN, **FIGURES}
RELATIONS = (">=", "<=", "==", ">", "<")
_STATED = re.compile(r"(?P<subject>[A-Za-z][\w-]*)\s*(?:(?P<relation>[<>=!]+)\s*(?P<value>.*))?$", re.DOTALL)
_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{1,6})?)(?:\s*/\s*([1-9]\d{0,11}))?$")


@dataclass(frozen=True, slots=True)
class Contract:
    """One statement: `subject` is a key of SUBJECTS, `text` the whole of it as it is written.

    `relation` is "" for `causal`; `values` are its figures, one but for an object size of each output.
    """

    subject: str
    relation: str
    values: tuple[Fraction, ...]
    text: str


def contract(text: str) -> Contract:
    """The statement that a text makes.  Raises ValueError with a sentence."""
    match = _STATED.match(text)
    if match is None or match["subject"] not in SUBJECTS:
        word = re.match(r"[\w-]*", text)
        raise ValueError(f"{text!r} is no contract{suggestion(word[0] if word else '', SUBJECTS)}")
    subject, relation, value = match["subject"], match["relation"] or "", (match["value"] or "").strip()
    plain = f"{subject}{relation}{value}"
    if subject in PLAIN:
        return _plain(text, subject, plain)
    wanted = RELATIONS if subject in COMPARED else ("=",)
    if relation not in wanted:
        raise ValueError(f"{text!r} is no contract: {subject} takes {', '.join(wanted[:3])}, as in {SUBJECTS[subject]}")
    return Contract(subject, relation, _figures(text, subject, value), plain)


def _plain(text: str, subject: str, plain: str) -> Contract:
    if plain.replace(" ", "") != PLAIN[subject]:
        raise ValueError(f"{text!r} is no contract: write {PLAIN[subject]}")
    return Contract(subject, "==" if subject == "size" else "", (), plain)


def _figures(text: str, subject: str, value: str) -> tuple[Fraction, ...]:
    """The figures of a statement: one, or several in brackets for the object sizes of several outputs."""
    inner = value[1:-1] if subject == "object-size" and value[:1] + value[-1:] in ("()", "[]") else value
    words = [word.strip() for word in inner.split(",")] if inner is not value else [inner]
    found = [_figure(subject, word) for word in words if word or inner is value]
    if not found or None in found:
        raise ValueError(f"{value!r} in {text!r} is no figure of this kind: write {SUBJECTS[subject]}")
    return tuple(one for one in found if one is not None)


def _figure(subject: str, word: str) -> Fraction | None:
    """A positive number; of `reached` a share, written in percent; None if it is not written as one."""
    is_share = subject == "reached"
    match = _NUMBER.match(word.removesuffix("%").strip() if is_share else word)
    if match is None or word.endswith("%") is not is_share:
        return None
    number = Fraction(match[1]) / int(match[2] or 1)
    if number <= 0 or (is_share and number > 100) or (subject in ("rf", "object-size") and number.denominator > 1):
        return None
    return number / 100 if is_share else number


def holds(relation: str, low: Fraction | int, high: Fraction | int, wanted: Fraction) -> bool:
    """Whether a comparison holds for every figure from `low` to `high`, both of which are met."""
    checks = {">=": low >= wanted, ">": low > wanted, "<=": high <= wanted, "<": high < wanted}
    return checks.get(relation, low == high == wanted)
