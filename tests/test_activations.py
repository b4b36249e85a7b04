"""Which layers count as activations, and which of them may change places with a pool."""

from __future__ import annotations

import pytest

import rflint

RISING = ["ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "Softplus", "Sigmoid", "Tanh", "Hardtanh"]
OTHERS = ["RReLU", "PReLU", "GELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid", "Softsign", "Threshold"]


def found(activation: str, behind: str, rule: str) -> list[str]:
    """What a rule says of a convolution, an activation and a layer behind it."""
    given = "0.1, 0.0" if activation == "Threshold" else ""
    layers = f"nn.Conv2d(3, 8, 3), nn.{activation}({given}), {behind}"
    text = f"# rflint: input=(N, 3, 64, 64)\nnet = nn.Sequential({layers})\n"
    report = rflint.check(text=f"from torch import nn\n\n{text}", select=[rule], isolated=True)
    assert (report.complete, report.failures) == (1, [])
    return [one.message for one in report.diagnostics]


@pytest.mark.parametrize("name", RISING)
def test_what_never_falls_may_stand_behind_the_pool(name: str) -> None:
    assert found(name, "nn.MaxPool2d(2)", "relu-before-maxpool")


@pytest.mark.parametrize("name", OTHERS)
def test_what_may_fall_or_is_not_known_to_rise_stays_where_it_is(name: str) -> None:
    assert not found(name, "nn.MaxPool2d(2)", "relu-before-maxpool")


@pytest.mark.parametrize("name", [*RISING, *OTHERS])
def test_a_stride_behind_any_activation_steps_over_what_it_gives(name: str) -> None:
    (said,) = found(name, "nn.Conv2d(8, 8, 3, stride=2, padding=1)", "aliasing-downsample")
    assert "what 1 gives" in said


def test_a_layer_that_is_no_activation_is_not_stepped_over() -> None:
    assert not found("Identity", "nn.Conv2d(8, 8, 3, stride=2, padding=1)", "aliasing-downsample")
