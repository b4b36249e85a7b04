"""The values of options: how each kind is read, with a sentence for what it does not take."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from rflint.spelling import suggestion

MOST_SIZES = 10_000


class OneOf:
    """A reader of an option's value that takes one of `values`."""

    def __init__(self, *values: str) -> None:
        self.values = values

    def __call__(self, text: str) -> str:
        if text not in self.values:
            near = suggestion(text, self.values)
            raise argparse.ArgumentTypeError(f"{text!r} is not one of {', '.join(self.values)}{near}")
        return text


def at_least_one(text: str) -> int:
    """A whole number from 1 on."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 on")
    return int(text)


def up_to(most: int) -> Callable[[str], int]:
    """A reader of whole numbers from 1 to `most`."""

    def read(text: str) -> int:
        if not text.isdecimal() or not 1 <= int(text[:20]) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to {most}")
        return int(text)

    return read


def positive(text: str) -> float:
    """A number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return number


def spans(text: str) -> list[int]:
    """`256..1024:32` or `224,256` as sizes in order."""
    found: list[int] = []
    for part in text.split(","):
        ends, _, step = part.partition(":")
        first, dots, last = ends.partition("..")
        numbers = [first.strip(), last.strip() if dots else first.strip(), step.strip() or "1"]
        if not all(number.isdecimal() and 0 < int(number[:12]) <= 10**9 for number in numbers):
            raise argparse.ArgumentTypeError(f"{part.strip()!r} is no size: write 224, 256..1024 or 256..1024:32")
        start, end, every = map(int, numbers)
        if not start <= end or (end - start) // every + len(found) >= MOST_SIZES:
            raise argparse.ArgumentTypeError(f"{part.strip()!r} holds no size, or more than {MOST_SIZES:,}")
        found += range(start, end + 1, every)
    return found


def commas(text: str) -> list[str]:
    """`third_party,*_pb2.py` as a list."""
    return [word.strip() for word in text.split(",") if word.strip()]


def words(text: str) -> list[str]:
    """`RF2,even-kernel` as a list."""
    return [word for word in text.replace(",", " ").split() if word]
