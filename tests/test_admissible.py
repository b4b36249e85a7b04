"""The input sizes that networks take: what is said of each is what torch did on it, recorded in fixtures/sizes."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from rflint import linter
from rflint.admissible.answers import answers, pairs, tabulated
from rflint.admissible.asking import Admissible, admissible
from rflint.admissible.conditions import refusal
from rflint.checks import all_rules
from rflint.cli import main
from rflint.config import Config
from rflint.diagnostics import Finding
from rflint.dims import symbol
from rflint.trace import Trace
from rflint.tracing.running import retracer, trace
from rflint.tracing.session import Root, Session
from tests.random_networks import source

FOLDER = Path(__file__).parent.parent / "fixtures" / "sizes"
RECORDED: dict[str, Any] = json.loads((FOLDER / "recorded.json").read_text(encoding="utf-8"))
each_network = pytest.mark.parametrize("call", RECORDED)


@cache
def asked(call: str) -> Admissible:
    """What is found of a network of the folder."""
    shown = linter.show(f"{FOLDER / 'networks.py'}::{call}", linter.Options(Config()))
    assert not shown.failures
    found = shown.sizes(shown.traces[0])
    assert found is not None
    return found


def expanded(ranges: list[list[int]]) -> list[int]:
    """The numbers of ranges that are given by their first and last."""
    return [number for first, last in ranges for number in range(first, last + 1)]


@each_network
def test_the_sizes_that_run_are_those_that_torch_ran(call: str) -> None:
    found = asked(call)
    truth = RECORDED[call]
    axis = found.together.axes[0]
    every = range(1, truth["largest"] + 1)
    assert found.together.is_complete
    assert [size for size in every if size in found.together.sizes(axis)] == expanded(truth["together"])
    assert [size for size in every if size in found.together.sizes(axis, False)] == [
        size for size in every if size not in expanded(truth["together"])
    ]


@each_network
def test_the_axes_by_themselves_are_as_torch_ran_them(call: str) -> None:
    found = asked(call)
    if found.alone is None or len(found.axes) != 2:
        pytest.skip("asked for equal sizes alone")
    for other, ranges in RECORDED[call]["rows"].items():
        parts = {rows: found.alone.at(dict(zip(found.axes, (rows, int(other)), strict=True))) for rows in range(1, 131)}
        assert [rows for rows, part in parts.items() if part and part.runs] == expanded(ranges)
        assert all(part and part.runs is not None for part in parts.values())


def in_part(call: str) -> dict[str, str]:
    """For each axis the sizes that run, as they are written."""
    return {" = ".join(answer.axes): str(answer.sizes) for answer in answers(asked(call))}


@pytest.mark.parametrize(
    ("call", "sizes"),
    [
        ("UNet()", {"H": "n ≡ 0 (mod 16)", "W": "n ≡ 0 (mod 16)"}),
        ("UNet('crop', padding=0)", {"H": "n ≥ 188", "W": "n ≥ 188"}),
        ("UNet('pad')", {"H": "n ≥ 16", "W": "n ≥ 16"}),
        ("Residual()", {"H": "any n", "W": "any n"}),
        ("LeNet()", {"H = W": "n = 32…35"}),
        ("Windows()", {"H = W": "n ≡ 0…3 (mod 28), n ≥ 28"}),
        ("Shuffled()", {"H": "n ≡ 0 (mod 4)", "W": "n ≡ 0 (mod 4)"}),
        ("TwoInputs()", {"H": "n = 2…3; n ≡ 0 (mod 2), n ≥ 4", "W": "n = 2…3; n ≡ 0 (mod 2), n ≥ 4"}),
        ("WaveNet()", {"L": "n ≥ 64"}),
        ("Volume()", {"D": "n ≡ 0 (mod 2)", "H": "n ≡ 0 (mod 4)", "W": "n ≡ 0 (mod 4)"}),
    ],
)
def test_each_axis_is_said_where_it_is_free(call: str, sizes: dict[str, str]) -> None:
    assert in_part(call) == sizes


def test_rows_and_columns_that_hang_together_are_said_in_pairs() -> None:
    found = [{axis: str(sizes) for axis, sizes in pair.items()} for pair in pairs(asked("LeNet()"))]
    assert found == [
        {"H": "n = 16…19", "W": "n = 112…115"},
        {"H": "n = 32…35", "W": "n = 32…35"},
        {"H": "n = 112…115", "W": "n = 16…19"},
    ]


def test_a_view_that_mixes_samples_is_told_apart() -> None:
    found = asked("LeNet(view=True)").together
    assert str(found.sizes("H")) == "n = 32…35"
    assert str(found.mixing("H")) == "n ≡ 12…15 (mod 20), n ≥ 52"


@pytest.mark.parametrize(
    ("call", "even", "whole"),
    [
        ("UNet('crop', padding=0)", "n ≡ 12 (mod 16), n ≥ 188", "n ≥ 188"),
        ("Residual()", "n ≡ 1 (mod 32)", "any n"),
        ("FixedVGG()", "n = 96", "n = 96"),
        ("LeNet()", "n = 32", "n = 32"),
        ("Demucs(cut=True)", "n ≡ 4 (mod 16), n ≥ 36", "n ≡ 0 (mod 4), n ≥ 36"),
    ],
)
def test_even_sizes_leave_nothing_behind_the_last_window(call: str, even: str, whole: str) -> None:
    answer = answers(asked(call))[0]
    assert (str(answer.even), str(answer.whole)) == (even, whole)


def test_the_cost_of_a_size_is_counted_in_rows_of_the_input() -> None:
    costs = answers(asked("FixedVGG()"))[0].costs
    dropped = {size: costs.at(size) for size in (96, 97, 127)}
    assert {size: cost and cost.rows for size, cost in dropped.items()} == {96: 0, 97: 2, 127: 62}
    assert dropped[97] is not None
    assert {path for path, _ in dropped[97].dropped} == {"features.2"}


def test_useful_sizes_of_a_plain_chain() -> None:
    useful = answers(asked("WaveNet()"))[0].useful
    assert useful is not None
    assert (useful.widening, useful.border, useful.seen) == (33, "convs.5", 64)


def test_a_table_says_what_comes_out_of_each_size() -> None:
    rows = list(tabulated(asked("UNet('crop', padding=0)"), [187, 188, 572]))
    assert [row.runs for row in rows] == [False, True, True]
    assert [str(size) for size in rows[2].output] == ["N", "4", "388", "388"]
    assert "its output size would not be positive" in rows[0].reason


@pytest.mark.parametrize("seed", [3, 5, 7, 40, 53, 65, 92, 94])
def test_random_networks_are_divided_as_runs_on_numbers_say(seed: int, tmp_path: Path) -> None:
    file = tmp_path / "net.py"
    file.write_text(source(seed), encoding="utf-8")
    shape = (symbol("N"), 1, symbol("H"), symbol("W"))
    root = Root(str(file), "Net()", (("", shape),))
    session = Session(linter.read_from_disk)
    found = admissible(session, root, trace(session, root))
    assert found is not None
    for rows, columns in product((1, 2, 3, 5, 8, 13, 21), (4, 5, 12)):
        alone = found.alone and found.alone.at({"H": rows, "W": columns})
        if alone is not None and alone.runs is not None:
            numbers = trace(session, replace(root, inputs=(("", (13, 1, rows, columns)),)))
            assert alone.runs is (numbers.complete and not any(map(refusal, numbers.uses)) and not errors(numbers))


def errors(found: Trace) -> list[Finding]:
    """What the rules for errors find."""
    return [one for rule in all_rules().values() if rule.severity == "error" for one in rule.check(found)]


def test_the_command_prints_the_sets(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", f"{FOLDER / 'networks.py'}::WaveNet()", "--sizes"]) == 0
    printed = capsys.readouterr().out
    assert "runs for       L ≥ 64\n" in printed
    assert "at 2 convs.1 Conv1d is given 4×1: its output size would not be positive" in printed


def test_the_command_prints_a_table_and_json(capsys: pytest.CaptureFixture[str]) -> None:
    target = f"{FOLDER / 'networks.py'}::WaveNet()"
    assert main(["show", target, "--size-of", "63..65,100"]) == 0
    assert "\n 64  N×4×1" in capsys.readouterr().out
    assert main(["show", target, "--format", "json", "--size-of", "63,64"]) == 0
    [network] = json.loads(capsys.readouterr().out)["networks"]
    sizes = network["sizes"]
    assert sizes["axes"][0]["runs"] == {"ranges": [], "start": 64, "period": 1, "residues": [0], "text": "n ≥ 64"}
    assert [row["runs"] for row in sizes["table"]] == [False, True]
    assert sizes["table"][1]["output"] == ["N", 4, 1]


@pytest.mark.parametrize("text", ["0", "9..3", "x", "1..2:0", "1..100000"])
def test_sizes_that_are_none_are_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "a.py::Net()", "--size-of", text]) == 2
    assert "--size-of" in capsys.readouterr().err


CHOOSING = """
from torch import nn


class Choosing(nn.Module):
    def __init__(self):
        super().__init__()
        self.mix = nn.ModuleList([nn.Conv1d(1, 1, 3, padding=1) for _ in range(4)])
        self.down = nn.Conv1d(1, 1, 3, 2, 1)

    def forward(self, x):
        for mix in self.mix:
            if x.shape[2] > 7:
                x = mix(x)
            x = self.down(x)
        return x
"""


def test_choices_take_one_trace_for_each_way_through_and_one_to_find_them(monkeypatch: pytest.MonkeyPatch) -> None:
    runs: list[Any] = []

    def counting(*given: Any) -> Any:
        run = retracer(*given)
        return lambda inputs: runs.append(inputs) or run(inputs)

    monkeypatch.setattr("rflint.admissible.asking.retracer", counting)
    shown = linter.show("net.py::Choosing()", linter.Options(Config(), read={"net.py": CHOOSING}.get))
    found = shown.sizes(shown.traces[0])
    assert found is not None
    assert found.together.is_complete
    used = [(str(part.region["L"].start), len(part.trace.uses)) for part in found.together.parts if part.trace]
    assert used == [("1", 4), ("8", 5), ("15", 6), ("29", 7), ("57", 8)]
    assert len(runs) == len(used) + 1
