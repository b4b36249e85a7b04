"""What a run comes to, before anything is read: its files, each with its configuration, and where imports may lie."""

from __future__ import annotations

from collections.abc import Sequence

from rflint.config import Config
from rflint.diagnostics import Failure
from rflint.environment import library_folders, source_folders
from rflint.folders import find_files
from rflint.options import Options

Work = list[tuple[str, str]]
"""Files, each once, with the call that is asked for ("" for all roots)."""


def work(targets: Sequence[str], options: Options) -> tuple[Work, list[Failure]]:
    """The files of a run, and what is wrong with some targets."""
    calls = [target.partition("::") for target in targets]
    plain, failures = [path for path, _, call in calls if not call.strip()], list[Failure]()
    if options.read is None:
        plain, failures = find_files(plain, options.configured)
    asked = dict.fromkeys((path, call.strip()) for path, _, call in calls if call.strip())
    return [*((file, "") for file in dict.fromkeys(plain)), *asked], failures


def around(targets: Sequence[str], options: Options) -> list[str]:
    """The paths that a run is about: imports are looked for around these."""
    return list(dict.fromkeys(target.partition("::")[0] for target in options.around or targets))


def search(paths: Sequence[str], config: Config) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The folders where imports may lie, and those among them that hold installed libraries."""
    libraries = library_folders(paths, config.environment)
    return (*config.src, *source_folders(paths), *libraries), libraries
