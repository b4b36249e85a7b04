"""The cache of reports: what it gives is what a run would give, and it never stands in the way."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rflint import cli, linter
from rflint.cache import entries, reports
from rflint.cache.rules import Rules
from rflint.config import Config
from rflint.diagnostics import Diagnostic, Report, Span
from rflint.options import Options
from rflint.plain_data import packed, unpacked

NET = """import torch
from parts import conv
from torch import nn

try:
    import missing
except ImportError:
    missing = None


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv()

    def forward(self, x):
        return self.conv(x) + x


Net()(torch.zeros(1, 3, 32, 32))
"""
PARTS = "from torch import nn\n\n\ndef conv():\n    return nn.Conv2d(3, 3, 3)\n"
FIXTURES = Path(__file__).parents[1] / "fixtures" / "networks"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a network and what it imports, as the working folder."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "pyproject.toml").write_text("[tool.rflint]\nignore = ['RF1']\n")
    (folder / "net.py").write_text(NET)
    (folder / "parts.py").write_text(PARTS)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The targets of each run that is really made."""
    made: list[tuple[str, ...]] = []
    check = linter.check

    def counted(targets: Any, options: Options) -> Report:
        made.append(tuple(targets))
        return check(targets, options)

    monkeypatch.setattr(linter, "check", counted)
    return made


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """The status of a check, and what it prints."""
    status = cli.main(["check", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def entries_of(project: Path) -> list[Path]:
    """The entries about reports."""
    return [path for path in (project / ".rflint_cache").glob("*.json") if path.stem != "rules"]


Runs = list[tuple[str, ...]]
Capture = pytest.CaptureFixture[str]


def test_a_second_run_prints_the_same_and_is_not_made(project: Path, runs: Runs, capsys: Capture) -> None:
    first = printed(capsys, "net.py", "--format", "full")
    assert "RF405" in first[1]
    assert printed(capsys, "net.py", "--format", "full") == first
    assert printed(capsys, "net.py", "--format", "json")[0] == first[0]
    assert len(runs) == 1
    assert (project / ".rflint_cache" / ".gitignore").read_text() == "*\n"


def test_a_warm_run_loads_no_parser(project: Path) -> None:
    code = "import sys; from rflint.cli import main; main(['check', 'net.py']); print('loaded:', *sys.modules)"
    for _ in ("linted", "the names of rules are kept", "nothing is left to do"):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.rpartition("loaded:")[2].split())
    assert "RF405" in done.stdout
    assert loaded.isdisjoint({"libcst", "rflint.linter", "rflint.interp", "rflint.checks.gridding_holes"})


CHANGES: dict[str, Callable[[Path], object]] = {
    "the file": lambda project: (project / "net.py").write_text(NET + "\n"),
    "what it imports": lambda project: (project / "parts.py").write_text(PARTS.replace("3, 3, 3", "3, 3, 1")),
    "what it looked for in vain": lambda project: (project / "missing.py").write_text("x = 1\n"),
    "the configuration": lambda project: (project / "pyproject.toml").write_text("[tool.rflint]\nignore = ['RF4']\n"),
    "a nearer configuration": lambda project: (project / "rflint.toml").write_text("ignore = ['RF4']\n"),
    "the project": lambda project: (project / "src").mkdir(),
    "what is ignored": lambda project: (project / ".gitignore").write_text("parts.py\n"),
    "the files of the folder": lambda project: (project / "new.py").write_text("import torch\n"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_report_hangs_on_is_compared(project: Path, runs: Runs, capsys: Capture, change: str) -> None:
    printed(capsys, ".")
    CHANGES[change](project)
    assert printed(capsys, ".") == printed(capsys, ".", "--no-cache")
    assert len(runs) == 3


@pytest.mark.parametrize(
    "more", [["--select", "RF4"], ["--train"], ["--verbose"], ["--input", "1,3,8,8"], ["--isolated"]]
)
def test_options_are_compared(project: Path, runs: Runs, capsys: Capture, more: list[str]) -> None:
    printed(capsys, "net.py")
    printed(capsys, "net.py", *more)
    assert len(runs) == 2
    printed(capsys, "net.py", *more)
    assert len(runs) == 2


def test_another_rflint_makes_the_run_again(project: Path, runs: Runs, capsys: Capture, monkeypatch: Any) -> None:
    printed(capsys, "net.py")
    monkeypatch.setattr(entries, "__version__", "99")
    entries.ourselves.cache_clear()
    printed(capsys, "net.py")
    entries.ourselves.cache_clear()
    assert len(runs) == 2


def broken() -> list[bytes]:
    """What may stand where an entry should."""
    held = {"state": "", "reads": {}, "report": []}
    return [b"", b"{", b"\xff\x00", b"[]", b"3", b"[" * 100_000, json.dumps(held).encode(), b'{"state": 1}']


@pytest.mark.parametrize("data", broken(), ids=lambda data: repr(data[:12]))
def test_a_broken_entry_is_replaced(project: Path, runs: Runs, capsys: Capture, data: bytes) -> None:
    first = printed(capsys, "net.py")
    [entry] = entries_of(project)
    entry.write_bytes(data)
    assert printed(capsys, "net.py") == first
    assert printed(capsys, "net.py") == first
    assert len(runs) == 2


def test_an_entry_whose_report_is_broken_is_replaced(project: Path, runs: Runs, capsys: Capture) -> None:
    first = printed(capsys, "net.py")
    [entry] = entries_of(project)
    whole = json.loads(entry.read_text())
    for report in ([], None, {"a": 1}, [*whole["report"][:-1], 3], [[["net.py", [1, 2]]], *whole["report"][1:]]):
        entry.write_text(json.dumps({**whole, "report": report}))
        assert printed(capsys, "net.py") == first
    entry.write_text(json.dumps({**whole, "reads": {"net.py": 3}}))
    assert printed(capsys, "net.py") == first
    assert len(runs) == 7


def test_failures_are_found_again(project: Path, runs: Runs, capsys: Capture) -> None:
    for _ in range(2):
        assert printed(capsys, "net.py", "nowhere.py")[0] == 2
    assert len(runs) == 2


def test_nothing_is_written_where_nobody_asked_for_it(project: Path, capsys: Capture, monkeypatch: Any) -> None:
    printed(capsys, "net.py", "--no-cache")
    (project / "pyproject.toml").write_text("[tool.rflint]\ncache = false\n")
    printed(capsys, "net.py")
    assert not (project / ".rflint_cache").exists()
    (project / "pyproject.toml").unlink()
    if entries.folder() is None:
        printed(capsys, "net.py")
        assert not (project / ".rflint_cache").exists()


def test_a_cache_that_cannot_be_written_is_none(project: Path, runs: Runs, capsys: Capture) -> None:
    (project / ".rflint_cache").write_text("a file")
    first = printed(capsys, "net.py")
    assert printed(capsys, "net.py") == first
    assert len(runs) == 2


def test_only_the_newest_reports_are_kept(project: Path, capsys: Capture, monkeypatch: Any) -> None:
    monkeypatch.setattr(entries, "MOST_ENTRIES", 2)
    for shape in ("1,3,8,8", "1,3,9,9", "1,3,10,10"):
        printed(capsys, "net.py", "--input", shape)
    assert len(list((project / ".rflint_cache").iterdir())) == 4


def test_runs_at_the_same_time_do_not_disturb_each_other(project: Path) -> None:
    options = Options(Config())
    expected = linter.check(["net.py"], options)
    with ThreadPoolExecutor(4) as pool:
        kept = {"reads": {}, "report": packed(expected)}
        done = list(pool.map(lambda number: entries.keep(f".rflint_cache/{number % 2}.json", "s", kept), range(40)))
    assert len(done) == 40
    assert {path.suffix for path in (project / ".rflint_cache").iterdir()} == {".json", "", ".TAG"}
    assert reports.recalled(".rflint_cache/0.json", "s") == reports.recalled(".rflint_cache/1.json", "s") == expected


def test_rules_are_named_without_being_loaded(project: Path, capsys: Capture) -> None:
    printed(capsys, "net.py")
    code = "import sys; from rflint.cache.rules import Rules; print(len(Rules()), Rules()['RF201'].name, *sys.modules)"
    for number in range(2):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        count, name, *loaded = done.stdout.split()
        assert (int(count), name) == (len(linter.known_rules()), "gridding-holes")
        assert number == 0 or "rflint.checks.gridding_holes" not in loaded
    (project / ".rflint_cache" / "rules.json").write_text("[]")
    assert Rules()["RF201"].name == "gridding-holes"


def test_reports_come_back_as_they_were() -> None:
    options = Options(Config(select=("ALL",)), verbose=True)
    report = linter.check([str(FIXTURES / "mistakes.py"), str(FIXTURES / "unet.py")], options)
    assert report.diagnostics
    assert report.partial
    assert unpacked(Report, json.loads(json.dumps(packed(report)))) == report
    one = replace(
        Diagnostic("é\ud800", Span(1, 2, 3, 4), "RF1", "n", "error", "m"), related=(("f", Span(1, 1, 1, 1), "t"),)
    )
    assert unpacked(Diagnostic, json.loads(json.dumps(packed(one)))) == one
