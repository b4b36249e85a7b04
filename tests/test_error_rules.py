"""The later rules, on traces made by hand: what torch refuses, shapes that do not meet, layers without effect."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import H, N, Network, T, W, same
from ruling import findings, image, only, silent

from rflint import field
from rflint.dims import symbol
from rflint.field import IDENTITY
from rflint.trace import Read


def refused(net: Network, x: T, base: str, path: str = "layer", **args: Any) -> T:
    """A use of a layer that torch refuses, or of which the rule looks at the arguments alone."""
    unknown = [Read("unknown", axis) for axis in range(len(x.shape or ()))]
    return net.use(base, [(x, unknown)], None, path, args)


ARGUMENT_RULES = ("RF307", "RF308", "RF309", "RF403", "RF409", "RF412", "RF503")


def test_calls_that_may_not_happen_and_layers_with_a_forward_of_their_own_are_not_proved() -> None:
    for more in ({"conditional": "if flag"}, {"given": ((N, 4, 8, 8),)}):
        net, x = image(N, 4, 8, 8)
        unknown = [Read("unknown", axis) for axis in range(4)]
        for base, args in (
            ("MaxPool2d", {"kernel_size": (2, 2), "padding": (2, 2), "dilation": (1, 1), "stride": (0, 2)}),
            ("Conv2d", {"kernel_size": (3, 3), "stride": (2, 2), "padding": "same", "dilation": (0, 0)}),
            ("BatchNorm2d", {"num_features": 5, "affine": True}),
            ("PixelShuffle", {"upscale_factor": 3}),
            ("Conv1d", {"kernel_size": (3,)}),
        ):
            net.use(base, [(x, unknown)], None, base, args, **more)
        found = [code for code in ARGUMENT_RULES if findings(code, net.trace())]
        assert found == ([] if "conditional" in more else ["RF308"])


LAYERS_WITHOUT_INPUT = (
    ("BatchNorm2d", {"num_features": 5, "affine": True, "track_running_stats": False}),
    ("GroupNorm", {"num_groups": 3, "num_channels": 9, "affine": True}),
    ("LayerNorm", {"normalized_shape": (8,)}),
    ("InstanceNorm2d", {"num_features": 5, "affine": True, "track_running_stats": False}),
    ("PixelShuffle", {"upscale_factor": 3}),
    ("MaxPool2d", {"kernel_size": (99, 99), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}),
    ("Conv2d", {"kernel_size": (3, 3), "padding": (8, 8), "padding_mode": "reflect"}),
    ("Upsample", {"scale_factor": 0.1}),
    ("pad", {"pad": (99, 99), "mode": "reflect"}),
)


@pytest.mark.parametrize(("base", "args"), LAYERS_WITHOUT_INPUT)
@pytest.mark.parametrize("code", ["RF301", "RF309", "RF403", "RF409", "RF413", "RF903"])
def test_layers_whose_input_is_not_known_may_fit(base: str, args: dict[str, Any], code: str) -> None:
    net = Network(x=(N, 4, 8, 8))
    net.use(base, [], None, "first", args)
    net.use(base, [(T(None, None), [])], None, "second", args)
    assert silent(code, net, order="constructor")


@pytest.mark.parametrize(("into", "astray"), [(8, True), (16, False)])
def test_sizes_behind_a_layer_that_takes_channels_last_mean_something_else(into: int, astray: bool) -> None:
    net, x = image(N, 16, 5, 8)
    y = net.conv(x, into=into, out=6)
    norm(net, y, "BatchNorm2d", num_features=5, affine=True)
    net.pool(y, 9)
    net.use("view", [(y, [])], None, refused="it has other sizes")
    assert [silent(code, net, complete=False) for code in ("RF403", "RF301", "RF423")] == [astray] * 3


# RF307 pool-padding-too-large


@pytest.mark.parametrize(("base", "kernel", "padding"), [("MaxPool", 2, 2), ("AvgPool", 3, 2), ("MaxPool", 1, 1)])
def test_a_pool_is_padded_by_half_its_kernel_at_most(base: str, kernel: int, padding: int) -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF307", net, net.pool(x, kernel, base=base, padding=padding))
    assert net.where(finding.place) == "pool.padding"
    assert finding.message == f"a pool of kernel {kernel} takes a padding of {kernel // 2} at most, not {padding}"


def test_dilation_does_not_allow_more() -> None:
    net, x = image(N, 4, H, W)
    args = {"kernel_size": (3, 3), "padding": (1, 2), "dilation": (2, 2), "stride": (1, 1)}
    assert only("RF307", net, refused(net, x, "MaxPool2d", **args)).message.endswith("not 2; dilation does not count")


@pytest.mark.parametrize(
    ("kernel", "padding", "words"),
    [((4, 2), (1, 2), "padding=1"), ((4, 2), (2, 2), "padding=(2, 1)"), ((2, H), (2, 1), None), ((2, 2), (2, H), None)],
)
def test_no_axis_is_padded_by_more_than_it_was(kernel: Any, padding: Any, words: str | None) -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF307", net, refused(net, x, "MaxPool2d", kernel_size=kernel, padding=padding, stride=(1, 1)))
    assert "dilation" not in finding.message
    assert (finding.fix.words if finding.fix else None) == words


@pytest.mark.parametrize(("kernel", "padding"), [(2, 1), (3, 1), (5, 2), (4, 2), (0, 1)])
def test_a_pool_with_less_padding_is_right(kernel: int, padding: int) -> None:
    net, x = image(N, 4, H, W)
    args = {"kernel_size": (kernel,) * 2, "padding": (padding,) * 2, "dilation": (1, 1), "stride": (1, 1)}
    assert silent("RF307", net, refused(net, x, "MaxPool2d", **args))


# RF308 same-padding-with-stride


def conv_args(**args: Any) -> dict[str, Any]:
    """The arguments of a convolution."""
    base = {"kernel_size": (3, 3), "stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "padding_mode": "zeros"}
    return {**base, **args}


def test_same_padding_goes_with_stride_1() -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF308", net, refused(net, x, "Conv2d", **conv_args(padding="same", stride=(2, 2))))
    assert net.where(finding.place) == "layer.padding"
    assert finding.message == "padding='same' is for stride 1, with stride 2 torch refuses it"
    assert finding.fix is not None
    assert (finding.fix.words, finding.fix.safe) == ("padding=1", False)


def test_an_even_kernel_has_no_padding_instead() -> None:
    net, x = image(N, 4, H, W)
    args = conv_args(padding="same", stride=(1, 2), kernel_size=(4, 3))
    assert only("RF308", net, refused(net, x, "Conv2d", **args)).fix is None


@pytest.mark.parametrize(
    ("base", "args", "message"),
    [
        ("Conv2d", {"padding": "SAME"}, "there is no padding 'SAME': it is 'same', 'valid' or numbers"),
        ("ConvTranspose2d", {"padding": "same"}, "a transposed convolution takes numbers for its padding, not 'same'"),
        (
            "ConvTranspose2d",
            {"padding_mode": "reflect"},
            "a transposed convolution has padding_mode 'zeros' only, not 'reflect'",
        ),
        (
            "Conv2d",
            {"padding_mode": "mirror"},
            "there is no padding_mode 'mirror': it is one of 'zeros', 'reflect', 'replicate', 'circular'",
        ),
    ],
)
def test_names_that_no_convolution_takes(base: str, args: dict[str, Any], message: str) -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF308", net, refused(net, x, base, **conv_args(**args)))
    assert finding.message == message
    assert net.where(finding.place) == f"layer.{next(iter(args))}"


@pytest.mark.parametrize(
    "args",
    [{"padding": "same"}, {"padding": "valid", "stride": (2, 2)}, {"stride": (2, 2)}, {"padding_mode": "circular"}],
)
def test_names_that_a_convolution_takes(args: dict[str, Any]) -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF308", net, refused(net, x, "Conv2d", **conv_args(**args)))


def test_only_convolutions_take_names_and_a_function_no_mode() -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF308", net, refused(net, x, "MaxPool2d", **conv_args(padding="SAME")))
    assert silent("RF308", net, refused(net, x, "ConvTranspose2d", **conv_args()))
    assert silent("RF308", net, refused(net, x, "Conv2d", "", **conv_args(padding_mode="mirror")))


@pytest.mark.parametrize("stride", [None, (None, 1)])
def test_a_stride_that_is_not_known_may_be_1(stride: Any) -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF308", net, refused(net, x, "Conv2d", **conv_args(padding="same", stride=stride)))


@pytest.mark.parametrize(
    ("base", "args", "words"),
    [
        ("Conv2d", {"padding": "SAME"}, "padding='same'"),
        ("Conv2d", {"padding": "SAME", "stride": (2, 2)}, "padding=1"),
        ("Conv2d", {"padding": "VALID", "stride": (2, 2)}, "padding='valid'"),
        ("Conv2d", {"padding_mode": "REFLECT"}, "padding_mode='reflect'"),
        ("Conv2d", {"padding": "Zeros"}, None),
        ("Conv2d", {"padding_mode": "same", "stride": (2, 2)}, None),
        ("Conv2d", {"padding_mode": "SAME"}, None),
        ("ConvTranspose2d", {"padding": "SAME"}, None),
        ("ConvTranspose2d", {"padding": "same", "stride": (2, 2)}, None),
        ("ConvTranspose2d", {"padding_mode": "REFLECT"}, None),
        ("Conv2d", {"padding": "same", "stride": (2, 2), "dilation": (1, 2)}, "padding=(1, 2)"),
        ("Conv2d", {"padding": "same", "stride": (2, 2), "kernel_size": (3, 5)}, "padding=(1, 2)"),
        ("Conv2d", {"padding": "same", "stride": (2, 2), "kernel_size": (3, 4)}, None),
        ("Conv2d", {"padding": "same", "stride": (2, 2), "kernel_size": (3, None)}, None),
        ("Conv2d", {"padding": "same", "stride": (2, 2), "dilation": (1, None)}, None),
    ],
)
def test_what_is_written_instead_of_a_name(base: str, args: dict[str, Any], words: str | None) -> None:
    net, x = image(N, 4, H, W)
    fix = only("RF308", net, refused(net, x, base, **conv_args(**args))).fix
    assert (fix and fix.words) == words
    assert fix is None or fix.safe is ("'" in fix.words)


def test_a_function_and_a_forward_of_ones_own_have_no_fix() -> None:
    for about in ({"path": ""}, {"given": ((N, 4, 8, 8),)}):
        net, x = image(N, 4, H, W)
        more = {"path": "layer", **about}
        net.use("Conv2d", [(x, [])], None, args=conv_args(padding="same", stride=(2, 2)), **more)
        assert only("RF308", net).fix is None
    net, x = image(N, 4, H, W)
    assert only("RF308", net, refused(net, x, "Conv2d", "", **conv_args(padding="SAME"))).fix is None


# RF309 pad-mode-limit


@pytest.mark.parametrize(
    ("mode", "pads", "words"),
    [
        ("reflect", (0, 0, 8, 0), "mirrors 8 positions of 8, and can only mirror fewer than there are"),
        ("circular", (9, 0), "repeats 9 positions of 8, and can only repeat no more than there are"),
    ],
)
def test_a_mode_has_a_limit(mode: str, pads: tuple[int, ...], words: str) -> None:
    net, x = image(N, 4, 8, 8)
    finding = only("RF309", net, refused(net, x, "pad", pad=pads, mode=mode))
    assert finding.message == f"{mode} padding {words}"
    assert net.where(finding.place) == "layer.pad"


@pytest.mark.parametrize(
    ("shape", "mode", "pads"),
    [
        ((N, 4, 8, 8), "reflect", (7, 7, 7, 7)),
        ((N, 4, 8, 8), "circular", (8, 8)),
        ((N, 4, 8, 8), "replicate", (20, 20)),
        ((N, 4, 8, 2), "reflect", (1, 1)),
        ((N, 4, 8, 1), "circular", (1, 1)),
        ((N, 4, 8, 0), "reflect", (0, 0)),
        ((N, 4, 8, 1), "reflect", (H, H)),
        ((N, 4, 8, 1), "reflect", None),
        ((N, 4, 8, 8), "constant", (20, 20)),
        ((N, 4, H, W), "reflect", (20, 20)),
    ],
)
def test_padding_within_the_limit_or_perhaps_within_it(shape: Any, mode: str, pads: tuple[int, ...]) -> None:
    net, x = image(*shape)
    assert silent("RF309", net, refused(net, x, "pad", pad=pads, mode=mode))


@pytest.mark.parametrize(
    ("args", "count"),
    [
        ({"padding": (8, 0)}, 1),
        ({"padding": (7, 7)}, 0),
        ({"padding": "same", "dilation": (1, 8)}, 1),
        ({"padding": "same", "kernel_size": (1, 16)}, 1),
        ({"padding": "same", "kernel_size": (1, 15)}, 0),
        ({"padding": "same", "kernel_size": (1, 16), "dilation": None}, 0),
        ({"padding": "same", "kernel_size": None}, 0),
    ],
)
def test_a_convolution_pads_by_modes_too(args: dict[str, Any], count: int) -> None:
    net, x = image(N, 4, 8, 8)
    y = refused(net, x, "Conv2d", **conv_args(padding_mode="reflect", **args))
    assert [net.where(one.place) for one in findings("RF309", net.trace(y))] == ["layer.padding"] * count


def test_a_padding_of_which_a_part_is_known_is_that_part_at_least() -> None:
    net, x = image(N, 4, 8, 8)
    finding = only("RF309", net, refused(net, x, "pad", pad=(H, 9, 0, 0), mode="reflect"))
    assert finding.message.startswith("reflect padding mirrors 9 positions of 8")


@pytest.mark.parametrize("shape", [(4, 1, 8), (2, 4, 1, 8)])
def test_one_row_has_no_other_to_mirror_in_a_batch_or_without_one(shape: Any) -> None:
    net, x = image(*shape)
    finding = only("RF309", net, refused(net, x, "Conv2d", **conv_args(padding_mode="reflect", padding=(1, 1))))
    assert finding.message.startswith("reflect padding mirrors 1 positions of 1")


@pytest.mark.parametrize("more", [{"conditional": "if flag"}, {"given": ((N, 4, 8, 8),)}])
def test_pads_that_may_not_happen_or_have_a_forward_of_their_own_have_no_limit(more: dict[str, Any]) -> None:
    net, x = image(N, 4, 8, 8)
    net.use("pad", [(x, same(x))], None, "layer", {"pad": (9, 9), "mode": "reflect"}, **more)
    assert silent("RF309", net)


def test_without_channels_there_is_no_telling_which_axes_are_padded() -> None:
    net, x = image(1, 8)
    assert silent("RF309", net, refused(net, x, "Conv2d", **conv_args(padding_mode="reflect", padding=(1, 1))))


def test_paddings_that_are_not_known_or_that_no_mode_fills_have_no_limit() -> None:
    net, x = image(N, 4, 1, 1)
    assert silent("RF309", net, refused(net, x, "Conv2d", **conv_args(padding_mode="reflect", padding=None)))
    assert silent("RF309", net, refused(net, x, "ConvTranspose2d", **conv_args(padding_mode="reflect", padding=(9, 9))))


def test_the_least_numbers_are_taken() -> None:
    net, x = image(N, 4, H, W)
    least = {"kernel_size": (1, 1), "output_padding": (0, 0)}
    for base in ("Conv2d", "MaxPool2d", "AvgPool2d", "LPPool2d", "ConvTranspose2d"):
        assert silent("RF309", net, refused(net, x, base, **conv_args(**least)))


@pytest.mark.parametrize(
    ("base", "argument", "value", "least"),
    [
        ("Conv2d", "stride", 0, 1),
        ("Conv2d", "padding", -1, 0),
        ("Conv2d", "kernel_size", 0, 1),
        ("MaxPool2d", "dilation", 0, 1),
        ("ConvTranspose2d", "output_padding", -1, 0),
    ],
)
def test_numbers_have_a_least(base: str, argument: str, value: int, least: int) -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF309", net, refused(net, x, base, **conv_args(**{argument: (1, value)})))
    assert finding.message == f"{argument}={value} is refused: it should be {least} or more"


def test_negative_padding_crops_in_other_modes() -> None:
    net, x = image(N, 4, 8, 8)
    y = refused(net, x, "Conv2d", **conv_args(padding=(-1, 0), padding_mode="reflect"))
    assert silent("RF309", net, y)


# RF403 norm-features-mismatch


def norm(net: Network, x: T, base: str, like: T | None = None, **args: Any) -> T:
    return net.use(base, [(x, same(x))], x.shape, "norm", args, like)


@pytest.mark.parametrize(
    ("shape", "base", "args", "message", "value"),
    [
        (
            (N, 8, H, W),
            "BatchNorm2d",
            {"num_features": 4, "affine": True},
            "BatchNorm2d has parameters for 4 channels, but its N×8×H×W input has 8",
            "8",
        ),
        (
            (N, 8),
            "BatchNorm1d",
            {"num_features": 4, "affine": False, "track_running_stats": True},
            "BatchNorm1d has parameters for 4 channels, but its N×8 input has 8",
            "8",
        ),
        (
            (8, 5, 5),
            "InstanceNorm2d",
            {"num_features": 4, "affine": True},
            "InstanceNorm2d has parameters for 4 channels, but its 8×5×5 input has 8",
            "8",
        ),
        (
            (N, 6, H, W),
            "GroupNorm",
            {"num_groups": 4, "num_channels": 6, "affine": True},
            "num_groups=4 does not divide num_channels=6",
            None,
        ),
        (
            (N, 6, H, W),
            "GroupNorm",
            {"num_groups": 4, "num_channels": 8, "affine": False},
            "num_groups=4 does not divide the 6 channels of its input",
            None,
        ),
        (
            (N, 6, H, W),
            "GroupNorm",
            {"num_groups": 3, "num_channels": 9, "affine": True},
            "GroupNorm has parameters for 9 channels, but its N×6×H×W input has 6",
            "6",
        ),
        (
            (N, 6, H, W),
            "GroupNorm",
            {"num_groups": 4, "num_channels": 8, "affine": True},
            "GroupNorm has parameters for 8 channels, but its N×6×H×W input has 6",
            None,
        ),
        ((N, 6), "GroupNorm", {"num_groups": 0, "num_channels": 8}, "num_groups=0 is not a positive number", None),
        (
            (N, 8, 9),
            "BatchNorm1d",
            {"num_features": 4, "affine": True, "track_running_stats": False},
            "BatchNorm1d has parameters for 4 channels, but its N×8×9 input has 8",
            "8",
        ),
        (
            (N, 2 * symbol("C") + 1, H, W),
            "BatchNorm2d",
            {"num_features": 4, "affine": True},
            "BatchNorm2d has parameters for 4 channels, but its N×(2*C + 1)×H×W input has 2*C + 1",
            None,
        ),
        (
            (8, 5),
            "InstanceNorm1d",
            {"num_features": 4, "affine": True},
            "InstanceNorm1d has parameters for 4 channels, but its 8×5 input has 8",
            "8",
        ),
        (
            (N, 2 * symbol("C") + 1, H, W),
            "GroupNorm",
            {"num_groups": 4, "num_channels": 8, "affine": True},
            "GroupNorm has parameters for 8 channels, but its N×(2*C + 1)×H×W input has 2*C + 1",
            None,
        ),
        ((8,), "PReLU", {"num_parameters": 8}, "PReLU has parameters for 8 channels, but its 8 input has 1", "1"),
        (
            (6,),
            "LayerNorm",
            {"normalized_shape": (8,)},
            "LayerNorm normalises 8 on the last axis, but its 6 input has 6",
            "6",
        ),
        (
            (6, 7),
            "LayerNorm",
            {"normalized_shape": (8, 6, 7)},
            "LayerNorm normalises 8×6×7 on the last 3 axes, but its 6×7 input has 6×7",
            None,
        ),
        (
            (N, 9, 2 * symbol("C") + 1),
            "LayerNorm",
            {"normalized_shape": (8,)},
            "LayerNorm normalises 8 on the last axis, but its N×9×(2*C + 1) input has (2*C + 1)",
            None,
        ),
        (
            (N, 6, H, W),
            "PReLU",
            {"num_parameters": 8},
            "PReLU has parameters for 8 channels, but its N×6×H×W input has 6",
            "6",
        ),
        (
            (N, 9, 6),
            "LayerNorm",
            {"normalized_shape": (8,)},
            "LayerNorm normalises 8 on the last axis, but its N×9×6 input has 6",
            "6",
        ),
        (
            (N, 8, 6, 6),
            "LayerNorm",
            {"normalized_shape": (8,)},
            "LayerNorm normalises 8 on the last axis, but its N×8×6×6 input has 6, on axis 1 are 8: permute, or use "
            "GroupNorm(1, 8)",
            None,
        ),
        (
            (N, 8, 6, 6),
            "RMSNorm",
            {"normalized_shape": (8, 6, 7)},
            "RMSNorm normalises 8×6×7 on the last 3 axes, but its N×8×6×6 input has 8×6×6",
            None,
        ),
        (
            (8,),
            "LayerNorm",
            {"normalized_shape": (8, 8)},
            "LayerNorm normalises 8×8 on the last 2 axes, but its 8 input has 8",
            None,
        ),
        (
            (),
            "LayerNorm",
            {"normalized_shape": (8,)},
            "LayerNorm normalises 8 on the last axis, but its input is a single number",
            None,
        ),
    ],
)
def test_norms_take_the_features_that_they_have_parameters_for(
    shape: Any, base: str, args: dict[str, Any], message: str, value: str | None
) -> None:
    net, x = image(*shape)
    finding = only("RF403", net, norm(net, x, base, **args))
    assert finding.message == message
    assert (finding.fix.words.partition("=")[2] if finding.fix else None) == value


@pytest.mark.parametrize(
    ("shape", "base", "args"),
    [
        ((N, 8, H, W), "BatchNorm2d", {"num_features": 8, "affine": True}),
        ((N, 8, H, W), "BatchNorm2d", {"num_features": 4, "affine": False, "track_running_stats": False}),
        ((N, 8, H, W), "InstanceNorm2d", {"num_features": 4, "affine": False, "track_running_stats": False}),
        ((N, 8, H, W), "BatchNorm2d", {"num_features": 4}),
        ((N, symbol("C"), H, W), "BatchNorm2d", {"num_features": 4, "affine": True}),
        ((N, 8, 5), "BatchNorm2d", {"num_features": 4, "affine": True}),
        ((N, 8, H, W), "PReLU", {"num_parameters": 1}),
        ((8,), "PReLU", {"num_parameters": 1}),
        ((N, 8, H, W), "LayerNorm", {"normalized_shape": (8,)}),
        ((N, 8, 6, 6), "LayerNorm", {"normalized_shape": (6, 6)}),
        ((N, 8, 6, 6), "GroupNorm", {"num_groups": 4, "num_channels": 8, "affine": True}),
        ((N, 8, 6, 6), "GroupNorm", {"num_channels": 8, "affine": True}),
        ((N, 8, 6, 6), "GroupNorm", {"num_groups": 1, "num_channels": 8, "affine": True}),
        ((N, 12, 6, 6), "GroupNorm", {"num_groups": 4, "num_channels": 8, "affine": False}),
        ((N, 12, 6, 6), "GroupNorm", {"num_groups": 4, "num_channels": 8}),
        ((8,), "GroupNorm", {"num_groups": 4, "num_channels": 8, "affine": True}),
        ((8,), "GroupNorm", {"num_groups": 3, "affine": False}),
        ((N, 8, 6, 6), "GroupNorm", {"num_groups": 4, "affine": True}),
        ((N, 8), "BatchNorm2d", {"num_features": 4, "affine": True}),
        ((9, 8, 5), "BatchNorm2d", {"num_features": 4, "affine": True}),
        ((N, 8, 5, 5), "BatchNorm1d", {"num_features": 4, "affine": True}),
        ((8, 5), "InstanceNorm2d", {"num_features": 4, "affine": True}),
        ((N, 8, H, W), "BatchNorm2d", {"affine": True}),
        ((N, 8, 6, 6), "LayerNorm", {"normalized_shape": ()}),
        ((N, 8, 6, 6), "LayerNorm", {}),
        ((N, 8, 6, 6), "LayerNorm", {"normalized_shape": 7}),
        ((N, 8, 6, 6), "LayerNorm", {"normalized_shape": (7.0,)}),
        ((N, 8, 6, 6), "Linear", {"num_features": 4, "affine": True}),
    ],
)
def test_norms_that_fit_or_may_fit(shape: Any, base: str, args: dict[str, Any]) -> None:
    net, x = image(*shape)
    assert silent("RF403", net, norm(net, x, base, **args))


@pytest.mark.parametrize(
    ("shape", "base", "args", "message"),
    [
        ((N, 6, H), "GroupNorm", {"num_groups": 2, "num_channels": 4}, "groupnorm has parameters for 4 channels"),
        ((N, 6, H), "GroupNorm", {"num_groups": 2}, ""),
        ((N, 6, H), "GroupNorm", {"num_groups": 4}, "num_groups=4 does not divide the 6 channels of its input"),
        ((N, 6), "BatchNorm1d", {"num_features": 4}, "batchnorm1d has parameters for 4 channels"),
        ((8, 5), "InstanceNorm1d", {"num_features": 4}, ""),
    ],
)
def test_a_function_has_the_parameters_that_it_is_given(shape: Any, base: str, args: Any, message: str) -> None:
    net, x = image(*shape)
    found = findings("RF403", net.trace(net.use(base, [(x, same(x))], x.shape, "", args)))
    assert [one.message[: len(message)] for one in found] == [message] * bool(message)


@pytest.mark.parametrize(("groups", "announced"), [(0, 6), (4, 6), (4, 8)])
def test_groups_that_do_not_divide_are_shown_where_they_are_written(groups: int, announced: int) -> None:
    net, x = image(N, 6, H, W)
    finding = only("RF403", net, norm(net, x, "GroupNorm", num_groups=groups, num_channels=announced, affine=False))
    assert net.where(finding.place) == "norm.num_groups"


def test_no_number_fits_layers_that_are_given_different_ones() -> None:
    net, x = image(N, 8, H, W)
    first = norm(net, x, "BatchNorm2d", num_features=4, affine=True)
    norm(net, net.conv(first, 6), "BatchNorm2d", like=first, num_features=4, affine=True)
    fixes = [found.fix for found in findings("RF403", net.trace())]
    message = "write num_features like the out_channels of the layer before"
    assert [fix and fix.message for fix in fixes] == [None, message]


def test_no_number_fits_layers_of_which_one_is_given_nothing() -> None:
    net, x = image(N, 8, H, W)
    first = norm(net, x, "BatchNorm2d", num_features=4, affine=True)
    net.use("BatchNorm2d", [], None, "norm", {"num_features": 4, "affine": True}, like=first)
    assert only("RF403", net).fix is None


@pytest.mark.parametrize("more", [{"conditional": "if flag"}, {"given": ((N, 8, H, W),)}], ids=["maybe", "own"])
def test_a_norm_that_is_not_certain_or_has_a_way_of_its_own(more: dict[str, Any]) -> None:
    net, x = image(N, 8, H, W)
    args = {"num_features": 4, "affine": True}
    assert silent("RF403", net, net.use("BatchNorm2d", [(x, same(x))], x.shape, "norm", args, **more))


# RF406 cat-shape-mismatch


def joined(net: Network, *xs: T, base: str = "cat", dim: Any = 1, **more: Any) -> T:
    unknown = [[Read("unknown", axis) for axis in range(len(x.shape or ()))] for x in xs]
    return net.use(base, list(zip(xs, unknown, strict=True)), None, "", {"dim": dim}, **more)


def test_other_sizes_must_agree() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF406", net, joined(net, x, net.conv(x, path="a")))
    assert finding.message == "joins N×8×H×W and N×8×(H - 2)×(W - 2) along axis 1: a needs padding=1 to keep the size"
    assert [net.where(place) for place, _ in finding.related] == ["a"]


@pytest.mark.parametrize(
    ("a", "b", "base", "dim", "message"),
    [
        ((N, 8, 9), (N, 8), "cat", 1, "joins N×8×9 and N×8 along axis 1"),
        ((N, 8, 9), (N, 9, 9), "stack", 0, "stacks N×8×9 and N×9×9"),
        ((N, 8, 9), (N, 8, 8), "cat", -2, "joins N×8×9 and N×8×8 along axis -2"),
        ((2, 8, 9), (3, 8, 9), "cat", 2, "joins 2×8×9 and 3×8×9 along axis 2"),
        ((0,), (8,), "stack", 0, "stacks 0 and 8"),
        ((N, 8, 9), (N, 9, 9), "stack", 1, "stacks N×8×9 and N×9×9"),
        ((N, 8, 9), (N, 9, 9), "stack", -2, "stacks N×8×9 and N×9×9"),
    ],
)
def test_what_does_not_go_together(a: Any, b: Any, base: str, dim: int, message: str) -> None:
    net = Network(a=a, b=b)
    assert only("RF406", net, joined(net, net.input("a"), net.input("b"), base=base, dim=dim)).message == message


@pytest.mark.parametrize(
    ("a", "b", "base", "dim"),
    [
        ((N, 8, 9), (N, 7, 9), "cat", 1),
        ((N, 8, 9), (N, 7, 9), "cat", -2),
        ((2, 8, 9), (3, 8, 9), "cat", 0),
        ((N, 8, H), (N, 8, 2 * (H // 2)), "cat", 1),
        ((0,), (N, 8, 9), "cat", 1),
        ((N, 8, 9), None, "cat", 1),
        ((N, 8, 9), (N, 8, 9), "stack", 1),
        ((N, 8, 9), (N, 8, 7), "cat", None),
        ((N, 8, 9), (N, 8, 7), "add", 1),
    ],
)
def test_what_goes_together_or_may(a: Any, b: Any, base: str, dim: Any) -> None:
    net = Network(a=a, b=b)
    assert silent("RF406", net, joined(net, net.input("a"), net.input("b"), base=base, dim=dim))


def test_the_first_that_does_not_fit_is_shown() -> None:
    net = Network(a=(N, 8, 9), b=(N, 7, 9), c=(N, 7, 8))
    y = joined(net, *map(net.input, "abc"))
    assert only("RF406", net, y).message == "joins N×8×9 and N×7×8 along axis 1"
    net.uses.clear()
    assert silent("RF406", net, joined(net, *map(net.input, "abc"), conditional="if flag"))


# RF409 pixel-shuffle-channels


@pytest.mark.parametrize(
    ("base", "argument", "factor", "message"),
    [
        (
            "PixelShuffle",
            "upscale_factor",
            3,
            "upscale_factor 3 takes 3·3 channels for one, which does not divide the 8 of 1×8×6×9",
        ),
        ("PixelUnshuffle", "downscale_factor", 2, "downscale_factor 2 does not divide the sizes 6×9"),
        ("PixelUnshuffle", "downscale_factor", 0, "downscale_factor=0 is not a positive number"),
        ("PixelShuffle", "upscale_factor", 2, ""),
        ("PixelShuffle", "upscale_factor", 1, ""),
        ("PixelUnshuffle", "downscale_factor", 3, ""),
    ],
)
def test_blocks_of_pixels_are_whole(base: str, argument: str, factor: int, message: str) -> None:
    net, x = image(1, 8, 6, 9)
    y = refused(net, x, base, **{argument: factor})
    assert [found.message for found in findings("RF409", net.trace(y))] == [message] * bool(message)


def test_of_an_image_without_a_batch_the_sizes_are_the_last_ones_too() -> None:
    net, x = image(8, 9, 6)
    y = refused(net, x, "PixelUnshuffle", downscale_factor=2)
    assert only("RF409", net, y).message == "downscale_factor 2 does not divide the sizes 9×6"


def test_blocks_of_pixels_need_three_axes() -> None:
    net, x = image(8, 6)
    assert silent("RF409", net, refused(net, x, "PixelShuffle", upscale_factor=3))


def test_symbolic_sizes_may_be_whole_blocks() -> None:
    net, x = image(N, 8, H, 4 * W)
    y = refused(net, x, "PixelUnshuffle", downscale_factor=2)
    assert silent("RF409", net, refused(net, x, "PixelShuffle"), y)
    net, x = image(N, 2 * symbol("C") + 1, H, W)
    assert only("RF409", net, refused(net, x, "PixelShuffle", upscale_factor=2))


# RF412 wrong-rank


@pytest.mark.parametrize(
    ("base", "ranks"),
    [
        ("Conv1d", (2, 3)),
        ("Conv2d", (3, 4)),
        ("ConvTranspose3d", (4, 5)),
        ("MaxPool2d", (3, 4)),
        ("AdaptiveAvgPool1d", (2, 3)),
        ("BatchNorm1d", (2, 3)),
        ("BatchNorm2d", (4,)),
        ("BatchNorm3d", (5,)),
        ("InstanceNorm2d", (3, 4)),
        ("PixelShuffle", (3, 4, 5, 6)),
        ("GroupNorm", (1, 2, 3, 4, 5, 6)),
    ],
)
def test_the_axes_that_layers_take(base: str, ranks: tuple[int, ...]) -> None:
    taken = []
    for rank in range(1, 7):
        net, x = image(*range(2, 2 + rank))
        taken += [rank] * silent("RF412", net, refused(net, x, base))
    assert tuple(taken) == ranks


def test_the_call_is_shown_with_the_shape() -> None:
    net, x = image(N, 64)
    finding = only("RF412", net, refused(net, x, "Conv2d"))
    assert net.where(finding.place) == "layer()"
    assert finding.message == (
        "Conv2d takes tensors with 3 or 4 axes, N×64 has 2: it was flattened before, or lacks its channels"
    )


def test_modes_pad_the_last_axes_of_few() -> None:
    net, x = image(N, 4, 8, 8, 8)
    args = {"pad": (1, 1, 1, 1)}
    assert only("RF412", net, refused(net, x, "pad", **args, mode="reflect")).message.startswith("pad takes tensors")
    net.uses.clear()
    assert silent("RF412", net, refused(net, x, "pad", **args, mode="constant"), refused(net, x, "pad"))


# RF503 output-padding-invalid


@pytest.mark.parametrize(
    ("stride", "dilation", "extra", "count"), [(2, 1, 2, 1), (1, 1, 1, 1), (1, 2, 1, 0), (2, 1, 1, 0), (3, 2, 2, 0)]
)
def test_output_padding_is_less_than_stride_or_dilation(stride: int, dilation: int, extra: int, count: int) -> None:
    net, x = image(N, 4, H, W)
    y = net.transposed(x, k=3, stride=stride, dilation=dilation, output_padding=extra)
    found = findings("RF503", net.trace(y))
    assert [net.where(one.place) for one in found] == ["up.output_padding"] * count
    assert all(f"output_padding {extra} is not smaller than stride {stride}" in one.message for one in found)


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ({"k": 2, "stride": 1, "dilation": 3, "padding": 2, "output_padding": 3}, "output_padding=1"),
        ({"k": 3, "stride": 2, "padding": 1, "output_padding": 2}, "output_padding=1"),
        ({"k": 2, "stride": 2, "padding": 1, "output_padding": 2}, None),
        ({"k": (3, 2), "stride": 2, "padding": 1, "output_padding": 2}, None),
        ({"k": 3, "stride": 2, "padding": 1, "output_padding": 2, "unknown": ("kernel_size",)}, None),
        ({"k": (3, 2), "stride": 2, "padding": (1, 0), "output_padding": (0, 2)}, "output_padding=(1, 0)"),
    ],
)
def test_an_output_padding_that_multiplies_sizes_is_written(args: dict[str, Any], words: str | None) -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF503", net, net.transposed(x, **args))
    assert (finding.fix.words if finding.fix else None) == words


def test_an_output_padding_that_is_not_known_is_right() -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF503", net, net.transposed(x, output_padding=9, more={"conditional": "if flag"}))
    for name in ("output_padding", "stride", "dilation"):
        assert silent("RF503", net, net.transposed(x, output_padding=9, unknown=(name,)))
    args = {"kernel_size": (3, 3), "stride": (H, 1), "dilation": (1, 1), "output_padding": (1, 1)}
    assert only("RF503", net, refused(net, x, "ConvTranspose2d", **args))


# RF306 padding-exceeds-kernel


@pytest.mark.parametrize(
    ("k", "args", "rows", "right"),
    [
        (1, {"padding": 1}, "1 output sees", "0"),
        (3, {"padding": 4}, "2 outputs see", "1"),
        (3, {"padding": 6, "stride": 2}, "2 outputs see", "1"),
        (3, {"padding": 5, "dilation": 2}, "1 output sees", "2"),
        (1, {"padding": 10}, "10 outputs see", "0"),
        ((3, 1), {"padding": (1, 1)}, "1 output sees", "(1, 0)"),
    ],
)
def test_windows_on_padding_alone(k: int, args: dict[str, Any], rows: str, right: str) -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF306", net, net.conv(x, k=k, **args))
    assert f"the first {rows} padding alone" in finding.message
    assert net.where(finding.place) == "conv.padding"
    assert finding.fix is not None
    assert finding.fix.words == f"padding={right}"


@pytest.mark.parametrize(
    ("k", "args"),
    [
        (3, {"padding": 2}),
        (3, {"padding": 100}),
        (3, {"padding": 3, "padding_mode": "reflect"}),
        (3, {"padding": "same"}),
        (3, {"padding": 4, "dilation": 2}),
        (1, {"padding": 1, "unknown": ("padding_mode",)}),
        (1, {"padding": 11}),
    ],
)
def test_windows_that_see_something(k: int, args: dict[str, Any]) -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF306", net, net.conv(x, k=k, **args))


def test_a_function_pads_with_zeros_and_its_call_has_no_edit() -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF306", net, net.conv(x, k=1, padding=1, path="", unknown=("padding_mode",)))
    assert finding.fix is None


def test_a_padding_is_judged_where_all_axes_of_the_kernel_and_the_output_are_known() -> None:
    net, x = image(N, 4, H, W)
    y = net.conv(x, k=1, padding=1)
    layer = net.uses[0].layer
    for args, output in (({"kernel_size": (1, H)}, y.shape), ({}, None)):
        net.uses[0] = replace(net.uses[0], layer=replace(layer, args={**layer.args, **args}), output=output)
        assert silent("RF306", net, y)


def test_what_is_cropped_afterwards_is_no_harm() -> None:
    net, x = image(N, 4, H, W)
    y = net.pointwise(net.conv(x, padding=3))
    assert silent("RF306", net, net.sliced(y, 2, 2, H), net.sliced(y, 3, 2, W))
    net, x = image(N, 4, H, W)
    y = net.conv(x, padding=(1, 3))
    net.use("opaque", [(y, [])], None)
    assert only("RF306", net, net.sliced(y, 2, 2, H))
    assert silent("RF306", net, net.sliced(y, 3, 2, W))


# RF206 dilation-without-effect


def test_one_tap_has_nothing_between() -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF206", net, net.conv(x, k=1, dilation=2))
    assert net.where(finding.place) == "conv.dilation"
    assert finding.message.startswith("dilation 2 has no effect")
    assert finding.fix is not None
    assert (finding.fix.words, finding.fix.safe) == ("leave the dilation away", True)


def test_dilations_with_taps_to_move_have_an_effect() -> None:
    net, x = image(N, 4, H, W)
    y = net.conv(net.conv(net.conv(x, k=1), k=(3, 1), dilation=2), k=1, dilation=2, unknown=("kernel_size",))
    picked = {"kernel_size": (1, 1), "stride": (2, 2), "padding": (0, 0), "dilation": (2, 2)}  # of a pool
    z = net.window(y, "MaxPool2d", [field.window(1, 2, 0)] * 2, (H, W), None, "pool", picked, (), None, {})
    assert silent("RF206", net, z)


def test_a_function_has_no_argument_that_could_go() -> None:
    net, x = image(N, 4, H, W)
    y = net.use(
        "Conv2d",
        [(x, ())],
        (N, 4, H, W),
        args={"kernel_size": (1, 1), "stride": (1, 1), "padding": (0, 0), "dilation": (4, 4)},
    )
    assert only("RF206", net, y).fix is None


def test_a_call_that_builds_larger_kernels_too_is_right() -> None:
    net, x = image(N, 4, H, W)
    first = net.conv(x, k=1, dilation=4)
    assert silent("RF206", net, net.conv(first, k=3, dilation=4, like=first))


# RF502 transposed-dead-phases


@pytest.mark.parametrize(
    ("k", "stride", "dilation", "words"),
    [
        (2, 3, 1, "kernel 2 at stride 3 writes rows ##.##. only: 56 % of the output"),
        (1, 2, 1, "kernel 1 at stride 2 writes rows #.#.#. only: 75 % of the output"),
        (3, 2, 2, "kernel 3 at stride 2 with dilation 2 writes rows #.#.#. only: 75 % of the output"),
        (1, 20, 1, "kernel 1 at stride 20 writes rows only: 100 % of the output"),
    ],
)
def test_rows_that_are_never_written(k: int, stride: int, dilation: int, words: str) -> None:
    net, x = image(N, 4, H, W)
    finding = only("RF502", net, net.transposed(x, k=k, stride=stride, dilation=dilation))
    assert finding.message.startswith(words)
    assert net.where(finding.place) == "up.kernel_size"
    assert ("dilation=1 writes all" in finding.message) == (dilation == 2)


def test_what_helps_where_the_other_arguments_are_not_known() -> None:
    for dilation, cure in ((1, "a kernel of 3"), (3, "dilation 1")):
        net, x = image(N, 4, H)
        y = net.transposed(x, k=2, stride=3, dilation=dilation, unknown=("output_padding",))
        assert only("RF502", net, y).message.endswith(f"is the bias and nothing else; {cure} writes all")


def test_a_window_that_is_not_known_may_write_the_rest() -> None:
    net, x = image(N, 4, H, W)
    net.transposed(x, k=1, stride=2)
    assert silent("RF502", net, order="constructor")
    args = {**net.uses[-1].layer.args, "kernel_size": (1, None)}
    net.uses[-1] = replace(net.uses[-1], layer=replace(net.uses[-1].layer, args=args))
    assert silent("RF502", net)


def test_a_picture_shows_twelve_rows() -> None:
    net, x = image(N, 4, H)
    assert "writes rows #........... only" in only("RF502", net, net.transposed(x, k=1, stride=12)).message
    net, x = image(N, 4, H)
    assert "writes rows only" in only("RF502", net, net.transposed(x, k=1, stride=13)).message


@pytest.mark.parametrize(("k", "stride", "dilation"), [(2, 2, 1), (3, 2, 1), (3, 3, 2), (1, 1, 1), (3, 1, 4)])
def test_rows_that_are_all_written(k: int, stride: int, dilation: int) -> None:
    net, x = image(N, 4, H, W)
    assert silent("RF502", net, net.transposed(x, k=k, stride=stride, dilation=dilation), net.conv(x, k=1, stride=2))


# RF105 dead-kernel-taps and RF204 dilation-exceeds-map


def live(n: int, **window: int) -> int:
    """How many taps of a convolution over n positions read any of them, by trying all outputs."""
    k, s, p, d = (window.get(name, one) for name, one in (("k", 3), ("stride", 1), ("padding", 0), ("dilation", 1)))
    m = (n + 2 * p - d * (k - 1) - 1) // s + 1
    return sum(any(0 <= s * i - p + d * t < n for i in range(m)) for t in range(k))


@pytest.mark.parametrize("n", range(1, 6))
@pytest.mark.parametrize(("k", "stride", "padding"), [(3, 1, 1), (3, 2, 1), (5, 1, 2), (5, 3, 2), (7, 2, 3), (4, 1, 2)])
def test_dead_taps_are_those_that_no_output_lays_on_the_map(n: int, k: int, stride: int, padding: int) -> None:
    net, x = image(N, 4, n, 64)
    found = findings("RF105", net.trace(net.conv(x, k=k, stride=stride, padding=padding)))
    alive = live(n, k=k, stride=stride, padding=padding)
    dead = [f"{k * k - alive * k} of {k * k} weights never touch data" in one.message for one in found]
    assert dead == [True] * (alive < k)


def test_dead_taps_make_one_finding_for_a_network() -> None:
    net, x = image(N, 4, 2, 2)
    y = net.conv(net.conv(net.conv(x, path="a", stride=2, padding=1), path="b", padding=1), path="c", padding=1)
    finding = only("RF105", net, y)
    assert net.where(finding.place) == "a.kernel_size"
    assert finding.message == (
        "3×3 kernel with stride 2 on a map of 2×2: 5 of 9 weights never touch data; so do weights of 2 more layers"
    )
    assert [net.where(place) for place, _ in finding.related] == ["a()", "b.kernel_size", "c.kernel_size"]


@pytest.mark.parametrize(
    "args",
    [
        {"padding_mode": "reflect"},
        {"unknown": ("padding_mode",)},
        {"k": 1, "padding": 0},
        {"more": {"conditional": "x"}},
    ],
)
def test_taps_that_are_alive_or_may_be(args: dict[str, Any]) -> None:
    net, x = image(N, 4, 1, 1)
    assert silent("RF105", net, net.conv(x, **{"padding": 1, **args}))


def test_taps_on_maps_of_unknown_size_are_not_counted() -> None:
    net, x = image(N, 4, H, 1)
    assert silent("RF105", net, net.conv(x, padding=1))


def test_a_layer_that_is_called_on_a_larger_map_too_is_alive_there() -> None:
    net = Network(a=(N, 4, 1, 1), b=(N, 4, 9, 9))
    first = net.conv(net.input("a"), padding=1, path="shared")
    assert silent("RF105", net, net.conv(net.input("b"), padding=1, path="shared", like=first), first)


def test_a_dilation_as_large_as_the_map() -> None:
    net, x = image(N, 4, 14, 14)
    y = net.conv(x, padding=18, dilation=18)
    finding = only("RF204", net, y)
    assert finding.message == "dilation 18 on a map of 14×14: 1 of 3 taps ever meet data, it is a 1×1 convolution"
    assert net.where(finding.place) == "conv.dilation"
    assert silent("RF105", net, y)


@pytest.mark.parametrize("rate", [1, 6, 13])
def test_a_dilation_smaller_than_the_map(rate: int) -> None:
    net, x = image(N, 4, 14, 14)
    assert silent("RF204", net, net.conv(x, padding=rate, dilation=rate))


def test_a_dilation_that_exceeds_one_of_several_maps_is_alive_on_the_other() -> None:
    net = Network(a=(N, 4, 8, 8), b=(N, 4, 20, 20))
    first = net.conv(net.input("a"), padding=12, dilation=12, path="shared")
    second = net.conv(net.input("b"), padding=12, dilation=12, path="shared", like=first)
    assert silent("RF204", net, first, second)


# RF305 even-kernel-size-drift


@pytest.mark.parametrize(("k", "padding", "word"), [(4, 1, "less"), (4, 2, "more"), (2, 1, "more"), (2, 0, "less")])
def test_an_even_kernel_on_one_branch(k: int, padding: int, word: str) -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF305", net, net.join(x, net.conv(x, k=k, padding=padding)))
    assert finding.message.startswith(
        f"the even kernel {k} makes one row {word}, and is joined with a tensor of the old"
    )
    assert net.where(finding.place) == "conv.kernel_size"


def test_a_kernel_that_is_even_along_the_height() -> None:
    net, x = image(N, 8, H, W)
    assert only("RF305", net, net.join(x, net.conv(x, k=(4, 3), padding=1))).message.startswith("the even kernel 4")


def test_several_even_kernels_add_up() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(net.conv(x, k=4, padding=1, path="a"), k=4, padding=1, path="b")
    finding = only("RF305", net, net.join(y, x))
    assert net.where(finding.place) == "a.kernel_size"
    assert ", as 1 more of its branch," in finding.message


@pytest.mark.parametrize("base", ["add", "sub", "mul", "div", "cat", "stack"])
def test_operations_that_want_one_size(base: str) -> None:
    net, x = image(N, 8, H, W)
    assert only("RF305", net, net.join(x, net.conv(x, k=4, padding=1), base=base)).message.startswith("the even kernel")


def test_what_is_joined_by_other_operations_or_not_for_certain() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, k=4, padding=1)
    flat = T(x.source, (N, 8, W))
    assert silent("RF305", net, net.join(x, y, base="atan2"), net.join(x, y, conditional="if flag"))
    assert silent("RF305", net, net.join(x, y, x, base="cat"), net.join(flat, y), net.join(y, flat))


def test_even_kernels_that_do_not_explain_the_difference() -> None:
    net, x = image(N, 8, H, W)
    drifting = net.conv(x, k=4, padding=1, path="a")
    assert silent("RF305", net, net.join(x, net.conv(drifting, path="b")), drifting)
    assert silent("RF305", net, net.join(drifting, drifting), net.join(x, net.conv(x, k=3)))
    assert silent("RF305", net, net.join(x, net.conv(x, k=4, padding="same")))


# RF407 silent-broadcast-add


def test_a_single_channel_is_repeated() -> None:
    net, x = image(N, 8, H, W)
    a, b = net.conv(x, 8, k=1, path="a"), net.conv(x, 1, k=1, path="b")
    finding = only("RF407", net, net.join(a, net.pointwise(b, "BatchNorm2d", "bn"), output=a.shape))
    assert finding.message == "adds 8×H×W and 1×H×W: the only channel of one is repeated"
    assert [text for _, text in finding.related] == ["a makes N×8×H×W", "b makes N×1×H×W"]


def test_a_single_row_is_repeated() -> None:
    net, x = image(N, 8, 6, 6)
    a, b = net.conv(x, 8, k=1, path="a"), net.conv(x, 8, k=(6, 1), path="b")
    finding = only("RF407", net, net.join(a, b, output=a.shape, base="sub"))
    assert finding.message == "subtracts 8×6×6 and 8×1×6: the only row of one is repeated"


def test_which_operand_is_narrow_and_where() -> None:
    net, x = image(N, 8, 6, 6)
    a, b = net.conv(x, 8, k=1, path="a"), net.conv(x, 8, k=(1, 6), path="b")
    net.join(a, net.conv(x, 8, k=1, path="c"))
    finding = only("RF407", net, net.join(b, a, output=a.shape))
    assert finding.message == "adds 8×6×1 and 8×6×6: the only column of one is repeated"


def summed(a: Any, b: Any, **more: Any) -> list[str]:
    """What is said of the sum of two maps of these shapes, each made by a convolution."""
    net = Network(x=a, y=b)
    made = [net.conv(net.input(name), shape[1], k=1, path=name) for name, shape in (("x", a), ("y", b))]
    net.join(*made, output=a, **more)
    return [one.message for one in findings("RF407", net.trace())]


@pytest.mark.parametrize("gate", ["Sigmoid", "Softmax", "Tanh", "Hardsigmoid"])
def test_a_gate_is_one_channel_for_all(gate: str) -> None:
    net, x = image(N, 8, 6, 6)
    a, one = net.conv(x, 8, k=1, path="a"), net.conv(x, 1, k=1, path="b")
    assert silent("RF407", net, net.join(net.pointwise(one, gate), a, output=a.shape))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ((4, 8, 6, 6), (1, 8, 6, 6)),
        ((4, 8, 6, 6), (4, 4, 6, 6)),
        ((4, 8, 6, 6), (4, 1, 1, 6)),
        ((4, 8, H, 6), (4, 8, 1, 6)),
        ((4, 8, 6), (4, 1, 6)),
        ((4, 8, 6, 6), (4, 8, 1, 6, 6)),
    ],
)
def test_sums_of_which_no_single_axis_is_repeated(a: Any, b: Any) -> None:
    assert not summed(a, b)


def test_two_channels_are_more_than_one_and_what_is_not_certain_is_not_told() -> None:
    assert summed((4, 2, 6, 6), (4, 1, 6, 6)) == ["adds 2×6×6 and 1×6×6: the only channel of one is repeated"]
    assert not summed((4, 2, 6, 6), (4, 1, 6, 6), conditional="if flag")


def test_what_convolutions_did_not_make_is_broadcast_on_purpose() -> None:
    net, x = image(N, 8, 6, 6)
    a, one = net.conv(x, 8, k=1, path="a"), net.conv(x, 1, k=1, path="b")
    net.join(a, T(None, (N, 1, 6, 6)), output=a.shape)
    net.join(a, T(None, None), output=a.shape)
    net.join(a, one, x, output=a.shape)
    row = net.conv(x, 8, k=(6, 1), path="c")
    gate = net.use("MultiheadAttention", [(row, [*same(row)[:2], Read("whole", 2), Read("whole", 3)])], row.shape, "d")
    net.join(net.conv(net.join(row, gate), 8, k=1, path="e"), a, output=a.shape)
    strange = net.use("sort", [(row, [*same(row)[:2], Read("unknown", 2), same(row)[3]])], row.shape)
    net.join(net.conv(strange, 8, k=1, path="f"), a, output=a.shape)
    assert silent("RF407", net)


def test_what_is_broadcast_on_purpose() -> None:
    net, x = image(N, 8, 6, 6)
    a, one = net.conv(x, 8, k=1, path="a"), net.conv(x, 1, k=1, path="b")
    gate = net.pointwise(one, "Sigmoid")
    context = net.conv(net.pooled(x), 8, k=1, path="c")
    strip = net.use("mean", [(x, [*same(x)[:2], Read("whole", 2), Read("kept", 3, IDENTITY)])], (N, 8, 1, 6))
    row = net.conv(strip, 8, k=1, path="d")
    for other in (gate, context, row, T(None, (N, 1, 6, 6)), net.conv(x, 8, k=1, path="e")):
        net.join(a, other, output=a.shape)
    assert silent("RF407", net, net.join(a, one, base="mul", output=a.shape))


# RF408 view-folds-batch


def viewed(net: Network, x: T, *sizes: Any, output: Any = None) -> T:
    reads = [Read("mixed") for _ in x.shape or ()]
    return net.use("reshape", [(x, reads)], output, "", {"shape": sizes})


def test_rows_that_are_parts_of_samples() -> None:
    net, x = image(N, 512, 4, 4)
    y = viewed(net, x, -1, 2048, output=(4 * N, 2048))
    finding = only("RF408", net, net.linear(net.pointwise(y), 2048))
    assert finding.message == (
        "rows of 2048 are a part of a sample, which has 8192 = 512·4·4: samples are cut up and their number changes"
    )
    assert net.where(finding.place) == "reshape#0()"


def test_rows_that_are_more_than_a_sample() -> None:
    net, x = image(N, 512, 4, 4)
    assert (
        "more than one sample"
        in only("RF408", net, net.linear(viewed(net, x, -1, 9000, output=(N, 9000)), 9000)).message
    )


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [((2, 8, 4), (2, 33)), ((2, 8, 4), (-1, 7)), ((N, 8, 4), (N, 33)), ((2, 8, 4), (-1, -1)), ((2, 8), (3, -1))],
)
def test_views_that_certainly_fail(shape: Any, sizes: Any) -> None:
    net, x = image(*shape)
    assert only("RF408", net, viewed(net, x, *sizes)).message.endswith(": torch refuses it")


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((N, 512, 4, 4), (-1, 8192)),
        ((N, 4, 4, 512), (-1, 512)),
        ((N, 4, 4, 512), (-1, 64)),
        ((N, 512, 4, 4), (-1, 16)),
        ((N, 512, H, W), (-1, 2048)),
        ((N, 8), (-1, 4)),
        ((2, 8, 4), (2, -1)),
        ((2, 8, 4), (2, 8, 2, 2)),
        ((N, 8, 4), (-1, 0)),
    ],
)
def test_views_that_are_meant_or_may_be(shape: Any, sizes: Any) -> None:
    net, x = image(*shape)
    y = viewed(net, x, *sizes, output=(N, sizes[-1]))
    assert silent("RF408", net, net.linear(y, sizes[-1]))


def test_rows_that_no_linear_layer_reads_may_be_anything() -> None:
    net, x = image(N, 512, 4, 4)
    assert silent("RF408", net, net.pointwise(viewed(net, x, -1, 2048, output=(4 * N, 2048))))


# RF410 linear-on-spatial and RF411 layernorm-over-width


def mapped(size: int, channels: int = 32) -> tuple[Network, T]:
    net, x = image(N, 3, size, size)
    return net, net.pointwise(net.conv(x, channels, padding=1))


def test_a_linear_layer_on_the_width() -> None:
    net, y = mapped(32)
    finding = only("RF410", net, net.linear(y, 32))
    assert finding.message == (
        "Linear acts on the last axis of N×32×32×32, its width, which happens to be 32 like its channels; pool and "
        "flatten first, or permute"
    )
    assert [net.where(place) for place, _ in finding.related] == ["fc()", "conv"]


def test_a_layer_norm_over_the_width() -> None:
    net, y = mapped(32)
    finding = only("RF411", net, norm(net, y, "LayerNorm", normalized_shape=(32,)))
    assert finding.message.startswith("LayerNorm normalises the last axis of N×32×32×32, its width")
    assert net.where(finding.place) == "norm.normalized_shape"


def test_layers_that_are_meant_for_the_width_or_the_channels() -> None:
    net, y = mapped(28)
    net.linear(y, 28)
    norm(net, y, "LayerNorm", normalized_shape=(28,))
    net, y = mapped(32)
    net.linear(y, 32, 32)
    turned = [Read("kept", to, IDENTITY) for to in (0, 3, 1, 2)]
    last = net.use("permute", [(y, turned)], (N, 32, 32, 32))
    net.linear(last, 32)
    norm(net, last, "LayerNorm", normalized_shape=(32,))
    norm(net, y, "LayerNorm", normalized_shape=(32, 32))
    assert silent("RF410", net)
    assert silent("RF411", net)


def normed(net: Network, x: T, shape: Any = (32,), **more: Any) -> T:
    return net.use("LayerNorm", [(x, same(x))], x.shape, "norm", {"normalized_shape": shape}, **more)


@pytest.mark.parametrize("more", [{"conditional": "if flag"}, {"given": ((N, 32, 32, 32),)}], ids=["maybe", "own"])
def test_what_is_not_certain_or_done_in_a_way_of_its_own(more: dict[str, Any]) -> None:
    net, y = mapped(32)
    net.linear(y, 32, **more)
    normed(net, y, **more)
    assert silent("RF410", net)
    assert silent("RF411", net)


def test_an_input_that_was_turned_has_its_width_elsewhere() -> None:
    net, x = image(N, 3, 32, 32)
    turned = net.use("transpose", [(x, [Read("kept", to, IDENTITY) for to in (0, 1, 3, 2)])], (N, 3, 32, 32))
    y = net.conv(turned, 32, padding=1)
    net.linear(y, 32)
    normed(net, y)
    assert silent("RF410", net)
    assert silent("RF411", net)


def test_vectors_and_sequences_have_no_width() -> None:
    for shape in ((32,), (N, 32), (N, 32, 32)):
        net, x = image(*shape)
        net.linear(x, 32)
        normed(net, x)
        normed(net, x, ())
        normed(net, x, 32)
        assert silent("RF410", net)
        assert silent("RF411", net)
    net, y = mapped(32)
    net.linear(y, 32, out=None)  # type: ignore[arg-type]
    net.use("Linear", [(T(y.source, None), [])], None, "fc", {"in_features": 32})
    net.use("Bilinear", [(y, same(y))], y.shape, "both", {"in_features": 32, "out_features": 8})
    normed(net, T(y.source, None))
    assert silent("RF410", net)
    assert silent("RF411", net)


def test_other_norms_of_the_last_axis() -> None:
    net, y = mapped(32)
    net.use("RMSNorm", [(y, same(y))], y.shape, "norm", {"normalized_shape": (32,)})
    net.use("GroupNorm", [(y, same(y))], y.shape, "other", {"normalized_shape": (32,)})
    assert only("RF411", net).message.startswith("RMSNorm normalises the last axis")


def test_the_input_itself_is_no_map_of_a_convolution() -> None:
    net, x = image(N, 32, 32, 32)
    net.linear(x, 32)
    norm(net, x, "LayerNorm", normalized_shape=(32,))
    assert silent("RF410", net)
    assert silent("RF411", net)


# RF504 transposed-size-drift


def up_by_2(net: Network, x: T, path: str = "up", **args: Any) -> T:
    """A layer that makes 2·n - 1 positions of n."""
    return net.transposed(x, **{"k": 3, "stride": 2, "padding": 1, "path": path, **args})


def test_each_axis_is_looked_at_and_each_layer_told_once() -> None:
    net, x = image(N, 4, H, 16)
    a = net.conv(x, k=(3, 1), stride=(2, 1), padding=(1, 0))
    y = up_by_2(net, a)
    finding = only("RF504", net, y, net.pointwise(y))
    assert finding.message.startswith("the output has 31 positions, 1 fewer than the 32 of its strides")
    rows = net.use("mean", [(y, [*same(y)[:2], Read("whole", 2), same(y)[3]])], (N, 4, 1, 31))
    assert "31 positions" in only("RF504", net, rows).message


def test_of_a_jump_of_two_whole_positions_are_missed() -> None:
    net, x = image(N, 4, 16)
    finding = only("RF504", net, up_by_2(net, net.conv(x, stride=4, padding=1)))
    assert finding.message.startswith("the output has 7 positions, 1 fewer than the 8 of its strides: this layer makes")
    net, x = image(N, 4, 15)
    assert silent("RF504", net, net.transposed(net.conv(x, stride=4, padding=1), k=5, stride=2, padding=1))


def test_more_positions_than_the_strides_promise() -> None:
    net, x = image(N, 4, 16)
    message = only("RF504", net, net.transposed(x, k=5, stride=2, padding=1)).message
    assert message.startswith(
        "the output has 33 positions, 1 more than the 32 of its strides: this layer makes 2·n + 1 of n"
    )
    message = only("RF504", net, net.transposed(x, k=9, stride=4, padding=1)).message
    assert "67 positions, 3 more than the 64 of its strides: this layer makes 4·n + 3 of n" in message


def test_the_layer_that_is_uneven_is_blamed() -> None:
    net, x = image(N, 4, 16)
    y = net.transposed(up_by_2(net, x, "odd"), k=3, stride=2, padding=1, output_padding=1, path="even")
    assert net.where(only("RF504", net, net.conv(y, k=1)).place) == "odd.output_padding"


@pytest.mark.parametrize("unknown", ["kernel_size", "output_padding", "stride"])
def test_a_layer_that_is_not_known_is_not_blamed(unknown: str) -> None:
    net, x = image(N, 4, 16)
    assert silent("RF504", net, up_by_2(net, x, unknown=(unknown,)))


def test_where_nothing_else_is_known_of_the_layer_there_is_no_cure() -> None:
    net, x = image(N, 4, 16, 16)
    y = up_by_2(net, x)
    layer = net.uses[-1].layer
    for names in (("padding", "kernel_size"), ("kernel_size",)):
        places = {name: layer.places[name] for name in names}
        args = {**layer.args, "kernel_size": (3, None)}
        net.uses[-1] = replace(net.uses[-1], layer=replace(layer, args=args, places=places))
        finding = only("RF504", net, y)
        assert finding.message.endswith("this layer makes 2·n - 1 of n")
        assert net.where(finding.place) == f"up.{names[0]}"


def test_outputs_without_such_an_axis_have_no_size_to_miss() -> None:
    for outputs in ("flat", "pooled", "sorted", "order"):
        net, x = image(N, 4, 1)
        y = up_by_2(net, x)
        unknown = net.use("sort", [(y, [*same(y)[:2], Read("unknown", 2)])], (N, 4, 1))
        ends = {"flat": net.flat(y), "pooled": net.pooled(y, "AdaptiveAvgPool1d"), "sorted": unknown, "order": y}
        assert silent("RF504", net, ends[outputs], x, order="constructor" if outputs == "order" else "forward")
        assert findings("RF504", net.trace(y, x, T(None, (1,))))


def test_one_position_that_is_repeated_has_no_jump() -> None:
    net, x = image(N, 4, 1)
    y = up_by_2(net, x)
    repeated = [*same(y)[:2], Read("kept", 2, field.Access(0, (range(1),)))]
    assert silent("RF504", net, net.use("expand", [(y, repeated)], (N, 4, 2)))


def test_uses_that_the_input_does_not_reach_have_no_jump() -> None:
    net = Network(x=(N, 4, 16), y=(N, 4, 31))
    both = net.join(up_by_2(net, net.input("x")), net.conv(net.input("y"), k=1))
    assert only("RF504", net, both).message.startswith("the output has 31 positions, 1 fewer than the 32")


def test_a_signal_beside_a_map_is_not_blamed_for_its_rows() -> None:
    net, x = image(N, 4, 16, 16)
    even = net.transposed(x, k=4, stride=2, padding=1, path="even")
    cut = net.sliced(net.sliced(even, 2, 0, 31), 3, 0, 31)
    row = net.use("mean", [(x, [*same(x)[:2], Read("whole"), Read("kept", 2, IDENTITY)])], (N, 4, 16))
    odd = up_by_2(net, row, "odd")
    reads = [*same(odd)[:2], Read("kept", 3, IDENTITY)]
    assert silent("RF504", net, net.use("add", [(cut, same(cut)), (odd, reads)], cut.shape))


def test_an_output_of_nearly_the_size_that_the_strides_promise() -> None:
    net, x = image(N, 4, 16, 16)
    y = net.conv(net.transposed(x, k=3, stride=2, padding=1), padding=1)
    finding = only("RF504", net, y)
    assert finding.message == (
        "the output has 31 positions, 1 fewer than the 32 of its strides: this layer makes 2·n - 1 of n; "
        "output_padding=1 makes 2·n"
    )
    assert net.where(finding.place) == "up.output_padding"


def test_a_drift_is_the_same_for_symbolic_sizes() -> None:
    net, x = image(N, 4, H, W)
    assert "2*H - 1 positions" in only("RF504", net, net.transposed(x, k=3, stride=2, padding=1)).message


def test_a_decoder_misses_the_input_of_its_encoder() -> None:
    net, x = image(N, 4, 64, 64)
    y = net.conv(net.conv(x, stride=2, padding=1, path="a"), stride=2, padding=1, path="b")
    y = net.transposed(net.transposed(y, k=3, stride=2, padding=1, path="c"), k=3, stride=2, padding=1, path="d")
    assert "61 positions, 3 fewer than the 64" in only("RF504", net, y).message


@pytest.mark.parametrize(
    "args",
    [
        {"k": 4, "stride": 2, "padding": 1},
        {"k": 3, "stride": 2, "padding": 1, "output_padding": 1},
        {"k": 2, "stride": 2},
        {"k": 4, "stride": 1},
        {"k": 4, "stride": 2},
    ],
)
def test_outputs_of_the_right_size_or_of_another_design(args: dict[str, int]) -> None:
    net, x = image(N, 4, 16, 16)
    assert silent("RF504", net, net.transposed(x, **args))


def test_a_crop_makes_up_for_it() -> None:
    net, x = image(N, 4, 16, 16)
    y = net.transposed(x, k=3, stride=2)
    y = net.sliced(net.sliced(y, 2, 0, 32), 3, 0, 32)
    assert silent("RF504", net, y)


def test_rounding_in_the_encoder_alone_is_not_blamed_on_the_decoder() -> None:
    net, x = image(N, 4, 15, 15)
    y = net.transposed(net.conv(x, k=3, stride=2, padding=1), k=2, stride=2)
    assert silent("RF504", net, y)


def test_a_view_that_torch_refuses_is_an_error_and_one_that_mixes_samples_a_warning() -> None:
    net, x = image(4, 512, 4, 4)
    net.linear(viewed(net, x, -1, 2048, output=(16, 2048)), 2048)
    viewed(net, x, -1, 3000)
    assert [found.severity for found in findings("RF408", net.trace())] == ["", "error"]


def test_rows_without_any_tap_are_one_defect() -> None:
    net, x = image(N, 3, H, W)
    y = net.transposed(x, k=(3, 1), stride=2, out=3)
    assert findings("RF502", net.trace(y))
    assert not findings("RF501", net.trace(y))
