"""Files are written in one step, byte by byte as they were but for the fix, or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from mends import one_layer

from rflint.cli import main
from rflint.fixes import writing
from rflint.fixes.writing import WriteError, rewrite

IDLE = one_layer("nn.Dropout(0)  # {}")
MENDED = IDLE.replace("nn.Dropout(0)", "nn.Identity()")


def fix(path: Path) -> bytes:
    """The bytes of a file after `--fix`."""
    assert main(["check", "--fix", "-q", str(path)]) == 0
    return path.read_bytes()


def as_bytes(text: str, encoding: str = "utf-8", end: str = "\n", head: str = "") -> bytes:
    """A source whose comment has an accent, in an encoding and with these line ends."""
    return (head + text.format("café")).replace("\n", end).encode(encoding)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    ("encoding", "head"),
    [
        ("utf-8", ""),
        ("utf-8-sig", ""),
        ("latin-1", "# -*- coding: latin-1 -*-\n"),
        ("cp1252", "#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\n"),
    ],
)
def test_encoding_byte_order_mark_and_line_ends_stay(tmp_path: Path, encoding: str, head: str, end: str) -> None:
    if head and end == "\r":
        pytest.skip("Python reads no coding line where no line feed ends it")
    path = tmp_path / "net.py"
    path.write_bytes(as_bytes(IDLE, encoding, end, head))
    assert fix(path) == as_bytes(MENDED, encoding, end, head)


@pytest.mark.parametrize(
    ("odd", "again"),
    [
        ("\n\n\n", "\r\n\n\r\n"),
        ("\n\n\n", "\n\f\n\n"),
        ("        super().__init__()\n", "        super().__init__()  \t \n"),
        ("\n    def forward", "\n\f    def forward"),
        ("64))\n", "64))"),
        ("import torch\n", "import torch;\n\\\n\n"),
    ],
)
def test_mixed_line_ends_form_feeds_and_odd_space_stay(tmp_path: Path, odd: str, again: str) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(IDLE.replace(odd, again).encode())
    assert fix(path) == MENDED.replace(odd, again).encode()


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o755, 0o664])
def test_the_mode_of_a_file_stays(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "net.py"
    path.write_text(IDLE)
    path.chmod(mode)
    assert fix(path) == MENDED.encode()
    assert stat.S_IMODE(path.stat().st_mode) == mode
    assert os.listdir(tmp_path) == ["net.py"]


def test_a_symbolic_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real, path = tmp_path / "there" / "real.py", tmp_path / "net.py"
    real.write_text(IDLE)
    path.symlink_to(real)
    assert fix(path) == MENDED.encode()
    assert path.is_symlink()
    assert real.read_text() == MENDED


def test_a_read_only_file_stays_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, other = tmp_path / "net.py", tmp_path / "other.py"
    path.write_text(IDLE)
    other.write_text(IDLE)
    path.chmod(0o444)
    assert main(["check", "--fix", str(path), str(other)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert f"rflint: {path} is read-only and stays as it is" in said
    assert "rflint: fixed 1 finding in 1 file" in said
    assert path.read_text() == IDLE
    assert other.read_text() == MENDED


def test_a_file_that_has_changed_meanwhile_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_text("x = 2\n")
    with pytest.raises(WriteError, match=r"net\.py has changed while it was linted, and stays as it is"):
        rewrite(str(path), "x = 1\n", "x = 3\n")
    assert path.read_text() == "x = 2\n"


def test_what_an_encoding_cannot_hold_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "net.py"
    path.write_bytes(b"# coding: ascii\n")
    with pytest.raises(WriteError, match=r"net\.py cannot hold its fixes in ascii, and stays as it is"):
        rewrite(str(path), "# coding: ascii\n", "# coding: ascii é\n")
    assert path.read_bytes() == b"# coding: ascii\n"


def test_a_file_whose_bytes_would_not_come_back_is_not_written(tmp_path: Path) -> None:
    path, held = tmp_path / "net.py", b"# coding: utf-7\n+AGE-\n"
    path.write_bytes(held)
    with pytest.raises(WriteError, match=r"cannot be written back byte by byte in utf-7"):
        rewrite(str(path), held.decode("utf-7"), "# coding: utf-7\nb\n")
    assert path.read_bytes() == held


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "net.py"
    path.write_text("x = 1\n")
    monkeypatch.setattr(writing.os, "replace", full)
    with pytest.raises(WriteError, match=r"net\.py cannot be written and stays as it is: No space left on device"):
        rewrite(str(path), "x = 1\n", "x = 3\n")
    assert path.read_text() == "x = 1\n"
    assert os.listdir(tmp_path) == ["net.py"]


def test_a_file_that_is_gone_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match=r"net\.py cannot be written and stays as it is: No such file"):
        rewrite(str(tmp_path / "net.py"), "x = 1\n", "x = 3\n")
    assert os.listdir(tmp_path) == []
