"""Contracts of which it is open whether they hold are no findings; `--verbose` says which they are, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from rflint import linter
from rflint.cli import main
from rflint.config import Config
from rflint.diagnostics import Report

SAID = "  # rflint: rf>=5"
HEAD = "from torch import nn\n\n"
NET = """class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)  # rflint: {at_layer}
        self.head = nn.LazyLinear(10)

    def forward(self, x):
        x = self.conv(x)  # rflint: {in_forward}
        return self.head(x.flatten(1))
"""


def report(text: str) -> Report:
    options = linter.Options(Config(), read=lambda path: text if path == "net.py" else None)
    return linter.check(["net.py"], options)


def test_a_proved_contract_is_not_mentioned() -> None:
    said = report(HEAD + NET.format(at_layer="rf==3", in_forward="jump==1"))
    assert (said.diagnostics, said.undecided) == ([], [])


def test_a_contract_that_is_open_is_said_with_its_reason() -> None:
    said = report(HEAD + "# rflint: rf>=32\n" + NET.format(at_layer="causal", in_forward="size==input"))
    assert said.undecided == [
        "net.py::Net(): whether rf>=32 holds is not decided: head Linear sees everything, and the size is not known",
        "net.py:7: whether causal holds is not decided: it is asked of inputs with one spatial axis only",
    ]
    assert [found.code for found in said.diagnostics] == ["RF102"]


OTHER = """
    def other(self):{at_head}
        return 1{inside}
"""


def test_a_contract_in_a_function_that_no_network_runs_is_said() -> None:
    said = report(HEAD + NET.format(at_layer="rf==3", in_forward="rf==3") + OTHER.format(at_head="", inside=SAID))
    assert said.undecided == ["net.py:14: rf>=5 speaks of no tensor of a network that could be followed"]
    assert said.failures == []


@pytest.mark.parametrize("line", ["import math  # rflint: rf>=5", "if math:\n    pass  # rflint: rf>=5"])
def test_a_contract_that_stands_at_nothing_is_a_mistake(line: str) -> None:
    said = report(f"{line}\n{HEAD}{NET.format(at_layer='rf==3', in_forward='rf==3')}")
    where = line.count("\n") + 1
    assert [str(one) for one in said.failures] == [
        f"net.py:{where}: rf>=5 stands at no network, layer or call that it could speak of"
    ]


def test_a_contract_at_the_head_of_a_method_that_is_not_forward_is_a_mistake() -> None:
    said = report(HEAD + NET.format(at_layer="rf==3", in_forward="rf==3") + OTHER.format(at_head=SAID, inside=""))
    assert [str(one) for one in said.failures] == [
        "net.py:13: rf>=5 stands at no network, layer or call that it could speak of"
    ]


def test_a_figure_that_no_rule_can_use_is_said() -> None:
    said = report(HEAD + "# rflint: min-ms=5, object-size=(3, 4)\n" + NET.format(at_layer="rf==3", in_forward="rf==3"))
    assert said.undecided == [
        "net.py::Net(): min-ms=5 is not used: no rate is declared",
        "net.py::Net(): object-size=(3, 4) is not used: it has 2 sizes for 1 outputs",
    ]


def test_a_contract_of_something_else_than_a_network_leaves_the_others_in_peace() -> None:
    said = report(
        f"{HEAD}class Size:  # rflint: rf>=5\n    n = 3\n\n\n{NET.format(at_layer='rf>=5', in_forward='rf==3')}"
    )
    assert [str(one) for one in said.failures] == ["net.py::Size() gives Size object, and no network"]
    assert [found.message.split(":")[0] for found in said.diagnostics] == ["rf>=5 does not hold"]


@pytest.mark.parametrize("call", ["Net()", "Net(3)"])
def test_a_call_that_is_asked_for_keeps_its_contracts_whatever_its_input(call: str) -> None:
    text = (
        HEAD
        + "# rflint: rf>=9\n"
        + NET.format(at_layer="rf==3", in_forward="rf==3").replace("self):", "self, n=3):", 1)
    )
    inputs = (("", (1, 3, 8, 8)),)
    options = linter.Options(Config(), inputs=inputs, read=lambda path: text if path == "net.py" else None)
    said = linter.check([f"net.py::{call}"], options)
    assert [found.message.split(":")[0] for found in said.diagnostics] == ["rf>=9 does not hold"]


def test_verbose_prints_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "net.py"
    file.write_text(HEAD + NET.format(at_layer="causal", in_forward="rf==3"))
    main(["check", str(file)])
    assert "not decided" not in capsys.readouterr().err
    main(["check", str(file), "--verbose"])
    assert "whether causal holds is not decided" in capsys.readouterr().err
