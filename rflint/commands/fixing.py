"""`rflint check --fix` and its kin: what is fixed is written, or shown as a diff, and what is left is reported."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rflint.commands.output import in_colour, say, write
from rflint.commands.parser import UsageError
from rflint.commands.progress import progress
from rflint.commands.recording import hold_back
from rflint.commands.reporting import FAILED, FOUND, conclude, deliver, status

if TYPE_CHECKING:
    from rflint.fixes.mending import Mended
    from rflint.options import Options


def is_wanted(arguments: Namespace) -> bool:
    """Whether the command line, or the configuration, asks for fixes."""
    return bool(arguments.diff or arguments.fix or arguments.fix_only)


def fix(arguments: Namespace, targets: Sequence[str], options: Options) -> int:
    """Make the fixes; write them, to stdout what has come from there, or show them; then report what is left.

    Gives the exit status: of `--diff` whether anything would change, of `--fix-only` whether all could be written, and
    else what is left.
    """
    from rflint.fixes.mending import mended
    from rflint.notebooks.reading import is_notebook

    piped = any(target.partition("::")[0] == "-" for target in arguments.targets)
    if piped and is_notebook(targets[0].partition("::")[0]) and not arguments.diff:
        raise UsageError("a notebook from standard input is linted, and not fixed")
    with progress(arguments.quiet) as told:
        done = mended(targets, replace(options, progress=told), bool(arguments.unsafe_fixes))
    if arguments.diff:
        show_diff(done, in_colour(arguments.color))
    elif piped:
        show_text(done, targets[0].partition("::")[0], options)
    else:
        write_files(done)
    held = hold_back(done.report, arguments, options) if not (arguments.diff or arguments.fix_only) else []
    if not (arguments.diff or piped or arguments.fix_only):
        deliver(done.report, arguments, options)
    say_fixed(done, arguments)
    if not (arguments.diff or arguments.fix_only):
        conclude(done.report, arguments, options, held)
        return status(done.report, options.config.fail_on, arguments.exit_zero)
    say(map(str, done.report.failures))
    changes = bool(arguments.diff and done.texts and not arguments.exit_zero)
    return FAILED if done.report.failures else FOUND if changes else 0


def write_files(done: Mended) -> None:
    """Write the files that have changed; what cannot be written is a failure."""
    from rflint.diagnostics import Failure
    from rflint.fixes.writing import WriteError, rewrite

    for path, (before, after) in sorted(done.texts.items()):
        try:
            rewrite(path, before, after)
        except WriteError as problem:
            done.report.failures.append(Failure(str(problem), path))
            done.fixed[:] = [one for one in done.fixed if one.file != path]
            del done.texts[path]


def show_text(done: Mended, name: str, options: Options) -> None:
    """Write to stdout the text that was read from stdin, fixed."""
    read = options.read
    held = read(name) if read is not None else None
    write(done.texts[name][1] if name in done.texts else held or "")


def show_diff(done: Mended, colour: bool) -> None:
    """Write to stdout what would change."""
    from rflint.formats.diff import unified

    write("".join(unified(name, *texts, colour) for name, texts in parted(done)))


def parted(done: Mended) -> Iterator[tuple[str, tuple[str, str]]]:
    """The names and texts, before and after, of what has changed: files, and the cells of notebooks."""
    from rflint.notebooks.reading import is_notebook
    from rflint.notebooks.showing import changed_cells

    for path, texts in sorted(done.texts.items()):
        if is_notebook(path):
            yield from ((f"{path}:cell {number}", pair) for number, pair in changed_cells(*texts))
        else:
            yield path, texts


def say_fixed(done: Mended, arguments: Namespace) -> None:
    """Say how much was fixed; with `--show-fixes` what, and of each fix that was not made why."""
    from rflint.formats.fixes import fixed_lines, fixed_summary, kept_lines

    verb = "would fix" if arguments.diff else "fixed"
    if arguments.show_fixes:
        say(fixed_lines(done.fixed, verb))
    if arguments.show_fixes or arguments.verbose:
        say(kept_lines(done.kept))
    if not arguments.quiet:
        say([fixed_summary(done.fixed, len(done.texts), verb)])
