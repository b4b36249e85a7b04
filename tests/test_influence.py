"""The spread of influence against explicit weights, pushed from a unit to the input position by position."""

from __future__ import annotations

from fractions import Fraction
from math import floor, sqrt

import pytest
from calls import traced
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Network, T

from rflint import field
from rflint.field import Access
from rflint.geometry.influence import NOTHING, POINT, Spread, central_width, influence, shares
from rflint.receptive import fields
from rflint.receptive.links import links_along
from rflint.trace import Read, Trace

Weights = dict[int, Fraction]


def uniform(access: Access, unit: int, transposed: bool = False) -> Weights:
    """Equal weights for what a unit reads; a transposed convolution has one weight for all of its phases."""
    turn, phase = divmod(unit, len(access.taps))
    taps = access.taps[phase]
    each = Fraction(1, max(*map(len, access.taps), 1) if transposed else max(len(taps), 1))
    return {access.step * turn + tap: each for tap in taps}


def tent(factor: int, unit: int) -> Weights:
    """Linear interpolation: 1 minus the distance."""
    x = (unit + Fraction(1, 2)) / factor - Fraction(1, 2)
    near = {p: 1 - abs(p - x) for p in (floor(x), floor(x) + 1)}
    return {p: weight for p, weight in near.items() if weight}


class Explicit:
    """A network of one axis, written down twice: as a trace, and as weights from every unit to those it reads."""

    def __init__(self) -> None:
        self.net = Network(x=(1, 4, 1 << 16))
        self.tensors: list[T] = [self.net.input()]
        self.reads: list[list[tuple[int, Fraction, object]]] = [[]]

    def add(self, made: T, *branches: tuple[int, Fraction, object]) -> None:
        self.tensors.append(made)
        self.reads.append(list(branches))

    def weights(self, tensor: int, unit: int) -> Weights:
        """From a unit of a tensor to the input, by all ways."""
        if tensor == 0:
            return {unit: Fraction(1)}
        found: Weights = {}
        for source, share, reads in self.reads[tensor]:
            for position, weight in reads(unit).items():  # type: ignore[operator]
                for at, inner in self.weights(source, position).items():
                    found[at] = found.get(at, Fraction(0)) + share * weight * inner
        return found


@st.composite
def networks(draw: st.DrawFn) -> Explicit:
    """Convolutions, pools, upsampling of three kinds, sums and concatenations of tensors with the same jump."""
    made = Explicit()
    one = Fraction(1)
    for _ in range(draw(st.integers(1, 5))):
        at = len(made.tensors) - 1
        x = made.tensors[at]
        kind = draw(st.sampled_from(("conv", "pool", "transposed", "linear", "nearest", "add", "cat")))
        k, d = draw(st.integers(1, 4)), draw(st.integers(1, 3))
        if kind == "conv":
            access = field.window(k, d, 1, 2)
            made.add(
                made.net.conv(x, k=k, stride=d, padding=1, dilation=2, out=4, more={}),
                (at, one, lambda i, a=access: uniform(a, i)),
            )
        elif kind == "pool":
            access = field.window(k, k)
            made.add(made.net.pool(x, k), (at, one, lambda i, a=access: uniform(a, i)))
        elif kind == "transposed":
            access = field.transposed(k, 2, 0, 1)
            made.add(made.net.transposed(x, k=k, stride=2, out=4), (at, one, lambda i, a=access: uniform(a, i, True)))
        elif kind == "linear":
            made.add(made.net.resized(x, d, "bilinear"), (at, one, lambda i, f=d: tent(f, i)))
        elif kind == "nearest":
            access = field.nearest(1, d)
            made.add(made.net.resized(x, d), (at, one, lambda i, a=access: uniform(a, i)))
        else:
            wide = made.net.conv(x, k=3, padding=1, dilation=d, out=12 if kind == "cat" else 4)
            access = field.window(3, 1, 1, d)
            made.add(wide, (at, one, lambda i, a=access: uniform(a, i)))
            parts = (Fraction(1, 4), Fraction(3, 4)) if kind == "cat" else (Fraction(1, 2),) * 2
            joined = made.net.cat(x, wide) if kind == "cat" else made.net.join(x, wide, output=x.shape)
            made.add(joined, (at, parts[0], tent_of_1), (at + 1, parts[1], tent_of_1))
            made.tensors[-1] = T(joined.source, x.shape)
    return made


def tent_of_1(unit: int) -> Weights:
    return {unit: Fraction(1)}


