"""What a run is asked to do: the command line laid over the configuration, and what is read from standard input."""

from __future__ import annotations

import os
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from rflint.cache.rules import Rules
from rflint.commands.parser import UsageError
from rflint.config import KEYS, Config, ConfigError, Configurations, mistaken
from rflint.files import SourceError, decode
from rflint.options import Options, read_from_disk
from rflint.patterns import Patterns, check_patterns
from rflint.shapes import Shape, parse_shape

RULE_KEYS = ("select", "extend-select", "ignore")
NOT_OPTIONS = ("input", "network")
"""Settings that no option of the same name makes: shapes on the command line have their batch."""
NAMED = re.compile(r"\s*(?:(?P<name>[^\W\d]\w*)\s*=)?(?P<shape>.*)", re.DOTALL)
Read = Callable[[str], "str | None"]


def asked(arguments: Namespace) -> tuple[list[str], Options]:
    """The targets, and the options for the linter; the arguments have what the configuration says of the whole run.

    Raises UsageError.
    """
    config_of = configurations(arguments, Rules())
    config = config_of(start(arguments))
    fill(arguments, config)
    inputs = tuple(read_input(text) for text in arguments.input)
    targets, read = standard_input(arguments)
    train = bool(arguments.train)
    options = Options(config, inputs, train, arguments.verbose, arguments.debug, read, config_of=config_of)
    return targets, options


def configurations(arguments: Namespace, known: Mapping[str, Any]) -> Callable[[str], Config]:
    """What gives the configuration of a path: the nearest one, with what the command line says instead.

    It raises UsageError.
    """
    found = Configurations(arguments.config, arguments.isolated, known, overrides(arguments, known))

    def of(path: str) -> Config:
        try:
            return found.of(path)
        except ConfigError as error:
            raise UsageError(str(error)) from None

    return of


def start(arguments: Namespace) -> str:
    """Whose configuration is that of the whole run: the folder that all targets have in common."""
    paths = [target.partition("::")[0] for target in arguments.targets]
    named = [(arguments.stdin_filename or "." if path == "-" else path) for path in paths]
    try:
        return os.path.commonpath([os.path.abspath(path) for path in named])
    except ValueError:  # no target, or targets on two drives
        return "."


def overrides(arguments: Namespace, known: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that the command line makes, by key.  Raises UsageError."""
    given = {name: vars(arguments).get(key.attribute) for name, key in KEYS.items() if name not in NOT_OPTIONS}
    found = {name: value for name, value in given.items() if value is not None}
    if arguments.command != "check":
        found.pop("format", None)
    for name in RULE_KEYS:
        if name in found:
            found[name] = selectors(f"--{name}", found[name], known)
    for name in ("exclude", "extend-exclude"):
        if name in found:
            found[name] = (patterns(f"--{name}", found[name]),)
    if "per-file-ignores" in found:
        found["per-file-ignores"] = per_file(found["per-file-ignores"], known)
    return found


def fill(arguments: Namespace, config: Config) -> None:
    """Write into the arguments what command line and configuration together say of the whole run."""
    for name, key in KEYS.items():
        if key.of_run and not (name == "format" and arguments.command != "check"):
            setattr(arguments, key.attribute, getattr(config, key.attribute))


def patterns(option: str, given: Sequence[str]) -> Patterns:
    """The patterns that an option names, as seen from the working folder.  Raises UsageError."""
    try:
        check_patterns(given)
    except ValueError as problem:
        raise UsageError(f"{option}: {problem}") from None
    return Patterns(".", tuple(given))


def selectors(option: str, given: Iterable[str], known: Mapping[str, Any]) -> tuple[str, ...]:
    """The rules that an option names.  Raises UsageError for one that there is not, with the nearest that there is."""
    chosen = tuple(given)
    if wrong := mistaken(chosen, known):
        raise UsageError(f"{option}: {wrong}")
    return chosen


def per_file(given: Sequence[str], known: Mapping[str, Any]) -> tuple[tuple[str, tuple[str, ...]], ...]:
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
