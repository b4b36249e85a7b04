"""What the arguments of a layer say of its window, and how messages write sizes and rates."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import H, Network, T, W, same

from rflint.checks._layers import (
    Window,
    channels_given,
    has_channels_last,
    is_convolution,
    is_overridden,
    is_transposed,
    listed,
    number,
    one_or_each,
    size_given,
    spatial_rank,
    times,
    window,
    window_at,
    windows,
)
from rflint.field import IDENTITY
from rflint.trace import Operand, Read, Use


def conv(shape: Any = (1, 8, 16, 16), **about: Any) -> Use:
    net = Network(x=shape)
    net.conv(net.input(), **about)
    return net.uses[0]


def pool(base: str, **args: Any) -> Use:
    """A pool with these arguments only."""
    net = Network(x=(1, 8, 16, 16))
    reads = [Read("kept", 0, IDENTITY), Read("kept", 1, IDENTITY), Read("mixed"), Read("mixed")]
    net.use(base, [(net.input(), reads)], (1, 8, 8, 8), "pool", args)
    return net.uses[0]


def test_a_window_has_an_axis_each() -> None:
    use = conv(k=(3, 5), stride=(1, 2), padding=(0, 4), dilation=(3, 2))
    assert windows(use) == [Window(3, 1, 3, 0), Window(5, 2, 2, 8)]
    assert [one.extent for one in windows(use) if one] == [7, 9]
    assert [window_at(use, axis) for axis in (-3, -2, -1)] == [None, *windows(use)]


@pytest.mark.parametrize("name", ["kernel_size", "stride", "padding", "dilation"])
def test_an_unknown_argument_leaves_the_window_unknown(name: str) -> None:
    assert windows(conv(unknown=(name,))) == [None, None]


@pytest.mark.parametrize("about", [{"k": 0}, {"k": -1}])
def test_what_torch_refuses_is_no_window(about: dict[str, int]) -> None:
    args = {"kernel_size": (about["k"],) * 2, "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
    assert windows(pool("MaxPool2d", **args)) == [None, None]
    for name in ("stride", "dilation"):
        assert windows(pool("MaxPool2d", **args | {"kernel_size": (1, 1), name: (0, 0)})) == [None, None]
    assert windows(pool("MaxPool2d", **args | {"kernel_size": (1, 1)})) == [Window(1, 1, 1, 0)] * 2


def test_padding_in_words() -> None:
    assert windows(conv(k=4, dilation=2, padding="same")) == [Window(4, 1, 2, 6)] * 2
    assert windows(conv(k=4, padding="valid")) == [Window(4, 1, 1, 0)] * 2
    assert windows(pool("Conv2d", kernel_size=(3, 3), stride=(1, 1), dilation=(1, 1), padding="other")) == [None] * 2


def test_pools_take_fewer_arguments() -> None:
    assert windows(pool("AvgPool2d", kernel_size=(3, 3), stride=None, padding=(1, 1))) == [Window(3, 3, 1, 2)] * 2
    assert windows(pool("LPPool2d", kernel_size=(3, 3), stride=(2, 2))) == [Window(3, 2, 1, 0)] * 2
    maximum = {"kernel_size": (3, 3), "stride": (2, 2), "padding": (0, 0)}
    assert windows(pool("MaxPool2d", **maximum)) == [None, None]
    assert windows(pool("MaxPool2d", **maximum, dilation=(1, 1))) == [Window(3, 2, 1, 0)] * 2
    assert windows(pool("MaxPool2d", kernel_size=(3, 3), dilation=(1, 1), padding=(0, 0))) == [None, None]


def test_numbers_of_all_axes_and_of_one() -> None:
    use = pool("MaxPool2d", kernel_size=(3,), stride=2, padding="same", dilation=(1.5, 2))
    assert [number(use, "kernel_size", axis) for axis in (0, 1)] == [3, None]
    assert [number(use, name, 0) for name in ("stride", "padding", "dilation", "other")] == [2, None, None, None]
    assert window(use, 0) is None


def test_kinds_of_layers() -> None:
    for base, kinds in {
        "Conv1d": (True, False, 1),
        "Conv2d": (True, False, 2),
        "Conv3d": (True, False, 3),
        "ConvTranspose3d": (False, True, 3),
        "MaxPool1d": (False, False, 1),
        "AvgPool2d": (False, False, 2),
        "LPPool2d": (False, False, 2),
        "AdaptiveAvgPool2d": (False, False, 0),
        "BatchNorm2d": (False, False, 0),
        "MaxPool": (False, False, 0),
        "Linear": (False, False, 0),
    }.items():
        use = pool(base)
        assert (is_convolution(use), is_transposed(use), spatial_rank(use)) == kinds


def test_a_subclass_may_do_something_else() -> None:
    net = Network(x=(1, 8, 16, 16))
    x = net.input()
    net.use("Conv2d", [(x, same(x))], x.shape, "own")
    net.use("Conv2d", [(x, [])], x.shape, "nothing is known")
    net.use("Conv2d", [], x.shape, "nothing is given")
    net.conv(x)
    assert [is_overridden(use) for use in net.uses] == [True, False, False, False]
    assert [spatial_rank(use) for use in net.uses] == [0, 2, 2, 2]
    assert is_overridden(replace(net.uses[-1], given=()))


@pytest.mark.parametrize(
    ("shape", "channels", "is_last"),
    [
        ((1, 3, 16, 16), 3, False),
        ((3, 16, 16), 3, False),
        ((1, 16, 16, 3), 16, True),
        ((1, H, W, 3), H, False),
        ((16, 16, 3), 16, False),
        ((1, 16, 3, 3), 16, False),
        ((1, 16, 8, 8), 16, False),
        ((16, 16), None, False),
        ((1, 1, 3, 16, 16), None, False),
        (None, None, False),
    ],
)
def test_channels_that_a_convolution_is_given(shape: Any, channels: Any, is_last: bool) -> None:
    use = conv(into=3)
    given = replace(use, operands=(Operand("x", shape, use.operands[0].reads),))
    assert channels_given(given) == channels
    assert has_channels_last(given) is is_last
    assert channels_given(replace(use, operands=())) is None
    assert not has_channels_last(replace(given, layer=replace(use.layer, args={})))


def test_signals_have_channels_last_too() -> None:
    assert has_channels_last(conv((1, 16, 3), into=3))
    assert not has_channels_last(conv((1, 3, 3), into=3))
    assert not has_channels_last(conv((1, 3, 16), into=3))


def test_channels_of_other_layers_are_not_asked_for() -> None:
    net = Network(x=(1, 8))
    net.linear(net.input(), 8)
    assert channels_given(net.uses[0]) is None


def test_sizes_that_an_argument_gives() -> None:
    use = pool("Linear", a=3, b=H, c="3", d=None)
    assert [size_given(use, name) for name in "abcde"] == [3, H, None, None, None]


def test_words() -> None:
    assert times((64, H - 2, W)) == "64×(H - 2)×W"
    assert times(None) == "?"
    assert one_or_each([2, 2]) == "2"
    assert one_or_each([1, 2]) == "(1, 2)"
    assert listed(range(1, 9)) == "1, 2, 3, 4, 5, 6, 7, 8"
    assert listed(range(1, 10)) == "1, 2, 3, 4, 5, 6, 7, 8, …"


def test_a_tensor_of_no_source_is_an_operand_too() -> None:
    net = Network(x=(1, 3, 8, 8))
    net.conv(T(None, (1, 3, 8, 8)))
    assert channels_given(net.uses[0]) == 3
