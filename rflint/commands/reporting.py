"""How the report of `check` is delivered: in the format that is asked for, to stdout or a file, with its counts."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rflint.choices import FOR_PEOPLE, WITH_CELLS
from rflint.commands.output import in_colour, say, write

FOUND = 1
FAILED = 2

if TYPE_CHECKING:
    from rflint.diagnostics import Diagnostic, Report
    from rflint.formats.registry import View
    from rflint.options import Options


def deliver(report: Report, arguments: Namespace, options: Options) -> None:
    """Write the findings, and the counts of `--statistics` below them; what machines read stays alone on its stream."""
    from rflint.formats.registry import written
    from rflint.formats.summary import statistics

    wanted = options.config.format
    shown = placed(report, options, wanted in WITH_CELLS)
    colour = in_colour(arguments.color, arguments.output_file is not None)
    text = written(shown, wanted, view(report, options, colour))
    counts = statistics(report.diagnostics) if arguments.statistics else ""
    write(text + counts if wanted in FOR_PEOPLE else text, arguments.output_file)
    if wanted not in FOR_PEOPLE:
        say(counts.splitlines())


def placed(report: Report, options: Options, cells: bool) -> Report:
    """The report with the lines of notebooks counted in their cells, or without them in formats that know no cells."""
    from rflint.notebooks.showing import in_cells

    return in_cells(report, options.reader, cells)


def conclude(report: Report, arguments: Namespace, options: Options, held: Sequence[str] = ()) -> None:
    """Say what could not be done, what was looked at, and what a baseline holds back."""
    from rflint.formats.summary import summary

    report = placed(report, options, cells=True)
    say(map(str, report.failures))
    if arguments.verbose:
        say(report.undecided)
    if not arguments.quiet:
        say([*held, summary(report)])


def status(report: Report, fail_on: str, exit_zero: bool) -> int:
    """The exit status of a finished check."""
    from rflint.diagnostics import SEVERITIES

    if report.failures:
        return FAILED
    serious = SEVERITIES[SEVERITIES.index(fail_on) :] if fail_on in SEVERITIES else ()
    return FOUND if not exit_zero and any(found.severity in serious for found in report.diagnostics) else 0


def view(report: Report, options: Options, colour: bool) -> View:
    """The sources that formats need, and the fingerprints of the findings of a report where they really stand."""
    from rflint.formats.registry import View

    read = options.reader

    def lines(file: str) -> list[str]:
        from rflint.notebooks.showing import cell_lines, split
        from rflint.source import NEWLINE

        name, cell = split(file)
        text = read(name)
        if text is not None and cell is not None:
            return cell_lines(text, cell)
        return [] if text is None else NEWLINE.split(text.removeprefix("\ufeff"))

    def marks(found: Sequence[Diagnostic]) -> list[str]:
        from rflint.fingerprints import fingerprints, numbered

        return list(numbered(fingerprints(report.diagnostics, read)))

    return View(lines, os.getcwd(), colour, marks)
