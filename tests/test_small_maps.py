"""Rules about kernels that are large for the maps they are laid on, on traces made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import N, Network
from ruling import findings, image, only


def placed_nowhere(net: Network) -> None:
    """Functions of which only the call has a place."""
    net.uses = [replace(use, layer=replace(use.layer, defined=None, places={})) for use in net.uses]


CASES = {
    "RF105": {"padding": 1},
    "RF204": {"padding": 2, "dilation": 2},
    "RF205": {"padding": 2, "dilation": 2},
}
"""Convolutions at which a rule speaks, on a map as small as `SMALL` says, and not on one of 64 rows."""
SMALL = {"RF105": 1, "RF204": 2, "RF205": 3}


@pytest.mark.parametrize("code", CASES)
def test_calls_of_one_layer_count_once_if_all_are_on_small_maps(code: str) -> None:
    net, x = image(N, 8, SMALL[code], SMALL[code])
    first = net.conv(x, path="a", **CASES[code])
    again = net.conv(first, path="a", like=first, **CASES[code])
    assert "more" not in only(code, net, again).message
    net = Network(x=(N, 8, SMALL[code], SMALL[code]), y=(N, 8, 64, 64))
    first = net.conv(net.input("x"), path="a", **CASES[code])
    assert not findings(code, net, net.conv(net.input("y"), path="a", like=first, **CASES[code]))


@pytest.mark.parametrize("code", CASES)
def test_layers_of_one_constructor_are_told_apart_by_their_paths(code: str) -> None:
    net = Network(x=(N, 8, SMALL[code], SMALL[code]), y=(N, 8, 64, 64))
    first = net.conv(net.input("x"), path="a", **CASES[code])
    assert only(code, net, net.conv(net.input("y"), path="b", like=first, **CASES[code])).use in (0, None)


@pytest.mark.parametrize("code", CASES)
def test_functions_are_told_apart_by_their_calls(code: str) -> None:
    net = Network(x=(N, 8, SMALL[code], SMALL[code]), y=(N, 8, 64, 64))
    small = net.conv(net.input("x"), path="", **CASES[code])
    large = net.conv(net.input("y"), path="", **CASES[code])
    assert only(code, net, large).place == net.uses[0].place
    net.conv(small, path="", **CASES[code])
    assert len(findings(code, net)) == (2 if code == "RF204" else 1)
    if code != "RF204":
        assert "one more layer" in only(code, net).message


@pytest.mark.parametrize("code", ["RF105", "RF205"])
def test_functions_without_a_place_of_their_own_are_counted_too(code: str) -> None:
    net, x = image(N, 8, SMALL[code], SMALL[code])
    net.conv(net.conv(x, path="", **CASES[code]), path="", **CASES[code])
    placed_nowhere(net)
    assert "one more layer" in only(code, net).message


@pytest.mark.parametrize(("code", "called"), [("RF105", 1), ("RF205", 1)])
def test_eight_of_the_others_are_named(code: str, called: int) -> None:
    net, x = image(N, 8, SMALL[code], SMALL[code])
    for number in range(11):
        x = net.conv(x, path=f"c{number}", **CASES[code])
    finding = only(code, net, x)
    assert "10 more layers" in finding.message
    assert len(finding.related) == called + 8
    assert finding.related[1][1] == "c1, too"


# RF105 dead-kernel-taps


@pytest.mark.parametrize(
    ("sizes", "args", "message"),
    [
        ((1, 1), {"padding": 1}, "3×3 kernel on a map of 1×1: 8 of 9 weights never touch data"),
        ((2, 8), {"k": (5, 3), "padding": (2, 1)}, "5×3 kernel on a map of 2×8: 6 of 15 weights never touch data"),
        (
            (1, 8),
            {"padding": 1, "stride": (1, 2)},
            "3×3 kernel with stride (1, 2) on a map of 1×8: 6 of 9 weights never touch data",
        ),
        ((1,), {"k": 7, "padding": 3}, "7 kernel on a map of 1: 6 of 7 weights never touch data"),
    ],
)
def test_weights_that_never_touch_data(sizes: Any, args: dict[str, Any], message: str) -> None:
    net, x = image(N, 8, *sizes)
    finding = only("RF105", net, net.conv(x, **args))
    assert finding.message == message
    assert finding.use == 0


def test_dilations_as_large_as_the_map_are_told_by_the_other_rule() -> None:
    net, x = image(N, 8, 4, 1)
    y = net.conv(x, k=(3, 3), padding=(4, 1), dilation=(4, 1))
    assert findings("RF204", net, y)
    assert not findings("RF105", net, y)


# RF204 dilation-exceeds-map


@pytest.mark.parametrize(
    ("sizes", "args", "message"),
    [
        (
            (4, 4),
            {"padding": 4, "dilation": 4},
            "dilation 4 on a map of 4×4: 1 of 3 taps ever meet data, it is a 1×1 convolution",
        ),
        (
            (9, 4),
            {"padding": (1, 6), "dilation": (1, 6)},
            "dilation 6 on a map of 9×4: 1 of 3 taps ever meet data",
        ),
        (
            (4, 4),
            {"k": (3, 5), "padding": (4, 8), "dilation": 4},
            "dilation 4 on a map of 4×4: 1 of 5 taps ever meet data, it is a 1×1 convolution",
        ),
        ((4,), {"padding": 5, "dilation": 5}, "dilation 5 on a map of 4: 1 of 3 taps ever meet data"),
        ((4, 4, 4), {"padding": 5, "dilation": 5}, "dilation 5 on a map of 4×4×4: 1 of 3 taps ever meet data"),
    ],
)
def test_the_axis_with_the_fewest_taps_is_told(sizes: Any, args: dict[str, Any], message: str) -> None:
    net, x = image(N, 8, *sizes)
    finding = only("RF204", net, net.conv(x, **args))
    assert finding.message == message
    assert (net.where(finding.place), finding.use) == ("conv.dilation", 0)


# RF205 dilation-mostly-padding


@pytest.mark.parametrize(
    ("sizes", "args", "percent"),
    [
        ((8,), {"padding": 6, "dilation": 6}, None),  # half
        ((8,), {"padding": 7, "dilation": 7}, 42),
        ((8,), {"padding": 8, "dilation": 8}, None),  # taps that are dead are the other rule's
        ((8,), {"padding": 12}, None),
        ((8, 8), {"k": 2, "padding": 7, "dilation": 7}, 28),
        ((8,), {"k": 1, "padding": 8, "dilation": 2}, None),
        ((8, 8), {"padding": (1, 7), "dilation": (1, 7)}, 38),
        ((8, 8), {"padding": 4, "dilation": 4}, 44),
        ((8, 8), {"padding": 4, "dilation": 4, "unknown": ("padding",)}, None),
    ],
)
def test_how_much_of_what_is_read_is_data(sizes: Any, args: dict[str, Any], percent: int | None) -> None:
    net, x = image(N, 8, *sizes)
    found = findings("RF205", net, net.conv(x, **args))
    assert [one.message.split(" reads data with ")[1][:4] for one in found] == [f"{percent} %"] * len(found)
    assert len(found) == int(percent is not None)
    for one in found:
        rate = args["dilation"]
        assert one.message.startswith(f"dilation {rate} on a map of {'×'.join(map(str, sizes))} reads data")
