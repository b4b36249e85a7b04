"""How rules are named in settings and options: by code, the beginning of one, name, or ALL."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def is_selector(text: str, known: Mapping[str, Any]) -> bool:
    """Is it a rule's code, the beginning of one, a name, or ALL?"""
    if text == "ALL":
        return True
    by_code = text.startswith("RF") and any(code.startswith(text) for code in known)
    return by_code or any(rule.name == text for rule in known.values())


def names(known: Mapping[str, Any]) -> list[str]:
    """The codes and the names of the rules."""
    return [*known, *(rule.name for rule in known.values())]
