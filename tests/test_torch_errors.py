"""Texts of torch: those that findings show are, letter by letter, those that torch itself has raised."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from test_refusals import TABLE as REFUSED
from test_refusals import declared, recorded

from rflint import linter
from rflint.config import from_toml
from rflint.diagnostics import Diagnostic

TABLE = Path(__file__).parent / "recorded" / "torch_errors.json"
ROWS = json.loads(TABLE.read_text(encoding="utf-8"))
HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"
CONFIG = from_toml("", linter.known_rules())
FEW = 26
"""Of every tenth of the rows, so many findings at least show a text; calls with floats, for example, have none."""


def module(source: str, shapes: list[list[int]]) -> str:
    """A network that is the layer, or computes the expression, and a call of it."""
    names = ", ".join("xyz"[: len(shapes)])
    layer = f"        self.layer = {source}\n" if source.startswith("nn.") else ""
    made = f"self.layer({names})" if layer else source
    inputs = ", ".join(f"torch.zeros({', '.join(map(str, shape))})" for shape in shapes)
    init = f"    def __init__(self):\n        super().__init__()\n{layer}"
    return f"class Net(nn.Module):\n{init}    def forward(self, {names}):\n        return {made}\n\nNet()({inputs})\n"


def errors(text: str, training: bool = False) -> list[Diagnostic]:
    """The errors that are found in a source."""
    options = linter.Options(CONFIG, train=training, read={"net.py": HEAD + text}.get)
    return [one for one in linter.check(["net.py"], options).diagnostics if one.severity == "error"]


def unordered(text: str) -> str:
    """A text without the order of the sets in it, which Python chooses anew in every run."""
    return re.sub(r"\{([^}]*)\}", lambda found: ", ".join(sorted(found[1].split(", "))), text)


@pytest.mark.parametrize("part", range(10))
def test_texts_are_those_of_torch(part: int) -> None:
    told = 0
    for source, shapes, training, text in ROWS[part::10]:
        shown = {unordered(one.torch) for one in errors(module(source, shapes), training)} - {""}
        assert shown <= {unordered(text)}, (source, shapes)
        told += len(shown)
    assert told >= FEW


def test_texts_about_random_calls_are_those_of_torch() -> None:
    """Each call is wrong in one or several ways: torch comes to one first, and now and then a backend to its own."""
    calls = [call for call in recorded(REFUSED) if call.raised and not call.train][::4]
    wrong = told = 0
    for call in calls:
        text = declared(call) + call.source
        shown = {unordered(one.torch) for one in errors(text)} - {""}
        told += bool(shown)
        wrong += bool(shown) and not any(one.startswith(unordered(call.raised)[:120]) for one in shown)
    assert told > 70
    assert wrong <= told // 25


def only(text: str) -> Diagnostic:
    (found,) = errors(text)
    return found


def test_sizes_that_depend_on_symbols_stand_in_the_text() -> None:
    source = "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    source += "        self.a, self.b = nn.Conv2d(3, 8, 3), nn.Conv2d(4, 8, 3)\n"
    source += "    def forward(self, x):\n        return self.b(self.a(x))\n"
    assert only(source).torch == (
        "RuntimeError: Given groups=1, weight of size [8, 4, 3, 3], expected input[N, 8, H - 2, W - 2] "
        "to have 4 channels, but got 8 channels instead"
    )


@pytest.mark.parametrize(
    ("init", "text"),
    [
        ("self.a = nn.ReLU()", "AttributeError: cannot assign module before Module.__init__() call"),
        ("super().__init__(); self.a = nn.ModuleList([nn.ReLU()])", "is missing the required"),
    ],
)
def test_exceptions_that_end_a_run_are_shown_as_they_are(init: str, text: Any) -> None:
    source = f"class Net(nn.Module):\n    def __init__(self):\n        {init}\n"
    source += "    def forward(self, x):\n        return self.a(x)\n\nNet()(torch.zeros(2, 3))\n"
    assert text in only(source).torch


def test_warnings_have_no_text_of_torch() -> None:
    text = "net = nn.ConvTranspose2d(3, 8, 1, stride=2)\nnet(torch.zeros(1, 3, 8, 8))\n"
    options = linter.Options(CONFIG, read={"net.py": HEAD + text}.get)
    assert [one.torch for one in linter.check(["net.py"], options).diagnostics if one.code == "RF502"] == [""]
