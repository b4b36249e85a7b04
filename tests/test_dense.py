"""Other rates and kernels for a chain: what is proposed reads everything, and sees as much as is said."""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from networks import Network, T, same

from rflint.checks._dense import chain_of, denser, positions, reach, wider
from rflint.checks._layers import Window
from rflint.field import Access
from rflint.trace import Read, Use


class Slide(NamedTuple):
    """A convolution of a chain."""

    kernel: int
    stride: int = 1
    dilation: int = 1


def chained(*layers: Slide) -> tuple[Network, list[Use]]:
    """Convolutions `a`, `b`, … with an activation behind each, and their uses, the last one first."""
    net = Network(x=(1, 8, 1 << 20))
    x = net.input()
    for name, (kernel, stride, dilation) in zip("abcdefghijklmnop", layers, strict=False):
        x = net.pointwise(net.conv(x, k=kernel, stride=stride, dilation=dilation, path=name))
    return net, net.uses[::-1]


def rated(kernel: int, *rates: int) -> list[Slide]:
    return [Slide(kernel, 1, rate) for rate in rates]


def windows(layers: list[Slide]) -> list[Window]:
    return [Window(kernel, stride, dilation, 0) for kernel, stride, dilation in layers]


@pytest.mark.parametrize(
    ("layers", "text", "place"),
    [
        (rated(3, 2, 2, 2), "; dilations 1, 2, 3 read all of 13", "a.dilation"),
        (rated(3, 1, 4), "; dilations 1, 3 read all of 9", "b.dilation"),
        ([Slide(3, 2), *rated(3, 2, 2)], "; dilations 1, 3 from b on read all of 19", "b.dilation"),
        ([Slide(3, 2), *rated(3, 2)], "; dilation 1 of b reads all of 7", "b.dilation"),
        ([Slide(1), *rated(3, 2, 2)], "; dilations 1, 3 read all of 9", "b.dilation"),
        (
            [*rated(3, 2, 2), Slide(3, 2), *rated(3, 2, 2)],
            "; dilations 1, 3 from a on and dilations 1, 3 from d on read all of 27",
            "a.dilation",
        ),
        ([*rated(3, 1, 1), Slide(3, 2), *rated(3, 2)], "; dilation 1 of d reads all of 11", "d.dilation"),
        ([Slide(1, 2), Slide(3)], "; kernel_size=2 of a reads all of 6", "a.kernel_size"),
        ([Slide(2, 3), Slide(2)], "; kernel_size=3 of a reads all of 6", "a.kernel_size"),
        ([Slide(3), Slide(1, 2), Slide(1, 1), Slide(3)], "; kernel_size=2 of b reads all of 8", "b.kernel_size"),
        (
            rated(3, *(3**power for power in range(11)), 3**11 + 1),
            "; dilations 1, 1, 1, 1, 1, 1, 1, 1, … read all of 25",
            "b.dilation",
        ),
        (
            [Slide(3, 1, 2), Slide(1, 2), Slide(3, 1, 2)],
            "; dilation 1 of a and dilation 1 of c read all of 7",
            "a.dilation",
        ),
        ([Slide(2), Slide(2, 5, 2), Slide(2)], None, ""),
        ([Slide(1, 2), Slide(1, 2), Slide(3)], None, ""),
        ([Slide(1, 2), *rated(3, 2)], None, ""),
        ([Slide(2, 3, 2), Slide(2)], None, ""),
        ([Slide(2, 2), Slide(3)], None, ""),
    ],
)
def test_the_smallest_change_that_reads_all(layers: list[Slide], text: str | None, place: str) -> None:
    net, uses = chained(*layers)
    found = denser(uses)
    assert (found and found[0]) == text
    assert found is None or net.where(found[1]) == place


def said(text: str) -> tuple[list[int], int, str]:
    """The rates, what they would see, and where they begin."""
    match = re.fullmatch(r"; dilations ([\d, ]+?)(?: from (\w) on)? would see (\d+)", text)
    assert match is not None
    return [int(rate) for rate in match[1].split(", ")], int(match[3]), match[2] or "a"


