"""Networks of the literature, worked out from their layers: extent, positions really read, phases and drift.

The words are those of layer_lists.py.  Figures that others state are checked against; where ours differ, it is said.
"""

from __future__ import annotations

from fractions import Fraction

import pytest
from handmade import Net
from layer_lists import Layers, read, row

from rflint import field
from rflint.receptive import coverage, drift, reached


def seen(net: Net, last: int) -> tuple[tuple[int, int], int, Fraction, int]:
    """Least and greatest extent, positions that an interior unit reads, jump and number of phases, along the height."""
    interval, positions = net.axis(last).interval, reached(net.trace(), last, "x", 0)
    assert interval is not None
    assert positions is not None
    return interval.size, positions.count, interval.jump, interval.period


def dilated(*rates: int, kernel: int = 3) -> str:
    return " ".join(f"{kernel}:{rate}" for rate in rates)


@pytest.mark.parametrize(
    ("rates", "extent", "count", "common"),
    [
        ((1, 1, 2, 4, 8, 16, 1), 67, 67, 1),
        ((1, 2, 5), 17, 17, 1),
        ((1, 2, 3), 13, 13, 1),
        ((1, 2, 4), 15, 15, 1),
        ((1, 2, 4, 8), 31, 31, 1),
        ((1, 2, 5, 9), 35, 35, 1),
        ((1, 3, 9), 27, 27, 1),
        ((1, 2, 5, 1, 2, 5), 33, 33, 1),
        ((1, 2, 9), 25, 21, 1),
        ((2, 2, 2), 13, 7, 2),
        ((2, 4, 8), 29, 15, 2),
        ((4, 8, 16), 57, 15, 4),
        ((3, 4, 5), 25, 21, 1),
        ((5, 9, 17), 63, 27, 1),
        ((2, 4, 8, 16), 61, 31, 2),
        ((2,) * 6, 25, 13, 2),
        ((1, *(2,) * 6), 27, 27, 1),
        ((3, 3, 3), 19, 7, 3),
        ((2, 3), 11, 9, 1),
        ((2, 3, 5), 21, 19, 1),
        ((3, 5), 17, 9, 1),
        ((6, 12, 18), 73, 13, 6),
        ((1, 3, 9, 27), 81, 81, 1),
        ((1, 4, 16), 43, 27, 1),
    ],
    ids=str,
)
def test_dilated_3x3_layers_in_a_row(rates: tuple[int, ...], extent: int, count: int, common: int) -> None:
    net, last = read([dilated(*rates)])
    positions, area = reached(net.trace(), last, "x", 0), coverage(net.trace(), last, "x")
    assert positions is not None
    assert area is not None
    assert (positions.extent, positions.count, positions.gcd) == (extent, count, common)
    assert bool(positions.holes) == field.holes_in_chain([3] * len(rates), rates)
    assert (area.read, area.window) == (count**2, extent**2)


@pytest.mark.parametrize(
    ("rates", "extent", "count"),
    [([2**i for i in range(10)], 1024, 1024), ([2, 4, 8], 15, 8), ([1, 3, 9], 14, 8), ([1, 2, 4, 8], 16, 16)],
    ids=["WaveNet", "2, 4, 8", "1, 3, 9", "doubling"],
)
def test_dilated_layers_with_a_kernel_of_two(rates: list[int], extent: int, count: int) -> None:
    net, last = read([" ".join(f"2:{rate}v" for rate in rates)], 2048)
    assert seen(net, last)[:2] == ((extent, extent), count)
    assert field.holes_in_chain([2] * len(rates), rates) == (count < extent)


def test_patterns_of_common_factors() -> None:
    net, last = read([dilated(2, 2, 2)])
    positions = reached(net.trace(), last, "x", 0)
    assert positions is not None
    assert positions.pattern == "#.#.#.#.#.#.#"
    area = coverage(net.trace(), last, "x")
    assert area is not None
    assert round(100 * area.read / area.window) == 29


