"""How rules are named in settings and options: by code, the beginning of one, name, or ALL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rflint.spelling import suggestion


def is_selector(text: str, known: Mapping[str, Any]) -> bool:
    """Is it a rule's code, the beginning of one, a name, or ALL?"""
    if text == "ALL":
        return True
    by_code = text.startswith("RF") and any(code.startswith(text) for code in known)
    return by_code or any(rule.name == text for rule in known.values())


def mistaken(given: Iterable[str], known: Mapping[str, Any], cutoff: float = 0.65) -> str:
    """What is wrong with the first of these that names no rule, with the nearest that there is; "" if all do."""
    wrong = next((text for text in given if not is_selector(text, known)), None)
    if wrong is None:
        return ""
    names = [*known, *(rule.name for rule in known.values())]
    return f"there is no rule {wrong!r}{suggestion(wrong, names, cutoff)}"
