"""Whose fault a number is that does not fit: of the place where it is written, or of what it is handed to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import N, Network, T

from rflint.checks._blame import blamed, fits, given_to
from rflint.checks._makers import made_by, size_fix
from rflint.dims import symbol
from rflint.edits import Fix
from rflint.trace import Read, Use


def taken(net: Network, x: T, base: str, argument: str, number: Any) -> Use:
    """A layer that takes so many channels or features."""
    net.use(base, [(x, [Read("kept", 0)])], x.shape, "layer", {argument: number})
    return net.uses[-1]


@pytest.mark.parametrize(
    ("base", "argument", "shape", "given"),
    [
        ("Conv2d", "in_channels", (2, 4, 8, 9), 4),
        ("Conv2d", "in_channels", (4, 8, 9), 4),
        ("Conv1d", "in_channels", (2, 5, 7), 5),
        ("ConvTranspose2d", "in_channels", (2, 4, 8, 9), 4),
        ("Linear", "in_features", (2, 4, 6), 6),
        ("BatchNorm2d", "num_features", (2, 4, 8, 9), 4),
        ("GroupNorm", "num_channels", (2, 3), 3),
        ("Linear", "in_features", (6,), None),
        ("Linear", "in_features", None, None),
    ],
)
def test_a_layer_is_given_channels_or_features(base: str, argument: str, shape: Any, given: Any) -> None:
    net = Network(x=shape)
    reads = [Read("kept", 0)]
    net.use(base, [(net.input(), reads)], None, "layer", {argument: given or 1})
    [use] = net.uses
    place = use.layer.places[argument]
    assert given_to(use) == given
    assert fits(use, place) is (given is not None)
    if given is not None:
        wrong = replace(use, layer=replace(use.layer, args={argument: given + 1}))
        assert not fits(wrong, place)
        unknown = replace(use, layer=replace(use.layer, args={}))
        assert not fits(unknown, place)
        symbolic = replace(use, layer=replace(use.layer, args={argument: symbol("C")}))
        assert not fits(symbolic, place)


def test_a_layer_that_takes_no_channels_fits_nothing() -> None:
    net = Network(x=(N, 4, 8, 8))
    for argument in ("in_channels", "in_features", "num_features", "num_channels"):
        use = taken(net, net.input(), "Dropout", argument, 4)
        assert not fits(use, use.layer.places[argument])
    without = replace(use, operands=())
    assert given_to(without) is None


def test_a_number_is_right_where_an_earlier_layer_takes_it() -> None:
    """Two layers are handed one number: the second is wrong to be handed it if the first takes it, else the number."""
    net = Network(x=(N, 4, 8, 8))
    x = net.input()
    first = taken(net, x, "Conv2d", "in_channels", 4)
    place = first.layer.places["in_channels"]
    second = taken(net, T(0, (N, 8, 6, 6)), "BatchNorm2d", "num_features", 4)
    layer = replace(second.layer, places={"num_features": place})
    net.uses[1] = second = replace(second, layer=layer)
    trace = net.trace()
    assert blamed(trace, second, "num_features") == second.layer.defined
    net.uses[0] = replace(first, layer=replace(first.layer, args={"in_channels": 5}))
    assert blamed(trace, second, "num_features") == place
    net.uses[0] = replace(first, layer=replace(first.layer, places={}))
    assert blamed(trace, second, "num_features") == place
    assert blamed(trace, first, "in_channels") == place


def test_a_function_has_no_constructor_to_blame() -> None:
    net = Network(x=(N, 4, 8, 8))
    first = taken(net, net.input(), "Conv2d", "in_channels", 4)
    place = first.layer.places["in_channels"]
    net.uses.append(replace(first, index=1, layer=replace(first.layer, defined=None)))
    assert blamed(net.trace(), net.uses[1], "in_channels") == place


# Who has made them


def chain(last: str = "", **more: Any) -> tuple[Network, Use]:
    """A convolution that makes 8 channels, an activation, and a convolution that takes 4."""
    net = Network(x=(N, 3, 16, 16))
    x = net.pointwise(net.conv(net.input(), 8, path="before", **more))
    net.conv(x, 8, into=4, path="here")
    return net, net.uses[-1]


def test_the_layer_that_has_made_so_many_channels() -> None:
    net, use = chain()
    assert made_by(net.trace(), use, 8) == (net.uses[0].layer, "out_channels")
    assert made_by(net.trace(), use, 4) is None
    assert made_by(net.trace(), use, symbol("C")) is None
    assert made_by(net.trace(), net.uses[0], 3) is None


def test_the_linear_layer_that_has_made_so_many_features() -> None:
    net = Network(x=(N, 3))
    net.linear(net.pointwise(net.linear(net.input(), 3, 8, path="before")), 4, path="here")
    assert made_by(net.trace(), net.uses[-1], 8) == (net.uses[0].layer, "out_features")


def test_a_transposed_convolution_makes_channels_too() -> None:
    net = Network(x=(N, 3, 16, 16))
    net.conv(net.transposed(net.input(), 8, path="before"), 8, into=4, path="here")
    assert made_by(net.trace(), net.uses[-1], 8) == (net.uses[0].layer, "out_channels")


def test_nobody_has_made_them() -> None:
    net, use = chain(unknown=("out_channels",))
    assert made_by(net.trace(), use, 8) is None
    net, use = chain()
    function = replace(net.uses[0].layer, defined=net.uses[0].place)
    net.uses[0] = replace(net.uses[0], layer=function)
    assert made_by(net.trace(), use, 8) is None
    net, use = chain()
    net.uses[0] = replace(net.uses[0], layer=replace(net.uses[0].layer, places={}))
    assert made_by(net.trace(), use, 8) is None
    net, use = chain()
    net.uses[0] = replace(net.uses[0], layer=replace(net.uses[0].layer, defined=use.layer.defined))
    assert made_by(net.trace(), use, 8) is None
    net = Network(x=(N, 3, 16, 16))
    net.conv(net.pool(net.input()), 8, path="here")
    assert made_by(net.trace(), net.uses[-1], 3) is None


def edit(fix: Fix | None) -> tuple[str, str, str, bool] | None:
    """The argument, its value, its symbolic value, whether it is written like another; None if nothing is changed."""
    if fix is None:
        return None
    [change] = fix.edits
    return change.argument, change.value, change.symbolic, change.like is not None  # type: ignore[union-attr]


def test_layers_that_are_alike_are_given_the_number() -> None:
    net, use = chain()
    fix = size_fix(net.trace(), use, "in_channels", 8, True, "n")
    assert edit(fix) == ("in_channels", "8", "n", True)
    nobody = size_fix(net.trace(), use, "in_channels", 4, True)
    assert edit(nobody) == ("in_channels", "4", "", False)
    assert fix is not None
    assert fix.message == ""
    assert size_fix(net.trace(), use, "in_channels", None, True) is None


def test_layers_that_are_not_alike_are_written_like_the_one_before_or_not_at_all() -> None:
    net, use = chain()
    fix = size_fix(net.trace(), use, "in_channels", 8, False)
    assert fix is not None
    assert fix.message == "write in_channels like the out_channels of the layer before"
    assert size_fix(net.trace(), use, "in_channels", 4, False) is None
    assert size_fix(net.trace(), use, "in_channels", None, False) is None
    function = replace(use, layer=replace(use.layer, defined=use.place))
    assert size_fix(net.trace(), function, "in_channels", 8, False) is None