CSRNET = "3 3 p2/2v 3 3 p2/2v 3 3 3 p2/2v 3 3 3"
RESNET_STEM = "7/2e p3/2e"


def bottlenecks(*rates: int, stride: int = 1) -> Layers:
    """Residual blocks with these dilations on their 3×3; the first one has the stride there."""
    first = (f"1 3:{rates[0]}/{stride}e 1", f"1/{stride}v")
    return [first, *((f"1 3:{rate} 1", "") for rate in rates[1:])]


def basics(*rates: int, stride: int = 1) -> Layers:
    """Residual blocks of two 3×3 layers; the first one has the stride."""
    first = (f"3:{rates[0]}/{stride}e 3:{rates[0]}", f"1/{stride}v")
    return [first, *((f"3:{rate} 3:{rate}", "") for rate in rates[1:])]


DEEPLAB_OS16: Layers = [
    RESNET_STEM,
    *bottlenecks(1, 1, 1),
    *bottlenecks(1, 1, 1, 1, stride=2),
    *bottlenecks(*(1,) * 6, stride=2),
    *bottlenecks(2, 4, 8),
]
DEEPLAB_OS8: Layers = [
    RESNET_STEM,
    *bottlenecks(1, 1, 1),
    *bottlenecks(1, 1, 1, 1, stride=2),
    *bottlenecks(1, *(2,) * 22),
]
DUC_START: Layers = ["3/2e 3 3 p3/2v", *bottlenecks(1, 1, 1), *bottlenecks(1, 1, 1, 1, stride=2)]
DUC_RELEASED = [*bottlenecks(2, *(2, 5, 9, 1) * 5, 2, 5), *bottlenecks(5, 9, 17)]
DUC_PAPER = [*bottlenecks(*(1, 2, 3) * 7, 2, 2), *bottlenecks(3, 4, 5)]
DUC_PLAIN = [*bottlenecks(*(2,) * 23), *bottlenecks(4, 4, 4)]


def aspp(*rates: int) -> tuple[str, ...]:
    return ("1", *(f"3:{rate}" for rate in rates))


DRN_C = [
    "7",
    *basics(1),
    *basics(1, stride=2),
    *basics(1, 1, stride=2),
    *basics(1, 1, stride=2),
    *basics(2, 2),
    *basics(4, 4),
]


def factored(*rates: int) -> Layers:
    """ERFNet's residual blocks, of layers along one axis each."""
    return [(f"3x1 1x3 3x1:{rate} 1x3:{rate}", "") for rate in rates]


ERFNET_ENCODER: Layers = [
    ("3/2e", "p2/2v"),
    ("3/2e", "p2/2v"),
    *factored(*(1,) * 5),
    ("3/2e", "p2/2v"),
    *factored(*(2, 4, 8, 16) * 2),
]
ERFNET: Layers = [*ERFNET_ENCODER, "t3/2", *factored(1, 1), "t3/2", *factored(1, 1), "t2/2"]
PYRAMID = tuple(f"3:{rate}" for rate in (1, 2, 4, 8, 16))
ESP: Layers = ["1", PYRAMID]


