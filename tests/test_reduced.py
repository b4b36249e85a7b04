"""Exact sets without ends are found on a graph without pointwise operations, and without shortcuts that add nothing."""

from __future__ import annotations

from handmade import Net, conv

from rflint import field
from rflint.receptive import reached
from rflint.receptive.reduced import reduced_along


def test_residual_blocks_are_a_chain_of_their_wide_layers() -> None:
    net = Net()
    block, layers = net.layer(conv(1), "x"), []
    for _ in range(3):
        wide = net.chain(block, conv(1), conv(3), conv(1))
        layers.append(wide - 1)
        block = net.join(block, wide)
    assert list(reduced_along(net.trace(), "x", 0).links) == layers
    assert list(reached(net.trace(), block, "x", 0, 0) or ()) == [-3, -2, -1, 0, 1, 2, 3]


def test_a_projection_with_the_stride_of_its_block_adds_nothing() -> None:
    net = Net()
    block = net.join(net.layer(field.window(1, 2), "x"), net.layer(conv(3, 2), "x"))
    assert list(reached(net.trace(), block, "x", 0, 1) or ()) == [1, 2, 3]
    other = net.join(net.layer(field.window(1, 2, -5), "x"), net.layer(conv(3, 2), "x"))
    assert list(reached(net.trace(), other, "x", 0, 1) or ()) == [1, 2, 3, 7]


def test_a_shortcut_past_a_layer_that_skips_its_own_place_stays() -> None:
    net = Net()
    block = net.join("x", net.layer(field.window(2, 1, 1, 2), "x"))
    assert list(reached(net.trace(), block, "x", 0, 0) or ()) == [-1, 0, 1]
    again = net.join(block, net.layer(field.window(2, 1, 1, 2), block))
    assert list(reached(net.trace(), again, "x", 0, 0) or ()) == [-2, -1, 0, 1, 2]
