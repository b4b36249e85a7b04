"""The flake8 plugin in real runs of flake8, beside pyflakes, pycodestyle and flake8-bugbear."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flake8.main.cli import main

from rflint import cli, flake8_plugin

HEAD = """\
from torch import nn


class Head(nn.Sequential):
    def __init__(self, channels):
        super().__init__(
            nn.Conv2d(channels, 8, 3, padding=2, dilation=2),
            nn.Conv2d(8, 8, 3, padding=2, dilation=2),
            nn.Conv2d(8, 8, 3, padding=2, dilation=2),
        )
"""
NET = """\
import os
from torch import nn

from pkg.head import Head


class Net(nn.Module):
    def __init__(self, sizes=[]):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 3)
        self.head = Head(8)

    def forward(self, x):
        return self.head(self.stem(x))
"""
CHANNELS = "pkg/net.py:11:26: RF401 takes 8 channels,"
GRIDDING = "pkg/head.py:7:59: RF201 dilations 2, 2,"
Run = Callable[..., tuple[int, list[str]]]


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of two files: what is wrong with a layer of one shows in the network of the other."""
    (tmp_path / "pkg").mkdir()
    for name, text in {"__init__": "", "head": HEAD, "net": NET}.items():
        (tmp_path / "pkg" / f"{name}.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    flake8_plugin.findings.cache_clear()
    return tmp_path


@pytest.fixture
def flake8(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs flake8 in this process: its status and the lines that it prints, without `./`."""

    def call(*argv: str) -> tuple[int, list[str]]:
        status = main(["--max-line-length=120", *argv])
        return status, [line.removeprefix("./") for line in capsys.readouterr().out.splitlines()]

    return call


def ours(lines: list[str]) -> list[str]:
    """Those lines that are ours, up to the first words of the message."""
    found = (re.match(r"\S+ RF\d+ (\S+ ?){3}", line) for line in lines)
    return [match[0].strip() for match in found if match]


def test_flake8_prints_our_findings_among_those_of_others() -> None:
    command = [sys.executable, "-m", "flake8", "--max-line-length=120", "--jobs=1", "."]
    done = subprocess.run(command, capture_output=True, text=True)
    assert [line.split(" ")[:2] for line in done.stdout.splitlines()] == [
        ["./pkg/head.py:7:59:", "RF201"],
        ["./pkg/net.py:1:1:", "F401"],
        ["./pkg/net.py:8:30:", "B006"],
        ["./pkg/net.py:11:26:", "RF401"],
    ]
    assert (done.returncode, done.stderr) == (1, "")


def test_messages_end_with_the_witness_and_the_name_of_the_rule(flake8: Run) -> None:
    _, lines = flake8("--jobs=1", "--select=RF401", "pkg")
    assert lines == [
        "pkg/net.py:11:26: RF401 takes 8 channels, but its N×16×(H - 2)×(W - 2) input has 16; in_channels=16 would do "
        "[Net() on N×3×H×W] (in-channels-mismatch)"
    ]


@pytest.mark.parametrize("jobs", [1, 2])
def test_places_are_those_of_our_own_command(jobs: int, flake8: Run, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["check", "pkg"])
    printed = capsys.readouterr().out.splitlines()
    assert ours(flake8(f"--jobs={jobs}", "pkg")[1]) == ours(printed) != []


def test_processes_that_inherit_nothing_lint_for_themselves() -> None:
    code = "import multiprocessing, sys; multiprocessing.set_start_method('spawn'); from flake8.main.cli import main; "
    command = [sys.executable, "-c", code + "sys.exit(main())", "--jobs=2", "--select=RF", "pkg"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert ours(done.stdout.splitlines()) == [GRIDDING, CHANNELS]
    assert (done.returncode, done.stderr) == (1, "")


def test_a_finding_in_another_file_is_left_to_the_run_that_looks_at_that_file(flake8: Run, project: Path) -> None:
    (project / "pkg" / "net.py").write_text(NET.replace("Head(8)", "Head(16)"))
    (project / "pkg" / "head.py").write_text(HEAD.replace("channels, 8, 3", "channels, 9, 3"))
    flagged = "pkg/head.py:8:23: RF401 takes 8 channels,"
    assert ours(flake8("--select=RF401", "pkg/net.py")[1]) == []
    assert ours(flake8("--select=RF401", "pkg/head.py")[1]) == [flagged]
    assert ours(flake8("--select=RF401", "--jobs=1", "pkg/net.py", "pkg/head.py")[1]) == [flagged]


def test_noqa_is_flake8s_own(flake8: Run, project: Path) -> None:
    (project / "pkg" / "net.py").write_text(NET.replace("Head(8)", "Head(8)  # noqa: RF401"))
    assert ours(flake8("--jobs=1", "pkg/net.py")[1]) == []
    assert ours(flake8("--jobs=1", "--disable-noqa", "pkg/net.py")[1]) == [CHANNELS]


def test_comments_to_rflint_hold_too(flake8: Run, project: Path) -> None:
    (project / "pkg" / "net.py").write_text(NET.replace("Head(8)", "Head(8)  # rflint: ignore[in-channels-mismatch]"))
    assert ours(flake8("--jobs=1", "--disable-noqa", "pkg/net.py")[1]) == []


@pytest.mark.parametrize("shown", ["pkg/net.py", "stdin"])
def test_standard_input(shown: str) -> None:
    text = NET.replace("Head(8)", "nn.Conv2d(8, 8, 3)")
    command = [sys.executable, "-m", "flake8", "--select=RF", f"--stdin-display-name={shown}", "-"]
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    assert ours(done.stdout.splitlines()) == [f"{shown}:11:31: RF401 takes 8 channels,"]


def test_options_of_the_command_line_and_of_the_section(flake8: Run, project: Path) -> None:
    _, lines = flake8("--jobs=1", "--select=RF", "--rflint-select=RF2,RF401", "--rflint-ignore=gridding-holes", "pkg")
    assert [line.split()[1] for line in lines] == ["RF202", "RF401"]
    (project / ".flake8").write_text("[flake8]\nselect = RF\nrflint-extend-select =\n    RF202,\n    RF105\n")
    _, lines = flake8("--jobs=1", "pkg")
    assert [line.split()[1] for line in lines] == ["RF201", "RF202", "RF401"]


def test_the_configuration_of_rflint_holds(flake8: Run, project: Path) -> None:
    (project / "rflint.toml").write_text('ignore = ["RF401"]\nexclude = ["head.py"]\n')
    assert flake8("--jobs=1", "--select=RF", "pkg") == (0, [])
    (project / "other.toml").write_text('select = ["RF401"]\n')
    assert ours(flake8("--jobs=1", "--rflint-config=other.toml", "pkg")[1]) == [CHANNELS]


def test_what_flake8_excludes_is_not_linted(flake8: Run, project: Path) -> None:
    (project / "pkg" / "head.py").write_text(HEAD + "\n\n# rflint: rf>=many\n")
    assert ours(flake8("--jobs=1", "--exclude=head.py", "pkg")[1]) == [CHANNELS]


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("--rflint-select=RF21x", "--rflint-select: there is no rule 'RF21x'; did you mean RF201?"),
        ("--rflint-config=no.toml", "no.toml: the configuration cannot be read: No such file or directory"),
        ("--rflint-config=bad.toml", "bad.toml:1: there is no setting 'selct'; did you mean select?"),
        ("--rflint-task=detecton", "not 'detecton'; did you mean detection?"),
    ],
)
def test_what_cannot_be_used_ends_flake8_with_a_sentence(
    option: str, sentence: str, flake8: Run, project: Path
) -> None:
    (project / "bad.toml").write_text('selct = ["RF401"]\n')
    status, lines = flake8("--jobs=1", option, "pkg")
    assert status == 1
    assert lines[0] == "There was a critical error during execution of Flake8:"
    assert lines[1].startswith("rflint: ")
    assert lines[1].endswith(sentence)


def test_a_comment_that_is_not_understood_is_told_at_its_line(flake8: Run, project: Path) -> None:
    (project / "pkg" / "head.py").write_text(HEAD + "\n\n# rflint: rf>=many\n")
    _, lines = flake8("--jobs=1", "--select=RF999", "pkg")
    assert lines == ["pkg/head.py:13:1: RF999 # rflint: 'many' in 'rf>=many' is no figure of this kind: write rf>=512"]


def test_an_internal_failure_is_a_line_and_no_traceback(flake8: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("rflint.linting.networks.trace", fail)
    _, lines = flake8("--jobs=1", "--select=RF", "pkg/net.py")
    assert lines == ["pkg/net.py:1:1: RF999 internal failure (ZeroDivisionError: by zero), please report it"]
