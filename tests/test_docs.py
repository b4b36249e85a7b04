"""What the pages in docs/ show is what rflint prints; `python tests/test_docs.py` writes it anew."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from rflint import cli

PAGES = sorted((Path(__file__).parent.parent / "docs").glob("*.md"))
SOURCE = re.compile(r"^```(?:python|toml)\n# ([\w/]+\.(?:py|toml))\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"^```console\n\$ rflint ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def write_sources(page: str, folder: Path) -> None:
    """The files of a page."""
    for name, source in SOURCE.findall(page):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(source, encoding="utf-8")


def printed(command: str, capture: Any) -> str:
    """What a command prints, both streams."""
    cli.main(shlex.split(command))
    seen = capture()
    return str(seen.out + seen.err)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_commands_print_what_is_shown(page: Path, tmp_path: Path, monkeypatch: Any, capsys: Any) -> None:
    text = page.read_text(encoding="utf-8")
    write_sources(text, tmp_path)
    monkeypatch.chdir(tmp_path)
    for command, output in CONSOLE.findall(text):
        assert printed(command, capsys.readouterr) == output


def test_there_are_pages_with_output() -> None:
    with_output = {page.stem for page in PAGES if CONSOLE.search(page.read_text(encoding="utf-8"))}
    assert {"formats", "geometry", "tasks"} <= with_output


def update() -> None:
    """Write the output of all commands into the pages."""
    import os
    import subprocess
    import sys
    import tempfile

    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as folder:
            write_sources(text, Path(folder))

            def console(found: re.Match[str], folder: str = folder) -> str:
                run = [sys.executable, "-m", "rflint", *shlex.split(found[1])]
                plain = {**os.environ, "NO_COLOR": "1"}
                done = subprocess.run(run, cwd=folder, capture_output=True, text=True, env=plain)
                return f"```console\n$ rflint {found[1]}\n{done.stdout}{done.stderr}```"

            page.write_text(CONSOLE.sub(console, text), encoding="utf-8")


if __name__ == "__main__":
    update()
