"""Lazy layers: the missing argument follows from the first input."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, traced


@pytest.mark.parametrize(
    ("expression", "sizes", "kind", "argument", "value", "made"),
    [
        ("nn.LazyConv1d(4, 3)(x)", (2, 3, 9), "Conv1d", "in_channels", 3, (2, 4, 7)),
        ("nn.LazyConv2d(4, 3, 2, padding=1)(x)", (2, 3, 9, 9), "Conv2d", "in_channels", 3, (2, 4, 5, 5)),
        ("nn.LazyConv2d(4, 3)(x)", (3, 9, 9), "Conv2d", "in_channels", 3, (4, 7, 7)),
        ("nn.LazyConv3d(4, 3)(x)", (2, 3, 9, 9, 9), "Conv3d", "in_channels", 3, (2, 4, 7, 7, 7)),
        ("nn.LazyConvTranspose2d(4, 2, 2)(x)", (2, 3, 9, 9), "ConvTranspose2d", "in_channels", 3, (2, 4, 18, 18)),
        ("nn.LazyLinear(5)(x)", (2, 7), "Linear", "in_features", 7, (2, 5)),
        ("nn.LazyBatchNorm1d()(x)", (2, 3), "BatchNorm1d", "num_features", 3, (2, 3)),
        ("nn.LazyBatchNorm2d()(x)", (2, 3, 9, 9), "BatchNorm2d", "num_features", 3, (2, 3, 9, 9)),
        ("nn.LazyInstanceNorm3d()(x)", (2, 3, 9, 9, 9), "InstanceNorm3d", "num_features", 3, (2, 3, 9, 9, 9)),
    ],
)
def test_lazy_layers(
    expression: str, sizes: tuple[int, ...], kind: str, argument: str, value: int, made: tuple[int, ...]
) -> None:
    use = last(expression, x=sizes)
    assert (use.kind, use.base, use.layer.args[argument], use.output) == (kind, kind, value, made)


@pytest.mark.parametrize(
    ("expression", "sizes"),
    [
        ("(lambda f: (f(x), f.weight)[1])(nn.LazyConv2d(4, 3, groups=3))", (4, 1, 3, 3)),
        ("(lambda f: (f(x), f.weight)[1])(nn.LazyConvTranspose2d(4, 3))", (3, 4, 3, 3)),
        ("(lambda f: (f(x), f.running_mean)[1])(nn.LazyBatchNorm2d())", (3,)),
        ("(lambda f: (f(x), f.weight)[1])(nn.LazyLinear(5))", (5, 9)),
    ],
)
def test_parameters_after_the_first_call(expression: str, sizes: tuple[Any, ...]) -> None:
    assert traced(expression, x=(2, 3, 9, 9)).output == sizes


def test_the_second_call_keeps_the_argument_of_the_first() -> None:
    uses = traced("(lambda f: (f(x), f(y)))(nn.LazyConv2d(4, 1))", x=(2, 3, 9, 9), y=(2, 5, 9, 9)).uses
    assert [use.layer.args["in_channels"] for use in uses] == [3, 3]


def test_places_of_arguments() -> None:
    places = last("nn.LazyConv2d(4, 3)(x)", x=(2, 3, 9, 9)).layer.places
    assert set(places) == {"out_channels", "kernel_size"}


def test_an_undeclared_input_gets_its_rank() -> None:
    seen = traced("nn.LazyConv2d(4, 3)(x)", x=None)
    assert [str(size) for size in seen.input_shapes["x"] or ()] == ["N", "C", "H", "W"]
    assert seen.uses[-1].kind == "Conv2d"
