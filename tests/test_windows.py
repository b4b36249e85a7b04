"""Attention inside of windows: what units see, against sets of indices pushed through by brute force."""

from __future__ import annotations

from textwrap import indent

import pytest
from bruteforce import Node, Reads, convolution, moved, reaches_in_graph, sliced

from rflint.dims import parse
from rflint.field import Interval
from rflint.receptive import AxisField, fields
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

SOURCE = """
import torch
import torch.nn.functional as F
from torch import nn


class Attention(nn.Module):
    def __init__(self, width, heads=2):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)
        self.heads = heads

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.qkv(x).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        x = (q @ k.transpose(-2, -1)).softmax(-1) @ v
        return self.proj(x.transpose(1, 2).reshape(b, n, c))


class Windowed(nn.Module):
    def __init__(self, width, size, shift=0, grid=False):
        super().__init__()
        self.attention = Attention(width)
        self.size, self.shift, self.grid = size, shift, grid

    def forward(self, x):
        n, h, w, c = x.shape
        s = self.size
        y = torch.roll(x, (-self.shift, -self.shift), (1, 2)) if self.shift else x
        if self.grid:
            y = y.view(n, s, h // s, s, w // s, c).permute(0, 2, 4, 1, 3, 5)
        else:
            y = y.view(n, h // s, s, w // s, s, c).permute(0, 1, 3, 2, 4, 5)
        y = self.attention(y.reshape(-1, s * s, c))
        y = y.view(n, h // s, w // s, s, s, c)
        y = y.permute(0, 3, 1, 4, 2, 5) if self.grid else y.permute(0, 1, 3, 2, 4, 5)
        y = y.reshape(n, h, w, c)
        return torch.roll(y, (self.shift, self.shift), (1, 2)) if self.shift else y


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 8, 3, 2, 1)
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.a, self.b, self.c = Windowed(8, 4), Windowed(8, 4, 2), Windowed(8, 4, grid=True)

    def forward(self, x):
        x = self.patch(x)
{body}
"""
LAST = "permute(0, 2, 3, 1)"
FIRST = "permute(0, 3, 1, 2)"
PATCH = convolution(3, 2, 1)
CONV = convolution(3, 1, 1)


def window(size: int, shift: int = 0) -> Reads:
    """All positions in the same window; windows begin at multiples of the size, plus the shift."""
    return lambda i: frozenset(range((i - shift) // size * size + shift, ((i - shift) // size + 1) * size + shift))


def traced(body: str, *shape: str) -> Trace:
    """The trace of the network whose forward goes on like this."""
    session = Session({"net.py": SOURCE.format(body=indent(body.strip(), " " * 8))}.get)
    return trace(session, Root("net.py", "Net()", (("", tuple(map(parse, shape or ("1", "3", "64", "96")))),)))


def last(body: str, *shape: str) -> tuple[AxisField, ...]:
    """The field of the last use."""
    seen = traced(body, *shape)
    assert seen.complete
    return fields(seen)[-1]["x"]


def assert_is(interval: Interval | None, nodes: list[Node]) -> None:
    """Whether a field's units see from end to end what brute force says."""
    assert interval is not None
    for unit in range(40, 40 + 2 * interval.period):
        reached = reaches_in_graph(nodes, len(nodes) - 1, unit)
        assert interval.span(unit) == (min(reached), max(reached))


NETWORKS: dict[str, list[Node]] = {
    f"return self.a(x.{LAST})": [((-1, PATCH),), ((0, window(4)),)],
    f"return self.b(x.{LAST})": [((-1, PATCH),), ((0, window(4, 2)),)],
    f"x = self.a(x.{LAST})\nreturn self.b(x)": [((-1, PATCH),), ((0, window(4)),), ((1, window(4, 2)),)],
    f"x = self.a(x.{LAST}).{FIRST}\nreturn self.conv(x)": [((-1, PATCH),), ((0, window(4)),), ((1, CONV),)],
    f"x = x.{LAST}\nx = x + self.b(x)\nreturn x[:, 1::2, 1::2]": [
        ((-1, PATCH),),
        ((0, moved(0)), (0, window(4, 2))),
        ((1, sliced(1, 2)),),
    ],
    f"y = x.{LAST}\nreturn self.conv(x) + self.a(y).{FIRST}": [
        ((-1, PATCH),),
        ((0, CONV), (0, window(4))),
    ],
}


@pytest.mark.parametrize("shape", [("1", "3", "64", "96"), ("2", "3", "32", "32"), ("N", "3", "32*h", "16*w")])
@pytest.mark.parametrize("body", NETWORKS)
def test_units_see_their_windows(body: str, shape: tuple[str, ...]) -> None:
    for axis in last(body, *shape):
        assert_is(axis.interval, NETWORKS[body])
        assert axis.whole == ""


def test_a_view_in_blocks_and_back_changes_nothing() -> None:
    body = "n, c, h, w = x.shape\nreturn x.view(n, c, h // 4, 4, w).transpose(2, 3).transpose(2, 3).reshape(n, c, h, w)"
    for axis in last(body):
        assert_is(axis.interval, [((-1, PATCH),)])


def test_a_window_as_large_as_the_map_is_global() -> None:
    for axis in last("x = x[:, :, :4, :4]\nreturn self.a(x.permute(0, 2, 3, 1))"):
        assert axis.whole


def test_a_grid_reads_every_so_many_positions_of_all() -> None:
    """The units that one attends to are 8 and 12 apart: the field begins with one, and does not move with it."""
    for axis, apart in zip(last(f"return self.c(x.{LAST})"), (8, 12), strict=True):
        assert axis.interval is not None
        for unit in range(4 * apart):
            first = 2 * (unit % apart) - 1
            assert axis.interval.span(unit) == (first, first + 2 * 3 * apart + 2)


@pytest.mark.parametrize(
    "line",
    [
        "return x.view(1, 8, 8, 4, 48)[:, :, :, 1]",
        "return x.view(1, 8, 4, 8, 48).roll(1, 2).view(1, 8, 32, 48)",
        "return torch.cat([x.view(1, 8, 8, 4, 48), x.view(1, 8, 8, 4, 48)], 3).view(1, 8, 64, 48)",
        "return x.reshape(1, 8, 48, 32)",
    ],
)
def test_what_mixes_positions_otherwise_is_not_known(line: str) -> None:
    assert last(line)[0].interval is None


TOKENS = """
n, c, h, w = x.shape
tokens = torch.cat([torch.zeros(n, 1, c), x.flatten(2).transpose(1, 2)], dim=1)
tokens = tokens + self.a.attention(tokens)
"""


@pytest.mark.parametrize("shape", [("1", "3", "64", "96"), ("N", "3", "32*h", "16*w")])
def test_full_attention_is_global_with_a_token_of_its_own_too(shape: tuple[str, ...]) -> None:
    for axis in last(f"{TOKENS}\nreturn tokens", *shape):
        assert axis.whole.startswith("a.attention ")
    for axis in last(f"{TOKENS}\nreturn tokens[:, 0]", *shape):
        assert axis.whole.startswith("a.attention ")
