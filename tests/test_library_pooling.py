"""Pools, unpools and adaptive pools: sizes as torch gives them, and which positions are read."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

from rflint import dims, field
from rflint.checks import all_rules
from rflint.trace import Read

SIZES = [
    ("nn.MaxPool2d(2)", (1, 3, 9, 9), (1, 3, 4, 4)),
    ("nn.MaxPool2d(2)", (3, 9, 9), (3, 4, 4)),
    ("nn.MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0))", (1, 3, 9, 9), (1, 3, 5, 8)),
    ("nn.MaxPool2d(3, 2, ceil_mode=True)", (1, 3, 10, 11), (1, 3, 5, 5)),
    ("nn.MaxPool2d(2, 2, 1, ceil_mode=True)", (1, 3, 3, 5), (1, 3, 2, 3)),
    ("nn.MaxPool1d(3, 1, dilation=2)", (1, 3, 9), (1, 3, 5)),
    ("nn.MaxPool3d(2)", (1, 3, 8, 9, 2), (1, 3, 4, 4, 1)),
    ("nn.AvgPool1d(4, 2, 1)", (1, 3, 9), (1, 3, 4)),
    ("nn.AvgPool2d(2, ())", (1, 3, 9, 9), (1, 3, 4, 4)),
    ("nn.AvgPool2d(3, 2, ceil_mode=True)", (1, 3, 6, 7), (1, 3, 3, 3)),
    ("nn.LPPool2d(2, 3)", (1, 3, 9, 10), (1, 3, 3, 3)),
    ("nn.LPPool1d(2, 3, (2,))", (1, 3, 9), (1, 3, 4)),
    ("nn.MaxPool2d(3, 2, ceil_mode=True)", ("N", 3, "H", "W"), ("N", 3, "H//2", "W//2")),
    ("nn.MaxUnpool2d(2, 2)", (1, 3, 4, 5), (1, 3, 8, 10)),
    ("nn.MaxUnpool1d(3, 2, 1)", (1, 3, 4), (1, 3, 7)),
    ("nn.FractionalMaxPool2d(2, output_size=(3, 4))", (1, 3, 8, 8), (1, 3, 3, 4)),
    ("nn.FractionalMaxPool2d(2, output_ratio=0.7)", (1, 3, 8, 9), (1, 3, 5, 6)),
    ("nn.AdaptiveAvgPool2d(1)", ("N", 3, "H", "W"), ("N", 3, 1, 1)),
    ("nn.AdaptiveAvgPool2d((None, 7))", (1, 3, 9, 9), (1, 3, 9, 7)),
    ("nn.AdaptiveMaxPool3d((1, None, 4))", (1, 3, 9, 8, 7), (1, 3, 1, 8, 4)),
    ("nn.AdaptiveAvgPool1d(5)", (3, 9), (3, 5)),
]


@pytest.mark.parametrize(("layer", "size", "output"), SIZES)
def test_a_pool_makes_the_size_that_torch_makes(layer: str, size: Any, output: Any) -> None:
    second = "(x, x)" if "Unpool" in layer else "(x)"
    assert traced(layer + second, x=size).output == shape(*output)


@pytest.mark.parametrize(
    ("function", "base", "args"),
    [
        ("F.max_pool2d(x, 2)", "MaxPool2d", {"kernel_size": (2, 2), "stride": (2, 2), "padding": (0, 0)}),
        ("F.max_pool2d(x, 2, stride=[])", "MaxPool2d", {"kernel_size": (2, 2), "stride": (2, 2)}),
        ("torch.max_pool2d(x, 2, 1)", "MaxPool2d", {"kernel_size": (2, 2), "stride": (1, 1), "return_indices": False}),
        ("F.avg_pool2d(x, (2, 3), [])", "AvgPool2d", {"kernel_size": (2, 3), "stride": (2, 3)}),
        ("F.lp_pool2d(x, 2, 3, ceil_mode=True)", "LPPool2d", {"norm_type": 2, "stride": (3, 3), "ceil_mode": True}),
        ("F.adaptive_avg_pool2d(x, 3)", "AdaptiveAvgPool2d", {"output_size": (3, 3)}),
        ("nn.AdaptiveMaxPool2d((None, 2))(x)", "AdaptiveMaxPool2d", {"output_size": (None, 2)}),
    ],
)
def test_functions_are_the_layers_with_their_arguments(function: str, base: str, args: dict[str, Any]) -> None:
    use = last(function, x=(1, 3, 9, 9))
    assert use.base == base
    assert {name: use.layer.args[name] for name in args} == args


def test_a_window_reads_as_a_convolution_does() -> None:
    reads = last("nn.MaxPool2d(3, 2, 1)(x)", x=(1, 3, 9, 9)).operands[0].reads
    assert [read.access for read in reads[2:]] == [field.window(3, 2, 1), field.window(3, 2, 1)]
    assert [read.how for read in reads] == ["kept"] * 4


@pytest.mark.parametrize(
    "call",
    ["F.adaptive_avg_pool2d(x, 1)", "nn.AdaptiveMaxPool2d((1, 1))(x)", "F.avg_pool2d(x, x.size()[2:])"],
)
def test_one_position_for_a_whole_axis_is_global(call: str) -> None:
    reads = last(call, x=("N", 3, "H", "W")).operands[0].reads
    assert reads[2:] == (Read("whole", 2), Read("whole", 3))


def test_bins_are_known_for_known_sizes_and_where_nothing_changes() -> None:
    kept = last("F.adaptive_avg_pool2d(x, (4, None))", x=(1, 3, 10, 9)).operands[0].reads
    assert [read.access for read in kept[2:]] == [field.bins(10, 4), field.IDENTITY]
    unknown = last("F.adaptive_avg_pool2d(x, (7, y.size(3)))", x=("N", 3, "H", "W"), y=("N", 3, "H", "W"))
    assert [read.how for read in unknown.operands[0].reads[2:]] == ["unknown", "kept"]


@pytest.mark.parametrize("call", ["nn.MaxPool2d(2, return_indices=True)(x)", "F.max_pool2d_with_indices(x, 2)"])
def test_indices_have_the_shape_and_the_source_of_the_maxima(call: str) -> None:
    made = traced(call, x=(1, 3, 8, 6))
    assert made.output == [(1, 3, 4, 3), (1, 3, 4, 3)]
    assert made.output_sources == [0, 0]


def test_unpooling_goes_back_to_the_wanted_size_and_reads_maxima_and_indices_alike() -> None:
    pair = "*nn.MaxPool2d(2, 2, return_indices=True)(x)"
    made = traced(f"nn.MaxUnpool2d(2, 2)({pair}, output_size=x.size())", x=(1, 3, 9, 9))
    assert made.output == (1, 3, 9, 9)
    maxima, indices = made.uses[-1].operands
    assert maxima.reads == indices.reads
    assert maxima.reads[2].access == field.transposed(2, 2, 0, 1)
    assert traced(f"F.max_unpool2d({pair}, 2, output_size=(12, 8))", x=(1, 3, 9, 9)).output is None


def test_what_a_random_window_reads_is_not_known() -> None:
    reads = last("F.fractional_max_pool2d(x, 2, output_size=3)", x=(1, 3, 8, 8)).operands[0].reads
    assert [read.how for read in reads] == ["kept", "kept", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("call", "size", "reason"),
    [
        ("nn.MaxPool2d(3)(x)", (1, 3, 2, 9), "its output size would not be positive"),
        (
            "nn.MaxPool2d(2, 2, 2)(x)",
            (1, 3, 9, 9),
            "the padding of a pool should be at most half its kernel, 2 is not for 2",
        ),
        (
            "nn.MaxPool2d(3, 1, 2, dilation=2)(x)",
            (1, 3, 9, 9),
            "the padding of a pool should be at most half its kernel, 2 is not for 3",
        ),
        ("nn.AvgPool2d(2, 0)(x)", (1, 3, 9, 9), "kernel_size, stride and dilation of a pool should be positive"),
        (
            "nn.AvgPool3d(4, padding=2)(x)",
            (1, 3, 9, 9, 3),
            "AvgPool3d wants an input that is no smaller than its kernel, 4",
        ),
        ("nn.MaxPool2d(2)(x)", (1, 1, 3, 9, 9), "MaxPool2d on a tensor with 5 axes"),
        ("nn.LPPool2d(2, ())(x)", (1, 3, 8, 8), "kernel_size=() is neither an integer nor one for each of 2 axes"),
        (
            "nn.FractionalMaxPool2d((3,), output_size=2)(x)",
            (1, 3, 8, 8),
            "kernel_size=(3,) is neither an integer nor one for each of 2 axes",
        ),
        ("F.adaptive_avg_pool2d(x, (1, 1, 1))", (1, 3, 9, 9), "AdaptiveAvgPool2d takes no output_size with 3 values"),
        (
            "nn.FractionalMaxPool2d(4, output_size=6)(x)",
            (1, 3, 8, 8),
            "the window of a fractional pool is too large for its input",
        ),
        (
            "nn.FractionalMaxPool2d(2, output_ratio='0.5')(x)",
            (1, 3, 8, 8),
            "output_ratio='0.5' is no number for each of 2 axes",
        ),
    ],
)
def test_what_torch_refuses_is_a_use_without_output(call: str, size: Any, reason: str) -> None:
    made = traced(f"({call}, x + 1)", x=size)
    assert made.output == [None, size]
    assert made.uses[0].operands[0].shape == size
    assert reason in [note.reason for note in made.unknowns]


def test_an_unknown_argument_leaves_its_own_sizes_unknown() -> None:
    made = traced("nn.MaxPool2d(3, stride=torch.unheard_of)(x)", x=(1, 3, 9, 9))
    assert made.output[:2] == (1, 3)
    assert dims.is_unknown(made.output[2])
    assert [read.how for read in made.uses[-1].operands[0].reads] == ["kept", "kept", "unknown", "unknown"]


def test_the_stride_of_a_layer_is_its_kernel_unless_it_is_given() -> None:
    assert traced("torch.zeros(nn.MaxPool2d(3).stride, nn.AvgPool2d(3, 2).stride)", x=(1,)).output == (3, 2)


def test_pools_before_the_first_convolution_keep_the_channels_that_it_tells() -> None:
    made = traced("nn.Conv2d(3, 8, 3)(F.avg_pool2d(x, 2))", x=None)
    assert made.input_shapes["x"] == shape("N", 3, "H", "W")
    assert made.output == shape("N", 8, "H//2 - 2", "W//2 - 2")


def test_a_linear_layer_behind_a_pool_does_not_tell_the_shape_of_the_input() -> None:
    assert traced("nn.Linear(4, 2)(F.max_pool1d(x, 2))", x=None).input_shapes["x"] is None


@pytest.mark.parametrize(
    ("layer", "size"),
    [
        ("nn.LPPool1d(2, (3,))", (1, 3, 9)),
        ("nn.AvgPool3d(3, 2, ceil_mode=True)", (1, 3, 2, 9, 9)),
        ("nn.AvgPool3d(3, padding=1)", (1, 3, 2, 9, 9)),
        ("nn.LPPool3d(2, 2, ceil_mode=True)", (1, 3, 1, 9, 9)),
    ],
)
def test_a_pool_that_torch_refuses_makes_nothing(layer: str, size: Any) -> None:
    assert traced(f"{layer}(x)", x=size).output is None


def test_averages_in_three_dimensions_want_their_whole_kernel() -> None:
    refused = traced("nn.AvgPool3d(3, 2, 1, ceil_mode=True)(x)", x=(1, 3, 2, 9, 9))
    (finding,) = all_rules()["RF301"].check(refused)
    assert finding.message == "a window of 3×3×3 does not fit an input of 2×9×9; the smallest that works is 3×3×3"
    assert not list(all_rules()["RF301"].check(traced("nn.MaxPool3d(3, 2, ceil_mode=True)(x)", x=(1, 3, 2, 9, 9))))
