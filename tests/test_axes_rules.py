"""Rules about axes, on traces made by hand: tensors with too many or too few, and views that mix samples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import H, N, Network, T, W
from ruling import findings, image, only

from rflint.diagnostics import Finding
from rflint.trace import Read


def call(net: Network, x: T, base: str, path: str = "layer", like: T | None = None, **args: Any) -> T:
    """A use of a layer of which the rule looks at the arguments alone."""
    return net.use(base, [(x, [Read("unknown", axis) for axis in range(len(x.shape or ()))])], None, path, args, like)


def named_after(net: Network, kind: str) -> None:
    """Gives the last layer a class name of its own."""
    net.uses[-1] = replace(net.uses[-1], layer=replace(net.uses[-1].layer, kind=kind))


# RF412 wrong-rank


def ranks_refused(base: str, most: int = 8, kind: str = "", **args: Any) -> dict[int, str]:
    """The numbers of axes that a layer does not take, with the end of what is said."""
    found = dict[int, str]()
    for rank in range(1, most + 1):
        net, x = image(*[2] * rank)
        call(net, x, base, **args)
        named_after(net, kind or base)
        for one in findings("RF412", net):
            found[rank] = one.message.partition(" axes, ")[0]
    return found


@pytest.mark.parametrize(("base", "rank"), [("AdaptiveAvgPool2d", 2), ("AdaptiveAvgPool3d", 3)])
def test_a_mean_over_the_last_axes_leaves_any_others(base: str, rank: int) -> None:
    one_bin = ranks_refused(base, 66, output_size=(1,) * rank)
    assert list(one_bin) == [*range(1, rank), 65, 66]
    assert one_bin[65] == f"{base} takes tensors with {rank} or more"
    assert list(ranks_refused(base, output_size=(7,) * rank, most=6)) == sorted({*range(1, 7)} - {rank + 1, rank + 2})
    assert ranks_refused(base) == {}
    assert list(ranks_refused(base.replace("Avg", "Max"), output_size=(1,) * rank, most=rank)) == [*range(1, rank + 1)]


@pytest.mark.parametrize("base", ["PixelShuffle", "PixelUnshuffle"])
def test_a_shuffle_leaves_the_axes_before_the_channels(base: str) -> None:
    refused = ranks_refused(base, 65)
    assert list(refused) == [1, 2, 65]
    assert refused[2] == f"{base} takes tensors with 3 or more"


@pytest.mark.parametrize("mode", ["reflect", "circular", "replicate"])
@pytest.mark.parametrize("pads", [(1, 1), (1, 1, 2, 2)])
def test_modes_take_one_or_two_axes_more_than_are_padded(mode: str, pads: tuple[int, ...]) -> None:
    padded = len(pads) // 2
    kind = f"{mode.title().replace('te', 'tion').replace('ct', 'ction')}Pad{padded}d"
    for found in (ranks_refused("pad", pad=pads, mode=mode), ranks_refused("pad", kind=kind, padding=pads)):
        assert [rank for rank in range(1, 9) if rank not in found] == [padded + 1, padded + 2]


def test_a_constant_pads_any_axes_and_what_is_not_known_is_not_judged() -> None:
    assert not ranks_refused("pad", kind="ZeroPad2d", padding=(1, 1, 1, 1))
    assert not ranks_refused("pad", mode="reflect")


def test_a_norm_whose_name_says_no_rank_takes_any() -> None:
    assert not ranks_refused("BatchNorm2d", kind="SyncBatchNorm")
    assert list(ranks_refused("Conv2d", 5, kind="ConvUnit")) == [1, 2, 5]


def test_where_nothing_is_given_nothing_is_wrong() -> None:
    net, _ = image(N, 8)
    net.use("Conv2d", [], None, "conv")
    net.use("Conv2d", [(T(None, None), [])], None, "other")
    assert not findings("RF412", net)


@pytest.mark.parametrize(
    ("base", "rank", "meant"),
    [
        ("BatchNorm2d", 2, "BatchNorm1d"),
        ("BatchNorm2d", 3, "BatchNorm1d"),
        ("BatchNorm1d", 4, "BatchNorm2d"),
        ("BatchNorm2d", 5, "BatchNorm3d"),
        ("BatchNorm2d", 6, ""),
        ("InstanceNorm2d", 2, ""),
    ],
)
def test_a_batch_norm_becomes_the_one_for_these_axes(base: str, rank: int, meant: str) -> None:
    net, x = image(*[8] * rank)
    call(net, x, base)
    finding = only("RF412", net)
    assert (finding.fix and finding.fix.words) == (f"make it a {meant}" if meant else None)
    assert [(net.where(place), words) for place, words in finding.related] == [("layer", "built here")]
    named_after(net, f"Own{base}")
    assert only("RF412", net).fix is None


@pytest.mark.parametrize(("shape", "fits"), [((8, 8, 8), True), ((8, 8, 8, 8), False), (None, False)])
def test_a_norm_built_for_several_calls_has_to_suit_all_of_them(shape: Any, fits: bool) -> None:
    net, x = image(8, 8)
    first = call(net, x, "BatchNorm2d", "norm")
    call(net, T(None, shape), "BatchNorm2d", "norm", first)
    assert bool(findings("RF412", net)[0].fix) is fits


def test_a_norm_called_on_no_tensor_says_nothing_of_the_others() -> None:
    net, x = image(8, 8)
    first = call(net, x, "BatchNorm2d", "norm")
    net.use("BatchNorm2d", [], None, "norm", like=first)
    assert only("RF412", net).fix is None


def test_a_function_stands_where_it_is_called() -> None:
    net, x = image(8)
    call(net, x, "pad", "", pad=(1, 1, 1, 1), mode="reflect")
    assert only("RF412", net).related == ()


@pytest.mark.parametrize(
    ("base", "rank", "hinted"), [("Conv2d", 2, True), ("Conv3d", 3, False), ("MaxPool2d", 2, False)]
)
def test_two_axes_are_left_by_a_flatten(base: str, rank: int, hinted: bool) -> None:
    net, x = image(*[8] * rank)
    call(net, x, base)
    assert only("RF412", net).message.endswith("flattened before, or lacks its channels") is hinted


def test_behind_a_layer_that_took_sizes_for_channels_no_rank_is_judged() -> None:
    for shape, is_wrong in (((2, 3, 8, 8), True), ((2, 8, 8, 3), False)):
        net, x = image(*shape)
        call(net, net.conv(x, into=3), "Conv1d")
        assert bool(findings("RF412", net)) is is_wrong


# RF408 view-folds-batch


def viewed(net: Network, x: T, *sizes: Any, output: Any = None, **more: Any) -> T:
    reads = [Read("mixed") for _ in x.shape or ()]
    return net.use("reshape", [(x, reads)], output, "", {"shape": sizes}, **more)


def read_by_linear(shape: Any, *sizes: Any, features: Any = None) -> tuple[Network, list[Finding]]:
    """What is said of a view that a linear layer reads."""
    net, x = image(*shape)
    net.linear(viewed(net, x, *sizes, output=(N, sizes[-1])), sizes[-1] if features is None else features)
    return net, findings("RF408", net)


@pytest.mark.parametrize(
    ("shape", "sizes", "words"),
    [
        ((8,), (3,), "8 elements cannot be viewed as 3: torch refuses it"),
        ((2, 8), (1, 17), "16 = 2·8 elements cannot be viewed as 1×17: torch refuses it"),
        ((2, 8), (-1, 3), "16 = 2·8 elements cannot be viewed as -1×3: torch refuses it"),
        ((0, 8), (2, 3), "0 = 0·8 elements cannot be viewed as 2×3: torch refuses it"),
        ((2, 8, 4), (-1, 4, -1), "-1×4×-1 has 2 sizes -1, and only one can follow from the others: torch refuses it"),
        (
            (N, 6, 4),
            (-1, 10),
            "rows of 10 are a part of a sample, which has 24 = 6·4: samples are cut up and their number",
        ),
    ],
)
def test_what_is_wrong_with_a_view(shape: Any, sizes: Any, words: str) -> None:
    _, [finding] = read_by_linear(shape, *sizes)
    assert finding.message.startswith(words)


@pytest.mark.parametrize(
    ("shape", "sizes"),
    [
        ((N, 8), (-1, 16)),
        ((N, 6, 4), (-1, 10, 5)),
        ((N, 6, 4), (W, 10)),
        ((N, 6, 4), (-1, None)),
        ((N, 6, 4), (-1,)),
        ((2, 6, 4), (2, True)),
        ((2, 6, 4), (-1, H)),
        ((N, 6, H, W), (-1, H)),
    ],
)
def test_views_of_which_nothing_is_proved(shape: Any, sizes: Any) -> None:
    _, found = read_by_linear(shape, *sizes)
    assert not found


def test_only_views_that_are_certain_are_judged() -> None:
    net, x = image(2, 8)
    viewed(net, x, 3, 3, conditional="if flag")
    net.use("reshape", [], None, "", {"shape": (3, 3)})
    net.use("expand", [(x, [])], None, "", {"shape": (3, 3)})
    viewed(net, T(None, None), 3, 3)
    net.use("reshape", [(x, [])], None)
    assert not findings("RF408", net)


def test_sizes_behind_a_layer_that_took_them_for_channels_say_nothing() -> None:
    net, x = image(2, 8, 8, 3)
    viewed(net, net.conv(x, into=3), 3, 1000)
    assert not findings("RF408", net)


def test_the_linear_layer_is_found_behind_layers_that_keep_the_shape() -> None:
    net, x = image(N, 6, 4)
    y = viewed(net, x, -1, 10, output=(4 * N, 10))
    z = net.join(net.pointwise(y), net.pointwise(y, "Tanh"))
    net.linear(net.use("mean", [(z, [])], (10,)), 10)
    net.use("Bilinear", [(z, [])], None, "other", {"in_features": 10})
    net.linear(z, 20, path="wide")
    assert not findings("RF408", net)
    net.linear(z, 10)
    assert only("RF408", net).fix is not None


@pytest.mark.parametrize(
    ("shape", "sizes", "words"),
    [
        ((2, 8, 4), (2, 33), "flatten each sample: torch.flatten(x, 1)"),
        ((2, 8), (2, 9), None),
        ((2, 8, 4), (2, 3, 11), None),
        ((N, 8, H), (N, 8 * H + 1), None),
    ],
)
def test_samples_of_several_axes_and_a_known_size_are_flattened(shape: Any, sizes: Any, words: str | None) -> None:
    _, [finding] = read_by_linear(shape, *sizes)
    assert (finding.fix.words if finding.fix else None) == words


def test_there_is_no_fix_without_a_layer_that_can_be_made_for_it() -> None:
    net, x = image(2, 8, 4)
    net.linear(viewed(net, x, 2, 33, output=(2, 33)), 33, path="")
    assert only("RF408", net).fix is None
    assert read_by_linear((2, 8, 4), 2, 33, features=32)[1][0].fix is None
