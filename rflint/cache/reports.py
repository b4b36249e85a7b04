"""The reports of earlier runs: what has not changed since is not linted again, and nothing is parsed.

A report hangs on rflint itself, the options, the files that are linted with their configurations, the folders where
imports may lie, and the text of every file that was read or looked for in vain.  All of that is compared.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rflint.cache.entries import BROKEN, digest, folder, held, keep, ourselves
from rflint.config import KEYS, Config
from rflint.diagnostics import Report
from rflint.options import Options, read_from_disk
from rflint.plain_data import packed, unpacked
from rflint.work import around, search, work


def checked(targets: Sequence[str], options: Options) -> Report:
    """The report of a run: that of an earlier one if nothing has changed that it hangs on."""
    place = slot(targets, options)
    if place is None:
        return linted(targets, options)
    state = digest(standing(targets, options))
    report = recalled(place, state)
    if report is None:
        seen = Reads()
        report = linted(targets, replace(options, told=seen.note))
        if not report.failures:
            keep(place, state, {"reads": seen.digests, "report": packed(report)})
    return report


def linted(targets: Sequence[str], options: Options) -> Report:
    """The report of a run that is made now."""
    from rflint import linter

    return linter.check(targets, options)


@dataclass(slots=True)
class Reads:
    """The digests of the files that a run has read; None for those that there are not."""

    digests: dict[str, str | None] = field(default_factory=dict)

    def note(self, path: str, text: str | None) -> None:
        """Take in what was read."""
        self.digests[path] = None if text is None else digest(text)


def slot(targets: Sequence[str], options: Options) -> str | None:
    """The file for the report of such a run; None if it is not to be kept, or there is no project to keep it in."""
    inside = folder()
    if inside is None or options.read is not None or options.debug:
        return None
    asked = (os.getcwd(), *targets, options.inputs, options.train, options.verbose, options.noqa, options.around)
    return os.path.join(inside, digest(repr(asked)) + ".json")


def standing(targets: Sequence[str], options: Options) -> str:
    """What a report hangs on besides the texts of files.  Raises what reading configurations raises."""
    files, failures = work(targets, options)
    configs = {file: options.configured(file) for file, _ in files}
    paths = around(targets, options)
    places = {config: search(paths, config) for config in configs.values()}
    said = [(file, of_files(config), places[config]) for file, config in configs.items()]
    return repr((ourselves(), files, failures, said))


def of_files(config: Config) -> list[Any]:
    """The settings that speak of single files."""
    return [getattr(config, key.attribute) for key in KEYS.values() if not key.of_run]


def recalled(place: str, state: str) -> Report | None:
    """The report that is kept there, if it is about the same state; None for one that is broken, too."""
    try:
        entry = held(place, state)
        if not all(is_same(path, one) for path, one in entry["reads"].items()):
            return None
        report: Report = unpacked(Report, entry["report"])
    except BROKEN:
        return None
    return report


def is_same(path: str, known: str | None) -> bool:
    """Whether a file still has the text of this digest; None for a file that there was not."""
    text = read_from_disk(path)
    return (None if text is None else digest(text)) == known
