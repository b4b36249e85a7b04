"""What a run is asked to do: the command line laid over the configuration, and what is read from standard input."""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rflint import linter
from rflint.arguments import UsageError
from rflint.config import Config, ConfigError, is_selector, load
from rflint.diagnostics import Rule
from rflint.files import SourceError, decode
from rflint.linter import Options, read_from_disk
from rflint.shapes import Shape, parse_shape
from rflint.spelling import suggestion

RULE_KEYS = ("select", "extend_select", "ignore")
NAMED = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)\s*=)?(?P<shape>.*)", re.DOTALL)
Read = Callable[[str], "str | None"]


def asked(arguments: Namespace) -> tuple[list[str], Options]:
    """The targets, and the options for the linter.  Raises UsageError."""
    config = configured(arguments, linter.known_rules())
    inputs = tuple(read_input(text) for text in arguments.input)
    targets, read = standard_input(arguments)
    return targets, Options(config, inputs, arguments.train, arguments.verbose, arguments.debug, read)


def configured(arguments: Namespace, known: Mapping[str, Rule]) -> Config:
    """The configuration nearest to the targets, with what the command line says instead.  Raises UsageError."""
    explicit = Path(arguments.config) if arguments.config else None
    try:
        config = load(start(arguments), explicit, known)
    except ConfigError as error:
        raise UsageError(str(error)) from None
    return config if arguments.command == "show" else replace(config, **overrides(arguments, config, known))


def start(arguments: Namespace) -> Path:
    """Where the search for a configuration begins: the folder that all targets have in common."""
    paths = [target.partition("::")[0] for target in arguments.targets]
    named = [(arguments.stdin_filename or "." if path == "-" else path) for path in paths]
    try:
        return Path(os.path.commonpath([os.path.abspath(path) for path in named]))
    except ValueError:  # no target, or targets on two drives
        return Path.cwd()


def overrides(arguments: Namespace, config: Config, known: Mapping[str, Rule]) -> dict[str, Any]:
    """The settings that `check` is given on the command line; `--extend-select` adds, the others replace."""
    given = {key: vars(arguments)[key] for key in (*RULE_KEYS, "fail_on", "format")}
    found = {key: value for key, value in given.items() if value is not None}
    for key in RULE_KEYS:
        if key in found:
            found[key] = selectors(f"--{key.replace('_', '-')}", found[key], known)
    if "extend_select" in found:
        found["extend_select"] = config.extend_select + found["extend_select"]
    if arguments.per_file_ignores:
        found["per_file_ignores"] = per_file(arguments.per_file_ignores, known)
    return found


def selectors(option: str, given: Iterable[str], known: Mapping[str, Rule]) -> tuple[str, ...]:
    """The rules that an option names.  Raises UsageError for one that there is not, with the nearest that there is."""
    for selector in given:
        if not is_selector(selector, known):
            names = [word for code, rule in known.items() for word in (code, rule.name)]
            raise UsageError(f"{option}: there is no rule {selector!r}{suggestion(selector, names)}")
    return tuple(given)


def per_file(given: Sequence[str], known: Mapping[str, Rule]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """`tests/*:RF2,RF405,old.py:ALL` as patterns with their rules.  Raises UsageError."""
    rows: list[tuple[str, list[str]]] = []
    for word in ",".join(given).split(","):
        pattern, colon, selector = word.strip().rpartition(":")
        if colon:
            rows.append((pattern, []))
        if not rows or not rows[-1][0]:
            raise UsageError(f"--per-file-ignores: {word!r} has no pattern; write PATTERN:RULES, such as tests/*:RF101")
        rows[-1][1].append(selector.strip())
    return tuple((pattern, selectors("--per-file-ignores", rules, known)) for pattern, rules in rows)


def read_input(text: str) -> tuple[str, Shape]:
    """`mask=1,1,8,8` as name and shape; the name is "" where none is given.  Raises UsageError."""
    found = NAMED.fullmatch(text)
    assert found is not None  # the pattern matches any text
    try:
        return found["name"] or "", parse_shape(found["shape"])
    except ValueError as error:
        raise UsageError(f"--input: {error}") from None


def standard_input(arguments: Namespace) -> tuple[list[str], Read | None]:
    """The targets, `-` under the name of its text, and a reader that knows it.  Raises UsageError."""
    piped = [target for target in arguments.targets if target.partition("::")[0] == "-"]
    if not piped:
        return arguments.targets or ["."], None
    if len(arguments.targets) > 1:
        raise UsageError("`-` reads one file from standard input, and takes no other targets beside it")
    name = arguments.stdin_filename or "stdin"
    try:
        text = decode(name, sys.stdin.buffer.read())
    except SourceError as error:
        raise UsageError(str(error)) from None
    return [name + piped[0][1:]], lambda path: text if path == name else read_from_disk(path)
