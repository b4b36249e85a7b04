"""Rules that advise, on traces made by hand: strides that come late, bins, layers and upsamplings that gain nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import MIXED, H, Network, T, W, same
from ruling import findings, image, only

from rflint.field import IDENTITY
from rflint.trace import Read

# RF607 stride-too-late


def late(into: int = 8, **more: Any) -> tuple[Network, T]:
    """A layer of 8·`into` multiplications at full size, and one of 24 behind a stride."""
    net, x = image(1, into, 8)
    y = net.conv(x, 1, k=1, path="full")
    return net, net.conv(y, 6, k=1, stride=2, path="last", **more)


def test_more_than_seven_tenths_at_full_size_are_many() -> None:
    assert only("RF607", *late()).message.startswith(
        "73 % of the multiplications are at 8, most in full, and an output"
    )
    assert not findings("RF607", *late(7))


@pytest.mark.parametrize("about", [{"declared": False}, {"complete": False}, {"task": "restoration"}])
def test_where_the_size_is_meant_or_not_known_no_stride_is_missed(about: dict[str, Any]) -> None:
    assert not findings("RF607", *late(), **about)


@pytest.mark.parametrize("argument", ["in_channels", "out_channels", "groups", "kernel_size"])
def test_multiplications_are_known_of_all_layers_or_not_added_up(argument: str) -> None:
    assert not findings("RF607", *late(unknown=(argument,)))


def test_groups_divide_the_multiplications() -> None:
    assert not findings("RF607", *late(groups=0))
    net, x = image(1, 8, 8)
    y = net.conv(net.conv(x, 8, k=1, groups=8, path="each"), 2, k=1, stride=2, path="last")
    assert not findings("RF607", net, y)


def test_a_transposed_layer_costs_what_it_is_given() -> None:
    net, x = image(1, 8, 8, 8)
    down = net.conv(x, 8, k=2, stride=2, path="down")
    assert only("RF607", net, net.transposed(down, 20, k=2, stride=2)).message.startswith(
        "71 % of the multiplications are at 8×8, most in up, and an output unit sees 2×2"
    )


def test_a_layer_of_an_unknown_or_a_symbolic_size_is_not_counted() -> None:
    for output in (None, (1, 8, H, 8)):
        net, x = image(1, 8, 8, 8)
        y = net.conv(x, 8, path="full")
        net.uses[-1] = replace(net.uses[-1], output=output)
        assert not findings("RF607", net, T(y.source, output))


def test_the_layer_that_costs_most_is_named() -> None:
    net, x = image(1, 4, 8)
    y = net.conv(net.conv(net.conv(x, 4, k=1, path="a"), 9, k=1, path="b"), 2, k=1, path="c")
    finding = only("RF607", net, y)
    assert finding.message.startswith("100 % of the multiplications are at 8, most in b, and an output unit sees 1:")
    assert net.where(finding.place) == "b"
    assert [net.where(place) for place, _ in finding.related] == ["b()"]


def test_without_a_convolution_nothing_is_multiplied() -> None:
    net, x = image(1, 8, 8)
    assert not findings("RF607", net, net.pool(x))
    assert not findings("RF607", net, net.conv(x, 0, path="none"))


def full(net: Network, x: T, k: int, path: str) -> T:
    return net.conv(x, 8, k=k, padding=k // 2, path=path)


def test_who_sees_all_of_the_input_needs_no_stride() -> None:
    net, x = image(1, 8, 8)
    near, far = full(net, x, 7, "a"), full(net, x, 9, "b")
    assert "an output unit sees 7:" in only("RF607", net, near).message
    assert not findings("RF607", net, far)
    assert not findings("RF607", net, near, far)
    assert "an output unit sees 7:" in only("RF607", net, full(net, x, 3, "c"), near).message
    net, x = image(1, 8, 8, 16)
    assert "sees 9×9:" in only("RF607", net, full(net, x, 9, "d")).message
    net, x = image(1, 8, 8, 8)
    assert not findings("RF607", net, net.conv(full(net, x, 7, "e"), 1, k=2))
    net, x = image(1, 8, 8, W)
    assert not findings("RF607", net, full(net, x, 7, "f"))


def test_the_least_that_any_unit_sees_counts() -> None:
    net, x = image(1, 8, 8, 8)
    y = net.resized(net.pool(full(net, x, 1, "a")), 2)
    assert "an output unit sees 2×2:" in only("RF607", net, net.conv(y, 1, k=2, path="b")).message


def test_before_a_global_pool_units_see_what_they_do() -> None:
    net, x = image(1, 8, 8, 8)
    assert "an output unit sees 3×3:" in only("RF607", net, net.pooled(full(net, x, 3, "a"))).message


def test_attention_along_an_axis_and_outputs_of_no_layer_see_what_is_not_measured() -> None:
    net, x = image(1, 8, 8, 8)
    y = full(net, x, 3, "a")
    seen = net.use("MultiheadAttention", [(y, [*same(y)[:2], Read("whole", 2), same(y)[3]])], y.shape, "mix")
    assert not findings("RF607", net, net.join(y, seen))
    for other in (x, T(None, (1,))):
        assert not findings("RF607", net, y, other)
    assert not findings("RF607", Network())


# RF315 uneven-adaptive-bins


def bins(before: Any, after: Any, base: str = "AdaptiveAvgPool2d", **more: Any) -> list[str]:
    """What is said of so many bins."""
    net, x = image(*before)
    net.use(base, [(x, same(x))], after, "bins", {"output_size": 1}, **more)
    found = findings("RF315", net)
    assert all(net.where(one.place) == "bins.output_size" for one in found)
    assert all(one.optional is ("overlap" in one.message) for one in found)
    return [one.message for one in found]


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ((1, 2), (1, 3), "3 bins of 2 rows, 1, 2, 1 wide: rows are repeated, nothing is pooled"),
        ((1, 1), (1, 12), f"12 bins of 1 row, {', '.join('1' * 12)} wide: rows are repeated, nothing is pooled"),
        ((1, 1), (1, 13), "13 bins of 1 row: rows are repeated, nothing is pooled"),
        ((1, 5), (1, 2), "2 bins of 5 rows, 3, 3 wide, which overlap: 4 or 6 rows would make equal ones"),
        (
            (1, 8, 5, 9),
            (1, 8, 3, 2),
            "3 bins of 5 rows, 2, 3, 2 wide, which overlap: 3 or 6 rows would make equal ones",
        ),
        (
            (1, 8, 9, 5),
            (1, 8, 2, 3),
            "3 bins of 5 rows, 2, 3, 2 wide, which overlap: 3 or 6 rows would make equal ones",
        ),
        ((8, H, 5), (8, 3, 3), "3 bins of 5 rows, 2, 3, 2 wide, which overlap: 3 or 6 rows would make equal ones"),
        ((8, 5, 5), (8, H, 3), "3 bins of 5 rows, 2, 3, 2 wide, which overlap: 3 or 6 rows would make equal ones"),
        ((5, 5, 6), (5, 3, 3), "3 bins of 5 rows, 2, 3, 2 wide, which overlap: 3 or 6 rows would make equal ones"),
    ],
)
def test_bins_that_do_not_divide_the_rows(before: Any, after: Any, message: str) -> None:
    assert bins(before, after) == [f"bins makes {message}"]


@pytest.mark.parametrize(
    ("before", "after"), [((1, 6), (1, 3)), ((1, 6), (1, 1)), ((1, 6), (1, 0)), (None, (1, 3)), ((1, 5), None)]
)
def test_bins_that_are_even_or_not_known(before: Any, after: Any) -> None:
    net = Network(x=before)
    net.use("AdaptiveMaxPool1d", [(T("x", before), [])], after, "bins")
    net.use("AdaptiveMaxPool1d", [], (1, 3), "others")
    assert not findings("RF315", net)


def test_other_layers_have_no_bins_and_other_branches_are_not_judged() -> None:
    assert not bins((1, 5), (1, 2), base="MaxPool1d")
    assert not bins((1, 5), (1, 2), conditional="if flag")


# RF605 upsample-before-pointwise


def upsampled(factor: int = 2, out: int = 8, **more: Any) -> tuple[Network, T]:
    """A 1×1 convolution behind an upsampling of a signal with 8 channels."""
    net, x = image(1, 8, 8)
    return net, net.conv(net.resized(x, factor), out, **{"k": 1, **more})


def test_a_pointwise_layer_is_cheaper_before_the_upsampling() -> None:
    finding = only("RF605", *upsampled())
    assert finding.message == (
        "conv, a 1×1 convolution, is computed on 2 times as many positions as before upsample: there it gives the same"
        ", and 8 channels are upsampled instead of 8"
    )


@pytest.mark.parametrize(
    "about",
    [{"factor": 1}, {"out": 9}, {"k": 3}, {"unknown": ("in_channels",)}, {"unknown": ("out_channels",)}],
)
def test_where_nothing_is_gained_the_upsampling_may_come_first(about: dict[str, Any]) -> None:
    assert not findings("RF605", *upsampled(**about))


def test_each_upsampling_is_looked_at() -> None:
    net, x = image(1, 8, 8)
    wider = net.conv(net.resized(net.pointwise(x), 2), 9, k=1, path="wider")
    narrower = net.conv(net.resized(wider, 2), 4, k=1, path="narrower")
    assert only("RF605", net, narrower).message.startswith("narrower, a 1×1 convolution, is computed on 2 times")


def test_a_map_that_others_read_is_upsampled_anyway() -> None:
    net, x = image(1, 8, 8)
    y = net.resized(x, 2)
    assert not findings("RF605", net, net.pointwise(y))
    assert not findings("RF605", net, net.join(net.conv(y, 8, k=1), y))
    net, x = image(1, 8, 8)
    assert not findings("RF605", net, net.conv(net.transposed(x, 8, stride=2), 8, k=1))
    net.uses[0] = replace(net.uses[0], layer=replace(net.uses[0].layer, base="Upsample"))
    assert findings("RF605", net, T(1, None))


# RF103 unproductive-layer


def deep(net: Network, x: T, *kernels: int, path: str = "c", **more: Any) -> T:
    """Layers of these kernels that keep the size."""
    for number, k in enumerate(kernels):
        x = net.conv(x, 8, k=k, padding=k // 2, path=f"{path}{number}", **more)
    return x


def idle(*kernels: int, size: int = 8, **about: Any) -> list[str]:
    """What is said of such layers, of which the outputs are pooled."""
    net, x = image(1, 8, size, size)
    return [one.message for one in findings("RF103", net, net.pooled(deep(net, x, *kernels)), **about)]


def test_a_layer_whose_input_sees_all_adds_no_context() -> None:
    assert idle(7, 3) == []
    assert idle(8 + 1, 2) == ["the input of c1 already sees 9×9 px of 8×8: it cannot add context; from 10 px on it can"]
    [message] = idle(9, 3, 3)
    assert message.endswith("cannot add context (first of 2 such layers); from 12 px on all of them can")
    assert idle(9, 1) == []


@pytest.mark.parametrize("about", [{"declared": False}, {"order": "constructor"}])
def test_without_a_size_or_a_run_no_layer_is_idle(about: dict[str, Any]) -> None:
    assert not idle(9, 3, **about)


def test_a_long_axis_still_gains() -> None:
    net, x = image(1, 8, 8, 16)
    assert not findings("RF103", net, net.pooled(deep(net, x, 9, 3)))
    assert "sees 17×17 px of 8×16" in only("RF103", net, net.pooled(deep(net, x, 9, 9, 3, path="d"))).message
    net, x = image(1, 8, 8, W)
    assert not findings("RF103", net, net.pooled(deep(net, x, 9, 3)))


def test_axes_are_not_taken_for_each_other() -> None:
    net, x = image(1, 8, H, 8)
    y = deep(net, x, 9)
    y = net.use("sort", [(y, [*same(y)[:3], Read("unknown", 3)])], y.shape)
    assert not findings("RF103", net, net.pooled(deep(net, y, 3, path="d")))
    net, x = image(1, 8, H, W)
    y = net.use("sort", [(x, [*same(x)[:2], Read("unknown", 2), Read("unknown", 3)])], x.shape)
    assert not findings("RF103", net, net.pooled(deep(net, y, 3)))
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9)
    y = net.use(
        "unsqueeze", [(y, [*same(y)[:2], Read("kept", 3, IDENTITY), Read("kept", 4, IDENTITY)])], (1, 8, 1, 8, 8)
    )
    assert not findings("RF103", net, net.pooled(deep(net, y, 3, path="d")))


def test_what_sees_all_by_the_narrowest_way_is_idle() -> None:
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9)
    assert not findings("RF103", net, net.pooled(deep(net, net.join(y, x), 3, path="d")))


def test_what_just_sees_all_sees_all() -> None:
    net, x = image(1, 8, 8, 8)
    y = net.conv(deep(net, x, 7), k=2, path="two")
    assert "already sees 8×8 px of 8×8" in only("RF103", net, net.pooled(deep(net, y, 3, path="d"))).message


@pytest.mark.parametrize("size", [(8,), (8, 8)])
def test_a_layer_that_reads_a_map_as_a_whole_gathers_it(size: tuple[int, ...]) -> None:
    net, x = image(1, 8, *size)
    y = net.conv(deep(net, x, 9), k=8, path="all")
    assert not findings("RF103", net, net.pooled(y))
    assert "input of last0" in only("RF103", net, net.pooled(deep(net, y, 3, path="last"))).message


@pytest.mark.parametrize("more", [{"conditional": "if flag"}, {"given": ((1, 8, 8, 8),)}])
def test_layers_that_are_not_certain_are_not_idle(more: dict[str, Any]) -> None:
    net, x = image(1, 8, 8, 8)
    assert not findings("RF103", net, net.pooled(deep(net, deep(net, x, 9), 3, path="d", more=more)))


def test_other_layers_and_windows_that_are_not_known_are_not_idle() -> None:
    net, x = image(1, 8, 8, 8)
    y = net.conv(net.pool(deep(net, x, 9), 3, padding=1, stride=1), unknown=("dilation",), padding=1)
    assert not findings("RF103", net, net.pooled(y))


def test_a_kernel_that_is_not_known_along_one_axis_may_be_1() -> None:
    net, x = image(1, 8, 8, 8)
    y = net.conv(deep(net, x, 9), k=3, padding=1)
    args = {**net.uses[-1].layer.args, "kernel_size": (3, None)}
    net.uses[-1] = replace(net.uses[-1], layer=replace(net.uses[-1].layer, args=args))
    assert not findings("RF103", net, net.pooled(y))


def test_tokens_and_rows_of_a_signal_are_maps() -> None:
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9, 3)
    assert not findings("RF103", net, net.use("reshape", [(y, [*same(y)[:2], MIXED, MIXED])], (1, 8, 64)))
    assert findings("RF103", net, net.flat(y))
    net, x = image(1, 8, 8)
    y = deep(net, x, 9, 3)
    row = net.use("select", [(y, [same(y)[0], Read("mixed"), Read("kept", 1, IDENTITY)])], (1, 8))
    assert not findings("RF103", net, row)


def test_layers_that_read_several_inputs_or_none_are_not_idle() -> None:
    net = Network(a=(1, 8, 8, 8), b=(1, 8, 8, 8))
    both = net.join(deep(net, net.input("a"), 9), deep(net, net.input("b"), 9, path="d"))
    assert not findings("RF103", net, net.pooled(deep(net, both, 3, path="e")))
    net, x = image(1, 8, 1, 1)
    assert not findings("RF103", net, net.pooled(deep(net, T(None, (1, 8, 1, 1)), 3)), net.pooled(deep(net, x, 3)))


def test_behind_what_sees_everything_nothing_is_told() -> None:
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9)
    gated = net.join(
        y, net.use("mean", [(y, [*same(y)[:2], Read("whole", 2), Read("whole", 3)])], (1, 8, 1, 1)), output=y.shape
    )
    assert not findings("RF103", net, net.pooled(deep(net, gated, 3, path="d")))
    strange = net.use("grid_sample", [(y, [*same(y)[:2], Read("unknown", 2), Read("unknown", 3)])], y.shape)
    assert not findings("RF103", net, net.pooled(deep(net, strange, 3, path="e")))


def test_frames_that_became_samples_are_not_told() -> None:
    net, x = image(1, 8, 1, 8, 8)
    reads = [*same(x)[:2], MIXED, Read("kept", 2, IDENTITY), Read("kept", 3, IDENTITY)]
    y = deep(net, net.use("reshape", [(x, reads)], (1, 8, 8, 8)), 9, 3)
    assert not findings("RF103", net, net.pooled(y))


def test_units_of_maps_each_need_the_whole_image() -> None:
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9, 3)
    assert not findings("RF103", net, y)
    assert not findings("RF103", net, net.pooled(y), y)
    assert not findings("RF103", net)
    assert not findings("RF103", net, T(None, (1,)))
    assert findings("RF103", net, net.flat(y), T(None, (1,)), x)
    unknown = net.use("opaque", [(y, [Read("unknown")] * 4)], None)
    assert not findings("RF103", net, unknown)


def test_the_same_layer_is_told_once_and_others_are_near() -> None:
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9, *[3] * 10)
    finding = only("RF103", net, net.pooled(y))
    assert net.where(finding.place) == "c1.kernel_size"
    assert [(net.where(place), words) for place, words in finding.related] == [
        (f"c{number}.kernel_size", f"c{number}, too") for number in range(2, 10)
    ]
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9, 3)
    again = net.conv(y, k=3, padding=1, path="c1", like=y)
    assert only("RF103", net, net.pooled(again)).message.endswith("add context; from 10 px on it can")
    other = net.conv(again, k=3, padding=1, path="c2", like=y)
    assert only("RF103", net, net.pooled(other)).related == ()


@pytest.mark.parametrize("base", ["AdaptiveAvgPool2d", "Upsample", "interpolate"])
def test_where_windows_follow_the_size_no_size_helps(base: str) -> None:
    net, x = image(1, 8, 8, 8)
    y = deep(net, x, 9)
    y = net.use(base, [(y, same(y))], y.shape)
    assert only("RF103", net, net.pooled(deep(net, y, 3, path="d"))).message.endswith("it cannot add context")
