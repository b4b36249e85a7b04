"""The command `rflint diff`: what a change did to each network, and which findings are new or gone."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rflint.commands.output import in_colour, say, write
from rflint.commands.parser import UsageError
from rflint.commands.progress import progress
from rflint.commands.reporting import status

if TYPE_CHECKING:
    from rflint.diagnostics import Report
    from rflint.formats.changes import Changes, NetworkChange
    from rflint.history.sides import Comparison, Side
    from rflint.linter import Options, Shown
    from rflint.trace import Trace


@dataclass(frozen=True, slots=True)
class Seen:
    """What one side holds: its report and networks, and the texts of its files."""

    report: Report
    shown: Shown
    read: Callable[[str], str | None]

    def failures(self) -> list[str]:
        """What could not be done."""
        from rflint.notebooks.showing import in_cells

        return [str(one) for one in in_cells(self.report, self.read).failures]

    @property
    def unknown(self) -> set[str]:
        """The files of which nothing can be said."""
        return {one.file for one in self.report.failures}

    def defines(self, trace: Trace) -> bool:
        """Whether the file of a network still, or already, has its class or function, though it is no network there;
        or may have it."""
        from rflint.history.pairing import name_of

        if trace.file in self.unknown:
            return True
        name = re.escape(name_of(trace.call))
        return re.search(rf"^\s*(?:class|def)\s+{name}\b", self.read(trace.file) or "", re.MULTILINE) is not None


def diff(arguments: Namespace) -> int:
    """Compare two states of the repository; status 1 for new findings from `--fail-on` on.  Raises UsageError."""
    from rflint.commands.settings import asked
    from rflint.history.git import GitError
    from rflint.history.sides import comparison

    revisions, *targets = arguments.targets
    arguments.targets, file = targets or ["."], arguments.output_file
    refuse_calls(targets)
    _, options = asked(arguments)
    try:
        compared = comparison(revisions)
        before, after = examined(compared, arguments, options)
    except GitError as problem:
        raise UsageError(str(problem)) from None
    changes = compare(compared, before, after)
    write(changes_as(arguments.format, changes, in_colour(arguments.color, file is not None)), file)
    conclude(changes, before, after, arguments)
    return status(replace(after.report, diagnostics=changes.findings.new), options.config.fail_on, arguments.exit_zero)


def refuse_calls(targets: Sequence[str]) -> None:
    """Raise UsageError for a target that is no file or folder."""
    for target in targets:
        if target == "-" or "::" in target:
            raise UsageError(f"diff takes files and folders, and no {target}")


def examined(compared: Comparison, arguments: Namespace, options: Options) -> tuple[Seen, Seen]:
    """Both sides, as far as they may differ.  Raises UsageError for a target that neither side has."""
    from rflint.diagnostics import Failure
    from rflint.environment import library_folders
    from rflint.history.affected import affected
    from rflint.history.targets import chosen, missing
    from rflint.linter import examine

    if lost := missing(compared, arguments.targets) if arguments.targets != ["."] else []:
        sides = f"neither in {compared.before.label} nor in {compared.after.label}"
        raise UsageError(f"{lost[0]} holds no Python file, {sides}")
    config_of = options.config_of or (lambda path: options.config)
    paths = chosen(compared, affected(compared), arguments.targets, config_of)
    around = tuple(map(compared.shown, paths))
    libraries = library_folders(around, options.config.environment)

    def seen(side: Side) -> Seen:
        read = compared.reader(side, libraries)
        files = [compared.shown(path) for path in paths if side.text(path) is not None]
        with progress(arguments.quiet) as told:
            report, shown = examine(files, replace(options, read=read, around=around, progress=told))
        broken = [Failure(side.problems[path], compared.shown(path)) for path in paths if path in side.problems]
        report.failures.extend(broken)
        return Seen(report, shown, read)

    return seen(compared.before), seen(compared.after)


def compare(compared: Comparison, before: Seen, after: Seen) -> Changes:
    """What differs between the two sides."""
    from rflint.formats.changes import Changes
    from rflint.history.findings import differences, in_cells
    from rflint.history.pairing import networks

    old = {compared.shown(new): compared.shown(old) for new, old in compared.renamed.items()}

    def old_name(file: str) -> str:
        return old.get(file, file)

    pairs = networks(before.shown.traces, after.shown.traces, old_name)
    changed = [change for pair in pairs if (change := network_change(*pair, before, after)) is not None]
    reads, new = (before.read, after.read), {name: file for file, name in old.items()}
    was = [one for one in before.report.diagnostics if new.get(one.file, one.file) not in after.unknown]
    now = [one for one in after.report.diagnostics if old_name(one.file) not in before.unknown]
    found = in_cells(differences(was, now, reads, old_name), reads)
    same = sum(None not in pair for pair in pairs) - sum(one.status == "changed" for one in changed)
    return Changes(compared.before.label, compared.after.label, changed, same, found)


def network_change(old: Trace | None, new: Trace | None, before: Seen, after: Seen) -> NetworkChange | None:
    """What differs in a network; None if nothing does."""
    from rflint.formats.changes import NetworkChange, alone, differing
    from rflint.formats.figures import figures, size_figure

    if old is None or new is None:
        trace, here, there, state = (new, after, before, "new") if new is not None else (old, before, after, "gone")
        assert trace is not None
        if there.defines(trace):
            return None
        return NetworkChange(trace.target, state, alone([*figures(trace), size_figure(here.shown.sizes(trace))], state))
    if are_alike(old, new):
        return None
    rows = differing(
        [*figures(old), size_figure(before.shown.sizes(old))], [*figures(new), size_figure(after.shown.sizes(new))]
    )
    was = old.target if old.target != new.target else ""
    return NetworkChange(new.target, "changed", rows, was) if rows else None


def are_alike(old: Trace, new: Trace) -> bool:
    """Whether two networks do the same to the same inputs, so that no figure can differ."""
    ends = [(one.inputs, one.output, one.complete, one.parameters, one.order) for one in (old, new)]
    return ends[0] == ends[1] and list(calls(old)) == list(calls(new))


def calls(trace: Trace) -> Iterator[tuple[object, ...]]:
    """What each use of a network does, wherever it is written."""
    for use in trace.uses:
        sources = tuple(operand.source for operand in use.operands)
        yield use.path, use.layer.kind, dict(use.layer.args), sources, use.inputs, use.output, use.conditional


def changes_as(wanted: str, changes: Changes, colour: bool) -> str:
    """The changes in one of the formats of `diff`."""
    if wanted == "json":
        from rflint.formats.changes_json import changes_json

        return changes_json(changes)
    if wanted == "markdown":
        from rflint.formats.changes_markdown import changes_markdown

        return changes_markdown(changes)
    from rflint.formats.changes_text import changes_text

    return changes_text(changes, colour)


def conclude(changes: Changes, before: Seen, after: Seen, arguments: Namespace) -> None:
    """Say what could not be done on either side, and what was compared."""
    from rflint.formats.changes import headline

    old, new = before.failures(), after.failures()
    say(f"{changes.before}: {failure}" for failure in old if failure not in new)
    say(new)
    if not arguments.quiet:
        say([f"{changes.before} → {changes.after}: {headline(changes)}"])
