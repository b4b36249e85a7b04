"""The sections that `rflint show` prints of the networks in fixtures, word for word as in tests/recorded/shown.

`python tests/test_shown.py` writes the records anew: read what has changed in them.
"""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest

from rflint import cli

TESTS = Path(__file__).parent
RECORDS = TESTS / "recorded" / "shown"
FIXTURES = TESTS.parent / "fixtures"
FILES = [
    *sorted((FIXTURES / "networks").glob("*.py")),
    *(FIXTURES / name / "networks.py" for name in ("pieces", "sizes")),
]
SECTIONS = ("--equivalent", "--halo", "--rate", "16000")


def name(file: Path) -> str:
    """What the record of a file is called."""
    return file.stem if file.parent.name == "networks" else file.parent.name


def shown(file: Path) -> str:
    """What is printed of a file; of small networks, how influence is spread too."""
    printed, before = io.StringIO(), Path.cwd()
    os.chdir(file.parent)
    with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
        cli.main(["show", file.name, *SECTIONS])
        if file.parent.name != "networks":
            cli.main(["show", file.name, "--effective", "--reached"])
    os.chdir(before)
    return printed.getvalue()


@pytest.mark.parametrize("file", FILES, ids=name)
def test_what_is_shown_is_as_recorded(file: Path) -> None:
    assert shown(file) == (RECORDS / f"{name(file)}.txt").read_text(encoding="utf-8"), "python tests/test_shown.py"


if __name__ == "__main__":
    RECORDS.mkdir(exist_ok=True)
    for file in FILES:
        (RECORDS / f"{name(file)}.txt").write_text(shown(file), encoding="utf-8")
