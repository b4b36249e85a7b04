"""Where convolutions in a row widen nothing (RF104), on traces made by hand."""

from __future__ import annotations

from typing import Any

import pytest
from networks import H, N, Network, T, W

from rflint.checks import all_rules
from rflint.field import IDENTITY
from rflint.trace import Read


def stalls(net: Network, *outputs: T, **about: Any) -> list[str]:
    """What the rule says."""
    found = all_rules()["RF104"].check(net.trace(*outputs, **{"declared": True, **about}))
    return [f"{net.where(one.place)}: {one.message}" for one in found]


def chain(net: Network, x: T, *kernels: int) -> T:
    """Convolutions of these kernels that keep sizes, named a, b, c, …"""
    for number, kernel in enumerate(kernels):
        x = net.conv(x, k=kernel, padding=kernel // 2, path="abcdefghijkl"[number])
    return x


@pytest.mark.parametrize(
    ("kernels", "said"),
    [
        ((3, 1, 1, 1, 1, 3), ["b.kernel_size: b to e, 4 steps, widen nothing: units see 3×3 of 16×16 px"]),
        ((1, 1, 1, 1, 3), ["a.kernel_size: a to d, 4 steps, widen nothing: units see 1×1 of 16×16 px"]),
        ((3, 1, 1, 1, 3), []),
        ((3, 1, 1, 1, 1), []),
        ((3, 1, 1, 3, 1, 1, 3), []),
        ((15, 1, 1, 1, 1, 3), ["b.kernel_size: b to e, 4 steps, widen nothing: units see 15×15 of 16×16 px"]),
        ((16, 1, 1, 1, 1, 3), []),
        ((3, 1, 1, 2, 1, 1, 3), []),
        (
            (3, 1, 1, 1, 1, 3, 1, 1, 1, 1, 1, 3),
            [
                "b.kernel_size: b to e, 4 steps, widen nothing: units see 3×3 of 16×16 px",
                "g.kernel_size: g to k, 5 steps, widen nothing: units see 5×5 of 16×16 px",
            ],
        ),
    ],
)
def test_four_steps_that_widen_nothing_before_one_that_does(kernels: tuple[int, ...], said: list[str]) -> None:
    net = Network(x=(N, 8, 16, 16))
    assert stalls(net, chain(net, net.input(), *kernels)) == said


def test_the_last_of_them_is_shown_too() -> None:
    net = Network(x=(N, 8, 16, 16))
    chain(net, net.input(), 3, 1, 1, 1, 1, 3)
    (found,) = all_rules()["RF104"].check(net.trace(declared=True))
    assert [(net.where(place), text) for place, text in found.related] == [("e()", "the last of them")]


def test_a_size_that_is_not_known_may_be_seen_as_a_whole() -> None:
    for shape in ((N, 8, H, W), (N, 8, 16, W)):
        net = Network(x=shape)
        assert stalls(net, chain(net, net.input(), 3, 1, 1, 1, 1, 3)) == []
    assert stalls(net, declared=False) == []


def test_signals_have_positions() -> None:
    net = Network(x=(N, 8, 16))
    said = stalls(net, chain(net, net.input(), 3, 1, 1, 1, 1, 3))
    assert said == ["b.kernel_size: b to e, 4 steps, widen nothing: units see 3 of 16"]


def test_nothing_is_said_of_a_size_that_is_assumed_or_of_layers_in_the_order_of_their_construction() -> None:
    net = Network(x=(N, 8, 16, 16))
    y = chain(net, net.input(), 3, 1, 1, 1, 1, 3)
    assert stalls(net, y)
    assert stalls(net, y, declared=False) == []
    net = Network(x=(N, 8, 16, 16))
    for path in "abcdef":
        net.use("Conv2d", [], None, path, {"kernel_size": (1, 1)})
    assert stalls(net, order="constructor") == []


@pytest.mark.parametrize(
    ("count", "said"), [(3, []), (4, ["a.kernel_size: a to d, 4 steps, widen nothing: units see 3×3 of 16×16 px"])]
)
def test_branches_between_two_joints_are_one_step(count: int, said: list[str]) -> None:
    net = Network(x=(N, 8, 16, 16))
    x = net.conv(net.input(), padding=1, path="stem")
    for path in "abcd"[:count]:
        x = net.join(net.conv(x, k=1, path=path), net.conv(x, k=1, path=f"{path}2"))
    assert stalls(net, net.conv(x, padding=1)) == said


def test_a_step_behind_which_every_other_unit_sees_more_widens() -> None:
    for kernel, is_step in ((3, False), (2, True)):
        net = Network(x=(N, 8, 16, 16))
        up = net.transposed(net.input(), k=kernel, stride=2, padding=kernel - 2, output_padding=kernel - 2)
        x = net.join(up, net.resized(net.conv(net.input(), k=1, path="a"), 2))
        for path in "bcd":
            x = net.conv(x, k=1, path=path)
        assert bool(stalls(net, net.conv(x, padding=1))) is is_step


def test_an_activation_alone_is_no_step_and_a_pool_ends_a_stall() -> None:
    net = Network(x=(N, 8, 16, 16))
    x = chain(net, net.input(), 3, 1, 1, 1)
    for _ in range(4):
        x = net.pointwise(x)
    assert stalls(net, net.conv(x, padding=1)) == []
    net = Network(x=(N, 8, 16, 16))
    assert len(stalls(net, net.pool(chain(net, net.input(), 3, 1, 1, 1, 1)))) == 1
    net = Network(x=(N, 8, 16, 16))
    assert len(stalls(net, net.pooled(chain(net, net.input(), 3, 1, 1, 1, 1)))) == 1


def test_what_is_made_of_no_input_sees_nothing() -> None:
    net = Network(x=(N, 8, 16, 16))
    x = net.conv(net.input(), padding=1, path="stem")
    for path in "abcd":
        x = net.join(net.conv(net.use("zeros", [], x.shape), k=1, path=path), x)
    assert stalls(net, net.conv(x, padding=1)) == []
    net = Network(x=(N, 8, 16, 16))
    x = net.conv(net.input(), padding=1, path="stem")
    for path in "abcd":
        x = net.join(net.conv(x, k=1, path=path), net.use("zeros", [], x.shape))
    assert stalls(net, net.conv(x, padding=1))


def test_an_activation_that_reads_the_input_widens_nothing() -> None:
    net = Network(x=(N, 8, 16, 16))
    x = net.input()
    for path in "abcd":
        x = net.join(net.conv(net.pointwise(x), k=1, path=path), x)
    assert len(stalls(net, net.conv(x, padding=1))) == 1


def test_taps_that_meet_nothing_widen_nothing() -> None:
    net = Network(x=(N, 8, 16, 16))
    x = net.conv(net.input(), padding=1, path="stem")
    for path in "abcd":
        x = net.conv(x, padding=16, dilation=16, path=path)
    assert stalls(net, net.conv(x, padding=1)) == [
        "a.kernel_size: a to d, 4 steps, widen nothing: units see 3×3 of 16×16 px"
    ]


def test_where_it_is_not_known_what_units_see_they_may_see_more() -> None:
    net = Network(x=(N, 8, 16, 16))
    x = chain(net, net.input(), 3, 1, 1)
    reads = [Read("kept", 0, IDENTITY), Read("mixed", 1), Read("unknown", 2), Read("unknown", 3)]
    x = net.use("grid_sample", [(x, reads)], x.shape, "", {})
    y = net.conv(net.conv(x, k=1, path="d"), k=1, path="e")
    assert stalls(net, net.pooled(y)) == []
