"""The receptive fields that were published for the networks of TF-Slim follow from their layers, one by one.

Figures: Araujo, Norris and Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019; size, jump
and padding, on inputs of 224 positions.  The layers are those of TF-Slim, written down in the words of layer_lists.py.
"""

from __future__ import annotations

import pytest
from layer_lists import Layers, read

VGG = {"vgg_a": (1, 1, 2, 2, 2), "vgg_16": (2, 2, 3, 3, 3)}


def vgg(blocks: tuple[int, ...]) -> Layers:
    return [layer for count in blocks for layer in ["3"] * count + ["p2/2v"]]


def mobilenet_v1() -> Layers:
    return ["3/2", *(f"3/{stride} 1" for stride in (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1))]


def resnet_v1(blocks: tuple[int, ...]) -> Layers:
    """The last unit of a block has the stride, on its 3×3 convolution and on a pool of one position beside it."""
    layers: list[str | tuple[str, ...]] = ["7/2e p3/2"]
    for number, units in enumerate(blocks):
        layers += [("1 3e 1", "1" if unit == 0 else "") for unit in range(units - 1)]
        layers.append(("1 3e 1", "") if number == len(blocks) - 1 else ("1 3/2e 1", "p1/2v"))
    return layers


INCEPTION_V2: Layers = [
    "7/2 p3/2 1 3 p3/2",
    *[("1", "1 3", "1 3 3", "p3 1")] * 2,
    ("1 3/2", "1 3 3/2", "p3/2"),
    *[("1", "1 3", "1 3 3", "p3 1")] * 4,
    ("1 3/2", "1 3 3/2", "p3/2"),
    *[("1", "1 3", "1 3 3", "p3 1")] * 2,
]
STEM = "3/2v 3v 3 p3/2v 1v 3v p3/2v"
INCEPTION_V3: Layers = [
    STEM,
    *[("1", "1 5", "1 3 3", "p3 1")] * 3,
    ("3/2v", "1 3 3/2v", "p3/2v"),
    *[("1", "1 1x7 7x1", "1 7x1 1x7 7x1 1x7", "p3 1")] * 4,
    ("1 3/2v", "1 1x7 7x1 3/2v", "p3/2v"),
    *[("1", "1 1x3", "1 3x1", "1 3 1x3", "1 3 3x1", "p3 1")] * 2,
]
INCEPTION_V4: Layers = [
    "3/2v 3v 3",
    ("p3/2v", "3/2v"),
    ("1 3v", "1 1x7 7x1 3v"),
    ("3/2v", "p3/2v"),
    *[("1", "1 3", "1 3 3", "p3 1")] * 4,
    ("3/2v", "1 3 3/2v", "p3/2v"),
    *[("1", "1 1x7 7x1", "1 7x1 1x7 7x1 1x7", "p3 1")] * 7,
    ("1 3/2v", "1 1x7 7x1 3/2v", "p3/2v"),
    *[("1", "1 1x3", "1 3x1", "1 3x1 1x3 1x3", "1 3x1 1x3 3x1", "p3 1")] * 3,
]
INCEPTION_RESNET_V2: Layers = [
    STEM,
    ("1", "1 5", "1 3 3", "p3 1"),
    *[("1 1", "1 3 1", "1 3 3 1", "")] * 10,
    ("3/2v", "1 3 3/2v", "p3/2v"),
    *[("1 1", "1 1x7 7x1 1", "")] * 20,
    ("1 3/2v", "1 3/2v", "1 3 3/2v", "p3/2v"),
    *[("1 1", "1 1x3 3x1 1", "")] * 10,
    "1",
]


@pytest.mark.parametrize(
    ("layers", "size", "jump", "padding"),
    [
        pytest.param(["11/4v p3/2v 5 p3/2v 3 3 3 p3/2v"], 195, 32, 64, id="alexnet_v2"),
        pytest.param(vgg(VGG["vgg_a"]), 150, 32, 59, id="vgg_a"),
        pytest.param(vgg(VGG["vgg_16"]), 212, 32, 90, id="vgg_16"),
        pytest.param(mobilenet_v1(), 315, 32, 126, id="mobilenet_v1"),
        pytest.param(resnet_v1((3, 4, 6, 3)), 483, 32, 239, id="resnet_v1_50"),
        pytest.param(resnet_v1((3, 4, 23, 3)), 1027, 32, 511, id="resnet_v1_101"),
        pytest.param(resnet_v1((3, 8, 36, 3)), 1507, 32, 751, id="resnet_v1_152"),
        pytest.param(resnet_v1((3, 24, 36, 3)), 1763, 32, 879, id="resnet_v1_200"),
        pytest.param(INCEPTION_V2, 699, 32, 318, id="inception_v2"),
        pytest.param(INCEPTION_V3, 1311, 32, 618, id="inception_v3"),
        pytest.param(INCEPTION_V4, 2071, 32, 998, id="inception_v4"),
        pytest.param(INCEPTION_RESNET_V2, 3039, 32, 1482, id="inception_resnet_v2"),
    ],
)
def test_size_jump_and_padding_are_as_published(layers: Layers, size: int, jump: int, padding: int) -> None:
    net, last = read(layers)
    for axis in (0, 1):
        interval = net.axis(last, axis).interval
        assert interval is not None
        assert (interval.size, interval.jump, interval.start) == ((size, size), jump, -padding)


@pytest.mark.parametrize(
    ("words", "size"),
    [("3", 3), ("3 3 p2/2v", 6), ("3 3 p2/2v 3 3 p2/2v", 16), ("3 3 p2/2v 3 3 p2/2v 3 3 3 p2/2v", 44)],
)
def test_the_first_blocks_of_vgg_16(words: str, size: int) -> None:
    net, last = read([words])
    interval = net.axis(last).interval
    assert interval is not None
    assert interval.size == (size, size)


def residual(blocks: tuple[int, ...], place: str) -> Layers:
    """A ResNet of three layers a block whose stages begin with a stride, on the 1×1 or on the 3×3 convolution."""
    layers: list[str | tuple[str, ...]] = ["7/2e p3/2e"]
    for stage, units in enumerate(blocks):
        for unit in range(units):
            strided = stage > 0 and unit == 0
            inside = {"1x1": "1/2v 3e 1", "3x3": "1 3/2e 1"}[place] if strided else "1 3e 1"
            layers.append((inside, "" if unit else "1/2v" if strided else "1"))
    return layers


@pytest.mark.parametrize(
    ("blocks", "on_1x1", "on_3x3"),
    [((3, 4, 6, 3), 483, 427), ((3, 4, 23, 3), 1027, 971), ((3, 8, 36, 3), 1507, 1451)],
    ids=["50", "101", "152"],
)
def test_where_the_stride_of_a_residual_block_stands(blocks: tuple[int, ...], on_1x1: int, on_3x3: int) -> None:
    """On the 1×1, all 3×3 of a stage step by its jump; on the 3×3, the first by half of it: 2·(4 + 8 + 16) less."""
    for place, size in (("1x1", on_1x1), ("3x3", on_3x3)):
        net, last = read(residual(blocks, place))
        interval = net.axis(last).interval
        assert interval is not None
        assert (interval.size, interval.jump) == ((size, size), 32)
