"""What `show` answers instead of its table, from source to output; and which options do not go together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rflint import cli

NETWORKS = """
from torch import nn
import torch.nn.functional as F

class Plain(nn.Module):
    def __init__(self, norm=nn.BatchNorm2d):
        super().__init__()
        self.down = nn.Conv2d(3, 8, 3, stride=2, padding=1)
        self.norm = norm(8)
        self.up = nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1)
    def forward(self, x):
        return self.up(self.norm(self.down(x)))

class Thirds(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        return self.conv(x[:, :, x.shape[2] // 3:])

class Fixed(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
    def forward(self, x):
        return F.interpolate(self.conv(x), size=(62, 62), mode="bilinear")

class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3)
        self.fc = nn.Linear(8, 10)
    def forward(self, x):
        return self.fc(self.conv(x).mean((2, 3)))

class Causal(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(1, 1, 3, dilation=4)
    def forward(self, x):
        return self.conv(F.pad(x, (8, 0)))
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "net.py").write_text(NETWORKS)
    monkeypatch.chdir(tmp_path)


def shown(capsys: Any, call: str, *options: str) -> list[str]:
    """The lines below the header."""
    assert cli.main(["show", f"net.py::{call}", "--quiet", *options]) == 0
    lines = str(capsys.readouterr().out).splitlines()
    return lines[2:]


IMAGE = ("--input", "1,3,64,64")


@pytest.mark.parametrize("given", [IMAGE, ("--input", "N,3,H,W"), ("--input", "N,3,2*h,2*w")])
def test_tiles(capsys: Any, given: tuple[str, ...]) -> None:
    assert shown(capsys, "Plain()", "--halo", *given) == [
        "tiles for the output:",
        "  axis  starts at  size  outputs at   halo  overlap   drop",
        "  2           2·k   2·n         2·k  3 + 2        4  3 + 1",
        "  3           2·k   2·n         2·k  3 + 2        4  3 + 1",
        "  exact: such as tiles of 148×148 every 144×144, less what is to drop of their outputs",
    ]


def test_sizes_that_leave_a_remainder(capsys: Any) -> None:
    lines = shown(capsys, "Plain()", "--halo", "--input", "1,3,65,64")
    assert lines[2].split()[:4] == ["2", "2·k", "2·n", "+"]
    assert lines[3].split()[:4] == ["3", "2·k", "2·n", "2·k"]


@pytest.mark.parametrize(
    ("call", "why"),
    [
        ("Plain(nn.InstanceNorm2d)", "norm InstanceNorm2d takes its statistics over the tile"),
        ("Thirds()", "getitem reads otherwise on inputs of another size"),
        ("Fixed()", "interpolate reads otherwise on inputs of another size"),
    ],
)
def test_why_tiles_are_not_exact(capsys: Any, call: str, why: str) -> None:
    lines = shown(capsys, call, "--halo", *IMAGE)
    assert "  not exact, whatever the overlap:" in lines
    assert f"    {why}" in lines


def test_classifiers_have_no_tiles(capsys: Any) -> None:
    [line] = shown(capsys, "Classifier()", "--halo", *IMAGE)
    assert line == "no tiles: no map is returned whose units see a part of the input only"


def test_halo_of_one_axis_is_about_streams_too(capsys: Any) -> None:
    assert shown(capsys, "Causal()", "--halo", "--input", "1,1,100")[-5:] == [
        "the output, as a stream along axis 2:",
        "  look-ahead  0: causal",
        "  look-back   8",
        "  field       9",
        "  blocks      1 in, 1 out; latency 0",
    ]


def test_rate_alone_is_about_streams(capsys: Any) -> None:
    assert shown(capsys, "Causal()", "--rate", "1000", "--input", "1,1,100")[2] == "  look-back   8 (8 ms)"


def test_sections_stand_one_below_the_other(capsys: Any) -> None:
    lines = shown(capsys, "Plain()", "--equivalent", "--halo", *IMAGE)
    assert [lines[0], lines[lines.index("") + 1]] == [
        "the output is as wide as one convolution:",
        "tiles for the output:",
    ]


def test_json_has_what_is_asked_for(capsys: Any) -> None:
    cli.main(["show", "net.py::Plain()", *IMAGE, "--format", "json"])
    plain = json.loads(capsys.readouterr().out)["networks"][0]
    options = ["--equivalent", "--halo", "--rate", "10", "--reached", "--effective"]
    cli.main(["show", "net.py::Plain()", *IMAGE, "--format", "json", *options])
    [network] = json.loads(capsys.readouterr().out)["networks"]
    assert set(network) - set(plain) == {"equivalent", "tiling", "streaming", "gridding"}
    assert network["tiling"][0]["exact"] is True
    assert network["tiling"][0]["axes"][0] == {
        "step": 2,
        "remainder": 0,
        "outputs_per_step": 2,
        "halo": [3, 2],
        "overlap": 4,
        "drop": [3, 1],
    }
    assert network["streaming"][0]["latency_ms"] == 300.0


def test_json_says_why_tiles_are_not_exact(capsys: Any) -> None:
    cli.main(["show", "net.py::Thirds()", *IMAGE, "--format", "json", "--halo"])
    [tiling] = json.loads(capsys.readouterr().out)["networks"][0]["tiling"]
    assert tiling["exact"] is False
    assert tiling["why_not"] == ["getitem reads otherwise on inputs of another size"]
    cli.main(["show", "net.py::Classifier()", *IMAGE, "--format", "json", "--halo"])
    assert json.loads(capsys.readouterr().out)["networks"][0]["tiling"] == []


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--halo --reached", "--reached changes the table, which --halo leaves out"),
        ("--equivalent --depth 2", "--depth changes the table, which --equivalent leaves out"),
        ("--summary --rate 8000", "--summary only counts networks, and takes no --rate"),
        ("--summary --effective", "--summary only counts networks, and takes no --effective"),
        ("--rate 0", "--rate: '0' is not a number above 0"),
        ("--rate fast", "--rate: 'fast' is not a number above 0"),
        ("--rate inf", "--rate: 'inf' is not a number above 0"),
    ],
)
def test_options_that_do_not_go_together(capsys: Any, options: str, sentence: str) -> None:
    assert cli.main(["show", "net.py", *options.split()]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines()[-1] == f"rflint: {sentence}"


def test_the_help_fits_80_columns(capsys: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for command in ("show", "suggest"):
        cli.main([command, "--help"])
        assert max(map(len, capsys.readouterr().out.splitlines())) < 80
