"""What is said for all sizes is what is said for each: small networks whose code computes with their sizes."""

from __future__ import annotations

from itertools import product
from textwrap import indent

import pytest

from rflint.diagnostics import Span
from rflint.dims import symbol
from rflint.formats.show_table import Layout, footer
from rflint.requirements import requirements
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session
from tests.symbolic import differences, until_it_ends, verdict

SOURCE = """
import torch
import torch.nn.functional as F
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, 2, 1)
        self.fc = nn.Linear(8, 10)
        self.table = nn.Parameter(torch.zeros(1, 8, 14, 14))
        self.flat = nn.Linear(8 * 7 * 7, 10)

    def forward(self, x):
        x = self.conv(x)
        n, c, h, w = x.shape
{body}
"""
WINDOWS = """
ph, pw = (5 - h % 5) % 5, -w % 5
x = F.pad(x, (0, pw, 0, ph))
x = torch.roll(x, (-2, -2), (2, 3))
H, W = x.shape[2:]
x = x.view(n, c, H // 5, 5, W // 5, 5).permute(0, 2, 4, 3, 5, 1)
x = self.fc(x.reshape(-1, 25, c))
x = x.view(n, H // 5, W // 5, 5, 5, 10).permute(0, 5, 1, 3, 2, 4).reshape(n, 10, H, W)
return x.roll((2, 2), (2, 3))[:, :, :h, :w]
"""
POOLS = """
a = F.adaptive_avg_pool2d(x, 4)
b = F.max_pool2d(x, 3, 2, ceil_mode=True)
c = F.interpolate(b, size=(h, w))
return self.fc(torch.cat([x, c], 1).chunk(2, 1)[0].mean((2, 3))), a
"""
HALVES = """
left, right = x[..., : w // 2], x[..., w // 2 :]
top, rest = torch.tensor_split(x, (1,), dim=2)
last = torch.tensor_split(x, (-2,), dim=3)[1]
even = x[:, :, ::2, 1::2]
return torch.cat([left, right], 3), torch.cat([top, rest], 2), last, even
"""
STRIDES = """
k = -(h // -4)
x = F.pad(x, [0, (w + 3) // 4 * 4 - w, 0, k * 4 - h])
return F.pixel_unshuffle(x, 4), F.unfold(x, 2, stride=2), x.flatten(2).transpose(1, 2)
"""
FIXED = {
    "return x + self.table": {"h = 14", "w = 14"},
    "return self.flat(x.flatten(1))": {"h*w = 49"},
    "return x.reshape(n, c, h // 4, 4, w)": {"h = 4*(h//4)"},
    "y = x.flatten(2)\nreturn y + y[..., :1] @ torch.zeros(1, 196)": {"h*w = 196"},
}


def traced(body: str, *sizes: object) -> Trace:
    """The network whose forward goes on like this after a convolution of stride 2."""
    session = Session({"net.py": SOURCE.format(body=indent(body.strip(), " " * 8))}.get)
    return trace(session, Root("net.py", "Net()", (("", sizes),)))  # type: ignore[arg-type]


def everywhere(body: str) -> Trace:
    """The same for all even sizes from 4 on."""
    return traced(body, symbol("N"), 3, symbol("h", 2, minimum=2), symbol("w", 2, minimum=2))


@pytest.mark.parametrize("body", [WINDOWS, POOLS, HALVES, STRIDES])
def test_a_symbolic_run_is_complete_and_right_for_every_size(body: str) -> None:
    every = everywhere(body)
    assert (verdict(every), every.unknowns) == ("symbolic complete", [])
    for n, h, w in product((1, 3), (8, 14, 15), (9, 16)):
        one = traced(body, n, 3, 2 * h, 2 * w)
        assert one.complete
        assert len(one.uses) == len(every.uses)
        assert list(differences(every, one, {"N": n, "h": h, "w": w})) == []


@pytest.mark.parametrize("body", FIXED)
def test_a_network_of_one_size_says_which(body: str) -> None:
    every = everywhere(body)
    assert verdict(every) == "symbolic fixed"
    assert {note.reason for note in requirements(every)} == FIXED[body]


@pytest.mark.parametrize("body", [body for body in FIXED if "self.flat" not in body])
def test_where_a_requirement_does_not_hold_torch_raises(body: str) -> None:
    every, one = everywhere(body), traced(body, 2, 3, 26, 30)
    assert not one.complete
    assert len(until_it_ends(one)) < len(one.uses)
    assert list(differences(every, one, {"N": 2, "h": 13, "w": 15})) == []


def test_show_says_which_sizes_fit() -> None:
    every = everywhere("return self.flat(x.flatten(1))")
    [line] = [line for line in footer(every, lambda place: Span(7, 1, 7, 2), Layout()) if "fits" in line]
    assert line == "fits where h*w = 49  (net.py:7)"


def test_a_number_of_windows_that_divides_requires_nothing() -> None:
    body = "return x.reshape(n, c, h // 4, 4, w)"
    assert requirements(traced(body, symbol("N"), 3, symbol("h", 8), symbol("w", 8))) == []


def test_what_only_some_paths_require_is_left_out() -> None:
    assert requirements(everywhere("if h > 14:\n    return x + self.table\nreturn x")) == []


@pytest.mark.parametrize("check", ["torch._assert(h == 14, 'no')", "torch._check(h == 14)", "assert h == 14"])
def test_a_failing_assertion_ends_the_run_and_an_undecided_one_is_taken_to_hold(check: str) -> None:
    body = f"{check}\nreturn x"
    assert traced(body, 2, 3, 28, 28).complete
    assert everywhere(body).complete
    failing = traced(body, 2, 3, 26, 28)
    assert not failing.complete
    assert any("Error" in note.reason for note in failing.unknowns)
