"""Where local geometry ends: at returned maps, or at the last ones before what reads everything."""

from __future__ import annotations

from typing import Any

import pytest
from calls import traced
from networks import H, N, Network, W

from rflint import field
from rflint.dims import symbol
from rflint.field import IDENTITY, Access
from rflint.geometry.ends import behind, counts, ends, example_sizes
from rflint.trace import Read, Trace

IMAGE = (1, 3, 16, 16)


def told(trace: Trace) -> list[tuple[str | None, str, str]]:
    """Each end: its place in what is returned, the kind of its use, and the network input."""
    return [(end.output, trace.uses[end.use].kind, end.name) for end in ends(trace)]


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("F.max_pool2d(x, 2)", [("", "max_pool2d", "x")]),
        ("x", []),
        ("torch.zeros(3)", []),
        ("(torch.relu(x), F.max_pool2d(x, 2))", [("0", "relu", "x"), ("1", "max_pool2d", "x")]),
        ("torch.relu(x).mean((2, 3))", [(None, "relu", "x")]),
        ("x.mean((2, 3))", []),
        ("torch.relu(x).mean(2)", [("", "mean", "x")]),
        ("torch.relu(x).mean(3)", [("", "mean", "x")]),
        ("torch.relu(x).flatten(1)", [(None, "relu", "x")]),
        ("torch.relu(x).flatten(1).mean(1)", [(None, "relu", "x")]),
        ("torch.relu(x).cumsum(2).cumsum(3)", [(None, "cumsum", "x")]),
        ("torch.relu(x).mean((2, 3)) + F.gelu(x).mean((2, 3))", [(None, "gelu", "x"), (None, "relu", "x")]),
        ("torch.relu(x).mean((2, 3)) + y.mean((2, 3))", [(None, "relu", "x")]),
        ("[torch.relu(x)] * 2", [("0", "relu", "x")]),
        ("x + torch.relu(y)", [("", "add", "x"), ("", "add", "y")]),
        ("x.mean((2, 3)) + torch.relu(y).mean((2, 3))", [(None, "relu", "y")]),
    ],
)  # fmt: skip
def test_ends(expression: str, found: list[Any]) -> None:
    assert told(traced(expression, x=IMAGE, y=IMAGE)) == found


def test_layers_that_lead_to_several_ends_are_looked_at_once() -> None:
    """Each step doubles the ways: they are not gone one by one."""
    net = Network(x=IMAGE)
    x = net.pooled(net.conv(net.input()))
    for _ in range(40):
        x = net.join(x, x)
    assert told(net.trace(x)) == [(None, "Conv2d", "x")]
    assert behind(net.trace(x), 2) == [0, 1, 2]
    assert behind(net.trace(x), 41) == list(range(42))


def sizes(trace: Trace) -> dict[str, Any]:
    [end] = ends(trace)
    return example_sizes(trace, end)


@pytest.mark.parametrize(
    ("expression", "size"),
    [
        ("F.max_pool2d(x, 3, 1)", 64 + 3),
        ("F.max_pool2d(x, 7)", 77),
        ("F.max_pool2d(x, 7, 11)", 77),
        ("F.max_pool2d(x, (3, 7), 1)", 64 + 7),
        ("F.max_pool2d(F.max_pool2d(x, 4), 1, 6)", 72),
        ("torch.relu(x).flip(2)", 64 + 1),
        ("torch.cat([x[:, :, :4], F.max_pool2d(x, (5, 1))], 1)", 65),
    ],
)
def test_sizes_in_place_of_symbols_have_room_and_are_divided_by_all_strides(expression: str, size: int) -> None:
    given = {"H": size, "W": size}
    shape = ("N", 3, "H", "W") if "flip" not in expression else ("N", 3, 8, "W")
    assert sizes(traced(expression, x=shape)) == {name: given[name] for name in given if name in shape}


def test_room_without_a_field() -> None:
    assert sizes(traced("torch.cat([x[..., :4], F.max_pool1d(x, 5)], 1)", x=(1, 3, "L"))) == {"L": 65}


def test_a_fixed_row_has_no_part_in_the_sizes() -> None:
    """A gate of one position: it is read by all units, so that they have no stride."""
    net = Network(x=(N, 3, H, W))
    x = net.pointwise(net.input())
    reads = [Read("kept", axis, IDENTITY) for axis in range(4)]
    reads[2] = Read("kept", 2, Access(0, (range(1),)))
    assert sizes(net.trace(net.use("expand", [(x, reads)], x.shape))) == {"H": 65, "W": 65}


def test_sizes_that_are_numbers_stay() -> None:
    assert sizes(traced("torch.relu(x)", x=("N", 3, 16, 16))) == {}


def test_how_many_there_are_along_an_axis() -> None:
    net = Network(x=(N, 3, H, 32))
    trace = net.trace(net.conv(net.input(), stride=2, padding=1))
    [end] = ends(trace)
    assert counts(trace, end, 0) == (H, (H - 1) // 2 + 1)
    assert counts(trace, end, 1) == (32, 16)
    net = Network(x=(N, 3, H, 32))
    lost = net.use("conv", [(net.input(), [Read("kept", axis, field.window(3)) for axis in range(4)])], None)
    trace = net.trace(lost)
    assert counts(trace, ends(trace)[0], 0) == (symbol("H"), None)
    [end] = ends(traced("torch.relu(x).mean(2)", x=IMAGE))
    assert counts(traced("torch.relu(x).mean(2)", x=IMAGE), end, 0) == (16, None)