@pytest.mark.parametrize(
    "layers",
    [
        rated(3, 1, 2, 2),
        rated(5, 2, 1),
        [Slide(4, 1, 1), Slide(2, 1, 2)],
        [Slide(3, 2), *rated(3, 1, 2)],
        [Slide(2, 2), Slide(3), Slide(2, 2), *rated(3, 1, 2)],
        [*rated(3, 1, 2), Slide(2, 2), *rated(3, 1, 2)],
    ],
    ids=str,
)
def test_rates_that_see_as_much_as_is_wanted(layers: list[Slide]) -> None:
    _, uses = chained(*layers)
    now = reach(windows(layers))
    first = next(len(layers) - at for at, one in enumerate([*layers[::-1], Slide(1, 2)]) if one.stride > 1)
    jump = 1
    for one in layers[:first]:
        jump *= one.stride
    run = layers[first:]
    asked = [(wanted, exactly) for wanted in range(now + 1, now + 40) for exactly in (False, True)]
    answers = [(*pair, text) for pair in asked if (text := wider(uses, *pair))]
    assert {exactly for _, exactly, _ in answers} == {False, True}
    for wanted, exactly, text in answers:
        rates, seen, start = said(text)
        assert "abcdefg".index(start) == first
        new = [*layers[:first], *(one._replace(dilation=rate) for one, rate in zip(run, rates, strict=True))]
        read = positions(windows(new))
        assert len(read) == max(read) + 1 == seen == reach(windows(new))
        assert seen == wanted if exactly else wanted <= seen < wanted + max(one.kernel for one in run) * jump


@pytest.mark.parametrize(
    ("layers", "wanted", "exactly", "text"),
    [
        (rated(3, 1, 2, 2), 13, False, "; dilations 1, 2, 3 would see 13"),
        (rated(3, 1, 2, 2), 12, True, ""),
        (rated(3, 1, 2, 2), 12, False, "; dilations 1, 2, 3 would see 13"),
        (rated(3, 1, 2, 2), 27, False, "; dilations 1, 3, 9 would see 27"),
        (rated(3, 1, 2, 2), 28, False, ""),
        ([Slide(3, 2), *rated(3, 1, 2)], 19, True, "; dilations 1, 3 from b on would see 19"),
        ([Slide(3, 2), *rated(3, 1, 2)], 18, False, "; dilations 1, 3 from b on would see 19"),
        ([Slide(3, 2), *rated(3, 1, 2)], 18, True, ""),
        (rated(3, 1, 1), 9, False, ""),
        ([Slide(3, 2), *rated(3, 2)], 19, False, ""),
        ([*rated(3, 1, 2), Slide(3, 2), Slide(3)], 40, False, ""),
        ([*rated(3, 1, 2), Slide(3, 2), Slide(3)], 15, False, "; dilations 1, 3 from a on would see 15"),
        ([Slide(1, 2), *rated(3, 1, 2)], 17, False, ""),
        ([Slide(3, 3, 2), Slide(2, 1, 2), Slide(5)], 28, False, ""),
        ([Slide(2, 1, 2), Slide(3)], 6, False, "; dilations 1, 2 would see 6"),
        ([*rated(3, 1, 2), Slide(3, 2), Slide(3, 1, 2)], 19, False, "; dilations 1, 3 from a on would see 19"),
    ],
)
def test_rates_that_are_known(layers: list[Slide], wanted: int, exactly: bool, text: str) -> None:
    _, uses = chained(*layers)
    assert wider(uses, wanted, exactly) == text


def test_what_a_chain_is_made_of() -> None:
    net, uses = chained(*rated(3, 1, 2))
    assert [row.window for row in chain_of(uses[::-1])] == windows(rated(3, 1, 2))
    for more in (
        lambda net, x: net.sliced(x, 2, 1, 9),
        lambda net, x: net.resized(x, 2),
        lambda net, x: net.conv(x, unknown=("stride",)),
    ):
        net, uses = chained(*rated(3, 1, 2))
        more(net, T(len(uses) - 1, uses[0].output))
        assert chain_of(net.uses) == []
    net = Network(x=(1, 8, 64, 64))
    net.conv(net.input(), k=(3, 5))
    assert chain_of(net.uses) == []
    assert denser(net.uses) is None
    assert wider(net.uses, 9, False) == ""


def test_a_constant_beside_a_layer_changes_nothing() -> None:
    net = Network(x=(1, 8, 64))
    x = net.conv(net.input(), dilation=2)
    first = Read("kept", 2, Access(0, (range(1),)))
    constant = T(None, (1, 8, 1))
    net.use("add", [(x, same(x)), (constant, [*same(constant)[:2], first])], x.shape)
    assert len(chain_of(net.uses)) == 1


def test_what_is_too_much_to_list() -> None:
    assert len(positions([Window(1 << 8, 1 << 8, 1, 0)] * 2)) == 1 << 16
    assert positions([Window((1 << 16) + 1, 1, 1, 0)]) == set()
    assert positions([Window(3, 1, 1, 0), Window(1 << 15, 1, 1, 0)]) == set()
    assert positions([Window(3, 2, 3, 0), Window(2, 1, 4, 0)]) == {0, 3, 6, 8, 11, 14}
