"""Rows of `per-file-ignores` that silence nothing: when they are reported, and when that is open."""

from __future__ import annotations

from pathlib import Path

import pytest

import rflint
from rflint.cli import main

HOLES = """\
from torch import nn

net = nn.Sequential(*[nn.Conv2d(8, 8, 3, padding=2, dilation=2) for _ in range(3)])
"""
UNKNOWN = """\
from torch import nn
from nowhere import layer

net = nn.Sequential(nn.Conv2d(8, 8, 3), layer(), nn.Conv2d(8, 8, 3))
"""


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a file in which dilations leave holes, and one without a network."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    (tmp_path / "old" / "net.py").write_text(HOLES)
    (tmp_path / "new" / "tools.py").write_text("import torch\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(rows: str, *targets: str, head: str = 'extend-select = ["RF910"]') -> list[str]:
    """What RF910 says of the rows, where these targets are linted."""
    Path("rflint.toml").write_text(f"{head}\n\n[per-file-ignores]\n{rows}\n")
    found = rflint.check(*targets or (".",)).diagnostics
    assert all((one.file, one.span.line) == ("rflint.toml", 3) for one in found if one.code == "RF910")
    return [one.message.removeprefix("per-file-ignores: ") for one in found if one.code == "RF910"]


def test_rows_that_silence_nothing_are_reported_one_by_one() -> None:
    assert said('"old/*" = ["RF201", "RF401", "RF3"]\n"gone/*" = ["RF1"]') == [
        "no file that is linted is called gone/*",
        "there is no RF3 in old/* to silence",
        "there is no RF401 in old/* to silence",
    ]


def test_rows_that_silence_something_are_not() -> None:
    assert said('"old/*" = ["gridding-holes"]\n"net.py" = ["RF2"]') == []


def test_it_is_said_to_those_who_ask() -> None:
    assert said('"old/*" = ["RF401"]', head="") == []


@pytest.mark.parametrize("targets", [("old",), ("old/net.py",), ("old", "new"), ("./old/net.py::net",)])
def test_a_part_of_the_project_tells_nothing(targets: tuple[str, ...]) -> None:
    assert said('"old/*" = ["RF401"]\n"gone/*" = ["RF1"]', *targets) == []


def test_code_that_no_network_runs_tells_nothing() -> None:
    assert said('"new/*" = ["RF401"]') == []


def test_a_network_that_is_not_followed_to_its_end_tells_nothing(project: Path) -> None:
    (project / "old" / "net.py").write_text(UNKNOWN)
    assert said('"old/*" = ["RF401"]') == []


def test_a_file_that_cannot_be_read_leaves_all_open(project: Path) -> None:
    (project / "new" / "tools.py").write_bytes(b"\xff\0")
    assert said('"old/*" = ["RF401"]') == []


def test_rules_that_are_not_applied_tell_nothing() -> None:
    assert said('"old/*" = ["RF401", "RF910"]', head='select = ["RF201", "RF910"]') == []


def test_rows_of_a_file_that_is_extended_may_be_needed_elsewhere(project: Path) -> None:
    (project / "base.toml").write_text('[per-file-ignores]\n"gone/*" = ["RF401"]\n')
    (project / "rflint.toml").write_text('extend = "base.toml"\nextend-select = ["RF910"]\n')
    assert not [one for one in rflint.check(".").diagnostics if one.code == "RF910"]


def test_rows_of_the_command_line_are_not_judged(capsys: pytest.CaptureFixture[str]) -> None:
    Path("rflint.toml").write_text('[per-file-ignores]\n"gone/*" = ["RF1"]\n')
    assert main(["check", ".", "--select", "RF910", "--per-file-ignores", "gone/*:RF401"]) == 0
    assert main(["check", ".", "--select", "RF910"]) == 1
    assert "gone/*" in capsys.readouterr().out
