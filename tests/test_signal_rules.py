"""Rules about the signal, on traces made by hand: low-passes, corners, borders, and sizes that nobody declares."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import H, N, Network, W
from ruling import given, image, only, silent

from rflint.checks import all_rules
from rflint.trace import Place

# RF603 aliasing-downsample


def test_a_step_over_the_maxima_of_a_pool_or_behind_an_activation() -> None:
    net, x = image(N, 8, 32, 32)
    pool = only("RF603", net, net.pool(x))
    assert pool.message.startswith("pool steps by 2 over the maxima of its windows without a low-pass: shifted by one")
    assert net.where(pool.place) == "pool.stride"
    net, x = image(N, 8, 32, 32)
    y = net.conv(net.pointwise(net.pointwise(x, path="relu"), "BatchNorm2d"), stride=(1, 2), padding=1)
    conv = only("RF603", net, y)
    assert conv.message.startswith("conv steps by (1, 2) over what relu gives without a low-pass")
    assert (net.where(conv.place), conv.use) == ("conv.stride", 2)


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"k": 2, "stride": 2}, True),
        ({"k": 1, "stride": 2}, False),  # unread-pixels
        ({"k": (3, 1), "stride": 2}, False),
        ({"stride": 1}, False),
        ({"stride": 2, "dilation": (1, 0)}, False),  # torch refuses it
        ({"stride": 2, "unknown": ("stride",)}, False),
        ({"stride": 2, "more": {"inner": True}}, False),
        ({"stride": 2, "groups": 8}, True),
        ({"stride": 2, "path": ""}, True),
        ({"stride": 2, "path": "", "groups": 8}, False),  # a function with groups may be the blur
        ({"stride": 2, "path": "", "unknown": ("groups",)}, False),
    ],
)
def test_what_counts_as_a_step_without_a_low_pass(args: dict[str, Any], found: bool) -> None:
    net, x = image(N, 8, 32, 32)
    assert silent("RF603", net, net.conv(net.pointwise(x), padding=1, **args)) is not found


def test_a_step_over_what_nothing_has_bent() -> None:
    net, x = image(N, 8, 32, 32)
    y = net.pool(net.conv(net.conv(x, stride=2), stride=2), base="AvgPool")
    assert silent("RF603", net, y, net.pool(net.pointwise(x), base="AvgPool"))
    net, x = image(N, 8, 32, 32)
    assert silent("RF603", net, net.pool(x), order="constructor")


# RF509 align-corners-mixed


def resized(*aligned: Any, size: Any = 8, rank: int = 2, **args: Any) -> Network:
    """Interpolations of one map, with these values of align_corners."""
    net = Network(x=(N, 8, *(size for _ in range(rank))))
    for value in aligned:
        net.resized(net.input(), 2, align_corners=value, **args)
    return net


def test_the_fewer_ones_are_found_where_they_begin_and_can_follow_the_others() -> None:
    net = resized(False, True, None, True, False)
    given_all(net, mode="bilinear")
    finding = only("RF509", net)
    assert finding.message == (
        "upsample has align_corners=True and 3 others have False: the same place lies up to half a pixel of the "
        "smaller map apart"
    )
    assert finding.use == 1
    assert [(net.where(place), words) for place, words in finding.related] == [
        (f"Upsample#{index}()", "align_corners=False") for index in (0, 2, 4)
    ]
    assert finding.fix is not None
    assert [(edit.argument, edit.value) for edit in finding.fix.edits] == [("align_corners", "False")] * 2  # type: ignore[union-attr]


def test_of_equally_many_the_later_ones_are_found_and_neither_follows() -> None:
    net = resized(True, False)
    given_all(net, mode="linear")
    finding = only("RF509", net)
    assert "upsample has align_corners=False and another one True" in finding.message
    assert (finding.use, finding.fix) == (1, None)


def test_four_of_the_others_are_named() -> None:
    net = resized(True, *[False] * 6)
    given_all(net, mode="bicubic")
    assert len(only("RF509", net).related) == 4


@pytest.mark.parametrize(
    ("mode", "size", "found"),
    [
        ("linear", 8, True),
        ("linear", 1, False),
        ("bilinear", 8, True),
        ("trilinear", 8, True),
        ("bicubic", 8, True),
        ("nearest", 8, False),
        ("bilinear", 2, True),
        ("bilinear", 1, False),
        ("bilinear", H, True),
    ],
)
def test_corners_matter_to_smooth_interpolations_of_more_than_one_position(mode: str, size: Any, found: bool) -> None:
    net = resized(True, False, size=size, rank={"linear": 1, "trilinear": 3}.get(mode, 2))
    given_all(net, mode=mode)
    assert silent("RF509", net) is not found


def test_corners_do_not_matter_or_are_not_known() -> None:
    def mixed(**changes: Any) -> Network:
        net = resized(True, False, False)
        given_all(net, mode="bilinear")
        net.uses[0] = replace(net.uses[0], **changes)
        return net

    assert not silent("RF509", mixed())
    assert silent("RF509", mixed(conditional="if flag"))
    assert silent("RF509", mixed(output=(N, 8, 8, 8)))  # the size stays
    assert silent("RF509", mixed(operands=()))
    net = mixed()
    assert silent("RF509", mixed(operands=(replace(net.uses[0].operands[0], shape=None),)))
    assert silent("RF509", mixed(layer=replace(net.uses[0].layer, args={"mode": "bilinear"})))
    assert silent("RF509", mixed(layer=replace(net.uses[0].layer, base="GridSample")))
    assert silent("RF509", resized())


def given_all(net: Network, **args: Any) -> None:
    """All layers with these arguments as well."""
    net.uses = [replace(use, layer=replace(use.layer, args={**use.layer.args, **args})) for use in net.uses]


# RF316 avgpool-pads-dilute-border


def averaged(sizes: Any, k: Any, padding: Any, **args: Any) -> Network:
    """An average pool with stride 1 that counts its padding."""
    net, x = image(N, 8, *sizes)
    net.pool(x, k, base="AvgPool", stride=1, padding=padding)
    given(net, **{"count_include_pad": True, "divisor_override": None} | args)
    return net


@pytest.mark.parametrize(
    ("sizes", "k", "padding", "shares"),
    [
        ((9, 9), 3, 1, "0.667 of the mean of what is there, 0.444 in the corner"),
        ((9, 9), 4, 2, "0.500 of the mean of what is there, 0.250 in the corner"),
        ((H, W), 5, 1, "0.800 of the mean of what is there, 0.640 in the corner"),
        ((9, 9), (3, 5), (1, 2), "0.600 of the mean of what is there, 0.400 in the corner"),
        ((9, 9), (3, 1), (1, 0), "0.667 of the mean of what is there;"),
        ((2, 2), 5, 2, "0.400 of the mean of what is there, 0.160 in the corner"),
        ((1, 1), 3, 1, "0.333 of the mean of what is there, 0.111 in the corner"),
        ((1, 1), 4, 1, "0.333 of the mean of what is there, 0.111 in the corner"),  # with ceil_mode torch takes that
        ((9,), 3, 1, "0.667 of the mean of what is there;"),
        ((1,), 3, 1, "0.333 of the mean of what is there;"),
    ],
)
def test_how_much_the_border_keeps(sizes: Any, k: Any, padding: Any, shares: str) -> None:
    finding = only("RF316", averaged(sizes, k, padding))
    assert f"pool counts its padding as zeros: at the border it gives {shares}" in finding.message
    assert finding.fix is not None


@pytest.mark.parametrize(
    "args",
    [
        {"count_include_pad": False},
        {"count_include_pad": ...},
        {"divisor_override": 4},
        {"divisor_override": ...},
        {"padding": (0, 0)},
        {"padding": ...},
    ],
)
def test_padding_that_is_not_counted_or_not_known(args: dict[str, Any]) -> None:
    net = averaged((9, 9), 3, 1)
    given(net, **args)
    assert silent("RF316", net)


def test_pools_that_take_no_divisor_or_no_mean() -> None:
    assert not silent("RF316", averaged((9,), 3, 1, divisor_override=...))
    net = averaged((9, 9), 3, 1)
    net.uses[0] = replace(net.uses[0], operands=())
    assert silent("RF316", net)
    net, x = image(N, 8, 9, 9)
    net.pool(x, 3, padding=1)
    given(net, count_include_pad=True, divisor_override=None)
    assert silent("RF316", net)


# RF907 assumed-input-size


def test_inputs_that_only_the_first_layers_tell() -> None:
    net = Network(a=(N, 3, H, W), b=(N, 8))
    trace = replace(net.trace(), place=Place("net.py", 0))
    check = all_rules()["RF907"].check
    (finding,) = check(trace)
    assert finding.message == (
        "the input is taken to be N×3×H×W and N×8, by its first layers: a declared size is checked for more"
    )
    assert not list(check(replace(trace, declared=True)))
    assert not list(check(replace(trace, place=None)))
    assert not list(check(replace(trace, input_shapes={"a": None})))
    (finding,) = check(replace(trace, input_shapes={"a": None, "b": (N, 8)}))
    assert "taken to be N×8, by" in finding.message
