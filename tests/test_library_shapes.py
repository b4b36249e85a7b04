"""Views, flattened, squeezed, permuted and repeated tensors: their sizes, and which axes are still which."""

from __future__ import annotations

from itertools import product
from math import prod
from typing import Any

import pytest
from calls import last, shape, traced
from hypothesis import given, settings
from hypothesis import strategies as st

from rflint.dims import is_unknown
from rflint.library.torch.factors import regrouped_reads, resolved

OUTPUTS: list[tuple[str, tuple[Any, ...], tuple[Any, ...]]] = [
    ("x.view(2, -1)", (4, 3), (2, 6)),
    ("x.view((2, 6))", (4, 3), (2, 6)),
    ("x.reshape(x.size(0), -1)", ("N", 64, "H", "W"), ("N", "64*H*W")),
    ("x.view(x.shape[0], -1, x.shape[2] * x.shape[3])", ("N", 64, "H", "W"), ("N", 64, "H*W")),
    ("x.view(-1, 2, x.size(1) // 2, x.size(2))", ("N", 64, "L"), ("N", 2, 32, "L")),
    ("torch.reshape(x, (-1,))", (2, 3), (6,)),
    ("x.flatten(1)", ("N", 512, 7, 7), ("N", 25088)),
    ("torch.flatten(x, start_dim=2)", ("N", 8, "H", "W"), ("N", 8, "H*W")),
    ("nn.Flatten()(x)", ("N", 8, "H", "W"), ("N", "8*H*W")),
    ("nn.Unflatten(1, (2, -1))(x)", (5, 12), (5, 2, 6)),
    ("x.unflatten(-1, (3, 4))", (5, 12), (5, 3, 4)),
    ("x.squeeze()", ("N", 1, "H", 1), ("N", "H")),
    ("x.squeeze(1)", ("N", 1, "H"), ("N", "H")),
    ("x.squeeze(0)", (2, 1), (2, 1)),
    ("x.unsqueeze(-1)", (2, 3), (2, 3, 1)),
    ("x.permute(0, 2, 3, 1)", ("N", 8, "H", "W"), ("N", "H", "W", 8)),
    ("torch.permute(x, (1, 0))", (2, 3), (3, 2)),
    ("x.permute(dims=(1, 0))", (2, 3), (3, 2)),
    ("x.transpose(1, -1)", (2, 3, 4), (2, 4, 3)),
    ("x.movedim(1, -1)", (2, 3, 4), (2, 4, 3)),
    ("x.T", (2, 3), (3, 2)),
    ("x.mT", (2, 3, 4), (2, 4, 3)),
    ("x.expand(-1, 4, 5)", (2, 1, 5), (2, 4, 5)),
    ("x.expand(3, -1, -1)", (1, 5, "L"), (3, 5, "L")),
    ("x.repeat(2, 3)", (4, "L"), (8, "3*L")),
    ("x.repeat(2, 1, 1)", (4, 5), (2, 4, 5)),
    ("x.repeat_interleave(2, dim=1)", (2, "L"), (2, "2*L")),
    ("torch.roll(x, shifts=(1, 1), dims=(1, 2))", (2, 4, 4), (2, 4, 4)),
    ("x.flip(1)", (2, 4), (2, 4)),
    ("x.unfold(1, 3, 2)", (2, 9), (2, 4, 3)),
    ("x.view(torch.int32)", (2, 3), (2, 3)),
]


