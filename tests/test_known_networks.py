"""Receptive fields of networks whose figures are known: U-Nets, ResNets, inpainting."""

from __future__ import annotations

from fractions import Fraction

import pytest
from handmade import Net, Source, conv

from rflint import field
from rflint.field import IDENTITY, Access, Interval
from rflint.receptive import fields, reached


def unet(net: Net, pad: int, up: Access | None, crops: list[int]) -> int:
    double = [field.window(3, 1, pad)] * 2
    at: Source = "x"
    skips = []
    for _ in range(4):
        skips.append(net.chain(at, *double))
        at = net.chain(skips[-1], field.window(2, 2))
    at = net.chain(at, *double)
    for skip, crop in zip(reversed(skips), crops, strict=True):
        risen = net.chain(at, up)
        at = net.chain(net.join(risen, net.layer(field.shifted(crop), skip), kind="cat"), *double)
    return net.chain(at, field.window(1))


UP = field.transposed(2, 2, 0, 1)


@pytest.mark.parametrize(
    ("pad", "up", "crops", "size"),
    [
        (0, UP, [4, 16, 40, 88], (188, 204)),
        (1, UP, [0] * 4, (188, 204)),
        (1, field.repeated(2), [0] * 4, (188, 204)),
        (1, field.linear_by(2), [0] * 4, (220, 236)),
    ],
    ids=["valid", "padded", "nearest", "bilinear"],
)
def test_unet(pad: int, up: Access | None, crops: list[int], size: tuple[int, int]) -> None:
    net = Net()
    interval = net.axis(unet(net, pad, up, crops)).interval
    assert interval is not None
    assert (interval.size, interval.jump, interval.period) == (size, Fraction(1), 16)
    trace = net.trace()
    for unit in range(16):
        positions, span = reached(trace, len(trace.uses) - 1, "x", 0, unit), interval.span(unit)
        assert positions is not None
        assert span is not None
        assert (positions.offset, positions.extent) == (span[0], span[1] - span[0] + 1)
        assert not positions.holes


def test_a_valid_unet_is_centred_by_its_crops() -> None:
    net = Net()
    interval = net.axis(unet(net, 0, UP, [4, 16, 40, 88])).interval
    assert interval is not None
    centres = [sum(span) / 2 - unit for unit in range(16) if (span := interval.span(unit))]
    assert sum(centres) / 16 == (572 - 388) / 2


def resnet(net: Net, blocks: tuple[int, ...], bottleneck: bool) -> int:
    at = net.chain("x", conv(7, 2), conv(3, 2))
    for stage, count in enumerate(blocks):
        for block in range(count):
            stride = 2 if stage and not block else 1
            inside = (conv(1), conv(3, stride), conv(1)) if bottleneck else (conv(3, stride), conv(3))
            shortcut = net.layer(conv(1, stride), at) if not block else at
            at = net.layer(IDENTITY, net.join(net.chain(at, *inside), shortcut), "ReLU")
    return at


@pytest.mark.parametrize(
    ("blocks", "bottleneck", "size"),
    [((2, 2, 2, 2), False, 435), ((3, 4, 6, 3), False, 899), ((3, 4, 6, 3), True, 427), ((3, 4, 23, 3), True, 971)],
    ids=["resnet18", "resnet34", "resnet50", "resnet101"],
)
def test_resnets_are_dense_and_centred(blocks: tuple[int, ...], bottleneck: bool, size: int) -> None:
    net = Net(rank=4)
    last = resnet(net, blocks, bottleneck)
    trace = net.trace()
    for axis in (0, 1):
        interval = fields(trace)[last]["x"][axis].interval
        positions = reached(trace, last, "x", axis)
        assert interval == Interval(32, (-(size // 2),), (size // 2,))
        assert positions is not None
        assert positions.count == positions.extent == size


ATROUS = [conv(3, 1, d) for d in (2, 4, 8, 16)]
ENCODER = [conv(5), conv(3, 2), conv(3), conv(3, 2), conv(3), conv(3)]


@pytest.mark.parametrize("dilated", [True, False])
@pytest.mark.parametrize("up", [field.repeated(2), field.transposed(4, 2, 1, 1)], ids=["nearest", "transposed"])
def test_inpainting_networks_depend_on_the_phase(up: Access | None, dilated: bool) -> None:
    nearest = up == field.repeated(2)
    tail = [conv(3), conv(3), up, conv(3), conv(3), up, conv(3), conv(3), conv(3)] if nearest else [up, conv(3), up]
    rest = tail if nearest else [conv(3), conv(3), *tail, conv(3), conv(3)]
    net = Net()
    interval = net.axis(net.chain("x", *ENCODER, *(ATROUS if dilated else [conv(3)] * 4), *rest)).interval
    assert interval is not None
    assert (interval.size, interval.jump) == ((299, 303) if dilated else (91, 95), Fraction(1))


def test_aspp_is_sparse_by_design() -> None:
    net = Net()
    both = net.join(*[net.layer(conv(3, 1, d), "x") for d in (6, 12, 18)], net.layer(conv(1), "x"), kind="cat")
    positions = reached(net.trace(), both, "x", 0)
    assert positions is not None
    assert (positions.count, positions.extent, positions.gcd) == (7, 37, 6)
