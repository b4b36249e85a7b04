"""Integers that are written in a source know where, wherever they are handed on; what is calculated does not."""

from __future__ import annotations

from typing import Any

from rflint.trace import Place


class Numeral(int):
    """An integer as it is written: an `int` in every respect, with the place of its digits."""

    place: Place

    def __new__(cls, number: int, place: Place) -> Numeral:
        """The number that is written at a place."""
        made = super().__new__(cls, number)
        made.place = place
        return made


def origin(value: Any) -> Place | None:
    """Where a value is written as a number; None for all others."""
    return value.place if isinstance(value, Numeral) else None


def kind_of(value: Any) -> type[Any]:
    """`type(value)`, as the source sees it."""
    return int if isinstance(value, Numeral) else type(value)
