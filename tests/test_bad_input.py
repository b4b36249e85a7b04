"""Bad input, end to end: each gets one clear sentence and status 2, and the other files are linted all the same."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from rflint.choices import CHECK_FORMATS
from rflint.cli import main

FAULTY = """\
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3)
        self.b = nn.Conv2d(16, 8, 3)

    def forward(self, x):
        return self.b(self.a(x))
"""
CLEAN = FAULTY.replace("16", "8")
IN_LATIN_1 = "# caf\xe9\n".encode("latin-1") + FAULTY.encode()
FIXABLE = " (1 may be fixed with --fix --unsafe-fixes)"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with one file that has a fault."""
    (tmp_path / "faulty.py").write_text(FAULTY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Any:
    """Runs the command: status, the codes found by file, and the lines on stderr."""

    def call(*argv: str) -> tuple[int, dict[str, list[str]], list[str]]:
        status = main(argv)
        out, err = capsys.readouterr()
        found: dict[str, list[str]] = {}
        for line in out.splitlines():
            file, _, _, message = line.split(":", 3)
            found.setdefault(file, []).append(message.split()[0])
        return status, found, err.splitlines()

    return call


def test_the_faulty_file_alone_has_one_finding(run: Any) -> None:
    assert run("faulty.py") == (
        1,
        {"faulty.py": ["RF401"]},
        ["rflint: 1 network in 1 file: 1 complete; 1 finding (1 may be fixed with --fix --unsafe-fixes)"],
    )


# Targets


def write(folder: Path, name: str, data: bytes) -> None:
    (folder / name).write_bytes(data)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("missing.py", None, "rflint: missing.py does not exist"),
        ("binary.py", b"\x7fELF\x00\x00\x01", "rflint: binary.py is binary (it holds NUL bytes), not Python"),
        ("latin.py", IN_LATIN_1, "rflint: latin.py:1: the file is not UTF-8 and has no coding line; add one, such as "),
        ("coding.py", b"# coding: no-such\n", "rflint: coding.py cannot be decoded as its coding line says: "),
    ],
)
def test_a_target_that_cannot_be_read(run: Any, folder: Path, name: str, data: bytes | None, sentence: str) -> None:
    if data is not None:
        write(folder, name, data)
    status, found, err = run(name, "faulty.py")
    assert status == 2
    assert found == {"faulty.py": ["RF401"]}
    assert err[0].startswith(sentence)
    assert err[1:] == [f"rflint: 1 network in 1 file: 1 complete; 1 finding{FIXABLE}; 1 failure"]


def test_a_folder_without_python(run: Any, folder: Path) -> None:
    (folder / "docs").mkdir()
    write(folder / "docs", "readme.md", b"# Hello\n")
    status, found, err = run("docs", "faulty.py")
    assert (status, found) == (2, {"faulty.py": ["RF401"]})
    assert err[0] == "rflint: docs holds no Python file"


def test_a_binary_file_in_a_folder_leaves_the_others_linted(run: Any, folder: Path) -> None:
    write(folder, "a.py", b"\x00\x01torch")
    status, found, err = run(".")
    assert status == 2
    assert list(found.values()) == [["RF401"]]
    assert "a.py is binary" in err[0]


def test_a_file_that_does_not_parse_is_a_finding(run: Any, folder: Path) -> None:
    write(folder, "broken.py", b"import torch\nclass Net(:\n")
    status, found, err = run("broken.py", "faulty.py")
    assert status == 1
    assert found == {"broken.py": ["RF900"], "faulty.py": ["RF401"]}
    assert err == [f"rflint: 1 network in 2 files: 1 complete; 2 findings{FIXABLE}"]


def test_an_empty_file_holds_no_network(run: Any, folder: Path) -> None:
    write(folder, "empty.py", b"")
    assert run("empty.py") == (0, {}, ["rflint: no network found in 1 file; no findings"])


def test_latin_1_with_a_coding_line_is_linted(run: Any, folder: Path) -> None:
    write(folder, "latin.py", b"# -*- coding: latin-1 -*-\n" + IN_LATIN_1)
    assert run("latin.py")[:2] == (1, {"latin.py": ["RF401"]})


