"""What somebody may have meant who wrote a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile


def suggestion(word: str, known: Iterable[str], cutoff: float = 0.65) -> str:
    """`; did you mean --select?`, or "" if nothing known is near."""
    near = nearest(word, known, cutoff)
    return f"; did you mean {near}?" if near is not None else ""


def nearest(word: str, known: Iterable[str], cutoff: float = 0.65) -> str | None:
    """The known word that is nearest to one, if any is near; of words equally like it, the one that begins so."""
    import difflib

    folded, wanted = {item.lower(): item for item in known}, word.lower()
    found = difflib.get_close_matches(wanted, folded, n=10, cutoff=cutoff)

    def likeness(item: str) -> tuple[float, int]:
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(item, wanted, strict=False))
        return difflib.SequenceMatcher(None, item, wanted).ratio(), sum(1 for _ in alike)

    best = max(found, key=likeness, default=None)
    return None if best is None else folded[best]
