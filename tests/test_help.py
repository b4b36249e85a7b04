"""The help of all commands reads well in a terminal of 80 columns, and says something of each option."""

from __future__ import annotations

import argparse
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rflint.commands.arguments import COMMANDS
from rflint.commands.overview import overview, whole_parser
from rflint.commands.parsers import PARSERS

ROOT = Path(__file__).parents[1]
RECIPE = re.search(r"argparse-manpage (--module .*?)(?=--output)", (ROOT / "Makefile").read_text(), re.DOTALL)
MANPAGE = (
    [sys.executable, "-c", "from argparse_manpage.cli import main; main()", *shlex.split(RECIPE[1].replace("\\\n", ""))]
    if RECIPE
    else []
)
"""The command of `make man`."""


def test_the_overview_names_all_commands() -> None:
    assert tuple(PARSERS) == COMMANDS
    assert [line.split()[0] for line in overview().splitlines() if line[:2] == "  " != line[1:3]] == list(COMMANDS)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_no_line_is_longer_than_a_terminal_is_wide(command: str) -> None:
    words = [sys.executable, "-m", "rflint", *command.split(), "--help"]
    environment = {**os.environ, "COLUMNS": "80"}
    done = subprocess.run(words, capture_output=True, text=True, env=environment, check=True)
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 80


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_says_what_it_does(command: str) -> None:
    parser = PARSERS[command]()
    assert parser.description is not None
    assert parser.description.endswith(".")
    silent = [action.option_strings for action in parser._actions if action.option_strings and not action.help]
    assert not silent


def test_the_commands_of_the_whole_parser_take_the_same_options() -> None:
    [commands] = [one for one in whole_parser()._actions if isinstance(one, argparse._SubParsersAction)]
    for name, made in PARSERS.items():
        own = {option for action in made()._actions for option in action.option_strings}
        assert {option for action in commands.choices[name]._actions for option in action.option_strings} == own


def test_the_manual_page_holds_every_option(tmp_path: Path) -> None:
    page = tmp_path / "rflint.1"
    subprocess.run([*MANPAGE, "--output", str(page)], cwd=ROOT, check=True)
    text = page.read_text(encoding="utf-8").replace("\\-", "-").replace("\\", "")
    for made in PARSERS.values():
        parser = made()
        assert f"usage: {parser.usage}" in text
        shown = [action for action in parser._actions if action.option_strings and action.help != argparse.SUPPRESS]
        assert [action.option_strings[-1] for action in shown if action.option_strings[-1] not in text] == ["--help"]
    assert "EXIT STATUS" in text
    if shutil.which("mandoc") is not None:
        said = subprocess.run(["mandoc", "-T", "lint", "-W", "error", str(page)], capture_output=True, text=True)
        assert said.returncode == 0, said.stdout
