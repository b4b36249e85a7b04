"""Constants: their sizes, known numbers, dtypes, and what leaves the network as it is."""

from __future__ import annotations

from typing import Any

import pytest
from calls import shape, traced

from rflint.dims import is_unknown
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

MADE: list[tuple[str, tuple[Any, ...]]] = [
    ("torch.zeros(2, 3)", (2, 3)),
    ("torch.ones((2, 3), device='cpu', dtype=torch.int64)", (2, 3)),
    ("torch.empty(size=(2, 3))", (2, 3)),
    ("torch.rand(x.shape[0], 1)", ("N", 1)),
    ("torch.randn(x.size())", ("N", 8)),
    ("torch.full((2, 3), 1.0)", (2, 3)),
    ("torch.zeros_like(x)", ("N", 8)),
    ("x.new_zeros(x.size(0), 4)", ("N", 4)),
    ("torch.arange(5)", (5,)),
    ("torch.arange(1, 6, 2)", (3,)),
    ("torch.arange(x.size(0))", ("N",)),
    ("torch.arange(0, 1, 0.25)", (4,)),
    ("torch.linspace(0, 1, steps=7)", (7,)),
    ("torch.eye(3)", (3, 3)),
    ("torch.tensor([[1, 2], [3, 4]])", (2, 2)),
    ("torch.tensor(1.0)", ()),
    ("torch.randint(0, 5, (2, 3))", (2, 3)),
    ("torch.Tensor(2, 3)", (2, 3)),
    ("torch.FloatTensor([1, 2])", (2,)),
    ("nn.Parameter(torch.zeros(2, 3))", (2, 3)),
    ("torch.stack(torch.meshgrid(torch.arange(2), torch.arange(3), indexing='ij'))", (2, 2, 3)),
    ("nn.init.xavier_uniform_(torch.empty(2, 3))", (2, 3)),
    ("torch.hann_window(8)", (8,)),
    ("x.half().float().to('cpu').type_as(x).contiguous().detach()", ("N", 8)),
    ("torch.utils.checkpoint.checkpoint(nn.Linear(8, 3), x)", ("N", 3)),
]


@pytest.mark.parametrize(("expression", "made"), MADE)
def test_shape(expression: str, made: tuple[Any, ...]) -> None:
    assert traced(expression, x=("N", 8)).output == shape(*made)


def test_a_size_that_is_not_known_is_no_guess() -> None:
    seen = traced("torch.zeros(torch.hub.load('n'), 3)", x=(2,))
    assert seen.output is not None
    assert is_unknown(seen.output[0])
    assert seen.output[1] == 3


@pytest.mark.parametrize(
    ("indexing", "made"), [("'ij'", (2, 3, 4)), ("'xy'", (3, 2, 4)), ("torch.hub.load('n')", None)]
)
def test_which_axis_of_a_grid_comes_first(indexing: str, made: tuple[int, ...] | None) -> None:
    seen = traced(f"torch.meshgrid(torch.rand(2), torch.rand(3), torch.rand(4), indexing={indexing})[0]", x=(2,))
    assert seen.output is not None
    assert [None if is_unknown(size) else size for size in seen.output] == list(made or (None, None, 4))


NUMBERS: list[tuple[str, list[int]]] = [
    ("torch.arange(4).tolist()", [0, 1, 2, 3]),
    ("[t.item() for t in torch.arange(1, 4)]", [1, 2, 3]),
    ("[int(10 * v) for v in torch.linspace(0, 1, 3).tolist()]", [0, 5, 10]),
    ("[len(t.tolist()) for t in torch.linspace(0, 0.1, 6).split([2, 3, 1])]", [2, 3, 1]),
    ("torch.round(torch.arange(3) * 2.6).int().tolist()", [0, 3, 5]),
    ("torch.diff(torch.tensor([1, 3, 7])).tolist()", [2, 4]),
    ("(2 ** torch.arange(3)).tolist()", [1, 2, 4]),
    ("[torch.tensor([5, 6, 7])[1].item()]", [6]),
    ("list(x.shape)", [2, 3]),
    ("[x.dim(), x.numel(), len(x), x.size(-1)]", [2, 6, 2, 3]),
]


@pytest.mark.parametrize(("expression", "numbers"), NUMBERS)
def test_known_numbers(expression: str, numbers: list[int]) -> None:
    assert traced(f"torch.zeros({expression})", x=(2, 3)).output == tuple(numbers)


@pytest.mark.parametrize(
    "expression", ["x.sum().item()", "torch.rand(3)[0].item()", "torch.arange(3).mul_(2)[1].item()"]
)
def test_numbers_that_are_not_known(expression: str) -> None:
    seen = traced(f"torch.zeros(1, {expression})", x=(2, 3))
    assert seen.output is not None
    assert is_unknown(seen.output[1])
    assert [note.reason for note in seen.unknowns] == ["the values of a tensor are not known"]


NET = """
import torch
from torch import nn
from torch.cuda.amp import autocast
import torch.utils.checkpoint as cp

class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * 2

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.scale = nn.Parameter(torch.ones(8, 1, 1))
        self.register_buffer("mean", torch.zeros(3, 1, 1))
        rates = [r.item() for r in torch.linspace(0, 0.0, 2)]
        self.drop = nn.Dropout(rates[-1]) if rates[-1] > 0.0 else nn.Identity()
        nn.init.kaiming_normal_(self.conv.weight, mode="fan_out")
        with torch.no_grad():
            self.scale.data.copy_(torch.zeros(8, 1, 1))

    @torch.jit.unused
    @torch.no_grad()
    def helper(self, x):
        return self.conv(x)

    @torch.jit.export
    def forward(self, x):
        torch._assert(x.dim() == 4, "four axes")
        if torch.jit.is_scripting() or x.is_cuda:
            return x
        with autocast(enabled=False), torch.no_grad():
            x = self.helper((x - self.mean).to(dtype=torch.float32))
        x = cp.checkpoint(self.drop, x, use_reentrant=False)
        if x.dtype == torch.float16:
            return x
        return Double.apply(x) * self.scale
"""


def traced_network(**inputs: tuple[Any, ...]) -> Trace:
    declared = tuple((name, shape(*sizes)) for name, sizes in inputs.items())
    return trace(Session({"net.py": NET}.get), Root("net.py", "Net()", declared))


def test_modes_and_decorators_are_transparent() -> None:
    seen = traced_network(x=("N", 3, "H", "W"))
    assert seen.output == shape("N", 8, "H - 2", "W - 2")
    assert seen.complete
    assert [use.base for use in seen.uses if use.base != "Identity"] == ["sub", "Conv2d", "mul", "mul"]


def test_the_same_network_tells_the_shape_of_its_input() -> None:
    assert traced_network().input_shapes == {"x": shape("N", 3, "H", "W")}
