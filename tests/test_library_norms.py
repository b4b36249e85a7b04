"""Normalisation: shapes stay, positions are read one by one; parameters and buffers."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

from rflint import field
from rflint.field import IDENTITY

LAYERS = [
    ("nn.BatchNorm1d(3)", (2, 3)),
    ("nn.BatchNorm1d(3)", (2, 3, 9)),
    ("nn.BatchNorm2d(3)", (2, 3, 9, 9)),
    ("nn.BatchNorm3d(3, bias=False)", (2, 3, 9, 9, 9)),
    ("nn.SyncBatchNorm(3)", (2, 3, 9, 9)),
    ("nn.InstanceNorm1d(3)", (2, 3, 9)),
    ("nn.InstanceNorm2d(3, affine=True)", (3, 9, 9)),
    ("nn.GroupNorm(1, 4)", (2, 4, 9)),
    ("nn.LayerNorm(9)", (2, 4, 9)),
    ("nn.LayerNorm([4, 9])", (2, 4, 9)),
    ("nn.RMSNorm(9)", (2, 4, 9)),
]


@pytest.mark.parametrize(("layer", "size"), LAYERS)
def test_statistics_do_not_count_as_reading(layer: str, size: Any) -> None:
    use = last(f"{layer}(x)", x=size)
    assert use.output == size
    assert [(read.to, read.access) for read in use.operands[0].reads] == [(axis, IDENTITY) for axis in range(len(size))]


@pytest.mark.parametrize(
    ("call", "base", "args"),
    [
        ("nn.BatchNorm2d(3)(x)", "BatchNorm2d", {"num_features": 3, "affine": True}),
        ("nn.SyncBatchNorm(3)(x)", "BatchNorm2d", {"num_features": 3}),
        ("nn.LayerNorm(9)(x)", "LayerNorm", {"normalized_shape": (9,)}),
        ("F.batch_norm(x, torch.zeros(3), torch.ones(3))", "BatchNorm2d", {"num_features": 3, "training": False}),
        ("F.instance_norm(x)", "InstanceNorm2d", {"use_input_stats": True}),
        ("F.group_norm(x, 3, torch.ones(3))", "GroupNorm", {"num_groups": 3, "num_channels": 3}),
        ("F.layer_norm(x, x.shape[-1:])", "LayerNorm", {"normalized_shape": (9,)}),
        ("F.layer_norm(x, (3, 9, 9), torch.ones(3, 9, 9))", "LayerNorm", {"normalized_shape": (3, 9, 9)}),
        ("F.normalize(x, dim=1)", "normalize", {"dim": 1}),
    ],
)
def test_bases_and_arguments(call: str, base: str, args: dict[str, Any]) -> None:
    use = last(call, x=(2, 3, 9, 9))
    assert use.base == base
    assert {name: use.layer.args[name] for name in args} == args


@pytest.mark.parametrize(
    ("expression", "output"),
    [
        ("nn.BatchNorm2d(3).weight", (3,)),
        ("nn.BatchNorm2d(3).running_var", (3,)),
        ("nn.InstanceNorm2d(3, affine=True).bias", (3,)),
        ("nn.LayerNorm([4, 9]).weight", (4, 9)),
        ("nn.GroupNorm(2, 6).bias", (6,)),
        ("nn.RMSNorm(7).weight", (7,)),
    ],
)
def test_parameters_and_buffers_are_attributes(expression: str, output: Any) -> None:
    assert traced(expression, x=(1,)).output == output


@pytest.mark.parametrize(
    "expression",
    [
        "nn.BatchNorm2d(3, affine=False).weight",
        "nn.BatchNorm2d(3, track_running_stats=False).running_mean",
        "nn.BatchNorm2d(3, bias=False).bias",
        "nn.InstanceNorm2d(3).weight",
        "nn.InstanceNorm2d(3).running_mean",
        "nn.LayerNorm(9, elementwise_affine=False).weight",
        "nn.LayerNorm(9, bias=False).bias",
    ],
)
def test_what_is_turned_off_is_none(expression: str) -> None:
    assert traced(f"x if {expression} is None else 0", x=(5,)).output == (5,)


def test_all_batch_norms_have_a_class_in_common() -> None:
    for layer in ("nn.BatchNorm1d(3)", "nn.SyncBatchNorm(3)"):
        assert traced(f"x if isinstance({layer}, nn.modules.batchnorm._BatchNorm) else 0", x=(5,)).output == (5,)
    assert traced("x if isinstance(nn.InstanceNorm2d(3), nn.BatchNorm2d) else 0", x=(5,)).output is None


@pytest.mark.parametrize(
    ("layer", "size"),
    [("nn.BatchNorm2d(3)", (1, 3, 9)), ("nn.BatchNorm1d(3)", (1, 3, 9, 9)), ("nn.InstanceNorm2d(3)", (1, 3))],
)
def test_the_wrong_number_of_axes_has_no_output(layer: str, size: Any) -> None:
    assert traced(f"{layer}(x)", x=size).output is None


@pytest.mark.parametrize("layer", ["nn.BatchNorm2d(3)", "nn.InstanceNorm2d(3)"])
def test_a_norm_that_comes_first_tells_the_shape_of_the_input(layer: str) -> None:
    assert traced(f"{layer}(x)", x=None).input_shapes["x"] == shape("N", 3, "H", "W")


def test_others_leave_it_to_the_next_layer() -> None:
    made = traced("nn.Linear(7, 2)(nn.BatchNorm1d(7)(nn.LayerNorm(7)(x)))", x=None)
    assert made.input_shapes["x"] == shape("N", 7)


def test_local_response_normalisation_reads_the_channels_around() -> None:
    reads = last("nn.LocalResponseNorm(5)(x)", x=(1, 9, 4, 4)).operands[0].reads
    assert [read.access for read in reads] == [IDENTITY, field.window(5, 1, 2), IDENTITY, IDENTITY]


@pytest.mark.parametrize(
    ("call", "size", "reason"),
    [
        ("F.batch_norm(x, torch.zeros(4), torch.ones(4))", (4,), "BatchNorm on a tensor with 1 axes"),
        ("F.batch_norm(x, None, None, training=True)", (1, 3), "a mean over a single value"),
        ("F.batch_norm(x, None, None, training=True)", (1, 3, 1, 1), "a mean over a single value"),
        ("F.instance_norm(x)", (2, 3, 1), "a mean over a single value"),
    ],
)
def test_what_torch_refuses_has_no_output(call: str, size: Any, reason: str) -> None:
    made = traced(f"({call}, x + 1)", x=size)
    assert made.output == [None, size]
    assert [note.reason for note in made.unknowns] == [reason]


@pytest.mark.parametrize(
    ("call", "size"),
    [
        ("F.batch_norm(x, None, None, training=True)", (2, 3)),
        ("F.batch_norm(x, torch.zeros(3), torch.ones(3))", (1, 3)),
        ("torch.batch_norm(x, None, None, None, None, True, 0.1, 1e-5, False)", (1, 3)),
        ("F.instance_norm(x)", (1, 3, 2)),
    ],
)
def test_other_means_are_taken(call: str, size: Any) -> None:
    assert last(call, x=size).output == size
