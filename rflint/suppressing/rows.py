"""Rows of `per-file-ignores` that silence nothing: RF910 in the configuration."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rflint.catalogue import UNUSED
from rflint.config import COMMAND_LINE, Config
from rflint.diagnostics import Diagnostic, Rule, Span
from rflint.selection import fits, matches
from rflint.suppressing.ledger import Walked

KEY = "per-file-ignores"


@dataclass(frozen=True, slots=True)
class Project:
    """What the rows of a configuration are judged by: the files that are linted under it, the networks that were
    followed, the rules that apply, and the pairs of pattern and selector that were needed."""

    files: Collection[str]
    walked: Sequence[Walked]
    rules: Mapping[str, Rule]
    used: Collection[tuple[str, str]]


def idle(config: Config, project: Project) -> Iterator[Diagnostic]:
    """A finding for each pattern that fits no file, and for each selector that surely silences nothing."""
    for pattern, selectors in config.per_file_ignores:
        files = {file for file in project.files if fits(file, pattern)}
        if not files:
            yield _finding(config, f"no file that is linted is called {pattern}")
        elif _is_followed(files, project.walked):
            for selector in selectors:
                if (pattern, selector) not in project.used and _is_applied(selector, project.rules):
                    yield _finding(config, f"there is no {selector} in {pattern} to silence")


def is_whole(config: Config, targets: Sequence[str]) -> bool:
    """Whether the folder of the one file that has such rows is linted as a whole."""
    if len(config.files) != 1 or not config.per_file_ignores or COMMAND_LINE in config.origins.get(KEY, ()):
        return False
    folder = os.path.dirname(os.path.abspath(config.files[0]))
    return any(os.path.join(folder, "").startswith(os.path.join(os.path.abspath(target), "")) for target in targets)


def _is_followed(files: Collection[str], walked: Sequence[Walked]) -> bool:
    """Whether networks run the code of files, and each of these was followed to its end."""
    here = [one for one in walked if not one.marks.keys().isdisjoint(files)]
    reached = {file for one in here for file in one.marks}
    return reached.issuperset(files) and all(one.complete for one in here)


def _is_applied(selector: str, rules: Mapping[str, Rule]) -> bool:
    """Whether any rule that a selector means was applied, but for the one that looks at suppressions itself."""
    return any(matches(selector, rule) for rule in rules.values() if rule.code != UNUSED.code)


def _finding(config: Config, message: str) -> Diagnostic:
    file, _, line = config.origins[KEY][0].rpartition(":")
    where = Span(int(line), 1, int(line), 1)
    return Diagnostic(file, where, UNUSED.code, UNUSED.name, UNUSED.severity, f"{KEY}: {message}", subject=message)
