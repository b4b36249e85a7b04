"""Rules about work and parameters for nothing, on traces made by hand: padding, biases, channels that stay unmixed."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from networks import H, N, Network, T, W, same
from ruling import findings, given, image, only, silent

from rflint.diagnostics import Finding

# RF318 border-waste


@pytest.mark.parametrize(
    ("sizes", "args", "percent"),
    [
        ((4, 4), {"k": 3, "padding": 1}, 31),
        ((5, 5), {"k": 3, "padding": 1}, None),  # 25 %
        ((4,), {"k": 5, "padding": 2}, None),  # 30 %, no more
        ((3,), {"k": 5, "padding": 2}, 40),
        ((2, 2), {"k": 3, "padding": 1}, 56),
        ((2, 2), {"k": 3, "padding": 2}, 75),
        ((1, 1), {"k": 3, "padding": 1}, None),  # taps that never meet data are another rule's
        ((6, 6), {"k": 3, "padding": 1, "stride": 5}, 56),
        ((4, 4), {"k": 3, "padding": 2, "dilation": 2}, None),
        ((4, 4), {"k": 3, "padding": 2, "dilation": (1, 2)}, None),
        ((H, W), {"k": 3, "padding": 1}, None),
        ((4, 4), {"k": 3, "padding": 1, "padding_mode": "reflect"}, None),
    ],
)
def test_what_share_of_a_convolution_is_padding(sizes: Any, args: dict[str, Any], percent: int | None) -> None:
    net, x = image(N, 8, *sizes)
    found = findings("RF318", net, net.conv(x, **args))
    assert len(found) == int(percent is not None)
    if percent is not None:
        shown, kernel = "×".join(map(str, sizes)), "×".join(str(args["k"]) for _ in sizes)
        assert (
            found[0].message == f"conv: {percent} % of what its {kernel} kernel multiplies on a {shown} map is padding"
        )
        assert net.where(found[0].place) == "conv.kernel_size"


def test_the_share_is_that_of_what_is_counted_one_by_one() -> None:
    for n, k, padding, stride in ((7, 5, 2, 1), (7, 7, 3, 2), (8, 7, 3, 1), (5, 5, 4, 3)):
        net, x = image(N, 8, n)
        y = net.conv(x, k=k, padding=padding, stride=stride)
        starts = [stride * at - padding for at in range(int((y.shape or ())[-1]))]  # type: ignore[call-overload]
        taps = [0 <= start + tap < n for start in starts for tap in range(k)]
        waste = Fraction(taps.count(False), len(taps))
        found = findings("RF318", net, y)
        assert [f"{round(100 * waste)} %" in one.message for one in found] == [True] * (waste > Fraction(3, 10))


# RF601 conv-bias-before-norm


def biased(net: Network, x: T, layer: str = "Conv", **args: Any) -> T:
    """A layer with a bias."""
    made = net.linear(x, 8, 8) if layer == "Linear" else net.conv(x, base=layer, padding=1, **args)
    given(net, bias=True)
    return made


def norm(net: Network, x: T, base: str, **args: Any) -> T:
    return net.use(base, [(x, same(x))], x.shape, args.pop("path", "norm"), args.pop("args", {}), **args)


@pytest.mark.parametrize(
    ("layer", "sizes", "base", "args", "found"),
    [
        ("Conv", (9,), "BatchNorm1d", {}, True),
        ("Conv", (9, 9), "BatchNorm2d", {"num_features": 8}, True),
        ("Conv", (9, 9), "BatchNorm2d", {"num_features": 9}, False),  # torch refuses it
        ("Conv", (9, 9, 9), "BatchNorm3d", {}, True),
        ("Conv", (9, 9), "SyncBatchNorm", {}, True),
        ("ConvTranspose", (9,), "InstanceNorm1d", {}, True),
        ("ConvTranspose", (9, 9), "InstanceNorm2d", {}, True),
        ("ConvTranspose", (9, 9, 9), "InstanceNorm3d", {}, True),
        ("Linear", (), "BatchNorm1d", {}, True),
        ("Linear", (8,), "BatchNorm1d", {}, False),  # (N, L, C): the mean of each position
        ("Linear", (), "InstanceNorm1d", {}, False),  # the mean of all features of a row
        ("Conv", (9, 9), "GroupNorm", {"num_groups": 8, "num_channels": 8}, True),
        ("Conv", (9, 9), "GroupNorm", {"num_groups": 4, "num_channels": 8}, False),
        ("Conv", (9, 9), "GroupNorm", {}, False),
        ("Conv", (9, 9), "LayerNorm", {"num_groups": 8, "num_channels": 8}, False),
        ("Conv", (9, 9), "ReLU", {}, False),
        ("Conv", (9, 9), "BatchNorm2d", {"training": False}, False),  # a mean that is stored
        ("Conv", (9, 9), "BatchNorm2d", {"training": True}, True),
        ("Conv", (9, 9), "InstanceNorm2d", {"use_input_stats": False}, False),
        ("Conv", (9, 9), "InstanceNorm2d", {"use_input_stats": True}, True),
    ],
)
def test_norms_that_take_a_bias_away(layer: str, sizes: Any, base: str, args: dict[str, Any], found: bool) -> None:
    net, x = image(N, 8, *sizes)
    y = norm(net, biased(net, x, layer), base, args=args)
    assert [one.message.split(" ")[0] for one in findings("RF601", net, y)] == [base] * found


def test_a_map_without_a_batch_has_its_channels_first() -> None:
    net, x = image(8, 9, 9)
    y = biased(net, x, rank=2)
    assert not silent("RF601", net, norm(net, y, "InstanceNorm2d"))
    net, x = image(8, 9)
    assert silent("RF601", net, norm(net, biased(net, x, rank=1), "BatchNorm1d"))


def test_a_bias_before_an_activation_is_there_for_something() -> None:
    net, x = image(N, 8)
    y = net.use("LSTMCell", [(x, same(x))], x.shape, "cell", {"bias": True})
    assert silent("RF601", net, norm(net, y, "BatchNorm1d"))


def test_the_bias_can_be_left_away() -> None:
    net, x = image(N, 8, 9, 9)
    finding = only("RF601", net, norm(net, biased(net, x), "BatchNorm2d"))
    assert finding.message == (
        "BatchNorm2d takes the mean of each channel away, and the bias of conv with it: bias=False trains the same"
    )
    assert finding.use == 0
    assert finding.fix is not None
    assert finding.fix.words == "bias=False"


def test_a_bias_that_is_there_or_may_be_there_for_something() -> None:
    def after(**about: Any) -> list[Finding]:
        net, x = image(N, 8, 9, 9)
        y = biased(net, x, more=about.pop("layer", {}))
        z = norm(net, y, "BatchNorm2d", **about.pop("norm", {}))
        outputs = about.pop("outputs", lambda y, z: [z])(y, z)
        about.pop("also", lambda net, y: None)(net, y)
        return findings("RF601", net, *outputs)

    assert after()
    assert not after(layer={"conditional": "if flag"})
    assert not after(layer={"inner": True})
    assert not after(norm={"conditional": "if flag"})
    assert not after(norm={"given": ((N, 8, 9, 9),)})
    assert not after(outputs=lambda y, z: [y, z])
    assert not after(also=lambda net, y: net.pointwise(y))
    assert after(also=lambda net, y: norm(net, y, "InstanceNorm2d"))
    assert after(also=lambda net, y: net.conv(y, path="other"))[1:] == []


def test_a_layer_that_nothing_reads_or_whose_output_is_not_known() -> None:
    net, x = image(N, 8, 9, 9)
    biased(net, x)
    assert silent("RF601", net, x)
    y = biased(net, x)
    net.use("BatchNorm2d", [(y, same(y))], None, "norm")
    assert silent("RF601", net, x)


def test_every_call_of_a_layer_counts() -> None:
    net, x = image(N, 8, 9, 9)
    first = biased(net, x)
    again = net.conv(first, padding=1, like=first)
    given(net, bias=True)
    assert silent("RF601", net, norm(net, again, "BatchNorm2d"))
    net, x = image(N, 8, 9, 9)
    first = norm(net, biased(net, x), "BatchNorm2d")
    again = net.conv(first, padding=1, like=T(0, None))
    given(net, bias=True)
    assert only("RF601", net, norm(net, again, "BatchNorm2d")).use == 0


def test_layers_of_one_constructor_are_told_by_their_paths() -> None:
    net, x = image(N, 8, 9, 9)
    first = biased(net, x, path="a")
    second = net.conv(norm(net, first, "BatchNorm2d"), padding=1, path="b", like=first)
    given(net, bias=True)
    assert only("RF601", net, second).use == 0


# RF604 layer-without-effect


def test_a_function_without_effect_is_told_and_left_to_who_calls_it() -> None:
    net, x = image(N, 8, 9, 9)
    y = net.pointwise(x, "Dropout", args={"p": 0})
    (use,) = net.uses
    net.uses[0] = replace(use, layer=replace(use.layer, literals=frozenset({"p"})))
    finding = only("RF604", net, y)
    assert (finding.message, finding.fix) == ("dropout drops nothing: p=0", None)
    assert silent("RF604", net, y, order="constructor")


def test_what_is_put_together_of_nothing_is_behind_no_pool() -> None:
    net, x = image(N, 8, 9, 9)
    assert silent("RF604", net, x, net.use("cat", [], None))


# RF608 depthwise-multiplier


def test_a_multiplier_that_is_not_mixed() -> None:
    net, x = image(N, 8, 9, 9)
    finding = only("RF608", net, net.conv(net.pointwise(x), 24, groups=8))
    assert finding.message == (
        "conv has as many groups as input channels, 8, and 24 output channels: 3 of each input channel alone, and no "
        "1×1 convolution mixes them; a depthwise layer keeps 8"
    )
    assert net.where(finding.place) == "conv.out_channels"


@pytest.mark.parametrize(
    ("channels", "out", "args", "found"),
    [
        (2, 4, {"groups": 2}, True),
        (1, 4, {"groups": 1}, False),
        (8, 8, {"groups": 8}, False),
        (8, 4, {"groups": 8}, False),
        (8, 12, {"groups": 8}, False),
        (8, 16, {"groups": 4}, False),
        (8, 16, {"groups": 8, "base": "ConvTranspose"}, False),
        (8, 16, {"groups": 8, "path": ""}, False),
        (8, 16, {"groups": 8, "unknown": ("in_channels",)}, False),
        (8, 16, {"groups": 8, "unknown": ("out_channels",)}, False),
        (8, 16, {"groups": 8, "unknown": ("groups",)}, False),
    ],
)
def test_what_is_a_multiplier(channels: int, out: int, args: dict[str, Any], found: bool) -> None:
    net, x = image(N, channels, 9, 9)
    assert silent("RF608", net, net.conv(x, out, **args)) is not found


def test_a_convolution_of_one_position_mixes() -> None:
    net, x = image(N, 8, 9, 9)
    y = net.pointwise(net.pointwise(net.conv(x, 16, groups=8, path="wide"), "BatchNorm2d"))
    mixed = net.conv(y, k=1, path="mix")
    assert silent("RF608", net, mixed)
    assert only("RF608", net, mixed, net.conv(y, k=3, path="spread")).use == 0
    net, x = image(N, 8, 9, 9)
    assert not silent("RF608", net, net.conv(net.conv(x, 16, groups=8), k=1, stride=2, path="skip"))


def test_what_reads_a_multiplier_may_not_be_known() -> None:
    net, x = image(N, 8, 9, 9)
    y = net.conv(x, 16, groups=8)
    assert not silent("RF608", net, y)
    assert silent("RF608", net, y, complete=False)
    assert silent("RF608", net, net.pointwise(y))
