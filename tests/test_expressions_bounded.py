"""Regular expressions of the analysed code cannot hold rflint up."""

from __future__ import annotations

import pytest

from rflint.library.python.expressions import STEPS, steps


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"(a|a)*b", r"(?:a*)*", r"(\w)\1", r".*.*.*.*=", r"(?=a+)b"])
def test_patterns_that_may_take_many_steps_are_not_run(pattern: str) -> None:
    assert steps(pattern, 0, 100) > STEPS


@pytest.mark.parametrize("pattern", [r"(\d.*)", r"^stage(\d+)\.block(\d+)$", r"[^0-9]", r"(?:ab)*c?", r"a|b|c"])
def test_plain_patterns_are_run(pattern: str) -> None:
    assert steps(pattern, 0, 30) <= STEPS


def test_long_texts_are_not_searched() -> None:
    assert steps("a", 0, 100_000) > STEPS
