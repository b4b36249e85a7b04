"""Reasons tell what to do: which declaration to write, with the size that a linear layer implies."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rflint import cli, linter
from rflint.comments.reading import comments
from rflint.config import Config
from rflint.formats.folder_summary import folder_summary, folder_summary_json, reasons
from rflint.trace import Trace

HEAD = """
from torch import nn
import torch
"""
NET = """
class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 8, 5)
        self.fc = nn.Linear(8 * 6 * 6, 10)

    def forward(self, {inputs}):
        {body}
"""
FLAT = "return self.fc(self.conv(x).view(-1, 8 * 6 * 6))"


def traces(*networks: str) -> list[Trace]:
    """The traces of a file with these classes."""
    shown = linter.show("net.py", linter.Options(Config(), read={"net.py": HEAD + "".join(networks)}.get))
    assert not shown.failures
    return shown.traces


def net(body: str, name: str = "Net", inputs: str = "x") -> str:
    """A network with this `forward`."""
    return NET.format(body=body, name=name, inputs=inputs)


def test_the_advice_is_a_declaration_that_helps() -> None:
    [trace] = traces(net(FLAT))
    assert not trace.complete
    advice = trace.unknowns[0].reason
    assert advice.endswith(
        "declare the input, such as `# rflint: input=(N, 1, 10, 10)` above the class (fc fits H = W = 10)"
    )
    written = re.findall(r"`(.*?)`", advice)[0]
    assert not comments(f"{written}\nclass Net: pass\n").problems
    [followed] = traces(f"\n{written}{net(FLAT)}")
    assert followed.complete
    assert followed.declared


def test_inputs_are_named_where_there_are_several() -> None:
    [trace] = traces(net("return self.fc((self.conv(x) + self.conv(y)).view(-1, 288))", inputs="x, y"))
    assert "input.x=(N, 1, 224, 224), input.y=(N, 1, 224, 224)" in trace.unknowns[0].reason


@pytest.mark.parametrize("body", ["return self.conv(x)", "return torch.nothing_of_this_name(self.conv(x))"])
def test_where_no_size_is_in_the_way_there_is_no_such_advice(body: str) -> None:
    [trace] = traces(net(body))
    assert not any("declare" in note.reason for note in trace.unknowns)


def test_a_declared_input_needs_no_advice() -> None:
    [trace] = traces(f"\n# rflint: input=(N, 1, h, w){net(FLAT)}")
    assert not trace.complete
    assert not any("declare" in note.reason for note in trace.unknowns)


def test_the_arguments_of_a_network_that_nobody_builds() -> None:
    needy = (
        net("return self.grow(self.conv(x))")
        .replace("(self):", "(self, depth):")
        .replace("self.fc =", "self.grow = nn.Conv2d(8, depth, 3)\n        self.fc =")
    )
    [trace] = traces(needy)
    assert "name a call such as Net(10) in [[tool.rflint.network]]" in trace.unknowns[0].reason


# -- the summary of a folder ---------------------------------------------------------------------------------------

ODD = "return torch.nothing_of_this_name(self.conv(x))"
MANY = HEAD + "".join(
    [
        *(net("return self.conv(x)", name) for name in ("A", "B")),
        net(FLAT, "C"),
        *(net(ODD, f"D{number}") for number in range(4)),
    ]
)
"""Two complete networks, one that hangs on its size, four with a function that is not supported."""


def many() -> linter.Shown:
    """The traces of all of them."""
    return linter.show("net.py", linter.Options(Config(), read={"net.py": MANY}.get))


def test_reasons_are_counted_the_most_frequent_first() -> None:
    assert [len(held) for held in reasons(many().traces).values()] == [4, 1]


def test_the_summary_says_how_many_and_why_not() -> None:
    shown = many()
    first, *rows = folder_summary(shown.traces, shown.span).splitlines()
    assert first == "7 networks: 2 complete, 5 in part"
    assert re.match(r"   4  net\.py:\d+: torch\.nothing_of_this_name is not supported", rows[0])
    assert rows[1] == "      net.py::D0(), net.py::D1(), net.py::D2(), and 1 more"
    assert rows[3] == "      net.py::C()"


def test_the_summary_as_json_names_all_networks() -> None:
    shown = many()
    found = json.loads(folder_summary_json(shown.traces, shown.span))
    assert (found["version"], found["networks"], found["complete"]) == (1, 7, 2)
    assert [row["count"] for row in found["partial"]] == [4, 1]
    assert found["partial"][0]["networks"] == [f"net.py::D{number}()" for number in range(4)]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "net.py").write_text(MANY, encoding="utf-8")
    assert cli.main(["show", str(tmp_path), "--summary"]) == 0
    assert capsys.readouterr().out.startswith("7 networks: 2 complete, 5 in part\n")