@settings(max_examples=60)
@given(networks(), st.integers(8, 30))
def test_sum_mean_and_variance_are_those_of_explicit_weights(made: Explicit, unit: int) -> None:
    trace = made.net.trace(made.tensors[-1])
    spread = influence(trace, "x", 0)[-1]
    assert spread is not None
    weights = made.weights(len(made.tensors) - 1, unit)
    total = sum(weights.values())
    law = spread.at(unit)
    assert law.mass == pytest.approx(float(total))
    if total:
        mean = sum(at * weight for at, weight in weights.items()) / total
        variance = sum((at - mean) ** 2 * weight for at, weight in weights.items()) / total
        assert law.mean == pytest.approx(float(mean), abs=1e-6)
        assert law.variance == pytest.approx(float(variance), abs=1e-6)


def chain(*layers: tuple[int, int, int]) -> Trace:
    """Convolutions (kernel, stride, dilation) in a row."""
    net = Network(x=(1, 4, 512))
    x = net.input()
    for kernel, stride, dilation in layers:
        x = net.conv(x, k=kernel, stride=stride, dilation=dilation, padding=dilation * (kernel // 2))
    return net.trace(x)


CONV = (3, 1, 1)


@pytest.mark.parametrize(
    ("layers", "sigma"),
    [
        ([CONV] * 10, 2.58),
        ([CONV] * 20, 3.65),
        ([CONV] * 40, 5.16),
        ([CONV, CONV, (2, 2, 1)] * 3, 5.77),
        ([(3, 1, d) for d in (1, 2, 4, 8, 16)], 15.08),
        ([(3, 1, d) for d in (1, 1, 2, 4, 8, 16, 1)], 15.12),
        ([(3, 1, 2)] * 6, 4.00),
    ],
)
def test_figures_that_are_known(layers: list[tuple[int, int, int]], sigma: float) -> None:
    found = influence(chain(*layers), "x", 0)[-1]
    assert found is not None
    assert found.sigma == pytest.approx(sigma, abs=0.005)


def test_the_formula_for_chains() -> None:
    layers = [(3, 2, 1), (5, 1, 2), (2, 2, 1), (7, 1, 3)]
    jump, variance = 1, 0.0
    for kernel, stride, dilation in layers:
        variance += jump**2 * dilation**2 * (kernel**2 - 1) / 12
        jump *= stride
    found = influence(chain(*layers), "x", 0)[-1]
    assert found is not None
    assert found.sigma == pytest.approx(sqrt(variance))


def test_global_branches_are_left_out() -> None:
    net = Network(x=(1, 4, 32, 32))
    x = net.conv(net.input(), padding=1)
    gate = net.pooled(x)
    y = net.use("mul", [(x, [Read("kept", a, field.IDENTITY) for a in range(4)]), (gate, gate_reads())], x.shape)
    trace = net.trace(y)
    assert fields(trace)[-1]["x"][0].whole
    found = influence(trace, "x", 0)
    assert found[-1] == found[0]
    assert found[1] is None


def gate_reads() -> list[Read]:
    once = field.Access(0, (range(1),))
    return [
        Read("kept", 0, field.IDENTITY),
        Read("kept", 1, field.IDENTITY),
        Read("kept", 2, once),
        Read("kept", 3, once),
    ]


def test_interpolation_of_other_kinds_is_not_known() -> None:
    net = Network(x=(1, 4, 32))
    access = field.cubic(1, 2, False)
    x = net.input()
    reads = [Read("kept", 0, field.IDENTITY), Read("kept", 1, field.IDENTITY), Read("kept", 2, access)]
    y = net.use("Upsample", [(x, reads)], (1, 4, 64), args={"mode": "bicubic"})
    assert influence(net.trace(y), "x", 0) == [None]


@pytest.mark.parametrize(("sigma", "extent", "width"), [(2.5, 21, 10.0), (15.0, 51, 51.0), (0.0, 1, 1.0)])
def test_the_central_width_is_no_more_than_the_field(sigma: float, extent: int, width: float) -> None:
    assert central_width(sigma, extent) == width


def parts(trace: Trace) -> list[float]:
    """What part each branch has in the last use."""
    return shares(trace.uses[-1], links_along(trace, "x", 0)[-1].local or ())


def test_branches_weigh_by_their_channels_where_all_are_known() -> None:
    joined = "torch.cat([x, x.sum(1, keepdim=True)], 1)"
    assert parts(traced(joined, x=(1, 3, 8))) == [0.75, 0.25]
    assert parts(traced(joined, x=(1, "C", 8))) == [0.5, 0.5]
    assert parts(traced("x + x.sum(1, keepdim=True)", x=(1, 3, 8))) == [0.5, 0.5]


def test_branches_of_different_jumps_have_no_spread() -> None:
    assert influence(traced("torch.cat([x[..., :4], F.max_pool1d(x, 2)], 1)", x=(1, 3, 8)), "x", 0)[-1] is None
    assert influence(traced("torch.cat([x, F.max_pool1d(x, 3, 1, 1)], 1)", x=(1, 3, 8)), "x", 0)[-1] is not None


def test_what_sees_nothing_has_no_width() -> None:
    assert Spread(1, (NOTHING,)).sigma == POINT.sigma == 0.0


def test_linear_interpolation_with_antialias_is_not_known() -> None:
    made = "F.interpolate(x, scale_factor=0.5, mode='bilinear', align_corners=False, antialias={})"
    assert influence(traced(made.format(True), x=(1, 3, 8, 8)), "x", 0)[-1] is None
    assert influence(traced(made.format(False), x=(1, 3, 8, 8)), "x", 0)[-1] is not None


def sigmas(expression: str, size: object = 512) -> float | None:
    found = influence(traced(expression, x=(1, 3, size)), "x", 0)[-1]  # type: ignore[arg-type]
    return found and round(found.sigma, 4)


@pytest.mark.parametrize(
    ("expression", "sigma"),
    [
        ("F.max_pool1d(x, 3, 1)", 0.8165),
        ("F.interpolate(x, scale_factor=2)", 0.0),
        ("F.interpolate(x, scale_factor=2, mode='nearest-exact')", 0.0),
        ("F.interpolate(x, size=256, mode='area')", 0.5),
        ("F.interpolate(x, scale_factor=2, mode='linear')", 0.433),
        ("F.interpolate(x, size=1023, mode='linear', align_corners=True)", 0.3536),
        ("F.interpolate(x, size=2045, mode='linear', align_corners=True)", 0.3953),
        ("F.max_pool1d(F.interpolate(x, size=1023, mode='linear', align_corners=True), 2, 1)", 0.433),
        ("F.conv_transpose1d(x, torch.zeros(3, 3, 3), stride=2)", 0.3536),
        ("x.cumsum(2)", None),
        ("x.mean(2)", None),
        ("x.relu() + x.cumsum(2)", None),
        ("x[..., 3:4].expand(-1, -1, 8)", 0.0),
        ("torch.cat([x, x], 2)", None),
        ("x.repeat(1, 1, 2)", None),
        ("x.flip(2)", 0.0),
        ("F.max_pool1d(x.flip(2), 3, 1)", 0.8165),
    ],
)
def test_widths_of_single_operations(expression: str, sigma: float | None) -> None:
    assert sigmas(expression) == sigma


@pytest.mark.parametrize(("mode", "rank"), [("linear", 1), ("bilinear", 2), ("trilinear", 3), ("bicubic", 2)])
def test_linear_interpolation_has_weights_of_its_own(mode: str, rank: int) -> None:
    """Twice as fine: a quarter and three quarters; other curves are not followed."""
    trace = traced(f"F.interpolate(x, scale_factor=2, mode='{mode}')", x=(1, 3, *(8,) * rank))
    for axis in range(rank):
        [found] = influence(trace, "x", axis)
        if mode == "bicubic":
            assert found is None
        else:
            assert found is not None
            assert [round(law.mean, 6) for law in found.phases] == [-0.25, 0.25]
            assert [round(law.variance, 6) for law in found.phases] == [0.1875, 0.1875]


def test_influence_is_computed_once() -> None:
    trace = traced("F.max_pool2d(x, (3, 5), 1)", x=(1, 3, 16, 16))
    assert influence(trace, "x", 0) is influence(trace, "x", 0)
    assert influence(trace, "x", 0) != influence(trace, "x", 1)


def test_of_an_input_that_is_not_read_nothing_is_known() -> None:
    trace = traced("(x.relu(), y.relu())", x=(1, 3, 8), y=(1, 3, 8))
    assert [one and one.sigma for one in influence(trace, "y", 0)] == [None, 0.0]


@pytest.mark.parametrize(("phases", "known"), [(256, True), (257, False)])
def test_so_many_phases_are_followed(phases: int, known: bool) -> None:
    assert (sigmas(f"F.interpolate(x, scale_factor={phases})", 4) is not None) is known
    apart = f"F.interpolate(F.max_pool1d(x, {phases}), scale_factor={phases})"
    assert (sigmas(apart, phases) is not None) is known


@pytest.mark.parametrize(("periods", "known"), [((15, 17), True), ((16, 17), False), ((1, 256), True)])
def test_so_many_phases_of_branches_are_followed(periods: tuple[int, int], known: bool) -> None:
    """Blocks of two sizes: what they see repeats when both begin anew."""
    net = Network(x=(1, 4, 1024))
    x = net.input()
    blocks = [net.resized(net.pool(x, period), period) for period in periods]
    found = influence(net.trace(net.join(*blocks, output=x.shape)), "x", 0)[-1]
    assert (found and len(found.phases)) == (periods[0] * periods[1] if known else None)


@pytest.mark.parametrize(("taps", "known"), [(1 << 14, True), ((1 << 14) + 1, False)])
def test_so_many_positions_are_followed(taps: int, known: bool) -> None:
    assert (sigmas(f"F.max_pool1d(x, {taps})", taps) is not None) is known
