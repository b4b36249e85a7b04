"""A section of `show`: the answer to one question about a network, which stands in place of the table of its uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rflint.trace import Trace


@dataclass(frozen=True, slots=True)
class Section:
    """What is asked: the key of its answer in the JSON, the answer's lines for people, and its data."""

    key: str
    lines: Callable[[Trace], Iterable[str]]
    data: Callable[[Trace], Any]
