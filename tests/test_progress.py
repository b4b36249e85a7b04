"""The bar of long runs, drawn in a real terminal and nowhere else."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from rflint import linter
from rflint.config import Config

fcntl, pty, termios = map(pytest.importorskip, ("fcntl", "pty", "termios"))
IMPATIENT = (
    "import sys, rflint.commands.progress as p; p.PATIENCE = 0; "
    "from rflint.cli import main; sys.exit(main(sys.argv[1:]))"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files with nothing to find."""
    for name in ("a.py", "b.py", "[red]c.py"):
        (tmp_path / name).write_text("import torch\n", encoding="utf-8")
    return tmp_path


def seen(folder: Path, *arguments: str, **variables: str) -> tuple[str, str]:
    """What a run writes to stdout, a pipe, and to stderr, a terminal of 80 columns."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm", **variables}
    command = [sys.executable, "-c", IMPATIENT, "check", ".", *arguments]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=side, env=environment, text=True)
    os.close(side)
    written = b""
    while piece := read_on(main):
        written += piece
    os.close(main)
    assert done.returncode == 0
    return done.stdout, written.decode()


def read_on(terminal: int) -> bytes:
    """What a terminal still holds; nothing once its other side is closed."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_a_terminal_shows_how_many_files_are_done_and_is_left_clean(folder: Path) -> None:
    out, err = seen(folder)
    assert out == ""
    assert "2/3" in err
    assert err.splitlines()[-1].rpartition("\r")[2] == "rflint: no network found in 3 files; no findings"
    assert err.count("\n") == 1


@pytest.mark.parametrize("way", [{"TERM": "dumb"}, {"arguments": "--quiet"}], ids=["dumb", "quiet"])
def test_no_bar_where_it_is_not_wanted(folder: Path, way: dict[str, str]) -> None:
    quiet = [way.pop("arguments")] if "arguments" in way else []
    assert "2/3" not in seen(folder, *quiet, **way)[1]


def test_nothing_of_it_in_a_pipe(folder: Path) -> None:
    code = IMPATIENT.replace("sys.exit(main(sys.argv[1:]))", "main(sys.argv[1:]); print('tqdm' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code, "check", "."], cwd=folder, capture_output=True, text=True)
    assert done.stdout == "False\n"
    assert done.stderr == "rflint: no network found in 3 files; no findings\n"


def test_the_linter_tells_each_file(folder: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(folder)
    told: list[tuple[int, int, str]] = []
    options = linter.Options(Config(), progress=lambda *at: told.append(at))
    linter.check(["a.py", "b.py"], options)
    assert told == [(0, 2, "a.py"), (1, 2, "b.py")]
