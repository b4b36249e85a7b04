"""Rules about dilated convolutions in a row, side by side and on small maps, on traces made by hand."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest
from networks import H, N, Network, T, W
from ruling import findings, image, only

from rflint import field
from rflint.checks._taps import share_on_map
from rflint.diagnostics import Finding


def dilated(net: Network, x: T, rates: Sequence[int], name: str = "d") -> T:
    """Convolutions that keep the size, with activations between them."""
    for number, rate in enumerate(rates):
        x = net.pointwise(net.conv(x, padding=rate, dilation=rate, path=f"{name}{number}"))
    return x


# RF201 gridding-holes


def test_only_dilated_layers_are_named() -> None:
    net, x = image(N, 8, H)
    finding = only("RF201", net, dilated(net, x, (4, 1, 4)))
    assert finding.message.startswith("dilations 4, 1, 4 reach 15 of 19 rows (79 %); 1, ")
    assert net.where(finding.place) == "d0.dilation"
    assert [net.where(place) for place, _ in finding.related] == ["d2.dilation"]
    assert finding.use == finding.trail[-1]
    assert [net.uses[index].path for index in finding.trail] == ["d0", "d1", "d2"]


# RF202 dilation-common-factor


def test_rates_with_a_common_factor_behind_undilated_layers() -> None:
    net, x = image(N, 8, H, W)
    finding = only("RF202", net, dilated(net, x, (1, 1, 1, 2, 2, 2)))
    assert net.where(finding.place) == "d3.dilation"
    assert finding.message == (
        "dilations 2, 2, 2 in a row share the factor 2: by themselves they read 7 of 13 rows #.#.#.#.#.#.#; "
        "all 6 layers in a row have gridding index 0.037; 1, 2, 3 read all"
    )
    assert [net.where(place) for place, _ in finding.related] == ["d4.dilation", "d5.dilation"]


def test_a_run_ends_where_a_layer_is_not_dilated() -> None:
    net, x = image(N, 8, H)
    assert not findings("RF202", net, dilated(net, x, (1, 2, 1, 2, 1, 4, 1)))


def test_several_runs_are_one_finding_at_the_longest() -> None:
    net, x = image(N, 8, H)
    finding = only("RF202", net, dilated(net, x, (1, 2, 4, 1, 2, 4, 8)))
    assert net.where(finding.place) == "d4.dilation"
    assert finding.message.endswith("; so do those of 1 more run")


def test_rates_without_a_common_factor_are_fine() -> None:
    net, x = image(N, 8, H)
    assert not findings("RF202", net, dilated(net, x, (1, 2, 3, 5)))


def test_holes_behind_all_layers_are_said_once() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (2, 2, 2))
    assert findings("RF201", net, y)
    assert not findings("RF202", net, y)


def test_the_identities_of_residual_blocks_are_looked_through() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (1, 1), "a")
    y = net.join(y, dilated(net, y, (2,), "b"))
    y = net.join(net.conv(y, k=1, path="short"), dilated(net, y, (2,), "c"))
    assert "dilations 2, 2 in a row" in only("RF202", net, y).message


def test_a_change_of_resolution_ends_a_run() -> None:
    net, x = image(N, 8, 64)
    y = net.pool(dilated(net, x, (1, 2), "a"))
    assert not findings("RF202", net, dilated(net, y, (2, 1), "b"))


def test_dilated_pools_are_no_run_and_end_one() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (1, 1, 2))
    for _ in range(2):
        about = {"kernel_size": (3,), "stride": (1,), "dilation": (2,), "padding": (2,)}
        y = net.window(y, "MaxPool1d", [field.window(3, 1, 2, 2)], [H], None, "pool", about, (), None, {})
    assert not findings("RF202", net, y)


def test_parallel_layers_are_no_run() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (1, 1))
    assert not findings("RF202", net, net.join(*(dilated(net, y, (rate,), f"r{rate}") for rate in (6, 12, 18))))


def test_parallel_layers_go_on_with_the_run_before_them() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (1, 1, 1, 1, 2))
    finding = only("RF202", net, net.join(*(dilated(net, y, (rate,), f"r{rate}_") for rate in (6, 12))))
    assert "dilations 2, 6 in a row" in finding.message
    assert "more run" not in finding.message


def test_three_runs_and_rates_that_are_too_many_to_list() -> None:
    net, x = image(N, 8, H)
    message = only("RF202", net, dilated(net, x, (1, 2, 4, 1, 2, 4, 8, 1, 2, 4))).message
    assert message.endswith("; so do those of 2 more runs")
    net, x = image(N, 8, H)
    message = only("RF202", net, dilated(net, x, (1, 2, 2, 2, 2))).message
    assert "dilations 2, 2, 2, 2 in a row share the factor 2" in message
    assert message.endswith(" read all")
    net, x = image(N, 8, H)
    message = only("RF202", net, dilated(net, x, (1, 2, 2, 2, 2, 2))).message
    assert "read all" not in message
    assert "by themselves they read 11 of 21 rows #.#" in message


def test_pictures_of_31_rows_are_shown() -> None:
    for rates, is_shown in (((1, 1, 1, 3, 12), True), ((1, 2, 4, 8), True), ((1, 2, 4, 10), False)):
        net, x = image(N, 8, H)
        assert ("rows #" in only("RF202", net, dilated(net, x, rates)).message) is is_shown


def test_no_index_is_told_of_rates_too_large_to_try() -> None:
    for rate, is_told in ((256, True), (258, False)):
        net, x = image(N, 8, H)
        y = dilated(net, net.conv(x, k=601, padding=300, path="wide"), (2, rate))
        assert ("gridding index" in only("RF202", net, y).message) is is_told


def test_eight_of_the_following_layers_are_named() -> None:
    net, x = image(N, 8, H)
    finding = only("RF202", net, dilated(net, x, (1, *[2] * 11)))
    assert [words for _, words in finding.related] == ["dilation 2"] * 8
    assert finding.trail == tuple(range(2, 24, 2))


# RF203 hdc-distance


def test_a_distance_above_the_kernel() -> None:
    net, x = image(N, 8, H)
    finding = only("RF203", net, dilated(net, x, (1, 1, 1, 1, 2, 9)))
    assert net.where(finding.place) == "d4.dilation"
    assert finding.message == (
        "dilations 1, 2, 9: the distance M_2 = 5 exceeds kernel 3, and by themselves they read 21 of 25 rows "
        "#######..#######..#######; 1, 3, 8 read all of 25"
    )


@pytest.mark.parametrize(("rates", "end"), [((3, 11), "31 rows #"), ((2, 13), "33 rows; 1, 3, 9 read all of 27")])
def test_a_long_picture_is_left_out(rates: tuple[int, ...], end: str) -> None:
    net, x = image(N, 8, H)
    assert end in only("RF203", net, dilated(net, x, (1, 1, 1, 1, *rates))).message


def test_a_picture_of_32_rows_is_long() -> None:
    net, x = image(N, 8, H)
    y = net.conv(x, k=25, path="wide")
    for rate in (1, 7, 23):
        y = net.conv(y, k=2, dilation=rate, path=f"d{rate}")
    assert "exceeds kernel 2, and by themselves they read 8 of 32 rows; " in only("RF203", net, y).message


@pytest.mark.parametrize(
    ("rates", "place", "others"),
    [
        ((2, 9, 1, 2, 9), "d4", "; so does one more; 1, 3, 8 read"),
        ((2, 9, 1, 2, 11, 1, 2, 9), "d7", "; so do 2 more; 1, 3, "),
    ],
)
def test_the_run_that_reads_least_is_told_and_others_are_counted(
    rates: tuple[int, ...], place: str, others: str
) -> None:
    net, x = image(N, 8, H)
    finding = only("RF203", net, dilated(net, x, (1, 1, 1, 1, *rates)))
    assert net.where(finding.place) == f"{place}.dilation"
    assert others in finding.message


def test_runs_with_a_layer_in_common_count_once() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (1, 1, 1, 1, 2))
    finding = only("RF203", net, net.join(*(dilated(net, y, (rate,), f"r{rate}_") for rate in (9, 11))))
    assert "so do" not in finding.message


def test_the_rule_is_one_for_kernels_of_one_size() -> None:
    net, x = image(N, 8, H)
    y = net.conv(dilated(net, x, (1, 1, 1, 1, 1, 2)), k=5, dilation=13, padding=26, path="far")
    assert not findings("RF203", net, y)


@pytest.mark.parametrize(
    "rates",
    [(1, 2, 5), (1, 2, 3), (1, 3, 2), (1, 3, 1), (1, 1, 1, 1, 2, 4), (1, 2, 1, 9), (2, 3, 1, 1, 1, 1)],
)
def test_the_rule_is_kept_or_nothing_is_left_out_or_there_is_no_run(rates: Sequence[int]) -> None:
    net, x = image(N, 8, H)
    assert not findings("RF203", net, dilated(net, x, rates))


def test_a_common_factor_is_said_by_the_other_rule_only() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (1, 1, 1, 1, 4, 8))
    assert findings("RF202", net, y)
    assert not findings("RF203", net, y)


def test_holes_of_the_whole_segment_are_said_by_rf201_only() -> None:
    net, x = image(N, 8, H)
    y = dilated(net, x, (1, 5, 9))
    assert findings("RF201", net, y)
    assert not findings("RF203", net, y)


# RF205 dilation-mostly-padding


@pytest.mark.parametrize(("rate", "share"), [(12, Fraction(72, 96)), (18, Fraction(60, 96)), (1, Fraction(94, 96))])
def test_the_share_of_data_is_counted_tap_by_tap(rate: int, share: Fraction) -> None:
    net, x = image(N, 8, 32, 32)
    net.conv(x, padding=rate, dilation=rate)
    assert share_on_map(net.uses[0]) == share**2


WINDOWS = [(3, 2, 2, 2), (2, 3, 1, 3), (4, 1, 5, 1), (3, 1, 0, 2)]


@pytest.mark.parametrize("n", [5, 8])
@pytest.mark.parametrize(
    ("k", "stride", "padding", "dilation"), [(3, 2, 2, 2), (2, 3, 1, 3), (4, 1, 5, 1), (3, 1, 0, 2)]
)
def test_the_share_is_that_of_counting(n: int, k: int, stride: int, padding: int, dilation: int) -> None:
    net, x = image(N, 8, n)
    y = net.conv(x, k=k, stride=stride, padding=padding, dilation=dilation)
    read = [stride * i - padding + dilation * t for i in range((y.shape or ())[-1]) for t in range(k)]  # type: ignore[arg-type]
    assert share_on_map(net.uses[0]) == Fraction(sum(0 <= at < n for at in read), len(read))


def test_layers_with_mostly_padding_are_one_finding_at_the_worst() -> None:
    net, x = image(N, 8, 32, 32)
    finding = only("RF205", net, *(dilated(net, x, (rate,), f"r{rate}_") for rate in (12, 18, 24, 36)))
    assert net.where(finding.place) == "r24_0.dilation"
    assert finding.message == (
        "dilation 24 on a map of 32×32 reads data with 25 % of its taps, and padding with the rest; "
        "one more layer does so, too"
    )
    assert [net.where(place) for place, _ in finding.related] == ["r24_0()", "r18_0.dilation"]


def test_undilated_layers_other_paddings_and_unknown_sizes_are_not_meant() -> None:
    net, x = image(N, 8, 4, 4)
    net.conv(x, k=7, padding=3)
    net.conv(x, padding=2, dilation=2, padding_mode="reflect")
    net.conv(x, padding=2, dilation=2, more={"conditional": "a branch"})
    assert not findings("RF205", net)
    net, x = image(N, 8, H, W)
    assert not findings("RF205", net, dilated(net, x, (18,)))


def test_a_layer_that_is_called_on_a_larger_map_too_is_not_meant() -> None:
    net, x = image(N, 8, 64, 64)
    y = net.conv(x, padding=18, dilation=18, path="far")
    z = net.conv(net.pool(x), padding=18, dilation=18, path="far", like=y)
    assert not findings("RF205", net, z)


# RF209 aspp-rates-not-scaled


def pyramid(rates: Sequence[int], stride: int, like: int = 3, *also: dict[str, Any]) -> list[Finding]:
    """What is found of convolutions with these rates side by side, and others on the same map."""
    net, x = image(N, 8, H, W)
    y = net.conv(x, k=stride, stride=stride, path="stem")
    made = [net.conv(y, k=like, padding=rate, dilation=rate, path=f"r{rate}") for rate in rates]
    return findings("RF209", net, *made, *(net.conv(y, path="other", **args) for args in also))


@pytest.mark.parametrize(
    ("rates", "stride", "better"),
    [
        ((6, 12, 18), 8, "12, 24, 36"),
        ((12, 24, 36), 16, "6, 12, 18"),
        ((6, 12, 18), 32, "3, 6, 9"),
        ((18, 6, 12), 4, "24, 48, 72"),
    ],
)
def test_rates_follow_the_output_stride(rates: Sequence[int], stride: int, better: str) -> None:
    (finding,) = pyramid(rates, stride)
    assert f"at stride {stride}, as here, {better} step as far" in finding.message
    assert [words for _, words in finding.related] == [f"rate {rate}" for rate in rates[1:]]


@pytest.mark.parametrize(
    ("rates", "stride"),
    [
        *(((6, 12, 18), 16), ((12, 24, 36), 8), ((6, 12, 18, 24), 8), ((2, 6, 12, 18), 8), ((6, 12), 8)),
        *(((6, 12, 18), 1), ((6, 12, 18), 2), ((6, 12, 18), 64), ((10, 21, 32), 16)),
    ],
)
def test_rates_as_published_or_others_or_without_a_stride(rates: Sequence[int], stride: int) -> None:
    assert not pyramid(rates, stride)


def test_a_kernel_of_one_has_no_rate() -> None:
    assert not pyramid((6, 12, 18), 8, like=1)
    assert pyramid((6, 12, 18), 8, like=2)


@pytest.mark.parametrize(
    "args",
    [
        {"k": 1},
        {"k": 3},
        {"k": 3, "dilation": 24, "stride": 2},
        {"k": 3, "dilation": (24, 12)},
        {"k": 3, "dilation": 24, "unknown": ("stride",)},
        {"k": 3, "dilation": 24, "base": "ConvTranspose"},
    ],
)
def test_what_reads_the_map_besides_is_no_branch(args: dict[str, Any]) -> None:
    assert len(pyramid((6, 12, 18), 8, 3, args)) == 1


def test_stride_that_differs_by_axis_is_none() -> None:
    net, x = image(N, 8, H, W)
    y = net.conv(x, k=(8, 4), stride=(8, 4), path="stem")
    made = [net.conv(y, padding=rate, dilation=rate, path=f"r{rate}") for rate in (6, 12, 18)]
    assert not findings("RF209", net, *made)
