"""`rflint check --fix`, `--unsafe-fixes`, `--fix-only`, `--diff` and `--show-fixes` on the command line."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mends import one_layer

from rflint.cli import main

TEXT = one_layer("nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, dilation=2), nn.Dropout(0))").replace("64, 64", "4, 4")
SAFE = TEXT.replace("nn.Dropout(0)", "nn.Identity()")
ALL = SAFE.replace("padding=1", "padding=2")
NOT_SAFE = "1 may be fixed with --fix --unsafe-fixes"


@pytest.fixture(autouse=True)
def net(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file with a safe fix and an unsafe one, in the working folder."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "net.py"
    path.write_text(TEXT)
    return path


def run(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, list[str]]:
    """The exit status, stdout, and what is said on stderr."""
    status = main(["check", *argv])
    seen = capsys.readouterr()
    return status, seen.out, [line.removeprefix("rflint: ") for line in seen.err.splitlines()]


def test_without_fix_nothing_is_written_and_the_summary_says_what_may_be_fixed(net: Path, capsys: Any) -> None:
    status, out, said = run(capsys, "net.py")
    assert (status, out.count("\n")) == (1, 2)
    assert said == [
        "1 network in 1 file: 1 complete; 2 findings (1 may be fixed with --fix, 1 more with --unsafe-fixes)"
    ]
    assert net.read_text() == TEXT


def test_fix_writes_safe_fixes_and_reports_what_is_left(net: Path, capsys: Any) -> None:
    status, out, said = run(capsys, "--fix", "net.py")
    assert net.read_text() == SAFE
    assert status == 1
    assert out.startswith("net.py:9:63: RF207 ")
    assert out.count("\n") == 1
    assert said == ["fixed 1 finding in 1 file", f"1 network in 1 file: 1 complete; 1 finding ({NOT_SAFE})"]


def test_with_unsafe_fixes_nothing_is_left(net: Path, capsys: Any) -> None:
    assert run(capsys, "--fix", "--unsafe-fixes", "net.py") == (
        0,
        "",
        ["fixed 2 findings in 1 file", "1 network in 1 file: 1 complete; no findings"],
    )
    assert net.read_text() == ALL


def test_unsafe_fixes_alone_write_nothing(net: Path, capsys: Any) -> None:
    assert run(capsys, "--unsafe-fixes", "net.py")[0] == 1
    assert net.read_text() == TEXT


def test_fix_only_reports_nothing_that_is_left(net: Path, capsys: Any) -> None:
    assert run(capsys, "--fix-only", "net.py") == (0, "", ["fixed 1 finding in 1 file"])
    assert net.read_text() == SAFE


def test_a_diff_is_what_git_applies_and_nothing_is_written(net: Path, capsys: Any) -> None:
    status, out, said = run(capsys, "--diff", "--unsafe-fixes", "net.py")
    assert (status, said) == (1, ["would fix 2 findings in 1 file"])
    assert net.read_text() == TEXT
    subprocess.run(["git", "apply", "-p0", "-"], input=out.encode(), cwd=net.parent, check=True)
    assert net.read_text() == ALL


@pytest.mark.parametrize("text", [TEXT.rstrip("\n"), TEXT.replace("\n", "\r\n"), TEXT + "\x0c# é\u2028\n"])
def test_a_diff_of_an_odd_file_applies_as_well(net: Path, capsys: Any, text: str) -> None:
    net.write_bytes(text.encode())
    _, out, _ = run(capsys, "--diff", "net.py")
    subprocess.run(["git", "apply", "-p0", "-"], input=out.encode(), cwd=net.parent, check=True)
    assert net.read_bytes() == text.replace("nn.Dropout(0)", "nn.Identity()").encode()


def test_there_is_no_diff_where_nothing_would_change(net: Path, capsys: Any) -> None:
    net.write_text(SAFE)
    assert run(capsys, "--diff", "net.py") == (0, "", ["would fix nothing"])
    assert run(capsys, "--diff", "--exit-zero", "--unsafe-fixes", "net.py")[0] == 0


def test_what_was_fixed_and_what_not_is_listed(net: Path, capsys: Any) -> None:
    net.write_text(TEXT.replace("padding=1", "padding=PAD").replace("class Net", "PAD = int('1')\n\n\nclass Net"))
    _, _, said = run(capsys, "--fix", "--unsafe-fixes", "--show-fixes", "net.py")
    assert said[:3] == [
        "fixed net.py: 1 × RF604 layer-without-effect",
        "not fixed net.py:12:63: RF207: padding is calculated: int('1')",
        "fixed 1 finding in 1 file",
    ]


def test_what_comes_from_a_pipe_goes_to_stdout(net: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    status, out, said = run(capsys, "--fix", "-", "--stdin-filename", "net.py")
    assert (status, out) == (1, SAFE)
    assert said == ["fixed 1 finding in 1 file", f"1 network in 1 file: 1 complete; 1 finding ({NOT_SAFE})"]
    assert net.read_text() == TEXT


def test_a_clean_text_from_a_pipe_comes_back(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ALL.encode())))
    assert run(capsys, "--fix", "-q", "-") == (0, ALL, [])


def test_a_pipe_may_be_shown_as_a_diff(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(TEXT.encode())))
    status, out, _ = run(capsys, "--diff", "-", "--stdin-filename", "some/net.py")
    assert status == 1
    assert out.startswith("--- some/net.py\n+++ some/net.py\n@@ ")


def test_the_configuration_may_ask_for_fixes(net: Path, capsys: Any) -> None:
    (net.parent / "rflint.toml").write_text("fix = true\nunsafe-fixes = true\n")
    assert run(capsys, "-q", "net.py") == (0, "", [])
    assert net.read_text() == ALL
    net.write_text(TEXT)
    assert run(capsys, "-q", "--no-fix", "net.py")[0] == 1
    assert net.read_text() == TEXT


def test_other_formats_report_what_is_left(net: Path, capsys: Any) -> None:
    assert '"fix": null' not in run(capsys, "--format", "json", "net.py")[1]
    _, out, _ = run(capsys, "--fix", "--format", "json", "net.py")
    assert out.count('"code"') == 1
    assert '"code": "RF207"' in out


def test_a_target_that_is_not_there_is_a_failure_beside_the_fixes(net: Path, capsys: Any) -> None:
    status, _, said = run(capsys, "--fix", "--unsafe-fixes", "net.py", "gone.py")
    assert status == 2
    assert "gone.py does not exist" in said
    assert net.read_text() == ALL


def test_a_file_that_does_not_parse_stays_as_it_is(net: Path, capsys: Any) -> None:
    net.write_text(TEXT + "(")
    status, out, said = run(capsys, "--fix", "net.py")
    assert status == 1
    assert "RF900" in out
    assert said[0] == "fixed nothing"
    assert net.read_text() == TEXT + "("


def test_a_suppressed_finding_is_not_fixed(net: Path, capsys: Any) -> None:
    net.write_text(TEXT.replace("nn.Dropout(0))", "nn.Dropout(0))  # noqa"))
    assert run(capsys, "--fix-only", "--unsafe-fixes", "net.py") == (0, "", ["fixed nothing"])
