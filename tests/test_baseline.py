"""What a baseline holds back, and what it does not."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from rflint import cli
from rflint.baseline import BaselineError, Entry, compared, read, written

NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1, dilation=2)
        self.b = nn.Conv2d(9, 8, 3)

    def forward(self, x):
        return self.b(self.a(x))


Net()(torch.zeros(1, 3, 64, 64))
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "net.py").write_text(NET)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys: Any, *arguments: str) -> tuple[int, list[str], str]:
    """Exit status, codes that are found, and what is said about the run."""
    status = cli.main(["check", "--select", "RF207,RF401", *arguments])
    printed = capsys.readouterr()
    return status, [line.split()[1] for line in printed.out.splitlines()], printed.err


def test_the_findings_of_now_are_held_from_now_on(folder: Path, capsys: Any) -> None:
    assert run(capsys, "net.py")[:2] == (1, ["RF207", "RF401"])
    status, found, said = run(capsys, "net.py", "--baseline", "known.json")
    assert (status, found) == (0, [])
    assert "rflint: known.json holds 2 findings from now on\n" in said
    status, found, said = run(capsys, "net.py", "--baseline", "known.json")
    assert (status, found) == (0, [])
    assert "rflint: known.json holds back 2 findings\n" in said
    rows = (folder / "known.json").read_text().splitlines()
    assert (len(rows), json.loads("\n".join(rows))["version"]) == (4, 1)


def test_only_what_is_new_is_reported(folder: Path, capsys: Any) -> None:
    run(capsys, "--baseline", "known.json")
    more = NET.replace("        self.b", "        self.c = nn.Conv2d(8, 8, 5, padding=2, dilation=2)\n        self.b")
    (folder / "net.py").write_text("# moved\n\n" + more.replace("self.b(self.a(x))", "self.b(self.c(self.a(x)))"))
    assert run(capsys, "--baseline", "known.json")[:2] == (1, ["RF207"])


def test_the_same_once_more_is_new(folder: Path, capsys: Any) -> None:
    run(capsys, "--baseline", "known.json")
    (folder / "copy.py").write_text(NET)
    assert run(capsys, "--baseline", "known.json")[:2] == (1, ["RF207", "RF401"])
    assert run(capsys, "copy.py", "--baseline", "known.json")[:2] == (1, ["RF207", "RF401"])
    assert run(capsys, "net.py", "--baseline", "known.json")[:2] == (0, [])


def test_renamed_and_formatted_files_are_known_again(folder: Path, capsys: Any) -> None:
    run(capsys, "--baseline", "known.json")
    (folder / "models").mkdir()
    (folder / "net.py").rename(folder / "models" / "first.py")
    text = NET.replace(
        "3, 8, 3, padding=1, dilation=2", "\n            3, 8, 3,\n            padding=1, dilation=2,\n        "
    )
    (folder / "models" / "first.py").write_text(text)
    assert run(capsys, "--baseline", "known.json")[:2] == (0, [])


def test_what_is_gone_is_said_and_can_be_taken_out(folder: Path, capsys: Any) -> None:
    run(capsys, "--baseline", "known.json")
    (folder / "net.py").write_text(NET.replace("padding=1", "padding=2"))
    status, found, said = run(capsys, "--baseline", "known.json")
    assert (status, found) == (0, [])
    assert "rflint: known.json holds 1 finding that is gone; --prune-baseline takes it out\n" in said
    assert "rflint: known.json no longer holds" in run(capsys, "--baseline", "known.json", "--prune-baseline")[2]
    assert [row["code"] for row in json.loads((folder / "known.json").read_text())["findings"]] == ["RF401"]
    (folder / "net.py").write_text(NET)
    assert run(capsys, "--baseline", "known.json", "--prune-baseline")[:2] == (1, ["RF207"])


def test_all_of_now_can_be_written_again(folder: Path, capsys: Any) -> None:
    (folder / "known.json").write_text(written({}))
    assert run(capsys, "--baseline", "known.json")[0] == 1
    assert run(capsys, "--baseline", "known.json", "--update-baseline")[:2] == (0, [])
    assert run(capsys, "--baseline", "known.json")[:2] == (0, [])


@pytest.mark.parametrize("option", ["--update-baseline", "--prune-baseline"])
def test_of_what_was_not_looked_at_nothing_is_gone(folder: Path, capsys: Any, option: str) -> None:
    run(capsys, "--baseline", "known.json")
    before = (folder / "known.json").read_bytes()
    (folder / "other.py").write_text("import torch\n")
    for rest in (["other.py"], ["net.py", "--select", "RF2"], ["net.py", "--ignore", "RF401"], ["net.py::Net()"]):
        assert "gone" not in run(capsys, *rest, "--baseline", "known.json", option)[2]
    assert (folder / "known.json").read_bytes() == before


def test_the_configuration_names_a_baseline(folder: Path, capsys: Any) -> None:
    (folder / "rflint.toml").write_text('baseline = "known.json"\n')
    status, found, said = run(capsys)
    assert (status, found) == (1, ["RF207", "RF401"])
    assert "rflint: known.json does not exist and holds nothing back; --update-baseline writes it\n" in said
    assert run(capsys, "--update-baseline")[:2] == (0, [])
    (folder / "below").mkdir()
    (folder / "below" / "more.py").write_text(NET.replace("Net", "More"))
    assert run(capsys)[:2] == (1, ["RF207", "RF401"])


def test_fixing_comes_first(folder: Path, capsys: Any) -> None:
    run(capsys, "--baseline", "known.json")
    status, found, said = run(capsys, "--baseline", "known.json", "--fix", "--unsafe-fixes")
    assert (status, found) == (0, [])
    assert "that are gone" in said
    assert "padding=2" in (folder / "net.py").read_text()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "known.json: the baseline is no JSON: "),
        ('{"version": 1, "findings": [\n<<<<<<< HEAD\n', "known.json: the baseline is no JSON: "),
        ("[]", "known.json is no baseline of rflint: it has no version"),
        ('{"version": 2}', "known.json is a baseline of a newer rflint: of version 2, and this one knows 1"),
        ('{"version": 1}', "known.json: entry 1 of the baseline is not understood"),
        ('{"version": 1, "findings": [{"file": "a.py"}]}', "known.json: entry 1 of the baseline is not understood"),
    ],
)
def test_a_baseline_that_is_none_is_refused(folder: Path, capsys: Any, text: str, sentence: str) -> None:
    (folder / "known.json").write_text(text)
    status, found, said = run(capsys, "--baseline", "known.json")
    assert (status, found) == (2, [])
    assert said.startswith(f"rflint: {sentence}")
    assert (folder / "known.json").read_text() == text
    assert run(capsys, "--baseline", "known.json", "--update-baseline")[0] == (0 if "--update" in said else 2)


def test_a_baseline_that_cannot_be_read_or_written_is_said(folder: Path, capsys: Any) -> None:
    assert run(capsys, "--baseline", ".")[0] == 2
    status, _, said = run(capsys, "--baseline", "nowhere/known.json")
    assert (status, said) == (
        2,
        "rflint: nowhere/known.json: the baseline cannot be written: No such file or directory\n",
    )
    status, _, said = run(capsys, "--prune-baseline")
    assert status == 2
    assert "--prune-baseline needs a baseline" in said


# Comparing


def entry(file: str, fingerprint: str) -> Entry:
    return Entry(file, "RF207", fingerprint, "shrinks")


def test_findings_are_taken_from_their_own_file_first() -> None:
    record = Counter({entry("a.py", "1"): 1, entry("b.py", "1"): 1})
    result = compared(record, [entry("c.py", "1"), entry("b.py", "1"), entry("a.py", "1")], lambda one: True)
    assert (result.new, result.held) == ([0], [1, 2])


def test_what_is_gone_elsewhere_has_moved() -> None:
    record = Counter({entry("a.py", "1"): 2, entry("b.py", "2"): 1})
    result = compared(record, [entry("c.py", "1"), entry("c.py", "2")], lambda one: one.file == "a.py")
    assert (result.new, result.held) == ([1], [0])
    assert (dict(result.gone), dict(result.open)) == ({entry("a.py", "1"): 1}, {entry("b.py", "2"): 1})


def test_a_baseline_reads_as_it_was_written() -> None:
    record = Counter({entry("ä b/a.py", "1"): 2, Entry("a.py", "RF401", "2", 'with "quotes"\n'): 1})
    assert read(written(record), "known.json") == record
    assert [line[:13] for line in written(record).splitlines()] == [
        '{"version": 1',
        '{"file": "a.p',
        '{"file": "ä b',
        "]}",
    ]
    with pytest.raises(BaselineError):
        read(written(record).replace('"count": 2', '"count": 0'), "known.json")
