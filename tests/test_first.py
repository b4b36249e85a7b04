"""At which uses something becomes true of what units see, and how much that is, in words."""

from __future__ import annotations

from typing import Any

import pytest
from calls import traced
from networks import N, Network

from rflint.checks._first import extent, first_uses
from rflint.receptive import AxisField, fields
from rflint.trace import Trace

LINE = (1, 3, 24)


def is_pooled(axis: AxisField) -> bool:
    return axis.pooled


def first(trace: Trace) -> list[tuple[str, str]]:
    """Kind and input of the uses at which an axis is pooled first."""
    return [(use.kind, name) for use, name, _ in first_uses(trace, is_pooled)]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("x.relu().mean(2).relu()", [("mean", "x")]),
        ("x.mean(2) + x.sum(2)", [("mean", "x"), ("sum", "x")]),
        ("(x.mean(2) + y.relu().mean(2)).relu()", [("mean", "x"), ("mean", "y")]),
        ("x.mean(2, keepdim=True) + y.relu()", [("mean", "x")]),
        ("x.relu()", []),
    ],
)
def test_each_use_at_which_it_becomes_true(expression: str, found: list[Any]) -> None:
    assert first(traced(expression, x=LINE, y=LINE)) == found


def test_a_use_is_named_once_with_its_first_axis() -> None:
    [(use, name, axis)] = first_uses(traced("x.mean((2, 3))", x=(1, 3, 8, 9)), is_pooled)
    assert (use.kind, name, axis.maps) == ("mean", "x", fields(traced("x.relu()", x=LINE))[0]["x"][0].maps)
    both = traced("x.mean(2).mean(2)", x=(1, 3, 8, 9))
    assert first(both) == [("mean", "x"), ("mean", "x")]


def test_an_operand_that_does_not_see_an_input_is_passed_over() -> None:
    """What becomes true of x at the sum was true of no operand that sees x."""
    seen = traced("x.relu() + y.mean(2, keepdim=True)", x=LINE, y=LINE)
    at_the_sum = first_uses(seen, lambda axis: not axis.whole and axis.interval is not None)
    assert [(use.kind, name) for use, name, _ in at_the_sum] == [("relu", "x")]


def test_of_layers_in_constructor_order_nothing_is_said() -> None:
    net = Network(x=(N, 3, 8, 8))
    x = net.pooled(net.input())
    assert first(net.trace(x)) == [("adaptiveavgpool2d", "x")]
    assert first(net.trace(x, order="constructor")) == []


@pytest.mark.parametrize(
    ("expression", "shape", "text"),
    [
        ("F.max_pool1d(x, 7)", LINE, "7"),
        ("F.max_pool2d(x, (7, 3))", (1, 3, 16, 16), "7×3"),
        ("F.interpolate(x, scale_factor=3, mode='linear')", LINE, "1–2"),
        ("F.interpolate(x, scale_factor=3, mode='bilinear')", (1, 3, 8, 8), "1–2×1–2"),
        ("x.cumsum(2)", (1, 3, 8, 8), ""),
        ("torch.cat([x[..., :12], F.max_pool1d(x, 2)], 1)", LINE, ""),
    ],
)
def test_extents_in_words(expression: str, shape: tuple[int, ...], text: str) -> None:
    assert extent(fields(traced(expression, x=shape))[-1]["x"]) == text