@pytest.mark.parametrize(
    ("layers", "size", "count", "jump"),
    [
        pytest.param([CSRNET], 92, 92, 8, id="CSRNet front"),
        pytest.param([CSRNET, dilated(1, 1, 1, 1, 1, 1)], 188, 188, 8, id="CSRNet A"),
        pytest.param([CSRNET, dilated(2, 2, 2, 2, 2, 2)], 284, 284, 8, id="CSRNet B"),
        pytest.param([CSRNET, dilated(2, 2, 2, 4, 4, 4)], 380, 380, 8, id="CSRNet C"),
        pytest.param([CSRNET, dilated(4, 4, 4, 4, 4, 4)], 476, 476, 8, id="CSRNet D"),
        pytest.param([aspp(6, 12, 18)], 37, 7, 1, id="ASPP alone"),
        pytest.param(["3", aspp(6, 12, 18)], 39, 21, 1, id="ASPP after a 3×3"),
        pytest.param([aspp(6, 12, 18), "3"], 39, 21, 1, id="ASPP before a 3×3"),
        pytest.param(DEEPLAB_OS16, 715, 715, 16, id="DeepLabv3 R50 OS16"),
        pytest.param([*DEEPLAB_OS16, aspp(6, 12, 18)], 1291, 1291, 16, id="DeepLabv3 R50 OS16 ASPP"),
        pytest.param([*DEEPLAB_OS8, *bottlenecks(4, 4, 4), aspp(12, 24, 36)], 1579, 1579, 8, id="DeepLabv3 R101 OS8"),
        pytest.param([*DEEPLAB_OS8, *bottlenecks(2, 4, 4), aspp(12, 24, 36)], 1547, 1547, 8, id="that of torchvision"),
        pytest.param([*DUC_START, *DUC_RELEASED], 2095, 2095, 8, id="DUC released"),
        pytest.param([*DUC_START, *DUC_RELEASED, aspp(6, 12, 18, 24)], 2479, 2479, 8, id="DUC released ASPP"),
        pytest.param(DUC_RELEASED, 251, 251, 1, id="DUC released, last stages"),
        pytest.param([*DUC_START, *DUC_PAPER], 1023, 1023, 8, id="DUC-HDC"),
        pytest.param(DUC_PAPER, 117, 117, 1, id="DUC-HDC, last stages"),
        pytest.param(DUC_PLAIN, 117, 59, 1, id="DUC without HDC, last stages"),
        pytest.param(DRN_C, 485, 485, 8, id="DRN-C-26 without degridding"),
        pytest.param([*DRN_C, dilated(2, 2), dilated(1, 1)], 581, 581, 8, id="DRN-C-26"),
        pytest.param(ERFNET_ENCODER, 1183, 1183, 8, id="ERFNet encoder"),
        pytest.param(ESP, 33, 11, 1, id="ESP module"),
        pytest.param(
            ["3/2e", *["3/2e", PYRAMID], *ESP * 2, *["3/2e", PYRAMID], *ESP * 8], 2703, 2667, 8, id="ESPNet-C p=2 q=8"
        ),
        pytest.param(["4/2e 4/2e 4/2e 4e 4e"], 70, 70, 8, id="PatchGAN"),
        pytest.param(["4/2e 4/2e 4/2e 4/2e 4v"], 94, 94, 16, id="DCGAN discriminator"),
        pytest.param(["9 1 5"], 13, 13, 1, id="SRCNN"),
        pytest.param(["3 " * 17], 35, 35, 1, id="DnCNN-17"),
    ],
)
def test_extent_positions_and_jump(layers: Layers, size: int, count: int, jump: int) -> None:
    net, last = read(layers, 256)
    assert seen(net, last) == ((size, size), count, jump, 1)


def causal(kernel: int, *rates: int) -> list[field.Access | None]:
    return [field.window(kernel, 1, rate * (kernel - 1), rate) for rate in rates]


