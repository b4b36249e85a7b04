"""Layers on the last axis, and windows as columns."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

from rflint.field import IDENTITY
from rflint.trace import Read


@pytest.mark.parametrize(
    ("call", "size", "output"),
    [
        ("nn.Linear(5, 7)(x)", (5,), (7,)),
        ("nn.Linear(5, 7)(x)", ("N", 3, 5), ("N", 3, 7)),
        ("F.linear(x, torch.zeros(7, 5))", (2, 5), (2, 7)),
        ("nn.Bilinear(5, 5, 7)(x, x)", (2, 3, 5), (2, 3, 7)),
        ("F.bilinear(x, x, torch.zeros(4, 5, 5))", (2, 5), (2, 4)),
        ("nn.Embedding(10, 7)(x)", (2, 3), (2, 3, 7)),
        ("F.embedding(x, torch.zeros(10, 7))", (2, "L"), (2, "L", 7)),
        ("nn.Embedding.from_pretrained(torch.zeros(10, 7))(x)", (2, 3), (2, 3, 7)),
        ("nn.Unfold(3)(x)", (1, 8, 4, 5), (1, 72, 6)),
        ("F.unfold(x, (2, 3), padding=1, stride=2)", (8, 5, 5), (48, 9)),
        ("nn.Fold((4, 5), 3)(x)", (1, 72, 6), (1, 8, 4, 5)),
        ("F.fold(x, (8, 8), 2, stride=2)", (12, 16), (3, 8, 8)),
        ("F.unfold(x, 2, stride=2)", ("N", 3, "2*H", 4), ("N", 12, "2*H")),
        ("nn.Linear(5, 7).weight", (1,), (7, 5)),
        ("nn.Linear(5, 7).bias", (1,), (7,)),
        ("nn.Embedding(10, 7).weight", (1,), (10, 7)),
    ],
)
def test_sizes_are_those_of_torch(call: str, size: Any, output: Any) -> None:
    assert traced(call, x=size).output == shape(*output)


def test_a_linear_layer_reads_all_of_the_last_axis_and_keeps_the_others() -> None:
    use = last("F.linear(x, torch.zeros(7, 5))", x=(2, 3, 5))
    assert use.operands[0].reads == (Read("kept", 0, IDENTITY), Read("kept", 1, IDENTITY), Read("whole", 2))
    assert (use.base, use.layer.args["in_features"], use.layer.args["out_features"]) == ("Linear", 5, 7)


def test_a_layer_with_the_wrong_features_is_a_use_that_rules_can_look_at() -> None:
    use = last("nn.Linear(5, 7)(x)", x=(2, 6))
    assert (use.operands[0].shape, use.layer.args["in_features"]) == ((2, 6), 5)


def test_a_linear_layer_that_comes_first_tells_the_shape_of_the_input() -> None:
    assert traced("nn.Linear(5, 7)(x)", x=None).input_shapes["x"] == shape("N", 5)
    assert traced("nn.Linear(5, 7)(x + x)", x=None).input_shapes["x"] == shape("N", 5)


def test_columns_mix_channels_and_positions() -> None:
    mixed = (Read("mixed"), Read("mixed"))
    assert last("nn.Unfold(3)(x)", x=(1, 8, 4, 4)).operands[0].reads[1:] == (*mixed, Read("mixed"))
    assert last("nn.Fold(4, 3)(x)", x=(1, 72, 4)).operands[0].reads[1:] == mixed


@pytest.mark.parametrize(
    ("call", "size"),
    [
        ("nn.Unfold(9)(x)", (1, 3, 4, 4)),
        ("nn.Fold((8, 8), 3)(x)", (1, 27, 10)),
        ("nn.Fold((8, 8), 3)(x)", (1, 28, 36)),
        ("nn.Linear(5, 7)(x)", ()),
        ("nn.Unfold(3)(x)", (3, 4)),
    ],
)
def test_what_torch_refuses_has_no_output(call: str, size: Any) -> None:
    assert traced(call, x=size).output is None


def test_an_input_that_is_cut_into_windows_is_an_image() -> None:
    assert traced("nn.Unfold(2, stride=2)(x)", x=None).input_shapes["x"] == shape("N", "C", "H", "W")


@pytest.mark.parametrize(
    "folder", ["linear.Linear(5, 7)", "activation.ReLU()", "pooling.MaxPool1d(2)", "padding.ZeroPad1d(1)"]
)
def test_layers_are_found_in_the_modules_that_define_them(folder: str) -> None:
    assert last(f"nn.modules.{folder}(x)", x=(2, 3, 5)).kind == folder.split(".")[1].split("(")[0]
