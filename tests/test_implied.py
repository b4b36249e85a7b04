"""The input sizes that a linear layer implies are those on which torch would accept the network."""

from __future__ import annotations

import pytest

from rflint.dims import parse, substitute, value_at
from rflint.implied import implied_sizes, implied_text
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

NET = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.line = nn.Conv1d(1, 2, 3)
        self.fc = nn.Linear({features}, 10)

    def maps(self, x):
        return F.max_pool2d(self.conv2(F.max_pool2d(self.conv1(x), 2)), 2)

    def forward(self, x):
        return self.fc({expression})
"""


def traced(expression: str, features: int = 400, shape: tuple[int, ...] = ()) -> Trace:
    """The trace of a network that ends in a linear layer."""
    session = Session({"net.py": NET.format(expression=expression, features=features)}.get)
    return trace(session, Root("net.py", "Net()", (("x", shape),) if shape else ()))


@pytest.mark.parametrize(
    "expression",
    ["torch.flatten(self.maps(x), 1)", "self.maps(x).view(-1, 400)", "F.relu(self.maps(x).reshape(-1, 400))"],
)
def test_sizes_behind_pools(expression: str) -> None:
    found = traced(expression)
    assert implied_sizes(found) == [range(32, 36)]
    assert implied_text(found) == "fc fits H = W = 32 to 35"


def test_each_size_is_accepted_and_its_neighbours_are_not() -> None:
    for side, fits in [(31, False), (32, True), (35, True), (36, False)]:
        flat = traced("torch.flatten(self.maps(x), 1)", shape=(1, 1, side, side)).uses[-1].inputs[0]
        assert flat is not None
        assert (flat[-1] == 400) is fits


def test_one_size() -> None:
    assert implied_text(traced("self.conv1(x).flatten(1)", 6 * 24 * 24)) == "fc fits H = W = 28"


def test_one_axis() -> None:
    found = traced("self.line(x).flatten(1)", 2 * 98)
    assert (implied_sizes(found), implied_text(found)) == ([range(100, 101)], "fc fits L = 100")


def test_sizes_that_leave_nothing_on_the_way_do_not_count() -> None:
    """At 1 px the formula gives 16·(-3)·(-3) features, too."""
    assert implied_sizes(traced("self.maps(x).flatten(1)", 16 * 3 * 3)) == [range(24, 28)]


def test_no_size_fits() -> None:
    found = traced("self.maps(x).flatten(1)", 401)
    assert (implied_sizes(found), implied_text(found)) == ([], "")


@pytest.mark.parametrize(
    ("expression", "shape"),
    [
        ("torch.flatten(self.maps(x), 1)", (1, 1, 32, 32)),  # declared
        ("self.maps(x).mean((2, 3))", ()),  # does not hang on the size
        ("self.maps(x).flatten()", ()),  # hangs on the batch, too
        ("x", ()),
    ],
)
def test_nothing_is_implied(expression: str, shape: tuple[int, ...]) -> None:
    assert implied_sizes(traced(expression, shape=shape)) is None


@pytest.mark.parametrize("text", ["H", "7", "16*(H//4 - 3)*(W//4 - 3)", "max(H, W - 3)*2", "((H + 1)//2 + W)//3"])
def test_values_are_those_of_substitution(text: str) -> None:
    for height in range(1, 20):
        values = {"H": height, "W": height + 5}
        assert value_at(parse(text), values) == substitute(parse(text), values)
