"""Which layers move what outputs see: networks whose drift is known, and an explicit count of centres."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import calls
import pytest
from networks import H, N, Network, T, W

from rflint import linter
from rflint.checks import all_rules
from rflint.config import Config
from rflint.field import IDENTITY, shifted
from rflint.formats.drift import decimal, drift_data, drift_lines
from rflint.geometry.misalignment import Cause, is_causal, misalignments, remaining
from rflint.linter import Options
from rflint.trace import Read, Trace

FIXTURES = Path(__file__).parent.parent / "fixtures" / "networks"
HALF = Fraction(1, 2)


def traced(target: str) -> Trace:
    """One of the networks in fixtures/."""
    [trace] = linter.show(str(FIXTURES / target), Options(Config())).traces
    return trace


def encoder_decoder(size: Any = 64, kernel: int = 3, times: int = 2) -> Network:
    """Strided convolutions, then as many bilinear upsamplings by 2."""
    net = Network(x=(N, 3, size, size))
    x = net.input()
    for level in range(times):
        x = net.conv(x, k=kernel, stride=2, padding=1, path=f"down{level}")
    for _ in range(times):
        x = net.resized(x, 2, "bilinear")
    return net


def last(net: Network) -> Trace:
    """The trace that returns the last tensor, and nothing else."""
    trace = net.trace(T(len(net.uses) - 1, net.uses[-1].output))
    trace.output = net.uses[-1].output
    return trace


@pytest.mark.parametrize(("times", "drift"), [(1, -0.5), (2, -1.5), (3, -3.5), (4, -7.5), (5, -15.5)])
def test_corner_aligned_encoders_move_half_pixel_decoders(times: int, drift: float) -> None:
    [one] = misalignments(last(encoder_decoder(64, 3, times)))
    assert one.drifts == (drift, drift)
    assert [cause.by for cause in one.causes[0]] == [-HALF * 2**level for level in range(times)]


def test_even_kernels_move_nothing() -> None:
    [one] = misalignments(last(encoder_decoder(64, 4, 3)))
    assert one.drifts == (0, 0)
    assert one.causes == ((), ())


@pytest.mark.parametrize(
    ("target", "drift"),
    [
        ("generative_inpainting.py::CoarseGenerator()", -1.5),
        ("iizuka_completion.py::CompletionNetwork()", -1.5),
        ("fcn.py::FCN32s()", 0),
        ("fcn.py::FCN16s()", 0),
        ("fcn.py::FCN8s()", 0),
        ("unet.py::UNet()", 0),
        ("unet_valid.py::ValidUNet()", 0),
    ],
)
def test_networks_that_are_known(target: str, drift: float) -> None:
    [one] = misalignments(traced(target))
    assert one.drifts == (drift, drift)


def test_moves_that_undo_each_other_are_left_out() -> None:
    """A corner-aligned decoder undoes what the encoder does; the last, half-pixel step leaves the first move."""
    net = Network(x=(1, 3, 64, 64))
    x = net.conv(net.input(), stride=2, padding=1, path="down0")
    x = net.conv(x, stride=2, padding=1, path="down1")
    x = net.transposed(x, k=3, stride=2, padding=1, output_padding=1, path="up1")
    x = net.transposed(x, k=2, stride=2, path="up0")
    [one] = misalignments(net.trace(x))
    assert one.drifts == (-HALF, -HALF)
    assert [net.uses[cause.use].path for cause in one.causes[0]] == ["down0"]


def test_moves_of_tokens_are_not_known_and_nobody_is_blamed() -> None:
    tokens = "F.pad(x, (4, -4)).flatten(2).unflatten(2, (64, 64))"
    [finding] = all_rules()["RF317"].check(calls.traced(tokens, x=(1, 3, 64, 64)))
    assert finding.message == "the output is computed from what is centred 4 px before its place"
    assert finding.use == 2


def test_remaining_moves() -> None:
    causes = [Cause(0, HALF), Cause(1, HALF), Cause(2, Fraction(0)), Cause(3, -HALF), Cause(4, Fraction(1))]
    assert [cause.use for cause in remaining(causes)] == [0, 4]


def test_symbolic_sizes_that_matter_are_replaced_by_numbers() -> None:
    [one] = misalignments(last(encoder_decoder(H, 3, 2)))
    assert one.drifts == (-1.5, -1.5)
    assert one.sizes == (80, 80)


def test_symbolic_sizes_that_do_not_matter_stay() -> None:
    net = Network(x=(N, 3, H, W))
    [one] = misalignments(net.trace(net.conv(net.input())))
    assert one.drifts == (0, 0)
    assert one.sizes == (H, W)


def test_causal_networks_look_back_only() -> None:
    [wavenet] = misalignments(traced("wavenet.py::WaveNet()"))
    [encoder] = misalignments(traced("bytenet.py::ByteNetEncoder()"))
    assert is_causal(wavenet)
    assert not is_causal(encoder)
    assert list(drift_lines(traced("wavenet.py::WaveNet()"))) == []


def test_lines_name_the_layers() -> None:
    trace = last(encoder_decoder(64, 3, 2))
    assert list(drift_lines(trace)) == [
        "drift: what the output sees is centred 1.5 before its place (down0 Conv2d -0.5, down1 Conv2d -1)"
    ]


def test_lines_name_output_input_and_size_where_there_are_several() -> None:
    net = Network(x=(1, 3, H, 32), y=(1, 3, 32, 32))
    a = net.resized(net.conv(net.input("x"), stride=(2, 1), padding=1, path="a"), 2)
    b = net.resized(net.conv(net.input("y"), k=4, stride=2, padding=1, path="b"), 2)
    trace = net.trace(a, b)
    trace.output = {"first": a.shape, "second": b.shape}
    assert list(drift_lines(trace)) == [
        "drift: what output first sees of x is centred 0.5 before × 0 off its place at 68×32 (a Conv2d -0.5)"
    ]


def test_data_is_exact() -> None:
    trace = last(encoder_decoder(64, 3, 1))
    assert drift_data(trace) == [
        {
            "output": "",
            "input": "x",
            "size": [64, 64],
            "drift": ["-1/2", "-1/2"],
            "causal": False,
            "causes": [[{"path": "down0", "kind": "Conv2d", "by": "-1/2"}]] * 2,
        }
    ]


@pytest.mark.parametrize(("number", "text"), [(-HALF, "-0.5"), (Fraction(31, 2), "15.5"), (Fraction(1, 3), "1/3")])
def test_decimals(number: Fraction, text: str) -> None:
    assert decimal(number) == text


def told(expression: str, *shape: Any) -> list[tuple[Any, list[Any]]]:
    """The drift of what an expression of x returns along each axis, and the moves that it is made of."""
    found = misalignments(calls.traced(expression, x=(1, 3, *shape), y=(1, 3, *shape)))
    [one] = [one for one in found if one.end.name == "x"]
    return [(drift, [cause.by for cause in causes]) for drift, causes in zip(one.drifts, one.causes, strict=True)]


@pytest.mark.parametrize(
    ("expression", "drift", "moves"),
    [
        ("F.max_pool1d(x, 3, 2, 1)", -HALF, [-HALF]),
        ("F.pad(x, (2, 0))", -1, [-1]),
        ("F.pad(F.pad(x, (2, 0)), (0, 2))", 0, []),
        ("F.pad(F.pad(x, (2, 0)), (2, 0))", -2, [-1, -1]),
        ("F.pad(F.pad(x, (2, 0)), (0, 4))", 1, [-1, 2]),
        ("F.pad(F.pad(F.pad(x, (2, 0)), (2, 0)), (0, 4))", 0, []),
        ("x + F.pad(x, (2, -2))", -1, [-1]),
        ("F.pad(x, (1, -1)) + y.relu()", -1, [-1]),
        ("y.relu() + F.pad(x, (1, -1))", -1, [-1]),
        ("F.pad(x, (2, 0)) + F.max_pool1d(F.pad(x, (0, 2)), 3, 1, 1)", HALF, [1, -HALF]),
        ("F.max_pool1d(F.pad(x, (0, 2)), 3, 1, 1) + F.pad(x, (2, 0))", HALF, [1, -HALF]),
        ("F.pad(x, (1, -1)) * x.mean(2, keepdim=True)", -1, [-1]),
        ("x.mean(2, keepdim=True) * F.pad(x, (1, -1))", -1, [-1]),
        ("F.pad(x, (1, -1)) * torch.ones(8)", -1, [-1]),
        ("torch.cat([x[..., :4], F.max_pool1d(x, 2)], 1)", None, []),
    ],
)
def test_moves_add_up_to_the_drift(expression: str, drift: Any, moves: list[Any]) -> None:
    """Of several branches the one that sees most is followed, and none that sees everything."""
    assert told(expression, 8) == [(drift, moves)]


def test_axes_have_drifts_of_their_own() -> None:
    assert told("F.max_pool2d(x, 3, 2, 1)", 9, 8) == [(0, []), (-HALF, [-HALF])]
    assert told("F.pad(x, (1, 0)).transpose(2, 3)", 8, 9) == [(0, []), (-HALF, [-HALF])]
    assert told("x.cumsum(2)", 8, 8) == [(None, []), (0, [])]
    assert told("F.pad(x.mean(2), (1, 0))", 8, 9) == [(None, []), (-HALF, [-HALF])]


def test_what_is_pooled_is_returned_nowhere() -> None:
    assert misalignments(calls.traced("x.relu().mean(2)", x=(1, 3, 8))) == []


@pytest.mark.parametrize(
    ("expression", "shape", "causal"),
    [
        ("F.pad(x, (2, -2))", (1, 3, 8), True),
        ("x.relu()", (1, 3, 8), True),
        ("F.pad(x, (-1, 1))", (1, 3, 8), False),
        ("x.relu()", (1, 3, 8, 8), False),
        ("F.max_pool1d(x, 2)", (1, 3, 8), False),
        ("F.max_pool1d(F.pad(x, (1, 0)), 2)", (1, 3, 8), True),
        ("F.max_pool1d(F.pad(x, (1, 0)), 2, 1)", (1, 3, 8), True),
        ("F.interpolate(x, scale_factor=2)", (1, 3, 8), True),
        ("F.interpolate(x, scale_factor=2, mode='linear')", (1, 3, 8), False),
        ("F.interpolate(F.pad(x, (1, -1)), scale_factor=2, mode='linear')", (1, 3, 8), True),
        ("F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)", (1, 3, 8), True),
        ("torch.cat([x[..., :4], F.max_pool1d(x, 2)], 1)", (1, 3, 8), False),
    ],
)
def test_causal_units_see_nothing_beyond_their_places(expression: str, shape: Any, causal: bool) -> None:
    [one] = misalignments(calls.traced(expression, x=shape))
    assert is_causal(one) is causal


def test_where_a_shape_is_not_known_no_drift_is() -> None:
    net = Network(x=(1, 3, 8))
    reads = [Read("kept", 0, IDENTITY), Read("kept", 1, IDENTITY), Read("kept", 2, shifted(2))]
    lost = net.use("crop", [(net.input(), reads)], None)
    found = net.use("crop", [(lost, reads)], (1, 3, 4))
    assert [one.drifts for one in misalignments(net.trace(lost))] == [(None,)]
    [one] = misalignments(net.trace(found))
    assert (one.drifts, one.causes) == ((2,), ((),))
