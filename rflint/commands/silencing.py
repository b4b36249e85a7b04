"""`rflint check --add-noqa`: the findings of a run are silenced where they stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rflint.commands.output import say
from rflint.commands.reporting import FAILED

if TYPE_CHECKING:
    from rflint.diagnostics import Diagnostic, Report
    from rflint.linter import Options


def add_noqa(report: Report, targets: Sequence[str], options: Options) -> int:
    """Write `# noqa` behind the findings of a report, in the files that are linted; say how many, and which are left.

    Gives the exit status: 2 if anything could not be read or written.
    """
    from rflint.diagnostics import Failure
    from rflint.fixes.writing import WriteError
    from rflint.formats.terminal import counted

    linted = {*report.linted, *(target.partition("::")[0] for target in targets)}
    found = [one for one in report.diagnostics if one.severity != "note"]
    here = [one for one in found if one.file in linted and can_be_silenced(one)]
    done = 0
    for file in sorted({one.file for one in here}):
        rows = [one for one in here if one.file == file]
        try:
            write(file, rows, options)
            done += len(rows)
        except WriteError as problem:
            report.failures.append(Failure(str(problem), file))
    say(map(str, report.failures))
    left = f"; {counted(len(found) - done, 'finding')} left as they are" if len(found) > done else ""
    say([f"silenced {counted(done, 'finding')} in {counted(len({one.file for one in here}), 'file')}{left}"])
    return FAILED if report.failures else 0


def can_be_silenced(found: Diagnostic) -> bool:
    """Whether a comment silences such a finding: not what a file that does not parse is found for."""
    from rflint.catalogue import SYNTAX

    return found.code != SYNTAX.code


def write(file: str, found: Sequence[Diagnostic], options: Options) -> None:
    """Write the comments into a file.  Raises WriteError."""
    from rflint.fixes.writing import rewrite
    from rflint.suppressing.commenting import commented

    text = options.reader(file)
    if text is not None:
        rewrite(file, text, commented(text, found))