@pytest.mark.parametrize(
    ("chain", "size"),
    [
        (causal(2, *(2**i for i in range(10))), 1024),
        (causal(2, 1, *(2**i for i in range(10)), *(2**i for i in range(10)), *(2**i for i in range(10))), 3071),
        (causal(3, *(1, 2, 4, 8, 16) * 6), 373),
        (causal(3, *(1, 2, 4, 8, 16) * 5), 311),
        (causal(3, *(2**i for i in range(8))), 511),
        (causal(3, *(2 ** (i // 2) for i in range(16))), 1021),
    ],
    ids=[
        "WaveNet, one stack",
        "WaveNet, three stacks",
        "ByteNet",
        "ByteNet, five sets",
        "TCN, one each",
        "TCN, two each",
    ],
)
def test_causal_networks_see_the_past_only(chain: list[field.Access | None], size: int) -> None:
    """The paper on ByteNet says 315, which is neither of 373 for six sets and 311 for five."""
    net = Net()
    last = net.chain("x", *chain)
    positions = reached(net.trace(), last, "x", 0, 0)
    assert positions is not None
    assert (positions.offset, positions.count, positions.extent) == (1 - size, size, size)


def linknet(net: Net) -> int:
    """ResNet-18 and its mirror: each decoder ends on the size of the encoder that is added to it."""
    at, _ = row(net, "x", 256, RESNET_STEM)
    skips = []
    for number in range(4):
        for one in basics(1, 1, stride=2 if number else 1):
            at = net.join(*(row(net, at, 256, branch)[0] for branch in one))
        skips.append(at)
    for skip in skips[-2::-1]:
        at = net.join(row(net, at, 8, "1 t3/2 1")[0], skip)
    at, _ = row(net, at, 8, "1 3 1 t3/2 3 t2/2")
    assert isinstance(at, int)
    return at


@pytest.mark.parametrize(
    ("layers", "sizes", "phases", "off"),
    [
        pytest.param(ERFNET, (1231, 1239), 8, Fraction(-1, 2), id="ERFNet"),
        pytest.param(["3", *[("3 3", "")] * 16, ("3", ""), "3 up2 3"], (72, 72), 2, Fraction(0), id="EDSR ×2"),
        pytest.param(["3/2e up2"], (3, 3), 2, Fraction(-1, 2), id="one level down and up"),
        pytest.param(["3/2e 3/2e lin2 lin2"], (11, 15), 4, Fraction(-3, 2), id="two levels, bilinear"),
        pytest.param(["3/2e " * 5 + "up2 " * 5], (63, 63), 32, Fraction(-31, 2), id="five levels"),
        pytest.param(["4/2e 4/2e t4/2 t4/2"], (14, 18), 4, Fraction(0), id="kernels of 4 both ways"),
    ],
)
def test_phases_and_drift(layers: Layers, sizes: tuple[int, int], phases: int, off: Fraction) -> None:
    net, last = read(layers, 256)
    interval = net.axis(last).interval
    assert interval is not None
    assert (interval.size, interval.period) == (sizes, phases)
    units = int(256 / interval.jump)
    assert drift(net.axis(last), 256, units) == off
    for phase in range(phases):
        positions, span = reached(net.trace(), last, "x", 0, phase), interval.span(phase)
        assert positions is not None
        assert span is not None
        assert (positions.offset, positions.extent) == (span[0], span[1] - span[0] + 1)


def test_linknet_drifts_by_its_last_layer() -> None:
    net = Net(rank=4)
    last = linknet(net)
    interval = net.axis(last).interval
    assert interval is not None
    assert (interval.size, interval.jump) == ((467, 499), 1)
    assert drift(net.axis(last), 256, 256) == Fraction(-1, 2)


def test_resnets_stand_on_the_places_of_their_units() -> None:
    net, last = read(
        [RESNET_STEM, *basics(1, 1), *basics(1, 1, stride=2), *basics(1, 1, stride=2), *basics(1, 1, stride=2)]
    )
    interval = net.axis(last).interval
    assert interval is not None
    assert (interval.size, interval.jump, interval.start) == ((435, 435), 32, -217)
    assert drift(net.axis(last), 224, 7) == Fraction(-31, 2)


def test_holes_of_espnet_are_at_its_ends() -> None:
    layers = ["3/2e", *["3/2e", PYRAMID], *ESP * 2, *["3/2e", PYRAMID], *ESP * 8]
    net, last = read(layers)
    positions = reached(net.trace(), last, "x", 0)
    assert positions is not None
    ends = positions.offset, positions.offset + positions.extent
    assert max(len(hole) for hole in positions.holes) == 17
    assert all(hole.stop - ends[0] < 400 or ends[1] - hole.start < 400 for hole in positions.holes)