def test_a_byte_order_mark_is_no_fault(run: Any, folder: Path) -> None:
    write(folder, "marked.py", b"\xef\xbb\xbf" + FAULTY.encode())
    assert run("marked.py")[:2] == (1, {"marked.py": ["RF401"]})


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ("Nothing()", "faulty.py defines no Nothing"),
        ("Net(1, 2)", "faulty.py::Net(1, 2): TypeError: __init__() got unexpected argument(s): 2 positional"),
    ],
)
def test_a_call_that_gives_no_network_is_said(run: Any, call: str, reason: str) -> None:
    status, found, err = run(f"faulty.py::{call}")
    assert (status, found) == (2, {})
    assert f"rflint: {reason}" in err


@pytest.mark.parametrize("call", ["Net(", "", "class"])
def test_a_call_that_is_no_expression(run: Any, call: str) -> None:
    status, found, err = run(f"faulty.py::{call}")
    assert (status, found) == (2, {})
    assert err[-1] == f"rflint: faulty.py::{call}: {call!r} is no call; write faulty.py::Net(…)"


def test_a_missing_command_or_file_gets_the_nearest_command(run: Any) -> None:
    status, _, err = run("chek", "faulty.py")
    assert status == 2
    assert err[-1] == "rflint: there is no file or command chek; did you mean check?"


# Options

USAGE = "usage: rflint check [options] [TARGET...]   (rflint check --help lists the options)"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--selct", "RF2"], "there is no option --selct; did you mean --select?"),
        (["--selct=RF2"], "there is no option --selct; did you mean --select?"),
        (["--depth", "2"], "there is no option --depth for check; rflint show has it"),
        (["--wholly-unknown"], "there is no option --wholly-unknown"),
        (["-x"], "there is no option -x"),
        (["--fixes"], "there is no option --fixes; did you mean --fix?"),
        (["--format", "jsno"], f"--format: 'jsno' is not one of {', '.join(CHECK_FORMATS)}; did you mean json?"),
        (
            ["--fail-on", "warnings"],
            "--fail-on: 'warnings' is not one of error, warning, info, never; did you mean warning?",
        ),
        (["--color", "blue"], "--color: 'blue' is not one of auto, always, never"),
        (["--jobs", "none"], "--jobs: 'none' is not a whole number from 1 on"),
        (["--jobs", "0"], "--jobs: '0' is not a whole number from 1 on"),
        (["--select"], "--select: expected one argument"),
    ],
)
def test_an_option_that_there_is_not(run: Any, argv: list[str], sentence: str) -> None:
    assert run("faulty.py", *argv) == (2, {}, [USAGE, f"rflint: {sentence}"])


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--select", "RF2O1"], "--select: there is no rule 'RF2O1'; did you mean RF201?"),
        (["--ignore", "griding-holes"], "--ignore: there is no rule 'griding-holes'; did you mean gridding-holes?"),
        (["--extend-select", "W291,RF201"], "--extend-select: there is no rule 'W291'"),
        (["--per-file-ignores", "a.py:RF2O1"], "--per-file-ignores: there is no rule 'RF2O1'; did you mean RF201?"),
        (
            ["--per-file-ignores", "RF201"],
            "--per-file-ignores: 'RF201' has no pattern; write PATTERN:RULES, such as tests/*:RF101",
        ),
    ],
)
def test_a_rule_that_there_is_not(run: Any, argv: list[str], sentence: str) -> None:
    assert run("faulty.py", *argv) == (2, {}, [f"rflint: {sentence}"])


@pytest.mark.parametrize("text", ["3,x,,4", "", "3;4", "N,3,-1", "mask=", "1.5,3"])
def test_an_input_that_is_no_shape(run: Any, text: str) -> None:
    status, found, err = run("faulty.py", f"--input={text}")
    assert (status, found) == (2, {})
    [sentence] = err
    assert sentence.startswith("rflint: --input: ")


