"""Activations, softmax and dropout: as layers, as functions, as methods, in place."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced
from ruling import findings

from rflint.field import IDENTITY, Access
from rflint.library import LIBRARY
from rflint.library.torch.activations import POINTWISE
from rflint.trace import Read

NEEDED = {"Threshold": "0.1, 20"}


@pytest.mark.parametrize("name", POINTWISE)
def test_each_is_a_layer_that_reads_position_by_position(name: str) -> None:
    use = last(f"nn.{name}({NEEDED.get(name, '')})(x)", x=(2, 3, 5))
    assert (use.base, use.output) == (name, (2, 3, 5))
    assert [read.access for read in use.operands[0].reads] == [IDENTITY] * 3


@pytest.mark.parametrize(("name", "function"), [(name, row[0]) for name, row in POINTWISE.items() if row[0]])
def test_each_is_a_function_with_the_base_of_the_layer(name: str, function: str) -> None:
    needed = NEEDED.get(name)
    use = last(f"F.{function}(x{', ' + needed if needed else ''})", x=(2, 3, 5))
    assert (use.kind, use.base, use.output) == (function, name, (2, 3, 5))


@pytest.mark.parametrize(
    ("call", "base", "kind"),
    [
        ("x.relu()", "ReLU", "relu"),
        ("torch.relu(x)", "ReLU", "relu"),
        ("F.relu_(x)", "ReLU", "relu_"),
        ("x.sigmoid()", "Sigmoid", "sigmoid"),
        ("torch.tanh(x)", "Tanh", "tanh"),
        ("F.leaky_relu_(x, 0.2)", "LeakyReLU", "leaky_relu_"),
        ("F.prelu(x, torch.zeros(1))", "PReLU", "prelu"),
        ("x.softmax(-1)", "Softmax", "softmax"),
        ("torch.log_softmax(x, 1)", "LogSoftmax", "log_softmax"),
        ("F.gumbel_softmax(x)", "Softmax", "gumbel_softmax"),
        ("torch.dropout(x, 0.5, True)", "Dropout", "dropout"),
    ],
)
def test_functions_and_methods(call: str, base: str, kind: str) -> None:
    use = last(call, x=(2, 3, 5))
    assert (use.base, use.kind, use.output) == (base, kind, (2, 3, 5))


@pytest.mark.parametrize(
    "change", ["F.relu(x, inplace=True)", "nn.Dropout(0.1, True)(x)", "x.tanh_()", "torch.relu_(x)"]
)
def test_in_place_the_tensor_itself_is_changed(change: str) -> None:
    made = traced(f"({change}, x)", x=(2, 3))
    assert made.output_sources == [0, 0]
    assert traced("(F.relu(x), x)", x=(2, 3)).output_sources == [0, "x"]


@pytest.mark.parametrize(
    ("call", "size", "axis"),
    [
        ("nn.Softmax(dim=-1)(x)", (2, 3, 5), 2),
        ("F.softmax(x, 1)", (2, 3, 5, 5), 1),
        ("nn.Softmax()(x)", (2, 3, 5), 0),
        ("F.log_softmax(x)", (2, 3), 1),
        ("nn.Softmax2d()(x)", (2, 3, 5, 5), 1),
        ("nn.Softmax2d()(x)", (3, 5, 5), 0),
        ("nn.Softmin(0)(x)", (2, 3), 0),
    ],
)
def test_a_softmax_reads_all_of_one_axis(call: str, size: Any, axis: int) -> None:
    use = last(call, x=size)
    assert use.output == size
    expected = [Read("whole", at) if at == axis else Read("kept", at, IDENTITY) for at in range(len(size))]
    assert list(use.operands[0].reads) == expected


def test_a_softmax_over_no_axis_has_no_output_and_over_an_unknown_one_the_same_shape() -> None:
    assert traced("F.softmax(x, 3)", x=(2, 3)).output is None
    use = last("F.softmax(x, torch.unheard_of)", x=(2, 3))
    assert use.output == (2, 3)
    assert [read.how for read in use.operands[0].reads] == ["unknown", "unknown"]


def test_a_gated_unit_reads_both_halves() -> None:
    use = last("nn.GLU(1)(x)", x=(2, 6, 5))
    assert use.output == (2, 3, 5)
    assert use.operands[0].reads[1] == Read("kept", 1, Access(1, (range(0, 4, 3),)))
    assert traced("F.glu(x)", x=("N", "2*C")).output == shape("N", "C")
    assert traced("F.glu(x)", x=(2, 5)).output is None


def test_arguments_that_are_ignored_are_not_listed() -> None:
    for layer in ("nn.Identity(54, unused=1)", "nn.Sigmoid()", "nn.Softmax2d()"):
        assert dict(last(f"{layer}(x)", x=(3, 5, 5)).layer.args) == {}
    assert dict(last("F.softmax(x, 1)", x=(2, 3)).layer.args) == {"dim": 1}


def test_an_undeclared_input_stays_one() -> None:
    made = traced("nn.Linear(7, 2)(torch.sigmoid(F.relu(nn.Dropout()(x), inplace=True)))", x=None)
    assert made.input_shapes["x"] == shape("N", 7)


def test_the_slope_of_prelu_is_a_parameter() -> None:
    assert traced("nn.PReLU(7).weight", x=(1,)).output == (7,)


def test_what_is_no_tensor_is_unknown() -> None:
    made = traced("F.relu((x, x))", x=(1,))
    assert made.output is None
    assert "tuple where a tensor belongs" in [note.reason for note in made.unknowns]


def test_twins_in_place_exist_where_torch_has_them() -> None:
    assert LIBRARY.find("torch.nn.functional.leaky_relu_") is not None
    assert LIBRARY.find("torch.leaky_relu_") is None


@pytest.mark.parametrize(("weight", "number"), [("torch.zeros(3)", 3), ("torch.zeros(1)", 1), ("torch.tensor(0.2)", 1)])
def test_a_weight_that_is_handed_on_is_one_for_each_channel(weight: str, number: int) -> None:
    use = last(f"F.prelu(x, {weight})", x=(1, 3, 4))
    assert (use.output, use.layer.args["num_parameters"]) == ((1, 3, 4), number)
    found = [one.message for one in findings("RF403", traced(f"F.prelu(x, {weight})", x=(1, 4, 4)))]
    assert found == (["prelu has parameters for 3 channels, but its 1×4×4 input has 4"] if number > 1 else [])


def test_a_weight_with_more_axes_is_refused() -> None:
    assert last("F.prelu(x, torch.zeros(1, 3))", x=(1, 3, 4)).refused == "a weight with 2 axes"
