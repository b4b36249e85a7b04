"""What stands before and behind a use, in networks of a few lines."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from networks import Network, T, same

import rflint
from rflint.checks._neighbours import (
    activation_before,
    growth,
    is_pointwise,
    only_readers,
    place_of_one,
    uses_of,
)
from rflint.field import IDENTITY, Access
from rflint.trace import Operand, Read, Use


def image() -> tuple[Network, T]:
    net = Network(x=(1, 8, 16, 16))
    return net, net.input()


def test_all_readers_are_told_where_they_are_certain() -> None:
    net, x = image()
    a = net.conv(x, padding=1)
    readers = [net.pointwise(a), net.join(a, x)]
    use = net.uses[0]
    assert [one.index for one in only_readers(net.trace(*readers), use)] == [1, 2]
    assert only_readers(net.trace(a, *readers), use) == []
    assert only_readers(net.trace(*readers, complete=False), use) == []
    assert list(only_readers(net.trace(*readers), net.uses[1])) == []
    for uncertain in (0, 2):
        for about in ({"conditional": "on a branch"}, {"inner": True}):
            uses = [replace(one, **about) if at == uncertain else one for at, one in enumerate(net.uses)]
            trace = net.trace(*readers)
            trace.uses = uses
            assert only_readers(trace, uses[0]) == []


@pytest.mark.parametrize(
    ("about", "answer"),
    [
        ({"k": 1}, True),
        ({"k": 1, "dilation": 3}, True),
        ({"k": 1, "stride": 2}, False),
        ({"k": 1, "padding": 1}, False),
        ({"k": (1, 3)}, False),
        ({"k": (3, 1)}, False),
        ({"k": 1, "unknown": ("stride",)}, False),
        ({"k": 1, "base": "ConvTranspose"}, False),
    ],
)
def test_a_pointwise_convolution(about: dict[str, object], answer: bool) -> None:
    net, x = image()
    net.conv(x, **about)  # type: ignore[arg-type]
    assert is_pointwise(net.uses[0]) is answer


def test_a_convolution_whose_subclass_does_something_else_is_not_pointwise() -> None:
    net, x = image()
    net.use("Conv2d", [(x, same(x))], x.shape, "own", {"kernel_size": (1, 1), "stride": (1, 1), "dilation": (1, 1)})
    assert is_pointwise(net.uses[0]) is False


def grown(*accesses: Access | None) -> Fraction | None:
    """The growth of a use that reads its axes so, between an axis that it mixes and one that it does not keep."""
    reads = (Read("mixed"), *(Read("kept", axis, one) for axis, one in enumerate(accesses)))
    net, x = image()
    net.use("op", [(x, reads)], x.shape)
    return growth(net.uses[0])


def test_positions_of_the_output_for_one_of_the_input() -> None:
    twice = Access(1, (range(1), range(1)))
    assert grown(IDENTITY, IDENTITY) == 1
    assert grown(twice, twice) == 4
    assert grown(twice, Access(3, (range(1),))) == Fraction(2, 3)
    assert grown() == 1
    assert grown(twice, None) is None
    assert grown(Access(0, (range(1),)), twice) is None


def test_the_activation_before_a_use() -> None:
    net, x = image()
    active = net.pointwise(x, "ReLU")
    between = net.pointwise(net.pointwise(active, "BatchNorm2d"), "Dropout2d")
    net.conv(between)
    linear = net.pointwise(net.conv(active), "Identity")
    net.conv(linear)
    net.conv(x)
    made = {use.index: activation_before(net.trace(linear), use) for use in net.uses}
    found = {index: use.index if use else None for index, use in made.items()}
    assert found == {0: None, 1: 0, 2: 0, 3: 0, 4: 0, 5: None, 6: None, 7: None}
    nothing = Use(9, "", net.uses[0].layer, (), None, net.uses[0].place)
    assert activation_before(net.trace(linear), nothing) is None
    source = replace(nothing, operands=(Operand(None, None, ()),))
    assert activation_before(net.trace(linear), source) is None


def test_the_calls_of_a_layer() -> None:
    net, x = image()
    a = net.conv(x, padding=1, path="a")
    again = net.conv(a, padding=1, path="a", like=a)
    other = net.conv(again, padding=1, path="b", like=a)
    alone = net.conv(other, path="c")
    trace = net.trace(alone)
    assert [[one.index for one in uses_of(trace, use)] for use in trace.uses] == [[0, 1], [0, 1], [2], [3]]
    places = [place_of_one(trace, use) for use in trace.uses]
    assert [net.where(place) for place in places] == ["a()", "a()", "a", "c"]


# Activations, and those that may change places with a pool

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
