"""Tensors of which nothing reads some rows: which layers step over them, and what is no such layer."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from networks import Network, T

from rflint.checks._layers import Window
from rflint.checks._unread import Unread, shares_factor, unread, window_on


def image(**more: tuple[int, ...]) -> tuple[Network, T]:
    net = Network(x=(1, 8, 16, 16), **more)
    return net, net.input()


def layers(net: Network, *outputs: T, complete: bool = True) -> list[list[int]]:
    """The layers of each such tensor."""
    return [[use.index for use in one.layers] for one in unread(net.trace(*outputs, complete=complete))]


def test_the_share_that_is_lost_and_the_picture() -> None:
    found = Unread((), {2: (2, frozenset({0})), 3: (3, frozenset({0, 1}))})
    assert (found.lost, found.picture) == (Fraction(2, 3), "#.#.#.")
    pictures = [Unread((), {2: (period, frozenset({1}))}).picture for period in (3, 7, 12, 13)]
    assert pictures == [".#..#.", ".#.....", ".#..........", ""]


def test_a_layer_that_steps_over_rows() -> None:
    net, x = image()
    y = net.conv(x, k=1, stride=2)
    (found,) = unread(trace := net.trace(y))
    assert [use.index for use in found.layers] == [0]
    assert found.rows == {2: (2, frozenset({0})), 3: (2, frozenset({0}))}
    assert found.shared is None
    assert unread(trace) is unread(trace)
    assert layers(net, y, complete=False) == []


def test_another_layer_may_read_the_rest() -> None:
    net, x = image()
    assert layers(net, net.conv(x, k=1, stride=2), net.conv(x, padding=1)) == []
    net, x = image()
    assert layers(net, net.conv(x, k=1, stride=2, path="a"), net.pool(x, k=1, stride=2)) == [[0, 1]]


def test_signals_have_rows_too() -> None:
    net = Network(x=(1, 8, 16))
    assert layers(net, net.conv(net.input(), k=1, stride=2)) == [[0]]


def test_a_kernel_that_is_not_known_is_no_block() -> None:
    net, x = image()
    y = net.conv(x, k=1, stride=2, unknown=("kernel_size",))
    assert layers(net, y, net.conv(x, k=1, stride=2)) == [[0, 1]]
    net, x = image()
    assert layers(net, net.conv(x, k=3, stride=2, dilation=2, unknown=("stride",), path="a")) == [[0]]


def test_two_convolutions_of_a_block_may_share_a_stride() -> None:
    net, x = image()
    assert layers(net, net.conv(x, k=1, stride=2), net.conv(x, k=1, stride=2, path="short")) == []
    net, x = image()
    assert layers(net, net.conv(x, k=2, stride=4), net.conv(x, k=1, stride=4)) == [[0, 1]]
    net, x = image()
    assert layers(net, net.conv(x, k=(1, 2), stride=4), net.conv(x, k=1, stride=4)) == [[0, 1]]


def test_slices_and_labels_are_made_smaller_on_purpose() -> None:
    net, x = image()
    assert layers(net, net.sliced(x, 2, 0, 8, step=2)) == []
    net, x = image()
    assert layers(net, net.resized(x, 2, down=True)) == [[0]]
    for name in ("mask", "true_labels", "Target"):
        net, x = image(**{name: (1, 8, 16, 16)})
        small = net.resized(net.input(name), 2, down=True)
        assert layers(net, small) == []
        assert layers(net, small, net.resized(x, 2, down=True)) == [[1]]
        both = net.join(net.input(name), x)
        assert layers(net, small, net.resized(both, 2, down=True))[0] == [3]


@pytest.mark.parametrize(
    ("one", "answer"),
    [
        (Window(3, 2, 2, 0), True),
        (Window(2, 2, 2, 0), True),
        (Window(3, 2, 4, 0), True),
        (Window(3, 2, 3, 0), False),
        (Window(1, 2, 2, 0), False),
        (Window(3, 1, 2, 0), False),
    ],
)
def test_a_dilation_shares_a_factor_with_the_stride(one: Window, answer: bool) -> None:
    assert shares_factor(one) is answer


def test_the_layer_whose_dilation_shares_a_factor() -> None:
    net, x = image()
    y = net.conv(x, k=3, stride=(1, 2), dilation=(1, 2))
    (found,) = unread(net.trace(y))
    assert found.shared == (net.uses[0], Window(3, 2, 2, 0))
    assert window_on(net.uses[0], 3) == Window(3, 2, 2, 0)
    assert [window_on(net.uses[0], axis) for axis in (0, 1)] == [None, None]
    operand = replace(net.uses[0].operands[0], shape=None)
    assert window_on(replace(net.uses[0], operands=(operand,)), 3) is None