@pytest.mark.parametrize(("expression", "given", "made"), OUTPUTS)
def test_output_shape(expression: str, given: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    assert traced(expression, x=given).output == shape(*made)


REFUSED: list[tuple[str, tuple[Any, ...], str]] = [
    ("x.view(2, 100)", (1, 9, 32, 32), "1×9×32×32 cannot be viewed as 2×100"),
    ("x.view(-1, 2048)", (1, 9216), "1×9216 cannot be viewed as -1×2048"),
    ("x.view(-1, -1)", (4,), "-1×-1 is no shape"),
    ("x.unflatten(1, (7, 8))", (2, 50), "50 cannot be viewed as 7×8"),
    ("x.permute(0, 1)", (2, 3, 4), "(0, 1) is no order of 3 axes"),
    ("x.flatten(5)", (2, 3), "there is no axis 5 among 2"),
    ("x.expand(3, 5)", (2, 5), "an axis of size 2 cannot be expanded to 3"),
    ("x.transpose(0, 4)", (2, 5), "there is no axis 4 among 2"),
]


@pytest.mark.parametrize(("expression", "given", "why"), REFUSED)
def test_what_torch_refuses_is_a_use_without_output(expression: str, given: tuple[Any, ...], why: str) -> None:
    seen = traced(expression, x=given)
    assert seen.output is None
    assert seen.uses[-1].inputs == (shape(*given),)
    assert [note.reason for note in seen.unknowns] == [why]


def test_whether_a_symbolic_size_divides_is_not_guessed() -> None:
    seen = traced("x.view(-1, 2048)", x=("N", 9216))
    assert seen.output is not None
    assert is_unknown(seen.output[0])
    assert seen.output[1] == 2048
    assert "whether 2048 divides 9216*N depends on the input size" in [note.reason for note in seen.unknowns]


def test_whether_an_axis_has_size_one_is_not_guessed() -> None:
    seen = traced("x.squeeze()", x=("N", 512, "H//32", "W//32"))
    assert seen.output is None
    assert seen.unknowns[0].reason.startswith("whether squeeze() removes an axis of size H//32")


def test_an_axis_that_is_named_like_any_size_is_not_taken_for_one() -> None:
    assert traced("x.squeeze()", x=("N", 1, "L")).output == shape("N", "L")


READS: list[tuple[str, tuple[Any, ...], list[tuple[str, int | None]]]] = [
    ("x.flatten(1)", (2, 8, 5, 6), [("kept", 0), ("mixed", None), ("mixed", None), ("mixed", None)]),
    ("x.flatten(1)", (2, 8, 1, 1), [("kept", 0), ("kept", 1), ("mixed", None), ("mixed", None)]),
    ("x.view(2, 2, 4, 5, 6)", (2, 8, 5, 6), [("kept", 0), ("mixed", None), ("kept", 3), ("kept", 4)]),
    ("x.flatten(2)", ("N", 8, "H", "W"), [("kept", 0), ("kept", 1), ("mixed", None), ("mixed", None)]),
    ("x.permute(0, 2, 3, 1)", (2, 8, 5, 6), [("kept", 0), ("kept", 3), ("kept", 1), ("kept", 2)]),
    ("x.squeeze(2)", (2, 8, 1, 6), [("kept", 0), ("kept", 1), ("mixed", None), ("kept", 2)]),
    ("x.unsqueeze(1)", (2, 8), [("kept", 0), ("kept", 2)]),
]


@pytest.mark.parametrize(("expression", "given", "reads"), READS)
def test_which_axes_are_kept(expression: str, given: tuple[Any, ...], reads: list[tuple[str, int | None]]) -> None:
    assert [(read.how, read.to) for read in last(expression, x=given).operands[0].reads] == reads


def test_bases_and_arguments_are_what_the_rules_look_for() -> None:
    names = ["x.view(6)", "x.reshape(6)", "x.flatten()", "torch.flatten(x)", "nn.Flatten(0)(x)", "x.permute(1, 0)"]
    assert [last(name, x=(2, 3)).base for name in names] == ["reshape"] * 2 + ["flatten"] * 3 + ["permute"]
    assert last("nn.Flatten(0)(x)", x=(2, 3)).layer.args == {"start_dim": 0, "end_dim": -1}


# Against brute force: the element at a position of the view is the element with the same number.


@st.composite
def views(draw: st.DrawFn) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """A shape, and another one of as many elements."""
    before = tuple(draw(st.lists(st.sampled_from((1, 2, 3, 4, 6)), min_size=1, max_size=4)))
    after: list[int] = []
    rest = prod(before)
    while rest > 1 and len(after) < 4:
        factor = draw(st.sampled_from([size for size in range(1, rest + 1) if rest % size == 0]))
        after.append(factor)
        rest //= factor
    return before, (*after, rest)


def numbered(sizes: tuple[int, ...]) -> list[tuple[int, ...]]:
    """The positions of a tensor, in the order of its elements."""
    return list(product(*map(range, sizes)))


@settings(max_examples=80)
@given(views())
def test_kept_axes_of_a_view_hold_the_same_coordinate(drawn: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    before, after = drawn
    for at, read in enumerate(regrouped_reads(before, after)):
        if read.how == "kept":
            pairs = zip(numbered(before), numbered(after), strict=True)
            assert all(inside[at] == outside[read.to or 0] for inside, outside in pairs)


@settings(max_examples=80)
@given(views(), st.data())
def test_minus_one_is_the_size_that_is_missing(
    drawn: tuple[tuple[int, ...], tuple[int, ...]], data: st.DataObject
) -> None:
    before, after = drawn
    at = data.draw(st.integers(0, len(after) - 1))
    assert resolved(before, (*after[:at], -1, *after[at + 1 :])) == (after, "")
