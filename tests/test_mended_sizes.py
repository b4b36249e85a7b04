"""Dilated layers before a flatten whose paddings explain the features that are missing: on traces made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from networks import N, Network, T

from rflint.checks._mended import is_slip, kept_size, misfitting_paddings


def slips(net: Network, made: T, wanted: Any) -> list[str]:
    """The layers that slip before a linear layer on what was made."""
    net.linear(made, wanted)
    trace = net.trace(made)
    return [use.path for use in misfitting_paddings(trace, trace.uses[-1], wanted)]


def head(*layers: dict[str, Any], size: int = 16, pool: int = 2) -> tuple[Network, T]:
    """Convolutions to 8 channels in a row, a pool, and a flatten."""
    net = Network(x=(N, 3, size, size))
    x = net.input()
    for number, about in enumerate(layers):
        x = net.pointwise(net.conv(x, **{"path": f"c{number}", **about}))
    return net, net.flat(net.pool(x, pool) if pool else x)


SLIP: dict[str, Any] = {"dilation": 2, "padding": 1}  # loses 2 rows
KEPT: dict[str, Any] = {"dilation": 2, "padding": 2}
EVEN: dict[str, Any] = {"padding": 1}


def slipping() -> tuple[Network, T]:
    """One such layer alone."""
    net = Network(x=(N, 3, 16, 16))
    return net, net.conv(net.input(), path="c", **SLIP)


def test_layers_that_would_make_the_features_that_are_wanted() -> None:
    assert slips(*head(SLIP), 8 * 8 * 8) == ["c0"]
    assert slips(*head(EVEN, SLIP, KEPT, SLIP), 8 * 8 * 8) == ["c1", "c3"]
    assert slips(*head(SLIP, pool=0), 8 * 16 * 16) == ["c0"]
    assert slips(*head(SLIP, size=17), 8 * 8 * 8) == ["c0"]  # 17 rows are 8 pairs, too


def test_other_numbers_of_features_are_not_explained() -> None:
    assert slips(*head(SLIP), 8 * 7 * 8) == []
    assert slips(*head(EVEN, KEPT), 8 * 8 * 8) == []
    assert slips(*slipping(), 8 * 16 * 16) == []  # nothing was flattened


def test_a_reshape_flattens_too() -> None:
    net, y = slipping()
    assert slips(net, net.flat(net.pool(y), "reshape"), 512) == ["c"]
    net, y = slipping()
    assert slips(net, net.flat(net.pool(y), "as_strided"), 512) == []


def test_the_sizes_between_are_computed_anew() -> None:
    assert slips(*head(SLIP, {"stride": 2, "padding": 1, "path": "s"}), 8 * 4 * 4) == ["c0"]
    assert slips(*head(SLIP, {"k": 5, "path": "v"}), 8 * 6 * 6) == ["c0"]
    net = Network(x=(N, 3, 16, 12))
    y = net.pool(net.conv(net.input(), path="c", **SLIP), 3, stride=2, padding=1)
    assert slips(net, net.flat(y), 8 * 8 * 6) == ["c"]


def test_what_comes_before_the_first_of_them_may_be_anything() -> None:
    net = Network(x=(N, 3, 8, 8))
    y = net.conv(net.resized(net.input(), 2), path="c", **SLIP)
    assert slips(net, net.flat(y), 8 * 16 * 16) == ["c"]


def test_ways_that_are_not_followed() -> None:
    net, y = slipping()
    assert slips(net, net.flat(net.resized(y, 2)), 8 * 32 * 32) == []
    net, y = slipping()
    assert slips(net, net.flat(net.pool(y, ceil_mode=True)), 8 * 8 * 8) == []
    net, y = slipping()
    assert slips(net, net.flat(net.transposed(y, k=2, stride=2)), 8 * 8 * 8) == []
    net, y = slipping()
    made = net.flat(net.pool(y, unknown=("kernel_size",)))
    assert slips(net, made, 8 * 8 * 8) == []
    assert slips(net, made, 8) == []


@pytest.mark.parametrize(
    ("about", "is_one"),
    [
        (SLIP, True),
        (KEPT, False),
        ({"padding": 0}, False),
        ({"k": (3, 1), "dilation": (2, 1), "padding": 0}, True),
        ({"k": (1, 3), "dilation": (1, 2), "padding": 0}, True),
        ({"k": 3, "dilation": (2, 1), "padding": (2, 0)}, False),
        ({"dilation": 2, "padding": 3}, True),
    ],
)
def test_a_slip_is_dilated_and_changes_the_size_along_the_same_axis(about: dict[str, Any], is_one: bool) -> None:
    net = Network(x=(N, 3, 16, 16))
    net.conv(net.input(), **about)
    assert is_slip(net.uses[0]) is is_one


def test_the_shape_at_the_end() -> None:
    net = Network(x=(N, 3, 16, 12))
    net.pool(net.pointwise(net.conv(net.input(), **SLIP)))
    assert kept_size(net.uses) == (N, 8, 8, 6)
