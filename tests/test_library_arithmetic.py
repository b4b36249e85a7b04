"""Arithmetic: broadcasting of known and symbolic sizes, in-place twins, numbers, inputs without a declared shape."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced
from hypothesis import given, settings
from hypothesis import strategies as st
from lines import forward

from rflint.dims import is_unknown, parse, substitute
from rflint.library.torch.broadcasting import FIRST, broadcast, stretched

MET: list[tuple[str, tuple[Any, ...], tuple[Any, ...], tuple[Any, ...]]] = [
    ("x + y", ("N", 8, "H", "W"), ("N", 8, "H", "W"), ("N", 8, "H", "W")),
    ("x * y", ("N", 8, "H", "W"), ("N", 8, 1, 1), ("N", 8, "H", "W")),
    ("x - y", (8, 1), (5, 1, 3), (5, 8, 3)),
    ("torch.add(x, y)", (2, 3), (3,), (2, 3)),
    ("torch.where(x > 0, x, y)", (2, 3), (1,), (2, 3)),
    ("torch.maximum(x, y)", (2, 1), (1, 3), (2, 3)),
    ("x.lerp(y, 0.5)", (2, 3), (2, 3), (2, 3)),
    ("x.masked_fill(y == 0, -1e9)", (2, 3, 4), (3, 1), (2, 3, 4)),
    ("x + y", ("N", 4), (7, 4), (7, 4)),
    ("x + y", ("H",), ("2*(H//2)",), ("2*(H//2)",)),
    ("(x.abs() + 1e-6).sqrt() / 2 ** y.exp()", (2, 3), (2, 3), (2, 3)),
    ("-x // 2 % 3", (2, 3), (1,), (2, 3)),
]


@pytest.mark.parametrize(("expression", "a", "b", "made"), MET)
def test_broadcast_shape(expression: str, a: tuple[Any, ...], b: tuple[Any, ...], made: tuple[Any, ...]) -> None:
    assert traced(expression, x=a, y=b).output == shape(*made)


def test_sizes_that_certainly_differ_leave_a_use_with_both_operands() -> None:
    seen = traced("x + y", x=("N", 8, 28, 28), y=("N", 8, 27, 28))
    assert seen.output is None
    assert seen.uses[-1].inputs == (shape("N", 8, 28, 28), shape("N", 8, 27, 28))
    assert seen.unknowns[0].reason == "sizes 28 and 27 do not match"


def test_sizes_that_match_only_where_one_is_one_are_not_known() -> None:
    seen = traced("x + y", x=("N", 8, "H"), y=("N", 8, "H - 2"))
    assert seen.output is not None
    assert seen.output[:2] == shape("N", 8)
    assert is_unknown(seen.output[2])
    assert seen.unknowns[0].reason == "sizes H and H - 2 do not match"


def test_an_axis_of_size_one_is_read_at_its_only_position() -> None:
    gate = last("x * y", x=("N", 8, "H", "W"), y=("N", 8, 1, 1)).operands[1]
    assert [read.access for read in gate.reads[2:]] == [FIRST, FIRST]
    bias = last("x + y", x=("N", "T", 8), y=(8,)).operands[1]
    assert [read.to for read in bias.reads] == [2]


def test_numbers_are_no_operands() -> None:
    assert [len(last(call, x=(2, 3)).operands) for call in ("x + 1", "2 * x", "1 / x", "x ** 2", "x > 0")] == [1] * 5
    assert last("1 - x", x=(2, 3)).base == "sub"
    assert last("x / 4", x=(2, 3)).layer.args == {"other": 4}
    assert last("x / x.size(0)", x=("N", 3)).base == "div"


@pytest.mark.parametrize(
    ("call", "base"),
    [
        ("x + x", "add"),
        ("torch.add(x, x)", "add"),
        ("x.add_(x)", "add"),
        ("torch.subtract(x, x)", "sub"),
        ("x.mul(x)", "mul"),
        ("torch.true_divide(x, x)", "div"),
        ("x // x", "floor_divide"),
    ],
)
def test_bases(call: str, base: str) -> None:
    assert last(call, x=(2, 3)).base == base


def test_what_is_not_known_names_its_reason() -> None:
    seen = traced("x + torch.hub.load('w')", x=(2, 3))
    assert seen.output is None
    assert {note.reason for note in seen.unknowns} == {"torch.hub is not supported"}


def test_a_scaled_input_keeps_the_shape_that_a_later_layer_tells() -> None:
    seen = traced("nn.Conv2d(3, 8, 3)((x - torch.zeros(3, 1, 1)) / 255)", x=None)
    assert seen.output == shape("N", 8, "H - 2", "W - 2")
    assert seen.input_shapes == {"x": shape("N", 3, "H", "W")}


def test_in_place_methods_change_the_tensor_under_all_its_names() -> None:
    seen = forward("y = x.mul(2)", "z = y", "y.add_(1).clamp_(min=0)", "return z", x=(2, 3))
    assert [use.kind for use in seen.uses] == ["mul", "add_", "clamp_"]
    assert seen.output_sources == [2]


def test_a_clone_is_not_changed_with_its_original() -> None:
    seen = forward("y = x.mul(2)", "z = y.clone()", "y.add_(1)", "return z", x=(2, 3))
    assert seen.output_sources == [0]


def test_a_tensor_that_is_filled_forgets_what_it_was() -> None:
    assert forward("y = x.mul(2)", "return y.zero_()", x=(2, 3)).output_sources == [None]
    assert forward("return torch.zeros_like(x).normal_(0, 1)", x=(2, 3)).output_sources == [None]


def test_comparisons_make_masks() -> None:
    seen = forward("return x[(x > 0) & ~(x == 1)].dim() == 1 and x", x=(2, 3))
    assert seen.output == (2, 3)


# Against torch's rule, number by number.


SIZES = st.lists(st.integers(1, 3), max_size=3).map(tuple)


def broadcasted(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...] | None:
    """What torch makes of two shapes, None if it raises."""
    made: list[int] = []
    for at in range(1, max(len(a), len(b)) + 1):
        one, other = (shape[-at] if at <= len(shape) else 1 for shape in (a, b))
        if 1 not in (one, other) and one != other:
            return None
        made.insert(0, max(one, other))
    return tuple(made)


@given(SIZES, SIZES)
def test_numbers_broadcast_as_in_torch(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    assert broadcast([a, b])[0] == broadcasted(a, b)


@settings(max_examples=60)
@given(st.sampled_from(("N", "H", "H - 1", "2*(H//2)", "(H + 1)//2", "4", "1", "3*H")), st.data())
def test_symbolic_sizes_broadcast_to_what_they_make_in_numbers(left: str, data: st.DataObject) -> None:
    right = data.draw(st.sampled_from(("N", "H", "H + 1", "H//2*2", "2", "4", "1")))
    a, b = parse(left), parse(right)
    size, _ = stretched(a, b)
    values = {"H": data.draw(st.integers(2, 9)), "N": data.draw(st.integers(1, 4))}
    numbers = [eval(text, {}, values) for text in (left, right)]
    true = broadcasted((numbers[0],), (numbers[1],))
    if true is None or (size is not None and is_unknown(size)):
        return
    assert size is not None
    assert substitute(size, values) == true[0]
