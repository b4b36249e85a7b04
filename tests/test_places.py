"""Where findings stand and what they call a use: arguments, constructors, calls; and what was written at one place."""

from __future__ import annotations

from dataclasses import replace

import pytest
from networks import N, Network, T

from rflint.checks._places import (
    argument_fix,
    called,
    chain,
    comes_astray,
    counted,
    is_constructed,
    made,
    named,
    place_of,
    twins,
)
from rflint.edits import Fix, SetArgument
from rflint.trace import Trace, Use


def one(path: str = "conv") -> tuple[Network, Use]:
    """A network with one convolution: a layer, or without a path a function."""
    net = Network(x=(N, 4, 8, 8))
    net.conv(net.input(), path=path)
    return net, net.uses[0]


def test_a_finding_stands_at_the_first_argument_that_is_written() -> None:
    net, use = one()
    assert net.where(place_of(use, "padding", "stride")) == "conv.padding"
    assert net.where(place_of(use, "nothing", "stride")) == "conv.stride"
    assert net.where(place_of(use, "nothing")) == "conv"
    net, use = one(path="")
    assert net.where(place_of(use, "stride")) == "Conv2d#0()"
    assert place_of(replace(use, layer=replace(use.layer, defined=None))) == use.place


def test_the_call_of_a_layer_is_another_place() -> None:
    net, use = one()
    assert called(use) == ((use.place, "conv is called here"),)
    assert [net.where(place) for place, _ in called(use)] == ["conv()"]
    assert made(use, "has 4 channels") == (use.layer.defined, "has 4 channels")
    _, use = one(path="")
    assert called(use) == ()
    assert made(use, "has 4 channels") == (use.place, "has 4 channels")
    assert made(replace(use, layer=replace(use.layer, defined=None)), "") == (use.place, "")


def test_a_layer_is_called_by_its_path_and_a_function_by_its_name() -> None:
    _, layer = one()
    _, function = one(path="")
    assert (is_constructed(layer), named(layer)) == (True, "conv")
    assert (is_constructed(function), named(function)) == (False, "conv2d")
    assert named(replace(layer, path="")) == "Conv2d"
    assert named(replace(function, path="block")) == "conv2d"
    unmade = replace(layer, layer=replace(layer.layer, defined=None))
    assert (is_constructed(unmade), named(unmade)) == (False, "Conv2d")


@pytest.mark.parametrize(
    ("number", "verb", "text"),
    [
        (1, "drop", "one more layer drops"),
        (1, "do", "one more layer does"),
        (2, "do", "2 more layers do"),
        (3, "drop", "3 more layers drop"),
    ],
)
def test_so_many_further_layers(number: int, verb: str, text: str) -> None:
    assert counted(number, verb) == text


def test_twins_are_made_by_one_call() -> None:
    net = Network(x=(N, 4, 8, 8))
    x = net.conv(net.input(), 4, path="a")
    y = net.conv(x, 4, path="b")
    net.conv(y, 4, path="c", like=x)
    trace = net.trace()
    assert [use.index for use in twins(trace, net.uses[0])] == [0, 2]
    assert [use.index for use in twins(trace, net.uses[1])] == [1]


def test_an_argument_is_written_where_a_layer_is_made() -> None:
    _, use = one()
    assert argument_fix(use, "padding", 2) == Fix((SetArgument(use.layer, "padding", "2", "", None),))
    like = (use.layer, "out_channels")
    assert argument_fix(use, "padding", 0, "n", like) == Fix((SetArgument(use.layer, "padding", "0", "n", like),))
    assert argument_fix(use, "padding", None) is None
    _, function = one(path="")
    assert argument_fix(function, "padding", 2) is None


def branched() -> tuple[Trace, T]:
    net = Network(x=(N, 4, 8, 8))
    x = net.pointwise(net.conv(net.input(), 4, path="a"))
    y = net.join(net.conv(x, 4, padding=1, path="b"), x)
    return net.trace(y), y


def test_a_chain_goes_back_along_first_operands() -> None:
    trace, y = branched()
    assert [use.index for use in chain(trace, y.source)] == [3, 2, 1, 0]
    assert list(chain(trace, "x")) == list(chain(trace, None)) == []
    net = Network(x=(N, 4))
    made = net.use("zeros", [], (3,))
    assert [use.index for use in chain(net.trace(), made.source)] == [0]


def test_what_comes_behind_a_layer_that_took_sizes_for_channels() -> None:
    net = Network(x=(N, 16, 15, 8))
    x = net.conv(net.input(), 8, into=8, padding=1, path="last")
    net.conv(net.pointwise(x), 8, path="after")
    net.conv(net.input(), 8, path="beside")
    trace = net.trace()
    assert [comes_astray(trace, use) for use in net.uses] == [False, True, True, False]
