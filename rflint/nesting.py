"""Is a text too deeply nested, or too large, to be parsed?  A look at its tokens, before any parser sees it.

A parser's stack grows with the nesting of a text, and its memory with the square of it: a few kilobytes of hostile
brackets end the whole process.  Real code stays far below these limits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import accumulate

MOST_BRACKETS = 100
"""Brackets that are open at the same time."""
MOST_LINKS = 500
"""Operators, keywords, strings and brackets that can stand one inside the other in one statement."""
MOST_TOKENS = 250_000
"""Brackets, separators, operators, strings, comments and line ends in one file."""

_MARKS = r"\[\](){},;\n"
_OPERATORS = r"\-+*/%@&|^~<>=!.:"
# Every alternative of a string ends somewhere, an unclosed one with its line or the text, so that nothing is retried.
_TOKEN = re.compile(
    rf"""([^{_MARKS}{_OPERATORS}"'\#]*)( [{_MARKS}] | [{_OPERATORS}]+ | \#[^\n]*
    | "(?: ""(?:[^"\\]+|\\.?|"(?!""))*(?:"{{3}}|\Z) | (?:[^"\\\n]+|\\.?)*(?:"|(?=\n)|\Z) )
    | '(?: ''(?:[^'\\]+|\\.?|'(?!''))*(?:'{{3}}|\Z) | (?:[^'\\\n]+|\\.?)*(?:'|(?=\n)|\Z) ) | \Z )""",
    re.DOTALL | re.VERBOSE,
)
_ELIF = re.compile(r"^([ \t]*)elif\b", re.MULTILINE)
_STEP = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}
_OPENING, _CLOSING, _SEPARATING = frozenset("([{"), frozenset(")]}"), frozenset(",;")
_FEW_LETTERS = 12


def obstacle(text: str) -> tuple[int, str] | None:
    """The line where a text becomes too much for a parser, and a few words on what is; None if nothing is."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    tokens = _TOKEN.findall(text)
    if len(tokens) > MOST_TOKENS:
        return 1, "this file is too large to be read"
    number = _too_deep(tokens)
    if number is not None:
        return _line(text, number), "this is too deeply nested to be read"
    chains = Counter(_ELIF.findall(text)) if "elif" in text else {}
    if max(chains.values(), default=0) > MOST_LINKS:
        return 1, "the chains of elif are too long to be read"
    return None


def _too_deep(tokens: Iterable[tuple[str, str]]) -> int | None:
    """The number of the first token that is nested too deeply; with each token come the words before it.

    Within each open bracket the links since the last comma are counted, and these counts are added up.  That is at
    least about as much as the tree is deep.
    """
    links = outside = 0
    brackets: list[int] = []
    for number, (words, token) in enumerate(tokens):
        if len(words) > _FEW_LETTERS:  # `not not not …`; so few letters hold three keywords at most
            links += len(words.split())
        if token in _OPENING:
            brackets.append(links + 1)
            outside, links = outside + links + 1, 0
        elif token in _CLOSING:
            links = brackets.pop() if brackets else 0
            outside -= links
        elif token in _SEPARATING:
            links = 0
        elif token != "\n":
            links += _links(words, token)
        elif brackets or words.endswith("\\"):
            links += bool(words)
        else:
            links = 0
        if outside + links > MOST_LINKS or len(brackets) > MOST_BRACKETS:
            return number
    return None


def _links(words: str, token: str) -> int:
    """How many links an operator, a string (whose prefix is the end of `words`) or a comment can add."""
    if token[:1] in ("", "#"):
        return 0
    if token[0] not in "\"'":
        return len(token)
    return MOST_LINKS + 1 if len(token) > MOST_BRACKETS and _too_deep_inside(words, token) else 1


def _too_deep_inside(words: str, string: str) -> bool:
    """Whether brackets in a string, or expressions in an f-string, are nested too deeply.

    The brackets count in all strings: after a new kind of f-string (`f"{x["a"]}"`) code can be taken for a string.
    """
    depths = accumulate(_STEP[c] for c in string if c in _STEP)
    if max(depths, default=0) > MOST_BRACKETS:
        return True
    formatted = not set("fFtT").isdisjoint(words[-2:])
    return formatted and _too_deep(_TOKEN.findall(string.strip("\"'"))) is not None


def _line(text: str, number: int) -> int:
    """The line of a token, by its number."""
    matches = list(_TOKEN.finditer(text))
    return text.count("\n", 0, matches[number].end(1)) + 1
