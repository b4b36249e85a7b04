"""The flake8 plugin: the findings of rflint, each in the file where it stands, for flake8 to select, silence and print.

flake8 hands over one file at a time, and what is wrong with a layer often shows only in the network of another file.
So all files that flake8 was given are linted together, once, and every file is told what stands in it.
"""

from __future__ import annotations

import multiprocessing
import os
import re
from argparse import Namespace
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from rflint import __version__, linter
from rflint.api import check
from rflint.comments.reading import TASKS
from rflint.config import Config, ConfigError, Configurations, mistaken
from rflint.diagnostics import Diagnostic, Failure, Report, Rule
from rflint.folders import find_files
from rflint.formats.concise import witnessed
from rflint.spelling import suggestion

FAILURE = "RF999"
"""What flake8 shows for what ends the command line with status 2: its text says what to do."""
RULES = {
    "select": "apply these rules of rflint and no others: codes, prefixes (RF2), names or ALL",
    "extend-select": "apply these rules of rflint too, among them those that are off by default",
    "ignore": "do not apply these rules of rflint",
}


class Row(NamedTuple):
    """A line for flake8: its columns count from 0."""

    line: int
    column: int
    text: str
    by: type


class Unusable(Exception):
    """Options or a configuration that cannot be used: a sentence."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What flake8 is asked to lint, and the settings that its own options give."""

    paths: tuple[str, ...]
    files: frozenset[str]
    """The absolute paths of those files that flake8 itself would look at."""
    config: str | None = None
    task: str | None = None
    rules: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Plugin:
    """What flake8 makes of each file, and asks for the findings in it."""

    name = "rflint"
    version = __version__
    options: ClassVar[Namespace]

    def __init__(self, tree: object, filename: str, lines: list[str]) -> None:
        self.filename, self.lines = filename, lines

    def run(self) -> Iterator[Row]:
        """The findings in this file."""
        try:
            if "-" in self.options.filenames:
                yield from of_text(asked(self.options), self.filename, "".join(self.lines))
            else:
                yield from findings(asked(self.options)).get(os.path.abspath(self.filename), ())
        except Unusable as problem:
            raise execution_error(problem) from None

    @staticmethod
    def add_options(manager: Any) -> None:
        """Tell flake8 our options, for its command line and its configuration."""
        add = manager.add_option
        add("--rflint-config", metavar="PATH", parse_from_config=True, help="rflint's configuration, not the nearest")
        task = f"what the networks are for: {', '.join(TASKS)}"
        add("--rflint-task", metavar="TASK", parse_from_config=True, help=task)
        for name, text in RULES.items():
            add(
                f"--rflint-{name}",
                metavar="RULES",
                default=[],
                comma_separated_list=True,
                parse_from_config=True,
                help=text,
            )

    @classmethod
    def parse_options(cls, manager: object, options: Namespace, paths: object) -> None:
        """Keep the options, and lint what is asked for where the processes that flake8 forks will inherit it."""
        cls.options = options
        try:
            request = asked(options)
            refuse(request, linter.known_rules())
            config_of = configurations(request)
            for path in options.filenames or ["."]:
                config_of(path)
            if "-" not in options.filenames and forks():
                findings(request)
        except Unusable as problem:
            raise execution_error(problem) from None


def execution_error(problem: Unusable) -> Exception:
    """What ends flake8 with a sentence."""
    from flake8.exceptions import ExecutionError

    error: Exception = ExecutionError(f"rflint: {problem}")
    return error


def forks() -> bool:
    """Whether new processes begin as copies of this one."""
    return (multiprocessing.get_start_method(allow_none=True) or multiprocessing.get_all_start_methods()[0]) == "fork"


def asked(options: Namespace) -> Asked:
    """What flake8 is asked for."""
    given = vars(options)
    rules = ((name.replace("-", "_"), tuple(given[f"rflint_{name.replace('-', '_')}"])) for name in RULES)
    return Asked(
        tuple(options.filenames) or (".",),
        frozenset(lintable(options)),
        options.rflint_config,
        options.rflint_task,
        tuple((name, chosen) for name, chosen in rules if chosen),
    )


def lintable(options: Namespace) -> Iterator[str]:
    """The absolute paths of the files that flake8 looks at."""
    from flake8.discover_files import expand_paths

    found = expand_paths(
        paths=options.filenames,
        stdin_display_name=options.stdin_display_name,
        filename_patterns=options.filename,
        exclude=(*options.exclude, *options.extend_exclude),
    )
    yield from map(os.path.abspath, found)


def configurations(request: Asked) -> Callable[[str], Config]:
    """What gives the configuration nearest to a path, as the files have it; it raises Unusable."""
    found = Configurations(request.config, known=linter.known_rules())

    def of(path: str) -> Config:
        try:
            return found.of(path)
        except ConfigError as problem:
            raise Unusable(str(problem)) from None

    return of


def refuse(request: Asked, known: Mapping[str, Rule]) -> None:
    """Raise Unusable for a rule or a task that there is not; argparse does not look at what a configuration says."""
    for name, chosen in request.rules:
        if wrong := mistaken(chosen, known):
            raise Unusable(f"--rflint-{name.replace('_', '-')}: {wrong}")
    if request.task is not None and request.task not in TASKS:
        near = suggestion(request.task, TASKS, 0.5)
        raise Unusable(f"--rflint-task is one of {', '.join(TASKS)}, not {request.task!r}{near}")


@lru_cache(maxsize=1)
def findings(request: Asked) -> Mapping[str, list[Row]]:
    """The findings in all files that are asked for, by absolute path.  Raises Unusable."""
    found, _ = find_files(request.paths, configurations(request))
    files = [file for file in found if os.path.abspath(file) in request.files]
    return by_file(report(request, files), files) if files else {}


def of_text(request: Asked, name: str, text: str) -> list[Row]:
    """The findings in what flake8 has read from standard input.  Raises Unusable."""
    return by_file(report(request, [name], text), [name])[os.path.abspath(name)]


def report(request: Asked, files: list[str], text: str | None = None) -> Report:
    """What is found in files, or in the text of one.  Raises Unusable."""
    given: dict[str, Any] = {**dict(request.rules), "task": request.task, "config": request.config}
    try:
        return check(*files, text=text, noqa=False, **given)
    except ConfigError as problem:
        raise Unusable(str(problem)) from None


def by_file(report: Report, files: list[str]) -> Mapping[str, list[Row]]:
    """The findings and failures of a report by the absolute path of the file where they stand."""
    rows: dict[str, list[Row]] = defaultdict(list)
    for one in report.diagnostics:
        rows[os.path.abspath(one.file)].append(finding(one))
    for problem in report.failures:
        rows[os.path.abspath(problem.file or files[0])].append(failure(problem))
    return rows


def finding(found: Diagnostic) -> Row:
    """A finding as flake8 takes it: the rule's name at the end says what to look up."""
    witness = witnessed(found)
    text = " ".join(filter(None, (found.code, found.message, witness, f"({found.name})")))
    return Row(found.span.line, found.span.column - 1, re.sub(r"\s+", " ", text), Plugin)


def failure(problem: Failure) -> Row:
    """What could not be done in a file, at its line if there is one; flake8 itself says where."""
    place = f"{problem.file}:{problem.line}: " if problem.line else f"{problem.file}: "
    return Row(problem.line or 1, 0, f"{FAILURE} {problem.sentence.removeprefix(place)}", Plugin)