# Configuration


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('selct = ["RF2"]', "rflint.toml:1: there is no setting 'selct'; did you mean select?"),
        ('\nselect = ["RF2O1"]', "rflint.toml:2: there is no rule 'RF2O1'; did you mean RF201?"),
        ('select = "RF2"', "rflint.toml:1: select is a list of strings"),
        ('fail-on = "errors"', "rflint.toml:1: fail-on is one of error, warning, info, never"),
        ("select = [", "rflint.toml: the configuration is no TOML: "),
    ],
)
def test_a_configuration_that_cannot_be_used(run: Any, folder: Path, text: str, sentence: str) -> None:
    (folder / "rflint.toml").write_text(text)
    status, found, err = run("faulty.py")
    assert (status, found) == (2, {})
    assert len(err) == 1
    assert sentence in err[0]


def test_a_configuration_that_is_not_there(run: Any) -> None:
    status, _, err = run("--config", "nowhere.toml", "faulty.py")
    assert status == 2
    assert "nowhere.toml: the configuration cannot be read" in err[0]


# Standard input


class Piped:
    """Standard input with some bytes in it."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def test_standard_input_is_linted_under_its_name(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(CLEAN.encode()))
    assert run("-", "--stdin-filename", "faulty.py")[:2] == (0, {})
    monkeypatch.setattr(sys, "stdin", Piped(FAULTY.encode()))
    assert run("-::Net()", "--stdin-filename", "new.py")[:2] == (1, {"new.py": ["RF401"]})


def test_full_shows_the_line_of_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(FAULTY.encode()))
    assert main(["-", "--format", "full"]) == 1
    assert "8 |         self.b = nn.Conv2d(16, 8, 3)\n" in capsys.readouterr().out


def test_standard_input_that_is_no_text(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Piped(b"\x00"))
    assert run("-") == (2, {}, ["rflint: stdin is binary (it holds NUL bytes), not Python"])


def test_standard_input_takes_no_company(run: Any) -> None:
    status, _, err = run("-", "faulty.py")
    assert (status, len(err)) == (2, 1)


# Show


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["show"], "rflint: show takes one target, FILE or FILE::CALL, not 0"),
        (["show", "a.py", "b.py"], "rflint: show takes one target, FILE or FILE::CALL, not 2"),
        (["show", "missing.py"], "rflint: missing.py does not exist"),
        (["show", "faulty.py", "--format", "full"], "rflint: --format: 'full' is not one of table, json"),
        (["show", "faulty.py", "--select", "RF2"], "rflint: there is no option --select for show; rflint check has it"),
        (["show", "faulty.py", "--depth", "0"], "rflint: --depth: '0' is not a whole number from 1 on"),
    ],
)
def test_show_refuses_in_one_sentence(capsys: Any, argv: list[str], sentence: str) -> None:
    assert main(argv) == 2
    assert capsys.readouterr().err.splitlines()[-1] == sentence


def test_show_of_a_file_that_does_not_parse(capsys: Any, folder: Path) -> None:
    write(folder, "broken.py", b"import torch\nclass Net(:\n")
    assert main(["show", "broken.py"]) == 2
    assert capsys.readouterr().err.startswith("rflint: broken.py:2: ")


def test_show_of_the_faulty_file_as_json(capsys: Any) -> None:
    assert main(["show", "faulty.py", "--format", "json", "--input", "2,3,16,16"]) == 0
    [network] = json.loads(capsys.readouterr().out)["networks"]
    assert network["inputs"] == {"x": [2, 3, 16, 16]}
    assert network["uses"][0]["output"] == [2, 8, 14, 14]


# Output


def test_a_terminal_without_our_characters_gets_escapes(folder: Path) -> None:
    import subprocess

    import rflint.cli

    root = Path(rflint.cli.__file__).parent.parent
    code = f"import sys; sys.path.insert(0, {str(root)!r}); from rflint.cli import main; sys.exit(main(['faulty.py']))"
    done = subprocess.run([sys.executable, "-c", code], env={"PYTHONIOENCODING": "ascii"}, capture_output=True)
    assert done.returncode == 1
    assert b"\\xd7" in done.stdout


def test_nothing_that_a_file_asks_for_is_done(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asks = (
        "import os\nos.system('touch done')\nos.makedirs('done')\nprint('done')\n"
        "with open('done', 'w') as stream:\n    stream.write('x')\nexec(\"open('done', 'w')\")\n"
    )
    (folder / "faulty.py").write_text(asks + FAULTY)
    assert main(["check", "faulty.py"]) == 1
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["RF401"]
    assert not (folder / "done").exists()
