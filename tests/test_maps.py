"""Which convolution made a map, and whether its last axis is the width of the network's inputs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from calls import traced
from networks import MIXED, N, Network, T, same

from rflint.checks._maps import PASSING, ends_in_width, keeps_axes, maker_of_map
from rflint.trace import Trace

SHAPE = (N, 4, 16, 16)


def maker(net: Network, x: T) -> str | None:
    """The path of the convolution that made a tensor."""
    use = maker_of_map(net.trace(x), x.source)
    return use and use.path


def test_a_convolution_makes_a_map_and_so_does_a_transposed_one() -> None:
    net = Network(x=SHAPE)
    assert maker(net, net.conv(net.input(), path="a")) == "a"
    assert maker(net, net.transposed(net.input(), path="b")) == "b"
    assert maker(net, net.input()) is None


def test_activations_and_norms_leave_it_a_map() -> None:
    net = Network(x=SHAPE)
    x = net.pointwise(net.pointwise(net.conv(net.input(), path="a")), "BatchNorm2d", "norm")
    assert maker(net, x) == "a"
    assert maker(net, net.join(x, x)) is None
    assert maker(net, net.pool(x)) == "a"


@pytest.mark.parametrize("base", PASSING)
def test_pools_leave_it_a_map(base: str) -> None:
    net = Network(x=SHAPE)
    x = net.conv(net.input(), path="a")
    assert maker(net, net.use(f"{base}2d", [(x, same(x))], (N, 8, 7, 7), "pool")) == "a"
    assert maker(net, net.use(f"Other{base}", [(x, same(x))], (N, 8, 7, 7), "pool")) is None


def test_what_turns_axes_round_makes_no_map_of_it() -> None:
    square = Network(x=SHAPE)
    x = square.conv(square.input(), path="a")
    reads = [replace(read, to={2: 3, 3: 2}.get(axis, axis)) for axis, read in enumerate(same(x))]
    assert maker(square, square.use("transpose", [(x, reads)], x.shape)) is None


def test_lines_and_single_images_are_no_maps() -> None:
    line = Network(x=(N, 4, 16))
    assert maker(line, line.conv(line.input())) is None
    single = Network(x=(4, 16, 16))
    assert maker(single, single.conv(single.input(), rank=2)) is None
    volume = Network(x=(N, 4, 9, 9, 9))
    assert maker(volume, volume.conv(volume.input(), path="a")) == "a"
    lost = Network(x=SHAPE)
    assert maker(lost, lost.conv(lost.input(), k=99, path="a")) is None


def test_steps_inside_a_layer_are_not_named() -> None:
    net = Network(x=SHAPE)
    assert maker(net, net.conv(net.input(), path="a", more={"inner": True})) is None


def test_axes_are_kept_where_each_goes_to_its_own_place() -> None:
    net = Network(x=SHAPE)
    net.pointwise(net.input())
    net.use("flatten", [(net.input(), [*same(net.input())[:2], MIXED, MIXED])], SHAPE)
    assert [keeps_axes(use) for use in net.uses] == [True, False]


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("x.relu().relu()", True),
        ("x.relu().mean(3).relu()", False),
        ("x.relu().transpose(2, 3).relu()", False),
        ("x.transpose(1, 3).transpose(1, 3).relu()", True),
        ("x.mean(2).relu()", True),
        ("(x + y).relu()", True),
        ("(x + y.transpose(2, 3)).relu()", False),
        ("(x + z[:, :, None, None]).relu()", False),
        ("z.relu().relu()", False),
        ("x.relu()", False),
    ],
)
def test_the_last_axis_is_the_width_of_all_inputs(expression: str, answer: bool) -> None:
    trace: Trace = traced(expression, x=(1, 3, 8, 8), y=(1, 3, 8, 8), z=(1, 3))
    assert ends_in_width(trace, trace.uses[-1]) is answer


def test_the_last_axis_of_lines_and_volumes() -> None:
    for rank in (1, 3):
        trace = traced("x.relu().relu()", x=(1, 3, *(8,) * rank))
        assert ends_in_width(trace, trace.uses[-1])


def test_of_unknown_shapes_nothing_is_said() -> None:
    net = Network(x=SHAPE)
    x = net.pointwise(net.input())
    net.use("relu", [(T(x.source, None), same(x))], x.shape)
    assert not ends_in_width(net.trace(), net.uses[-1])
