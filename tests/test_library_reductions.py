"""Reductions: what is left of the axes, and results with names."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

X = ("N", 8, "H", "W")
REDUCED: list[tuple[str, tuple[Any, ...]]] = [
    ("x.mean()", ()),
    ("x.mean((2, 3))", ("N", 8)),
    ("x.mean([-2, -1], keepdim=True)", ("N", 8, 1, 1)),
    ("torch.sum(x, dim=1)", ("N", "H", "W")),
    ("x.sum(axis=1, keepdims=True)", ("N", 1, "H", "W")),
    ("x.std(1, False)", ("N", "H", "W")),
    ("x.var(dim=(2, 3), unbiased=False, keepdim=True)", ("N", 8, 1, 1)),
    ("torch.norm(x, p=2, dim=1, keepdim=True)", ("N", 1, "H", "W")),
    ("x.norm()", ()),
    ("torch.linalg.vector_norm(x, dim=1)", ("N", "H", "W")),
    ("x.amax(dim=(2, 3))", ("N", 8)),
    ("torch.logsumexp(x, 1)", ("N", "H", "W")),
    ("x.argmax(1)", ("N", "H", "W")),
    ("(x > 0).any(1)", ("N", "H", "W")),
    ("x.max(1)[0]", ("N", "H", "W")),
    ("x.max(1).values", ("N", "H", "W")),
    ("torch.max(x, dim=1, keepdim=True).indices", ("N", 1, "H", "W")),
    ("torch.max(x, x)", X),
    ("torch.min(x)", ()),
    ("x.median(dim=-1).values", ("N", 8, "H")),
    ("x.topk(3, dim=1)[0]", ("N", 3, "H", "W")),
    ("x.sort(1)[1]", X),
    ("x.cumsum(2)", X),
    ("x.diff(dim=2)", ("N", 8, "H - 1", "W")),
    ("torch.var_mean(x, dim=1)[1]", ("N", "H", "W")),
    ("nn.functional.normalize(x, dim=1)", X),
]


@pytest.mark.parametrize(("expression", "made"), REDUCED)
def test_output_shape(expression: str, made: tuple[Any, ...]) -> None:
    assert traced(expression, x=X).output == shape(*made)


def test_both_results_of_max() -> None:
    seen = traced("x.max(1)", x=X)
    assert seen.output == {"values": shape("N", "H", "W"), "indices": shape("N", "H", "W")}
    assert seen.output_sources == [0, 0]


def test_reduced_axes_are_read_as_a_whole() -> None:
    pool = last("x.mean((2, 3))", x=X).operands[0].reads
    assert [(read.how, read.to) for read in pool] == [("kept", 0), ("kept", 1), ("whole", None), ("whole", None)]
    kept = last("x.mean((2, 3), keepdim=True)", x=X).operands[0].reads
    assert [(read.how, read.to) for read in kept] == [("kept", 0), ("kept", 1), ("whole", 2), ("whole", 3)]
    channels = last("x.max(1)", x=X).operands[0].reads
    assert [(read.how, read.to) for read in channels] == [("kept", 0), ("whole", None), ("kept", 1), ("kept", 2)]


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("x.mean(4)", "there is no axis 4 among 4"),
        ("x.topk(9, dim=1)", "9 of 8 positions"),
    ],
)
def test_what_torch_refuses(expression: str, why: str) -> None:
    seen = traced(expression, x=X)
    assert seen.unknowns[0].reason == why
    assert seen.uses[0].output is None
