"""RF602 on traces made by hand: when one convolution does what two in a row do, with fewer weights."""

from __future__ import annotations

from typing import Any

import pytest
from networks import H, N, Network, T, W
from ruling import findings

from rflint.diagnostics import Finding


def found(net: Network, *outputs: T, **about: Any) -> list[Finding]:
    return findings("RF602", net, *outputs, **about)


def two(net: Network, x: T, *channels: int, first: dict[str, Any] | None = None, **second: Any) -> T:
    """Two convolutions in a row."""
    y = net.conv(x, channels[0], path="one", **{"padding": 1, **(first or {})})
    return net.conv(y, channels[1], path="two", **{"padding": 1, **second})


def test_both_and_the_one_that_they_are() -> None:
    net = Network(x=(N, 3, H, W))
    (finding,) = found(net, two(net, net.input(), 64, 64))
    assert finding.message == (
        "nothing stands between one and two: one 5×5 convolution 3→64 computes all that both can, borders aside, "
        "with 4800 weights for 38592"
    )
    assert (net.where(finding.place), finding.use) == ("two", 1)
    assert [(net.where(place), words) for place, words in finding.related] == [
        ("one", "the first of both"),
        ("two()", "two is called here"),
    ]


@pytest.mark.parametrize(
    ("strides", "words"),
    [
        ((2, 1), "one 7×7 convolution 3→64 of stride 2"),
        ((1, 3), "one 5×5 convolution 3→64 of stride 3"),
        ((2, 3), "6 c"),
    ],
)
def test_strides_multiply_and_the_first_one_widens(strides: tuple[int, int], words: str) -> None:
    net = Network(x=(N, 3, H, W))
    (finding,) = found(net, two(net, net.input(), 64, 64, first={"stride": strides[0]}, stride=strides[1]))
    assert words in finding.message


def test_strides_of_each_axis() -> None:
    net = Network(x=(N, 3, H, W))
    (finding,) = found(net, two(net, net.input(), 64, 64, first={"stride": (1, 2)}))
    assert "one 5×7 convolution 3→64 of stride (1, 2) computes" in finding.message


@pytest.mark.parametrize(("between", "number"), [(26, 0), (27, 1)])
def test_channels_between_hold_nothing_back_if_they_are_a_window_of_the_input(between: int, number: int) -> None:
    net = Network(x=(N, 3, H, W))
    assert len(found(net, two(net, net.input(), between, 64))) == number


@pytest.mark.parametrize(("between", "number"), [(8, 0), (9, 1)])
def test_channels_between_hold_nothing_back_if_they_are_a_window_of_the_output(between: int, number: int) -> None:
    net = Network(x=(N, 64, H, W))
    assert len(found(net, two(net, net.input(), between, 1))) == number


@pytest.mark.parametrize(("stride", "number"), [(4, 0), (3, 0), (2, 1)])
def test_one_with_as_many_weights_is_no_gain(stride: int, number: int) -> None:
    net = Network(x=(N, 1, H))  # 1·2·2 + 2·4·2 = 20 weights for 1·4·(2 + stride)
    y = two(net, net.input(), 2, 4, first={"k": 2, "stride": stride}, k=2)
    assert len(found(net, y)) == number


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"groups": 3}, {}),
        ({}, {"groups": 8}),
        ({"dilation": 2}, {}),
        ({}, {"dilation": (1, 2)}),
        ({"unknown": ("in_channels",)}, {}),
        ({}, {"unknown": ("out_channels",)}),
        ({}, {"unknown": ("kernel_size",)}),
        ({"path": ""}, {}),
        ({}, {"into": 63}),
        ({"dilation": (1, 2)}, {"dilation": (1, 2)}),
        ({"more": {"given": ((N, 3, H, W),)}}, {"k": 1}),
        ({"more": {"given": ((N, 3, H, W),)}}, {"more": {"given": ((N, 66, H, W),)}}),
    ],
)
def test_what_is_no_plain_pair(first: dict[str, Any], second: dict[str, Any]) -> None:
    net = Network(x=(N, 3, H, W))
    y = net.conv(net.input(), 66, **{"padding": 1, "path": "one", **first})
    assert not found(net, net.conv(y, 64, **{"padding": 1, "path": "two", **second}))


def test_other_readers_and_other_calls() -> None:
    net = Network(x=(N, 3, H, W))
    y = net.conv(net.input(), 64, padding=1, path="one")
    z = net.conv(y, 64, padding=1, path="two")
    assert len(found(net, z)) == 1
    assert not found(net, y, z)
    net.pointwise(y)
    assert not found(net, z)


def test_a_layer_that_is_called_twice_stays() -> None:
    net = Network(x=(N, 64, H, W))
    y = net.conv(net.input(), 64, k=1, path="one")
    assert not found(net, net.conv(y, 64, k=1, path="one", like=y))


def test_rows_of_one_image_read_as_a_batch() -> None:
    net = Network(x=(3, 64, 64))
    y = net.conv(net.input(), 64, padding=1, path="one", rank=2)
    assert not found(net, net.conv(y, 64, padding=1, path="two", rank=1))
