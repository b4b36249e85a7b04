"""Tensors put together and cut up: cat, stack, chunk, split, unbind."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

from rflint import field
from rflint.dims import is_unknown

JOINED: list[tuple[str, tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]] = [
    ("torch.cat([x, y], 1)", ("N", 8, "H", "W"), ("N", 4, "H", "W"), ("N", 12, "H", "W")),
    ("torch.cat((x, y), dim=-1)", (2, 3), (2, 4), (2, 7)),
    ("torch.concat([x, y, x], axis=1)", ("N", "C", "L"), ("N", 2, "L"), ("N", "2*C + 2", "L")),
    ("torch.cat([x, y], 1)", ("N", 8, "H"), ("N", 8, "2*(H//2)"), ("N", 16, "H")),
    ("torch.cat([torch.empty(0), x, y])", (2, 3), (4, 3), (6, 3)),
    ("torch.stack([x, y])", ("N", 3), ("N", 3), (2, "N", 3)),
    ("torch.stack([x, y], dim=-1)", ("N", 3), ("N", 3), ("N", 3, 2)),
    ("torch.hstack([x, y])", (2, 3), (2, 4), (2, 7)),
    ("torch.vstack([x, y])", (2, 3), (4, 3), (6, 3)),
]


@pytest.mark.parametrize(("expression", "a", "b", "made"), JOINED)
def test_joined_shape(expression: str, a: tuple[Any, ...], b: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    assert traced(expression, x=a, y=b).output == shape(*made)


@pytest.mark.parametrize(
    ("expression", "a", "b", "why"),
    [
        ("torch.cat([x, y], 1)", (1, 8, 9), (1, 8, 8), "sizes 9 and 8 do not match on axis 2"),
        ("torch.cat([x, y], 1)", (1, 8, 9, 9), (1, 8, 9), "tensors with 4 and 3 axes"),
        ("torch.stack([x, y], 1)", (8, 9), (8, 8), "sizes 9 and 8 do not match on axis 1"),
    ],
)
def test_what_torch_refuses(expression: str, a: tuple[Any, ...], b: tuple[Any, ...], why: str) -> None:
    seen = traced(expression, x=a, y=b)
    assert seen.unknowns[0].reason == why
    assert seen.uses[0].inputs == (a, b)


def test_pieces_that_are_not_known_leave_the_other_axes_known() -> None:
    seen = traced("torch.cat([x, torch.hub.load(x)], 1)", x=("N", 8, "H"))
    assert seen.output is not None
    assert (seen.output[0], seen.output[2]) == shape("N", "H")
    assert is_unknown(seen.output[1])


def test_channels_side_by_side_leave_space_alone() -> None:
    for operand in last("torch.cat([x, y], 1)", x=(2, 8, 9, 9), y=(2, 8, 9, 9)).operands:
        assert [(read.how, read.to) for read in operand.reads] == [
            ("kept", 0),
            ("piece", 1),
            ("kept", 2),
            ("kept", 3),
        ]
    stacked = last("torch.stack([x, y], 1)", x=(2, 8), y=(2, 8)).operands[1]
    assert [(read.how, read.to) for read in stacked.reads] == [("kept", 0), ("kept", 2)]


CUT: list[tuple[str, tuple[Any, ...], list[tuple[Any, ...]]]] = [
    ("x.chunk(2, 1)", ("N", 8, "H"), [("N", 4, "H")] * 2),
    ("torch.chunk(x, 3, dim=1)", (2, 8), [(2, 3), (2, 3), (2, 2)]),
    ("x.chunk(4)", (5,), [(2,), (2,), (1,)]),
    ("x.chunk(2, dim=2)", ("N", 8, "2*h"), [("N", 8, "h")] * 2),
    ("x.split(3, 1)", (2, 8), [(2, 3), (2, 3), (2, 2)]),
    ("torch.split(x, [2, 6], dim=1)", ("N", 8, "H"), [("N", 2, "H"), ("N", 6, "H")]),
    ("torch.split(x, split_size_or_sections=x.size(1) // 2, dim=1)", ("N", 8), [("N", 4)] * 2),
    ("x.tensor_split(3, 1)", (2, 8), [(2, 3), (2, 3), (2, 2)]),
    ("x.unbind(1)", ("N", 3, "H"), [("N", "H")] * 3),
    ("list(x)", (2, 3), [(3,)] * 2),
]


@pytest.mark.parametrize(("expression", "given", "made"), CUT)
def test_pieces(expression: str, given: tuple[Any, ...], made: list[tuple[Any, ...]]) -> None:
    assert traced(expression, x=given).output == [shape(*one) for one in made]


def test_pieces_are_read_where_they_begin() -> None:
    uses = traced("x.split([2, 3, 3], 2)", x=(1, 4, 8)).uses
    assert [use.operands[0].reads[2].access for use in uses] == [field.shifted(at) for at in (0, 2, 5)]


def test_pieces_that_do_not_add_up() -> None:
    assert traced("x.split([2, 3], 1)", x=(1, 8)).unknowns[0].reason == "pieces of 5 of an axis of size 8"


def test_a_number_of_pieces_that_depends_on_the_input_is_not_known() -> None:
    assert traced("x.split(2, 1)", x=("N", "L")).output is None
    assert traced("x.chunk(3, 1)", x=("N", "L")).output is None
