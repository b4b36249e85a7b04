"""Tiles against the whole: random networks of one axis are computed on numbers, position by position."""

from __future__ import annotations

import random
from fractions import Fraction
from math import floor
from typing import Any

import calls
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from networks import H, Network, T

from rflint import field
from rflint.geometry.tiling import Break, differences, step, tile_shapes, tilings, with_breaks
from rflint.trace import Read, Trace

Op = tuple[str, tuple[int, ...]]
Values = list[Fraction]
QUICK = (Phase.explicit, Phase.generate)
"""Failing networks are small enough as they are."""


# The same operations, as a trace and on numbers.  Weights and biases are positive: what is missing changes a sum.


def traced(ops: list[Op], size: Any) -> Trace:
    net = Network(x=(1, 1, size))
    x = net.input()
    for name, args in ops:
        x = ADD[name](net, x, *args)
    trace = net.trace(x)
    trace.output = x.shape
    return trace


def conv(x: Values, k: int, s: int, p: int, d: int) -> Values:
    padded = [Fraction(0)] * p + x + [Fraction(0)] * p
    count = (len(padded) - d * (k - 1) - 1) // s + 1
    return [1 + sum((t + 2) * padded[s * i + d * t] for t in range(k)) for i in range(count)]


def pool(x: Values, k: int) -> Values:
    return [sum(x[k * i : k * i + k], Fraction(0)) for i in range(len(x) // k)]


def transposed(x: Values, k: int, s: int, p: int) -> Values:
    made = [Fraction(1)] * ((len(x) - 1) * s + k)
    for i, value in enumerate(x):
        for t in range(k):
            made[i * s + t] += (t + 2) * value
    return made[p : len(made) - p]


def nearest(x: Values, factor: int) -> Values:
    return [value for value in x for _ in range(factor)]


def linear(x: Values, factor: int) -> Values:
    def at(place: Fraction) -> Fraction:
        low = floor(place)
        part = place - low
        ends = [x[min(max(p, 0), len(x) - 1)] for p in (low, low + 1)]
        return (1 - part) * ends[0] + part * ends[1]

    return [at((i + Fraction(1, 2)) / factor - Fraction(1, 2)) for i in range(len(x) * factor)]


def crop(x: Values, left: int, right: int) -> Values:
    return x[left : len(x) - right]


def residual(x: Values, d: int) -> Values:
    return [a + b for a, b in zip(x, conv(x, 3, 1, d, d), strict=True)]


RUN: dict[str, Any] = {
    "conv": conv,
    "pool": pool,
    "transposed": transposed,
    "nearest": nearest,
    "linear": linear,
    "crop": crop,
    "residual": residual,
}
ADD: dict[str, Any] = {
    "conv": lambda net, x, k, s, p, d: net.conv(x, 1, k, stride=s, padding=p, dilation=d),
    "pool": lambda net, x, k: net.pool(x, k),
    "transposed": lambda net, x, k, s, p: net.transposed(x, 1, k, stride=s, padding=p),
    "nearest": lambda net, x, factor: net.resized(x, factor),
    "linear": lambda net, x, factor: net.resized(x, factor, "bilinear"),
    "crop": lambda net, x, left, right: net.sliced(x, 2, left, x.shape[2] - left - right),
    "residual": lambda net, x, d: net.join(x, net.conv(x, 1, 3, padding=d, dilation=d)),
}


def run(ops: list[Op], x: Values) -> Values:
    for name, args in ops:
        x = RUN[name](x, *args)
    return x


def op(name: str, *args: st.SearchStrategy[int]) -> st.SearchStrategy[Op]:
    return st.tuples(st.just(name), st.tuples(*args))


N1, N2, N3 = st.integers(1, 2), st.integers(1, 3), st.integers(0, 2)
OPS = st.lists(
    st.one_of(
        op("conv", st.integers(1, 4), N1, N3, N1),
        op("pool", N2),
        op("transposed", st.integers(2, 4), st.just(2), N3),
        op("nearest", N2),
        op("linear", N2),
        op("crop", N3, N3),
        op("residual", N2),
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=25, phases=QUICK)
@given(OPS, st.integers(0, 7), st.randoms(use_true_random=False))
def test_tiles_are_exact_between_their_margins_and_one_unit_further_they_are_not(
    ops: list[Op], odd: int, chance: random.Random
) -> None:
    shapes = tile_shapes(traced(ops, 1024 + odd))
    assert shapes is not None
    size = shapes["x"][2]
    assert isinstance(size, int)
    assume(size < 700)
    [found] = tilings(traced(ops, size))
    axis = found.axes[0]
    assert axis is not None
    assert found.breaks == ()
    start = -(-size // axis.step) * axis.step
    x = [Fraction(chance.randrange(1, 10**9)) for _ in range(size + 2 * start)]
    whole, tile = run(ops, x), run(ops, x[start : start + size])
    place = start // axis.step * axis.units
    before, after = axis.drop
    same = [tile[i] == whole[place + i] for i in range(len(tile))]
    assert all(same[before : len(tile) - after])
    assert before == 0 or not same[before - 1]
    assert after == 0 or not same[len(tile) - after]


@settings(max_examples=10, phases=QUICK)
@given(OPS, st.randoms(use_true_random=False))
def test_tiles_with_the_overlap_make_up_the_whole(ops: list[Op], chance: random.Random) -> None:
    shapes = tile_shapes(traced(ops, 1024))
    assert shapes is not None
    size = shapes["x"][2]
    assert isinstance(size, int)
    assume(size < 400)
    [found] = tilings(traced(ops, size))
    axis = found.axes[0]
    assert axis is not None
    apart = size - axis.overlap
    assert apart > 0
    assert apart % axis.step == 0
    x = [Fraction(chance.randrange(1, 10**9)) for _ in range(size + 4 * apart)]
    whole, made = run(ops, x), dict[int, Fraction]()
    for number in range(5):
        tile = run(ops, x[number * apart : number * apart + size])
        place = number * apart // axis.step * axis.units
        first = 0 if number == 0 else axis.drop[0]
        made |= {place + i: tile[i] for i in range(first, len(tile) - axis.drop[1])}
    assert [made[i] for i in range(len(made))] == whole[: len(made)]


# Networks that are known


def unet(size: Any) -> Trace:
    return traced(
        [
            ("conv", (3, 1, 1, 1)),
            ("pool", (2,)),
            ("conv", (3, 1, 1, 1)),
            ("transposed", (2, 2, 0)),
            ("conv", (3, 1, 1, 1)),
        ],
        size,
    )


def test_steps_are_the_strides_that_are_not_undone() -> None:
    assert step(unet(64), 4, "x", 0) == 2
    assert step(traced([("conv", (3, 2, 1, 1))] * 3, 64), 2, "x", 0) == 8
    assert step(traced([("nearest", (3,))], 64), 0, "x", 0) == 1


def test_a_small_unet() -> None:
    shapes = tile_shapes(unet(64))
    assert shapes is not None
    [found] = tilings(unet(shapes["x"][2]))
    axis = found.axes[0]
    assert axis is not None
    assert (axis.step, axis.units, axis.remainder, axis.drop, axis.overlap, axis.halo) == (2, 2, 0, (5, 5), 10, (5, 5))


def test_valid_networks_need_sizes_like_that_of_the_whole() -> None:
    """Padding nowhere: nothing has to be dropped, and tiles overlap by what the network takes away."""
    ops: list[Op] = [("conv", (3, 1, 0, 1)), ("pool", (2,)), ("conv", (3, 1, 0, 1)), ("nearest", (2,))]
    shapes = tile_shapes(traced(ops, 64))
    assert shapes is not None
    [found] = tilings(traced(ops, shapes["x"][2]))
    axis = found.axes[0]
    assert axis is not None
    assert (axis.remainder, axis.drop, axis.overlap) == (0, (0, 0), 6)


def test_symbolic_sizes_have_tiles_too() -> None:
    shapes = tile_shapes(unet(H))
    assert shapes == tile_shapes(unet(64))


def test_classifiers_and_inputs_of_several_sizes_have_no_tiles() -> None:
    net = Network(x=(1, 3, 32, 32), y=(1, 3, 16, 16))
    pooled = net.pooled(net.conv(net.input()))
    assert tile_shapes(net.trace(net.flat(pooled))) is None
    assert tile_shapes(net.trace(net.conv(net.input("y")))) is None


# What keeps tiles from being exact


def breaks(net: Network, x: T) -> list[str]:
    [found] = tilings(net.trace(x))
    return [one.why for one in found.breaks]


def two_axes() -> tuple[Network, T]:
    net = Network(x=(1, 8, 64, 64))
    return net, net.conv(net.input(), padding=1)


def test_statistics_over_space() -> None:
    net, x = two_axes()
    assert breaks(net, net.pointwise(x, "InstanceNorm2d", "norm")) == ["takes its statistics over the tile"]
    net, x = two_axes()
    assert breaks(net, net.pointwise(x, "BatchNorm2d", "norm")) == []


def test_gates() -> None:
    net, x = two_axes()
    gate = net.pooled(x)
    once = field.Access(0, (range(1),))
    reads = [
        Read("kept", 0, field.IDENTITY),
        Read("kept", 1, field.IDENTITY),
        Read("kept", 2, once),
        Read("kept", 3, once),
    ]
    kept = [Read("kept", axis, field.IDENTITY) for axis in range(4)]
    assert breaks(net, net.use("mul", [(x, kept), (gate, reads)], x.shape)) == ["reads all of the tile"]


def test_circular_padding() -> None:
    net, x = two_axes()
    assert breaks(net, net.conv(x, padding=1, padding_mode="circular")) == ["reads the opposite edge"]
    net, x = two_axes()
    assert breaks(net, net.conv(x, padding=1, padding_mode="reflect")) == []


def test_flips() -> None:
    net, x = two_axes()
    assert breaks(net, net.sliced(x, 3, 63, 64, -1)) == ["reads from the far end, or one position only"]


@pytest.mark.parametrize(
    ("shape", "why"), [((1, 8, 64, 64), ["has parameters for every position"]), ((1, 8, 1, 1), [])]
)
def test_parameters_with_positions(shape: tuple[int, ...], why: list[str]) -> None:
    net, x = two_axes()
    kept = [Read("kept", axis, field.IDENTITY) for axis in range(4)]
    y = net.use("add", [(x, kept), (T(None, shape), kept)], x.shape)
    assert breaks(net, y) == why


def test_what_reads_otherwise_at_another_size() -> None:
    """Thirds of a map: where they end depends on its size."""

    def thirds(size: int) -> Trace:
        net = Network(x=(1, 1, size))
        return net.trace(net.sliced(net.input(), 2, size // 3, size // 3))

    assert list(differences(thirds(60), thirds(60))) == []
    assert list(differences(thirds(60), thirds(90))) == [Break(0, "reads otherwise on inputs of another size")]


def test_networks_that_do_not_run_at_another_size() -> None:
    whole, failed = unet(64), unet(60)
    failed.complete = False
    [one] = differences(whole, failed)
    assert one.why.startswith("does not run on inputs of every size")
    fewer = unet(64)
    fewer.uses.pop()
    assert [one.why for one in differences(whole, fewer)] == ["takes other layers on inputs of another size"]


def test_more_breaks_are_added_once() -> None:
    [found] = tilings(unet(32))
    more = [Break(None, "why"), Break(None, "why")]
    assert with_breaks([found], more)[0].breaks == (Break(None, "why"),)


@pytest.mark.parametrize(
    ("expression", "whys"),
    [
        ("x + torch.ones(16)", ["has parameters for every position"]),
        ("torch.ones(16, 1) * x", ["has parameters for every position"]),
        ("x + torch.ones(1, 3, 1, 16)", ["has parameters for every position"]),
        ("x + torch.ones(3, 1, 1)", []),
        ("x + 2", []),
        ("x + torch.ones(16).relu()", ["has parameters for every position"]),
        ("x.transpose(1, 3) + torch.ones(3)", []),
        ("x.transpose(1, 3) + torch.ones(16, 3)", ["has parameters for every position"]),
        ("x.relu() + x.mean((2, 3), keepdim=True) * torch.ones(1, 3, 1, 1)", ["reads all of the tile"]),
        (
            "x.relu() + (x.mean(2, keepdim=True) * torch.ones(1, 3, 1, 16)).mean(3, keepdim=True)",
            ["reads all of the tile", "has parameters for every position", "reads all of the tile"],
        ),
        ("x.relu() + (x.mean((2, 3)) + torch.ones(1, 3))[..., None, None]", ["reads all of the tile"]),
        ("x + y", []),
        ("x + y.flip(2)", ["reads from the far end, or one position only"]),
        ("x + y.mean((2, 3), keepdim=True)", ["reads all of the tile"]),
        ("x[..., 2:3] + x", ["reads from the far end, or one position only"]),
        ("F.pad(x, (1, 1, 0, 0), mode='circular')", ["reads the opposite edge"]),
        ("F.pad(x, (1, 1, 0, 0), mode='reflect')", []),
        ("torch.roll(x, 1, 2)", ["reads the opposite edge"]),
        ("F.layer_norm(x, (16,))", ["takes its statistics over the tile"]),
        ("F.group_norm(x.relu(), 3)", ["takes its statistics over the tile"]),
        ("x.flatten(1).unflatten(1, (3, 16, 16))", ["takes the positions of the tile as features"]),
        ("x.relu().cumsum(2)", ["reads positions that are not known"]),
        ("x.transpose(2, 3)", []),
    ],
)  # fmt: skip
def test_what_keeps_tiles_from_being_exact(expression: str, whys: list[str]) -> None:
    """Whatever reads all of a tile, or adds to it what lies at places of its own; of all inputs."""
    found = tilings(calls.traced(expression, x=(1, 3, 16, 16), y=(1, 3, 16, 16)))
    assert found
    assert [[one.why for one in tiling.breaks] for tiling in found] == [whys] * len(found)


@pytest.mark.parametrize("more", [[], [Read("kept", 3)]], ids=["no axis", "no access"])
def test_reads_that_are_not_described_are_not_known(more: list[Read]) -> None:
    net, x = two_axes()
    rows = [Read("kept", axis, field.IDENTITY) for axis in range(3)]
    assert breaks(net, net.use("mystery", [(x, [*rows, *more])], x.shape)) == ["reads positions that are not known"]


@pytest.mark.parametrize(
    ("expression", "size", "found"),
    [
        ("x.relu()", 24, (1, 1, 0, (0, 0), 0, (0, 0))),
        ("F.max_pool1d(x, 4)", 24, (4, 1, 0, (0, 0), 0, (0, 0))),
        ("F.max_pool1d(x, 4)", 27, (4, 1, 3, (0, 0), 3, (0, 0))),
        ("F.max_pool1d(x, 3, 1, 1)", 24, (1, 1, 0, (1, 1), 2, (1, 1))),
        ("F.interpolate(x, scale_factor=2, mode='linear')", 24, (1, 2, 0, (1, 1), 1, (1, 1))),
        ("F.interpolate(F.max_pool1d(x, 2, 1), scale_factor=3, mode='linear')", 24, (1, 3, 0, (1, 1), 2, (1, 2))),
        ("F.max_pool1d(F.pad(x, (4, 0)), 4)", 24, (4, 1, 0, (1, 0), 0, (4, 0))),
        ("F.max_pool1d(F.interpolate(x, scale_factor=3), 2)", 24, (2, 3, 0, (0, 0), 0, (0, 0))),
        ("x[..., 3:]", 24, (1, 1, 0, (0, 0), 3, (0, 3))),
        ("F.pad(x, (3, 0))", 24, (1, 1, 0, (3, 0), 0, (3, 0))),
        ("F.pad(x, (0, 3))", 24, (1, 1, 0, (0, 3), 0, (0, 0))),
        ("F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)[..., 1::2]", 24, (1, 1, 0, (0, 0), 1, (0, 0))),
        ("x.flip(2)", 24, None),
        ("x.relu()", "L", None),
        ("x.cumsum(2)", 24, None),
        ("F.max_pool1d(x, 9, 1, 4)", 5, None),
        ("torch.cat([x[..., :12], F.max_pool1d(x, 2)], 1)", 24, None),
    ],
)
def test_figures_of_small_tiles(expression: str, size: Any, found: Any) -> None:
    axes = [axis for one in tilings(calls.traced(expression, x=(1, 3, size))) for axis in one.axes]
    figures = [axis and (axis.step, axis.units, axis.remainder, axis.drop, axis.overlap, axis.halo) for axis in axes]
    assert figures == ([found] if found or figures else [])


def test_maps_that_are_not_returned_have_no_tiles() -> None:
    assert tilings(calls.traced("x.relu().mean(2)", x=(1, 3, 24))) == []


@pytest.mark.parametrize(
    ("expression", "sizes", "tile"),
    [
        ("x.relu()", (24,), (2 * 65 + 4,)),
        ("F.max_pool1d(x, 7, 1)", (24,), (2 * 71 + 4,)),
        ("F.max_pool1d(x, 4)", (24,), (4 * (2 * 17 + 4),)),
        ("F.max_pool1d(x, 4)", (27,), (4 * (2 * 17 + 4) + 3,)),
        ("F.max_pool1d(x, 4)", ("L",), (4 * (2 * 17 + 4),)),
        ("F.max_pool2d(x, (1, 4))", (24, 27), (2 * 65 + 4, 4 * (2 * 17 + 4) + 3)),
        ("(F.max_pool1d(x, 4), F.max_pool1d(x, 6))", (24,), (12 * (2 * 6 + 4),)),
        ("(F.max_pool1d(x, 64, 1), x.relu())", (64,), (2 * 128 + 4,)),
        ("(x.relu(), F.max_pool1d(x, 64, 1))", (64,), (2 * 128 + 4,)),
        ("torch.cat([x[..., :12], F.max_pool1d(x, 2)], 1)", (24,), (2 * (2 * 33 + 4),)),
        ("x.flip(2)", (24,), None),
        ("x.relu().mean(2)", (24,), None),
        ("x.relu() + x.flip(3)", (24, 24), None),
    ],
)
def test_sizes_of_tiles(expression: str, sizes: tuple[Any, ...], tile: tuple[int, ...] | None) -> None:
    trace = calls.traced(expression, x=(1, 3, *sizes))
    assert tile_shapes(trace) == (tile and {"x": (1, 3, *tile)})


def test_larger_tiles_are_so_many_steps_larger() -> None:
    trace = calls.traced("F.max_pool1d(x, 4)", x=(1, 3, 27))
    assert tile_shapes(trace, 1) == {"x": (1, 3, 159)}
    assert tile_shapes(trace, 2) == {"x": (1, 3, 163)}


def test_all_inputs_are_tiled_alike() -> None:
    tile = {"x": (1, 3, 134), "y": (2, 1, 134)}
    assert tile_shapes(calls.traced("x + y[:1]", x=(1, 3, 24), y=(2, 1, 24))) == tile
    assert tile_shapes(calls.traced("x.relu()", x=(1, 3, 24), y=(1, 3, 12))) is None
    assert tile_shapes(calls.traced("x.relu()", x=(1, 3, 24), y=(1, 3))) is None
    assert tile_shapes(calls.traced("x.relu()", x=(1, 3, 24), y=None)) is None
    net, x = two_axes()
    assert tile_shapes(net.trace(x)) == {"x": (1, 8, 138, 138)}
    assert tile_shapes(net.trace(x, images=frozenset({"x"}))) is None


@pytest.mark.parametrize(
    ("expression", "least"),
    [
        ("x.relu()", 1),
        ("F.max_pool1d(F.max_pool1d(x, 4), 3)", 12),
        ("F.interpolate(F.max_pool1d(x, 4), scale_factor=2)", 4),
        ("F.max_pool1d(F.interpolate(x, scale_factor=3), 2)", 2),
        ("F.interpolate(F.max_pool1d(x, 4), scale_factor=4) + F.interpolate(F.max_pool1d(x, 6), scale_factor=6)", 12),
        ("x.flip(2)", None),
        ("x[..., 2:3].expand(-1, -1, 24)", None),
        ("x.flip(2).flip(2)", None),
        ("torch.cat([x, x], 2)", None),
        ("F.interpolate(x, size=18)", 4),
    ],
)
def test_steps(expression: str, least: int | None) -> None:
    trace = calls.traced(expression, x=(1, 3, 24))
    assert step(trace, len(trace.uses) - 1, "x", 0) == least


def test_an_incomplete_trace_says_why() -> None:
    whole, failed = calls.traced("x.relu()", x=(1, 3, 24)), calls.traced("x.reshape(1, 3, 2, 12)", x=(1, 3, 25))
    assert whole.complete
    assert not failed.complete
    reason = failed.unknowns[0].reason
    told = [Break(None, f"does not run on inputs of every size: {reason}")]
    assert [list(differences(whole, failed)), list(differences(failed, whole))] == [told, told]
    failed.unknowns.clear()
    assert [one.why for one in differences(whole, failed)] == [
        "does not run on inputs of every size: it is not known why"
    ]
