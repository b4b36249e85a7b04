"""The JSON schema of configurations takes what the reader takes, and the table of settings is that of the options."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import jsonschema
import pytest
import tomli

from rflint.cli import main
from rflint.commands.arguments import options_of
from rflint.commands.parsers import check_parser
from rflint.config import KEYS, Config, ConfigError, from_toml
from rflint.config.schema import of_project, schema
from rflint.linter import known_rules

RULES = known_rules()
SCHEMA = jsonschema.Draft7Validator(schema(RULES))

GOOD = (
    "",
    'extend = "../base.toml"',
    'select = ["RF2", "RF201", "gridding-holes", "ALL", "RF"]\nignore = []\nextend-select = ["RF607"]',
    'per-file-ignores = {"tests/*" = ["ALL"], "*.py" = []}',
    'task = "audio"',
    'input = [3, "32*h", "W"]',
    'src = ["src", "lib"]\nenvironment = ".venv"',
    'exclude = ["a/", "!b"]\nextend-exclude = ["*_pb2.py"]\nrespect-gitignore = false\nforce-exclude = true',
    'required-version = ">=0.1,<1"',
    'train = true\nfail-on = "never"\nexit-zero = true\nformat = "full"\noutput-file = "found.txt"',
    'statistics = true\ncolor = "never"\nverbose = true\nquiet = false\ncache = false\njobs = 4',
    "fix = true\nunsafe-fixes = true\nfix-only = false\nshow-fixes = true\nbaseline = 'known.json'",
    '[[network]]\ncall = "Net()"\ninput = [3]\ntask = "audio"\ncontracts = ["rf>=512", "causal"]\nrate = 16000',
    '[[network]]\ncall = "Net()"\ninputs = {x = [3, "H"]}\nmin-ms = 2.5\nobject-size = [8, 16]',
    '[[network]]\ncall = "Net()"\ninputs = [[3], [4]]\ncontracts = ["reached == 100%", "size==input", "jump==1/2"]',
)
BAD = (
    "selct = []",
    "extend = 3",
    'select = "RF2"',
    'select = ["RF9999"]',
    'ignore = ["griding-holes"]',
    'per-file-ignores = {"tests/*" = "ALL"}',
    'per-file-ignores = ["ALL"]',
    'task = "sound"',
    "input = []",
    "input = [0]",
    "input = 3",
    "src = 'src'",
    "environment = []",
    "exclude = [3]",
    'respect-gitignore = "no"',
    "required-version = 1",
    'fail-on = "fatal"',
    'format = "pretty"',
    "jobs = 0",
    "jobs = true",
    "statistics = 1",
    'color = "yes"',
    "network = {}",
    "[[network]]\ninput = [3]",
    '[[network]]\ncall = "A()"\ninput = [3]\ninputs = []',
    '[[network]]\ncall = "A()"\ninputs = [3]',
    '[[network]]\ncall = "A()"\ncontract = ["rf>=5"]',
    '[[network]]\ncall = "A()"\ncontracts = ["rf=5"]',
    '[[network]]\ncall = "A()"\ncontracts = ["jmp==5"]',
    '[[network]]\ncall = "A()"\nrate = -1',
    '[[network]]\ncall = "A()"\nobject-size = [2.5]',
)


def readable(text: str) -> bool:
    """Whether the reader takes it."""
    try:
        from_toml(text, RULES)
    except ConfigError as problem:
        return "base.toml cannot be read" in str(problem)
    return True


@pytest.mark.parametrize("text", GOOD)
def test_what_can_be_read_is_valid(text: str) -> None:
    assert readable(text)
    SCHEMA.validate(tomli.loads(text))
    table = {"project": {"name": "a"}, "tool": {"ruff": 3, "rflint": tomli.loads(text)}}
    jsonschema.Draft7Validator(of_project(schema(RULES))).validate(table)


@pytest.mark.parametrize("text", BAD)
def test_what_cannot_be_read_is_invalid(text: str) -> None:
    assert not readable(text)
    assert not SCHEMA.is_valid(tomli.loads(text))
    table = {"tool": {"rflint": tomli.loads(text)}}
    assert not jsonschema.Draft7Validator(of_project(schema(RULES))).is_valid(table)


@pytest.mark.parametrize("arguments", [[], ["rflint.toml"], ["pyproject.toml"]])
def test_the_command_prints_a_schema(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "--schema", *arguments]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    jsonschema.Draft7Validator.check_schema(printed)
    assert printed == (of_project(schema(RULES)) if arguments == ["pyproject.toml"] else schema(RULES))


def test_examples_hold_every_setting() -> None:
    written = {name for text in GOOD for name in tomli.loads(text)}
    assert written == {*KEYS, "extend"}


def test_every_setting_is_a_part_of_the_configuration() -> None:
    assert {key.attribute for key in KEYS.values()} == {one.name for one in fields(Config)} - {"files", "origins"}


OF_ONE_RUN = {
    "help",
    "stdin-filename",
    "config",
    "isolated",
    "debug",
    "diff",
    "add-noqa",
    "update-baseline",
    "prune-baseline",
}
"""Options that say which configuration counts, or that make sense in one run only."""


def test_what_can_be_said_on_the_command_line_can_be_set() -> None:
    options = {option.removeprefix("--") for option in options_of(check_parser()) if option.startswith("--")}
    settable = {option for option in options if option in KEYS or option.removeprefix("no-") in KEYS}
    assert options - settable == OF_ONE_RUN
