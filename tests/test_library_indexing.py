"""Indexing: numbers, slices of known and symbolic sizes, masks and index tensors; and writing to parts of a tensor."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced
from hypothesis import given
from hypothesis import strategies as st
from lines import forward

from rflint import field
from rflint.dims import is_unknown, parse, substitute
from rflint.field import IDENTITY, Access
from rflint.library.torch.slicing import cut

PICKED: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [
    ("x[0]", (4, 5), (5,)),
    ("x[:, -1]", ("N", 5, "L"), ("N", "L")),
    ("x[..., 0]", (2, 3, 4), (2, 3)),
    ("x[:, None]", (2, 3), (2, 1, 3)),
    ("x[None, ..., None]", (2, 3), (1, 2, 3, 1)),
    ("x[1:, ::2]", (4, 5), (3, 3)),
    ("x[:, :, 1:-1, 2:]", ("N", 8, "H", "W"), ("N", 8, "H - 2", "W - 2")),
    ("x[:, :, ::2]", ("N", 8, "H"), ("N", 8, "(H + 1)//2")),
    ("x[:, :, -3:]", ("N", 8, 5), ("N", 8, 3)),
    ("x[:, :, :x.size(2) // 2]", ("N", 8, "H"), ("N", 8, "H//2")),
    ("x[:, :4]", ("N", 8, "H"), ("N", 4, "H")),
    ("x[:, [0, 2, 1]]", ("N", 3, "H"), ("N", 3, "H")),
    ("x[torch.tensor([[0, 1], [1, 0]])]", (4, 5), (2, 2, 5)),
    ("x[[0, 1], :, [2, 3]]", (4, 5, 6), (2, 5)),
    ("x[torch.arange(3), torch.arange(3)]", (4, 5, 6), (3, 6)),
    ("x[x.argmax(0)]", (4, 5), (5, 5)),
    ("x[()]", (4, 5), (4, 5)),
    ("x.narrow(1, 2, 3)", (4, 8), (4, 3)),
    ("x.select(1, 0)", (4, 8, 5), (4, 5)),
    ("x.index_select(1, torch.tensor([0, 2]))", (4, 8), (4, 2)),
    ("x.gather(1, torch.zeros(4, 2).long())", (4, 8), (4, 2)),
]


@pytest.mark.parametrize(("expression", "given", "made"), PICKED)
def test_output_shape(expression: str, given: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    assert traced(expression, x=given).output == shape(*made)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("x[4]", "there is no position 4 among 4"),
        ("x[:, -6]", "there is no position -6 among 5"),
        ("x[0, 0, 0]", "an index of 3 parts for 2 axes"),
        ("x[::-1]", "a slice with step -1"),
        ("x.narrow(0, 2, 3)", "a slice of 3 from 2 on leaves the 4 positions"),
    ],
)
def test_what_torch_refuses(expression: str, why: str) -> None:
    seen = traced(expression, x=(4, 5))
    assert [note.reason for note in seen.unknowns] == [why]
    assert seen.uses[0].inputs == ((4, 5),)


def test_how_many_positions_a_mask_selects_is_not_known() -> None:
    seen = traced("x[x > 0]", x=(4, 5))
    assert seen.output is not None
    assert [is_unknown(size) for size in seen.output] == [True]
    assert seen.unknowns[0].reason == "how many positions a mask selects depends on data"


def accesses(expression: str, given: tuple[Any, ...]) -> list[Access | str]:
    """How each axis is read: its access, or in a word."""
    return [read.access or read.how for read in last(expression, x=given).operands[0].reads]


def test_slices_are_read_where_they_begin() -> None:
    assert accesses("x[:, :, 1:-1, ::2]", (2, 8, 9, 9)) == [IDENTITY, IDENTITY, field.shifted(1), field.strided(0, 2)]
    assert accesses("x[..., 3:]", ("N", 8, "L")) == [IDENTITY, IDENTITY, field.shifted(3)]
    assert accesses("x[:, :, -2:]", (1, 1, 5)) == [IDENTITY, IDENTITY, field.shifted(3)]
    assert accesses("x[:, :, -2:]", ("N", 8, "L")) == [IDENTITY, IDENTITY, "unknown"]
    assert accesses("x[:, 0]", (2, 8, 9)) == [IDENTITY, "mixed", IDENTITY]
    assert accesses("x[:, [0, 1]]", (2, 8, 9)) == [IDENTITY, "unknown", IDENTITY]


def test_a_centred_crop_of_symbolic_size_is_known() -> None:
    body = "x[:, :, (x.size(2) - y.size(2)) // 2 : (x.size(2) - y.size(2)) // 2 + y.size(2)]"
    seen = traced(body, x=("N", 8, "H"), y=("N", 8, "2*(H//2) - 8"))
    assert seen.output == shape("N", 8, "2*(H//2) - 8")
    assert seen.uses[-1].operands[0].reads[2].access == field.shifted(4)


# Slices of numbers are Python's, and so are those of symbolic sizes as long as they stay inside.


BOUNDS = st.one_of(st.none(), st.integers(-6, 6))


@given(st.integers(1, 6), BOUNDS, BOUNDS, st.one_of(st.none(), st.integers(1, 3)))
def test_slices_of_numbers(size: int, start: int | None, stop: int | None, step: int | None) -> None:
    part = slice(start, stop, step)
    positions = range(size)[part]
    made = cut(size, part)
    assert made.size == len(positions)
    assert made.start is not None
    assert [made.start + made.step * i for i in range(len(positions))] == list(positions)
    assert [i for i in range(size) for taps in [taps_of(made.write(0).access, i)] if taps] == [
        i for i in range(-20, size) if i in range(made.start, size, made.step)
    ]


def taps_of(access: Access | None, unit: int) -> list[int]:
    """The positions that a unit reads, from 0 on."""
    assert access is not None
    turns, phase = divmod(unit, len(access.taps))
    return [tap for t in access.taps[phase] if (tap := access.step * turns + t) >= 0]


@given(st.integers(3, 9), BOUNDS, BOUNDS, st.integers(1, 3))
def test_slices_of_symbolic_sizes(size: int, start: int | None, stop: int | None, step: int) -> None:
    positions = range(size)[slice(start, stop, step)]
    made = cut(parse("H"), slice(start, stop, step))
    inside = all(end is None or -size <= end <= size for end in (start, stop))
    if inside and len(positions):
        assert substitute(made.size, {"H": size}) == len(positions)
        assert made.start in (None, positions.start)


# Writing.


def test_writing_reads_what_was_there_and_the_value() -> None:
    seen = forward("y = torch.zeros_like(x)", "y[:, 1:] = x[:, :-1]", "y[:, 0] = 0", "return y", x=("N", 8, "H"))
    assert [use.base for use in seen.uses] == ["getitem", "setitem", "setitem"]
    assert seen.output == shape("N", 8, "H")
    assert [operand.source for operand in seen.uses[1].operands] == [None, 0]
    assert [read.access for read in seen.uses[1].operands[1].reads] == [IDENTITY, field.shifted(-1), IDENTITY]


def test_writing_something_of_another_size() -> None:
    seen = forward("x[:, :2] = y", "return x", x=(2, 8, 9), y=(2, 3, 9))
    assert seen.uses[0].base == "setitem"
    assert seen.uses[0].output is None


def test_writing_where_nobody_knows_leaves_the_shape() -> None:
    seen = forward("x[torch.hub.load()] = 1", "return x", x=("N", 8, "H"))
    assert seen.output == shape("N", 8, "H")


def test_writing_where_a_mask_allows() -> None:
    seen = forward("x[x > 0] = 1", "return x", x=("N", 8, "H"))
    assert seen.output == shape("N", 8, "H")
    assert seen.complete


# What is written in place to a part of a tensor is written to the tensor.


@pytest.mark.parametrize(
    "lines",
    [
        ["y[1, :, :8].copy_(x)"],
        ["y[1][:, :8].copy_(x)"],
        ["part = y[1]", "part[:, :8] = x"],
        ["for part in y:", "    part[:, :8].copy_(x)"],
        ["y[1, :, :8].add_(x)"],
        ["y[1, :, :8] += x"],
    ],
)
def test_a_part_that_is_written_to_is_a_part_of_the_tensor(lines: list[str]) -> None:
    seen = forward("y = torch.zeros(2, 3, 9)", *lines, "return y", x=(3, 8))
    assert seen.output == (2, 3, 9)
    last = seen.uses[-1]
    assert (last.base, last.output, seen.output_sources) == ("setitem", (2, 3, 9), [last.index])


def test_a_sum_in_place_is_put_back_once() -> None:
    seen = forward("x[:, 1:] += 1", "return x", x=(2, 8))
    assert [use.base for use in seen.uses] == ["getitem", "add", "setitem"]


@pytest.mark.parametrize(
    "line", ["y[0].unsqueeze_(0)", "y[0].transpose_(0, 1)", "y[[0]].add_(x)", "y[0].clone().add_(x)"]
)
def test_what_is_no_part_or_writes_nothing_changes_nothing(line: str) -> None:
    seen = forward("y = torch.zeros(2, 3, 3)", line, "return y", x=(3, 3))
    assert seen.output_sources == [None]
    assert seen.output == (2, 3, 3)
