"""`rflint check --baseline`: findings that a baseline holds are left out of the report, and the baseline is written."""

from __future__ import annotations

import os
from argparse import Namespace
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from rflint.commands.parser import UsageError

if TYPE_CHECKING:
    from rflint.baseline import Comparison, Entry, Record
    from rflint.config import Config
    from rflint.diagnostics import Report
    from rflint.linter import Options


def hold_back(report: Report, arguments: Namespace, options: Options) -> list[str]:
    """Take what the baseline holds out of a report, and write the baseline where that is asked for.

    Gives sentences about both, none without a baseline.  Raises UsageError for a baseline that cannot be used.
    """
    if not arguments.baseline:
        refuse_without_baseline(arguments)
        return []
    from rflint.baseline import compared, entries
    from rflint.fingerprints import fingerprints

    path = arguments.baseline
    text, record = recorded(path, anew=arguments.update_baseline)
    found = [one for one in report.diagnostics if one.severity != "note"]
    prints = fingerprints(found, options.reader)
    named = entries(found, prints, lambda file: name_in(path, file))
    result = compared(record or {}, named, settled_by(report, options, path))
    said, kept = outcome(path, record is not None, result, arguments, options.config)
    if kept is not None:
        save(path, text, Counter(named[number] for number in kept) + result.open)
    held = {id(found[number]) for number in (result.held if kept is None else kept)}
    report.diagnostics = [one for one in report.diagnostics if id(one) not in held]
    return said


def refuse_without_baseline(arguments: Namespace) -> None:
    """Raise UsageError for options that speak of a baseline where there is none."""
    for option in ("update", "prune"):
        if getattr(arguments, f"{option}_baseline"):
            raise UsageError(
                f"--{option}-baseline needs a baseline: name one with --baseline FILE, or in the configuration"
            )


def outcome(
    path: str, exists: bool, result: Comparison, arguments: Namespace, config: Config
) -> tuple[list[str], list[int] | None]:
    """What is said of a baseline, and the findings that it is to hold from now on; None to leave it as it is."""
    from rflint.config import COMMAND_LINE
    from rflint.formats.terminal import counted

    every = sorted([*result.held, *result.new])
    if arguments.update_baseline or (not exists and config.origins.get("baseline", ())[-1:] == (COMMAND_LINE,)):
        return [f"{path} holds {counted(len(every), 'finding')} from now on"], every
    if not exists:
        return [f"{path} does not exist and holds nothing back; --update-baseline writes it"], None
    gone = sum(result.gone.values())
    said = [f"{path} holds back {counted(len(result.held), 'finding')}"] if result.held else []
    if gone and arguments.prune_baseline:
        return [*said, f"{path} no longer holds {counted(gone, 'finding')} that had gone"], result.held
    if gone:
        what = (
            "that is gone; --prune-baseline takes it out"
            if gone == 1
            else "that are gone; --prune-baseline takes them out"
        )
        said.append(f"{path} holds {counted(gone, 'finding')} {what}")
    return said, None


def settled_by(report: Report, options: Options, path: str) -> Callable[[Entry], bool]:
    """Whether a run would have found what an entry of a baseline says: its file was linted as a whole, or is no longer
    there, and its rule was applied."""
    from rflint.catalogue import known_rules
    from rflint.selection import ignored_in, selected

    known, folder = known_rules(), os.path.dirname(os.path.abspath(path))
    linted = {os.path.abspath(file): file for file in report.linted}

    def is_settled(entry: Entry) -> bool:
        full = os.path.join(folder, *entry.file.split("/"))
        file = linted.get(os.path.normpath(full))
        if file is None and os.path.exists(full):
            return False
        config = options.config_of(file) if file is not None and options.config_of is not None else options.config
        rule = selected(config, known, config.task).get(entry.code)
        return rule is not None and not ignored_in(config, file or entry.file, rule)

    return is_settled


def name_in(path: str, file: str) -> str:
    """What a file is called in a baseline: its path from there, with slashes."""
    full, folder = os.path.abspath(file), os.path.dirname(os.path.abspath(path))
    try:
        return os.path.relpath(full, folder).replace(os.sep, "/")
    except ValueError:  # on another drive
        return full.replace(os.sep, "/")


# The file


def recorded(path: str, anew: bool) -> tuple[str, Record | None]:
    """The text of a baseline and its entries; None if there is no such file, or if it is broken and is to be written
    anew.  Raises UsageError."""
    from rflint.baseline import BaselineError, read

    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            text = file.read()
        return text, read(text, path)
    except FileNotFoundError:
        return "", None
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            f"{path}: the baseline cannot be read: {getattr(problem, 'strerror', None) or problem}"
        ) from None
    except BaselineError as problem:
        if problem.broken and anew:
            return text, None
        raise UsageError(str(problem)) from None


def save(path: str, before: str, record: Record) -> None:
    """Write a baseline, in one step if there was one before.  Raises UsageError."""
    from rflint.baseline import written
    from rflint.fixes.writing import WriteError, rewrite

    try:
        if os.path.exists(path):
            rewrite(path, before, written(record))
        else:
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(written(record))
    except OSError as problem:
        raise UsageError(f"{path}: the baseline cannot be written: {problem.strerror or problem}") from None
    except WriteError as problem:
        raise UsageError(str(problem)) from None
