"""Look-ahead, look-back and latency: known networks, and an explicit look at every unit."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import calls
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from networks import Network, T

from rflint import linter
from rflint.config import Config
from rflint.formats.streaming import streaming_data, streaming_lines
from rflint.geometry.streaming import sees_everything, streams
from rflint.linter import Options
from rflint.receptive import reached
from rflint.trace import Trace

FIXTURES = Path(__file__).parent.parent / "fixtures" / "networks"


def traced(target: str) -> Trace:
    """One of the networks in fixtures/."""
    [trace] = linter.show(str(FIXTURES / target), Options(Config())).traces
    return trace


def returned(net: Network, x: T) -> Trace:
    trace = net.trace(x)
    trace.output = x.shape
    return trace


def causal(net: Network, x: T, k: int, d: int = 1) -> T:
    """A convolution that is padded on the left."""
    assert x.shape is not None
    padded = net.sliced(x, 2, -d * (k - 1), x.shape[2] + d * (k - 1), base="pad")  # type: ignore[operator]
    return net.conv(padded, k=k, dilation=d)


def codec(hop: int = 4) -> Trace:
    """Down by a causal hop, and up again."""
    net = Network(x=(1, 8, 256))
    x = net.conv(causal(net, net.input(), 3), k=hop, stride=hop)
    return returned(net, net.transposed(x, k=hop, stride=hop))


@pytest.mark.parametrize(
    ("target", "ahead", "back"),
    [
        ("wavenet.py::WaveNet()", 0, 3070),
        ("bytenet.py::ByteNetDecoder()", 0, 372),
        ("bytenet.py::ByteNetEncoder()", 186, 186),
        ("tcn.py::TemporalConvNet()", 0, 1020),
    ],
)
def test_networks_that_are_known(target: str, ahead: int, back: int) -> None:
    [one] = streams(traced(target))
    assert (one.ahead, one.back, one.extent, one.block, one.latency) == (ahead, back, ahead + back + 1, 1, ahead)


def test_blocks_wait_for_their_last_position() -> None:
    [one] = streams(codec())
    assert (one.block, one.given, one.ahead, one.back, one.latency) == (4, 4, 3, 5, 3)


def test_frames_wait_for_their_last_position() -> None:
    net = Network(x=(1, 8, 256))
    [one] = streams(returned(net, net.conv(net.input(), k=16, stride=8, padding=4)))
    assert (one.jump, one.block, one.given, one.ahead, one.back) == (8, 8, 1, 11, 4)


def test_upsampled_outputs_stand_for_parts_of_a_position() -> None:
    net = Network(x=(1, 8, 256))
    [one] = streams(returned(net, net.resized(net.input(), 4)))
    assert (one.jump, one.block, one.given, one.ahead, one.back) == (Fraction(1, 4), 1, 4, 0, 0)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(1, 4), st.integers(1, 2), st.integers(0, 2)), min_size=1, max_size=4))
def test_look_ahead_against_every_unit(layers: list[tuple[int, int, int]]) -> None:
    net = Network(x=(1, 8, 1 << 12))
    x = net.input()
    for kernel, factor, padding in layers:
        x = net.conv(x, k=kernel, stride=factor, padding=padding)
    x = net.resized(x, 2)
    trace = returned(net, x)
    [one] = streams(trace)
    offsets = []
    for unit in range(64, 64 + 2 * one.block):
        read = reached(trace, len(trace.uses) - 1, "x", 0, unit)
        assert read is not None
        own = unit * one.jump.numerator // one.jump.denominator
        offsets.append((read.offset - own, read.offset + read.extent - 1 - own))
    assert one.ahead == max(0, *(high for _, high in offsets))
    assert one.back == max(0, *(-low for low, _ in offsets))


def test_lines_with_a_rate_are_in_milliseconds() -> None:
    assert list(streaming_lines(traced("wavenet.py::WaveNet()"), 16000.0)) == [
        "the output, as a stream along axis 2 of 16000 positions a second, 16000 outputs a second:",
        "  look-ahead  0 (0 ms): causal",
        "  look-back   3070 (191.9 ms)",
        "  field       3071 (191.9 ms)",
        "  blocks      1 in, 1 out; latency 0 (0 ms)",
    ]


def test_lines_without_a_rate_are_for_networks_of_one_axis() -> None:
    assert list(streaming_lines(codec(), None))[1:3] == ["  look-ahead  3", "  look-back   5"]
    net = Network(x=(1, 8, 32, 32))
    image = returned(net, net.conv(net.input()))
    assert list(streaming_lines(image, None)) == []
    assert len(list(streaming_lines(image, 10.0))) == 10


def test_what_sees_everything_is_no_stream() -> None:
    net = Network(x=(1, 8, 64))
    trace = returned(net, net.pooled(net.conv(net.input()), "AdaptiveAvgPool1d"))
    assert streams(trace) == []
    [line] = streaming_lines(trace, None)
    assert (
        line.startswith("the output sees everything through AdaptiveAvgPool1d#1 adaptiveavgpool1d: ")
        or "everything" in line
    )


def test_data() -> None:
    [found] = streaming_data(codec(), 1000.0)
    assert found["look_ahead"] == 3
    assert found["look_ahead_ms"] == 3.0
    assert found["outputs"] == 4
    assert streaming_data(codec(), None)[0]["latency_ms"] is None


@pytest.mark.parametrize(
    ("expression", "ahead", "back", "extent", "jump", "block", "latency"),
    [
        ("x.relu()", 0, 0, 1, 1, 1, 0),
        ("F.max_pool1d(x, 4)", 3, 0, 4, 4, 4, 3),
        ("F.max_pool1d(x, 3, 4)", 2, 0, 3, 4, 4, 2),
        ("F.interpolate(x, scale_factor=2, mode='linear')", 1, 1, 2, 0.5, 1, 1),
        ("F.interpolate(F.max_pool1d(x, 4), scale_factor=2)", 3, 2, 4, 2, 4, 3),
        ("F.interpolate(F.max_pool1d(x, 2, 1), scale_factor=3, mode='linear')", 2, 1, 3, Fraction(1, 3), 1, 2),
        ("F.max_pool1d(F.interpolate(x, scale_factor=3), 2)", 1, 0, 2, Fraction(2, 3), 2, 1),
        ("F.max_pool1d(F.pad(x, (4, 0)), 4)", 0, 4, 4, 4, 4, 0),
        ("F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)", 0, 0, 1, 0.5, 1, 0),
        ("x[..., 3:]", 3, 0, 1, 1, 1, 3),
        ("F.pad(x, (3, 0))", 0, 3, 1, 1, 1, 0),
    ],
)
def test_figures_of_small_streams(
    expression: str, ahead: int, back: int, extent: int, jump: float, block: int, latency: int
) -> None:
    [one] = streams(calls.traced(expression, x=(1, 3, 24)))
    found = (one.ahead, one.back, one.extent, one.jump, one.block, one.latency)
    assert found == (ahead, back, extent, jump, block, latency)
    assert one.given == one.block / Fraction(jump)
    assert one.whole == ""


@pytest.mark.parametrize(
    "expression",
    [
        "x.flip(2)",
        "F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)[..., 1::2]",
        "torch.cat([x[..., :12], F.max_pool1d(x, 2)], 1)",
        "x.cumsum(2)",
        "x.relu().mean(2, keepdim=True)",
        "x",
    ],
)
def test_what_is_no_stream(expression: str) -> None:
    assert streams(calls.traced(expression, x=(1, 3, 24))) == []


def test_axes_that_are_pooled_are_no_streams() -> None:
    assert [(one.axis, one.ahead) for one in streams(calls.traced("F.max_pool2d(x, (2, 3))", x=(1, 3, 6, 6)))] == [
        (0, 1),
        (1, 2),
    ]
    assert [one.axis for one in streams(calls.traced("x.mean(2)", x=(1, 3, 6, 6)))] == [1]
    assert [one.axis for one in streams(calls.traced("x.mean(2, keepdim=True)", x=(1, 3, 6, 6)))] == [1]


def test_what_depends_on_the_whole_stream_is_told() -> None:
    def wholes(expression: str) -> list[str]:
        return [one.whole for one in streams(calls.traced(expression, x=(1, 3, 24)))]

    assert wholes("x * x.mean(2, keepdim=True)") == ["mean"]
    assert wholes("F.instance_norm(x)") == ["instance_norm"]
    assert wholes("F.instance_norm(x) * x.mean(2, keepdim=True)") == ["mean"]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("(x.relu(), x.mean(2), x, torch.zeros(3))", [("1", "mean")]),
        ("x.mean(2)", [("", "mean")]),
        ("x * x.mean(2, keepdim=True)", []),
    ],
)
def test_returned_tensors_that_see_everything(expression: str, found: list[tuple[str, str]]) -> None:
    assert sees_everything(calls.traced(expression, x=(1, 3, 24))) == found
