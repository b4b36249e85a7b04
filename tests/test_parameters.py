"""Counts of parameters, held to what torch has counted; `make conformance` does so for whole networks."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rflint import linter
from rflint.config import Config
from rflint.linter import Options
from rflint.trace import Parameters

COUNTED = json.loads((Path(__file__).parent / "recorded" / "parameters.json").read_text(encoding="utf-8"))["layers"]
IMPORTS = "import copy\nimport torch\nfrom collections import OrderedDict\nfrom torch import nn\n"
OPEN = ("EmbeddingBag", "Transformer", "AdaptiveLogSoftmaxWithLoss")
"""Layers whose parts are not followed: their parameters are not counted, and never counted wrong."""


def counted(source: str, call: str) -> Parameters | None:
    """The parameters of a network of a file; None if it is not followed."""
    shown = linter.show(f"net.py::{call}", Options(Config(), read=lambda path: source if path == "net.py" else None))
    return shown.traces[0].parameters if shown.traces else None


@pytest.mark.parametrize("call", COUNTED)
def test_layers_have_as_many_as_torch_counts(call: str) -> None:
    found = counted(IMPORTS, call)
    if any(name in call for name in OPEN):
        assert found is None or found.notes
    else:
        assert found == Parameters(COUNTED[call])


def of_body(*lines: str, call: str = "Net()", signature: str = "") -> Parameters | None:
    """Those of a network whose constructor has these lines."""
    body = "".join(f"        {line}\n" for line in lines)
    head = f"class Net(nn.Module):\n    def __init__(self{signature}):\n        super().__init__()\n"
    return counted(f"{IMPORTS}\n{head}{body}\n    def forward(self, x):\n        return x\n", call)


def test_what_is_shared_counts_once() -> None:
    assert of_body("self.a = nn.Linear(3, 4)", "self.b = self.a") == Parameters(16)
    assert of_body("self.a = nn.Linear(3, 4)", "self.b = nn.Linear(3, 4)", "self.b.weight = self.a.weight") == (20, ())
    assert of_body("self.a = nn.Linear(3, 4)", "self.b = copy.deepcopy(self.a)") == Parameters(32)


def test_what_is_replaced_deleted_or_no_parameter_does_not_count() -> None:
    assert of_body("self.a = nn.Linear(3, 4)", "self.a = nn.Identity()") == Parameters(0)
    assert of_body("self.a = nn.Linear(3, 4)", "del self.a") == Parameters(0)
    assert of_body("self.register_buffer('a', torch.zeros(3, 4))", "self.b = torch.zeros(5)") == Parameters(0)
    assert of_body("self.a = [nn.Linear(3, 4)]") == Parameters(0)


def test_what_is_never_called_counts_all_the_same() -> None:
    assert of_body("self.a = nn.Parameter(torch.zeros(3, 4), requires_grad=False)") == Parameters(12)


def test_what_is_not_known_is_said() -> None:
    made = (
        "import elsewhere",
        "self.a = nn.Linear(3, 4)",
        "self.b = nn.Linear(3, elsewhere.N)",
        "self.c = elsewhere.f()",
    )
    found = of_body(*made)
    assert found is not None
    assert found.known == 16
    assert [note.reason.partition(":")[0] for note in found.notes] == [
        "c may hold parameters",
        "the size of b.bias is not known",
        "the size of b.weight is not known",
    ]


def test_a_container_of_unknown_length_may_hold_more() -> None:
    found = of_body("import elsewhere", "self.a = nn.ModuleList([nn.Linear(3, 4) for _ in range(elsewhere.N)])")
    assert found is not None
    assert found.notes
