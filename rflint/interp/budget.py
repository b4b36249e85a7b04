"""The limits of the interpreter.  All are counted, none is timed, so the answer is the same on every machine."""

from __future__ import annotations

STEPS = 200_000
"""Statements and calls for one root; the largest network of torchvision needs 26,000."""
SYMBOLIC = 50
"""Steps that one operation on symbolic sizes counts for."""
DEPTH = 120
"""Calls inside calls."""
ITERATIONS = 20_000
"""Rounds of one loop, items of one comprehension or generator."""
COLLECTION = 200_000
"""Elements of one list, tuple, set or dict."""
BITS = 4_096
"""Bits of one integer."""
TEXT = 1_000_000
"""Characters of one string."""
FORKS = 40
"""Branches on unknown conditions inside each other."""
STATEMENTS = 2
"""Statements of one module that may use up a budget of their own before the rest of the module is left out."""
NESTED = 6
"""Of those, rounds of loops that may have been left before; further rounds are run as those of an unknown loop."""
ROUNDS = 10
"""Rounds of a loop of unknown length until what it changes must have settled."""
USES = 60_000
"""Uses in one trace."""
HOST_RECURSION = 12_000
"""Python's own recursion limit while the interpreter runs; `DEPTH` stays well inside it."""


class Exhausted(Exception):
    """A budget is used up; the sentence says which."""


class Budget:
    """Counts what one root has used."""

    __slots__ = ("depth", "steps")

    def __init__(self) -> None:
        self.steps = 0
        self.depth = 0

    def step(self, count: int = 1) -> None:
        """Count steps; raises `Exhausted` beyond the limit."""
        self.steps += count
        if self.steps > STEPS:
            raise Exhausted(f"the network needs more than {STEPS:,} steps to follow")
