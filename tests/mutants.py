"""Sources with one number changed: faults for fixes to mend, or to leave alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

LAYER = re.compile(r"(Conv|Pool|Linear|Norm|Upsample|Dropout|Block|Layer|conv|block|layer)")
"""Calls whose numbers are changed: layers, and what builds some."""
NUMBERS = {"kernel_size": (1, 2), "padding": (-1, 1), "dilation": (1, 2), "stride": (1,)}
"""What is added to the numbers of arguments with these names; to others -1 or 1."""


class Mutant(NamedTuple):
    """A number of a source, where its digits begin and end, and what it becomes."""

    start: int
    end: int
    number: int


def mutants(text: str) -> list[Mutant]:
    """All ways to change one number in one call."""
    starts = [0, *(found.end() for found in re.finditer("\n", text))]
    calls = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and _is_layer(node))
    found = {mutant for call in calls for mutant in _of(call, starts)}
    return sorted(found)


def mutated(text: str, mutant: Mutant) -> str:
    """The source with that number."""
    return f"{text[: mutant.start]}{mutant.number}{text[mutant.end :]}"


def _is_layer(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return LAYER.search(name) is not None


def _of(call: ast.Call, starts: list[int]) -> Iterator[Mutant]:
    given = [("", value) for value in call.args] + [(word.arg or "", word.value) for word in call.keywords]
    for name, value in given:
        for node in ast.walk(value) if not isinstance(value, ast.Call) else ():
            if isinstance(node, ast.Constant) and type(node.value) is int and node.end_col_offset is not None:
                start, end = (starts[node.lineno - 1] + at for at in (node.col_offset, node.end_col_offset))
                for more in NUMBERS.get(name, (-1, 1)):
                    if node.value + more >= 0:
                        yield Mutant(start, end, node.value + more)
