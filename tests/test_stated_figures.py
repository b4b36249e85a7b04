"""Durations (RF107) and sizes of objects (RF106) that are stated, on traces made by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from networks import N, Network, T

from rflint.checks import all_rules
from rflint.contracts import contract
from rflint.field import IDENTITY
from rflint.trace import Place, Read, Said

LINE = Place("net.py", 3)


def stated(code: str, net: Network, *figures: str, of: tuple[T, ...], **about: Any) -> list[str]:
    """What a rule says where these figures are stated of some tensors: where, and the sentence up to its cure."""
    said = [
        Said(contract(figure), sources=tuple(one.source for one in of), **{"place": None, **about})
        for figure in figures
    ]
    found = all_rules()[code].check(net.trace(*of, said=said))
    net.marks[LINE] = "the line"
    return [f"{net.where(one.place)}: {one.message.partition(';')[0]}" for one in found]


def signal(kernel: int = 16) -> tuple[Network, T]:
    """A signal that a convolution with a kernel reads, and one with none after it."""
    net = Network(x=(N, 1, 400))
    return net, net.conv(net.conv(net.input(), k=kernel), k=1, path="last")


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (("rate=16000",), "each unit sees 16 positions, 1 ms at 16000 per second"),
        (("rate=16000", "rate=8000"), "each unit sees 16 positions, 1 ms at 16000 per second"),
        (("rate=2822400",), "each unit sees 16 positions, 0.005669 ms at 2822400 per second"),
        (("rate=2.5", "rf>=3"), "each unit sees 16 positions, 6400 ms at 2.5 per second"),
        (("rate=16000", "min-ms=2"), "each unit sees 16 positions, 1 ms at 16000 per second, less than 2 ms"),
        (("rate=16000", "min-ms=1"), ""),
        (("min-ms=2",), ""),
        (("rf>=3",), ""),
    ],
)
def test_a_duration_is_told_where_none_is_wanted_or_a_longer_one(figures: tuple[str, ...], said: str) -> None:
    net, y = signal()
    assert stated("RF107", net, *figures, of=(y,)) == [f"conv(): {said}"] * bool(said)
    assert stated("RF107", net, *figures, of=(y,), place=LINE) == [f"the line: {said}"] * bool(said)
    assert stated("RF107", net, *figures, of=(y,), conditional="if flag") == []
    net.uses[1] = replace(net.uses[1], conditional="if flag")
    assert stated("RF107", net, *figures, of=(y,)) == []


def test_a_unit_that_sees_one_position_sees_it_where_it_is_made() -> None:
    net = Network(x=(N, 1, 400))
    y = net.conv(net.input(), k=1, path="only")
    assert stated("RF107", net, "rate=1000", of=(y,)) == ["only(): each unit sees 1 position, 1 ms at 1000 per second"]
    y = net.conv(net.input(), k=2, path="two")
    assert stated("RF107", net, "rate=1000", of=(y,)) == ["two(): each unit sees 2 positions, 2 ms at 1000 per second"]


def test_time_is_the_last_axis_and_the_unit_that_sees_least_counts() -> None:
    net = Network(x=(N, 1, 40, 40))
    y = net.conv(net.input(), k=(3, 5))
    assert stated("RF107", net, "rate=1000", of=(y,)) == ["conv(): each unit sees 5 positions, 5 ms at 1000 per second"]
    net = Network(x=(N, 1, 40, 40))
    coarse = net.conv(net.input(), k=4, stride=4, path="down")
    y = net.conv(net.resized(coarse, 2), k=4)
    (said,) = stated("RF107", net, "rate=1000", of=(y,))
    assert said.startswith("conv(): each unit sees 8 positions")


@pytest.mark.parametrize(("code", "figures"), [("RF107", ("rate=1000", "min-ms=9")), ("RF106", ("object-size=9",))])
def test_nothing_is_said_of_inputs_parameters_and_what_is_not_known(code: str, figures: tuple[str, ...]) -> None:
    net = Network(x=(N, 1, 40, 40))
    x = net.input()
    reads = [Read("kept", 0, IDENTITY), Read("mixed", 1), Read("kept", 2, IDENTITY), Read("unknown", 3)]
    unknown = net.use("roll", [(x, reads)], x.shape)
    assert stated(code, net, *figures, of=(x, T(None, (N, 1, 40, 40)), unknown)) == []


@pytest.mark.parametrize(
    ("figure", "heads", "said"),
    [
        ("object-size=5", 1, ["a(): the head sees 3×3 px, its objects are 5 large"]),
        ("object-size=3", 1, []),
        ("object-size=4", 2, ["a(): head 1 of 2 sees 3×3 px, its objects are 4 large"]),
        ("object-size=(3, 9)", 2, ["b(): head 2 of 2 sees 5×5 px, its objects are 9 large"]),
        ("object-size=(9, 9)", 1, []),
        ("rf>=9", 1, []),
    ],
)
def test_a_head_sees_its_objects(figure: str, heads: int, said: list[str]) -> None:
    net = Network(x=(N, 3, 40, 40))
    a = net.conv(net.input(), path="a")
    of = (net.pointwise(a), net.pointwise(net.conv(a, path="b")))[:heads]
    assert stated("RF106", net, figure, of=of) == said
    assert stated("RF106", net, figure, of=of, conditional="if flag") == []
    net.uses = [replace(use, conditional="if flag") for use in net.uses]
    assert stated("RF106", net, figure, of=of) == []


def test_a_head_without_a_window_stands_for_itself() -> None:
    net = Network(x=(N, 3, 40))
    y = net.conv(net.input(), k=1, path="only")
    assert stated("RF106", net, "object-size=5", of=(y,)) == ["only(): the head sees 1, its objects are 5 large"]
