"""Which sizes near the declared one would do, in words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from networks import Network

from rflint.checks._fits import fitting, nearest
from rflint.trace import Fit, Sizes, Trace

EVERY = Sizes("n ≥ 1", (1, 2), 1, 1)


def tens(*near: int) -> Sizes:
    return Sizes("n ≡ 0 (mod 10)", near, 10, 10)


def fit(declared: int, whole: Sizes | None, *axes: str) -> Fit:
    return Fit(axes or ("H", "W"), declared, EVERY, None, whole)


def said(*fits: Fit, helps: bool = True) -> str:
    """What is said of the sizes on which nothing is dropped."""
    return nearest(trace(fits), "whole", lambda one, sizes: helps)


def trace(fits: Sequence[Fit]) -> Trace:
    return Network(x=(1, 3, 8, 8)).trace(fits=lambda trace: fits)


@pytest.mark.parametrize(
    ("declared", "near", "text"),
    [
        (25, (20, 30), "n ≡ 0 (mod 10): 20 and 30 are next"),
        (25, (30,), "n ≡ 0 (mod 10): 30 is next"),
        (20, (20,), ""),
        (20, (20, 30), ""),
        (25, (), ""),
        (20, (10,), "n ≡ 0 (mod 10): 10 is next"),
        (21, (10,), ""),
        (21, (10, 30), "n ≡ 0 (mod 10): 30 is next"),
        (20, (40,), "n ≡ 0 (mod 10): 40 is next"),
        (19, (40,), ""),
    ],
)
def test_sizes_within_a_factor_of_two(declared: int, near: tuple[int, ...], text: str) -> None:
    assert said(fit(declared, tens(*near))) == text


def test_nothing_is_said_where_nothing_is_known_or_helps() -> None:
    assert said() == ""
    assert said(fit(25, None)) == ""
    assert said(fit(25, tens(20, 30)), helps=False) == ""
    assert nearest(trace([fit(25, tens(20, 30))]), "even", lambda one, sizes: True) == ""


def test_axes_are_named_where_they_differ() -> None:
    text = "n ≡ 0 (mod 10): 20 and 30 are next"
    assert said(fit(25, tens(20, 30), "H"), fit(20, tens(20), "W")) == f"H, {text}"
    assert said(fit(25, tens(20, 30), "H"), fit(20, None, "W")) == f"H, {text}"
    assert said(fit(25, tens(20, 30), "H"), fit(25, tens(20, 30), "W")) == text
    assert said(fit(25, tens(20, 30), "H", "W"), fit(45, tens(40, 50), "D")) == (
        "H = W, n ≡ 0 (mod 10): 20 and 30 are next and D, n ≡ 0 (mod 10): 40 and 50 are next"
    )
    assert said(fit(25, tens(20, 30), "H"), fit(25, tens(20, 30), "W"), fit(45, None, "D")) == f"H, W, {text}"


def test_the_end_of_a_sentence() -> None:
    assert fitting(trace([fit(25, tens(20, 30))]), "whole", "none is dropped") == (
        "; none is dropped for n ≡ 0 (mod 10): 20 and 30 are next"
    )
    assert fitting(trace([]), "whole", "none is dropped") == ""
