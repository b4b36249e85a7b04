"""Fixes made in memory, one after the other, each proved by linting again what may use the files that it changes."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from rflint import linter
from rflint.diagnostics import Change, Diagnostic, Report
from rflint.fixes.dependents import Words
from rflint.fixes.proving import Key, Move, brought, key_of, objection
from rflint.fixes.splicing import Moved, overlap, spliced
from rflint.options import Options

ROUNDS = 10
"""A fix may bring others within reach, but hardly more often than that."""
CHAIN = 5
"""So many fixes after each other, each of what the one before has brought to light, are proved together at most."""
ATTEMPTS = 400
"""So often at most something is linted again."""
Step = Mapping[str, Moved]
"""Where the places in files are after changes, by file."""


@dataclass(slots=True)
class Mended:
    """What has become of a run: what there is to report now; the texts that have changed, before and after; what was
    mended; and what was not, though its fix is of the kind that is asked for, and why."""

    report: Report
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    fixed: list[Diagnostic] = field(default_factory=list)
    kept: list[tuple[Diagnostic, str]] = field(default_factory=list)


def mended(targets: Sequence[str], options: Options, unsafe: bool) -> Mended:
    """Make the fixes of all targets in memory, the unsafe ones too if that is asked for."""
    files, failures = linter.expanded(targets, options)
    work = _Work(files, replace(options, around=tuple(targets)), unsafe)
    for _ in range(ROUNDS):
        if not work.round():
            break
    report = work.lint(files)
    report.failures[:0] = failures
    kept = [(one, work.reason(one)) for one in report.diagnostics if work.is_due(one)]
    report.diagnostics = [work.told(one) for one in report.diagnostics]
    texts = {path: (old, work.now.get(path, old)) for path, old in work.old.items()}
    changed = {path: pair for path, pair in texts.items() if pair[0] != pair[1]}
    return Mended(report, changed, work.fixed, kept)


class _Work:
    """The texts as they are by now, and what has been tried."""

    def __init__(self, targets: Sequence[str], options: Options, unsafe: bool) -> None:
        self.targets, self.unsafe = targets, unsafe
        self.files = list(dict.fromkeys(target.partition("::")[0] for target in targets))
        self._read = options.reader
        self.options = replace(options, read=self.read)
        self.now: dict[str, str] = {}
        self.old: dict[str, str] = {}
        self.fixed: list[Diagnostic] = []
        self.refused: dict[Key, str] = {}
        self.attempts = 0
        self.steps: list[Step] = []
        self._reports: dict[tuple[str, ...], Report] = {}

    def read(self, path: str) -> str | None:
        """The text of a file as it is by now."""
        return self.now[path] if path in self.now else self._read(path)

    def lint(self, targets: Sequence[str]) -> Report:
        """What is found in the texts as they are by now."""
        key = tuple(targets)
        if key not in self._reports:
            self._reports[key] = linter.check(targets, self.options)
        return self._reports[key]

    # -- which fixes -----------------------------------------------------------------------------------------

    def is_due(self, found: Diagnostic) -> bool:
        """Whether a finding has a fix of the kind that is asked for."""
        return found.fix is not None and (found.fix.safe or self.unsafe)

    def reason(self, found: Diagnostic) -> str:
        """Why the fix of a finding is not made; "" if it has not been tried."""
        outside = next((file for file in files_of(found) if file not in self.files), None)
        if outside is not None:
            return f"it would change {outside}, which is not among the files to lint"
        said = found.fix.refused if found.fix is not None else ""
        return said or self.refused.get(key_of(found), "")

    def told(self, found: Diagnostic) -> Diagnostic:
        """The finding with the reason why its fix was not made, instead of what that would have changed."""
        if found.fix is None or not self.is_due(found):
            return found
        return replace(found, fix=replace(found.fix, changes=(), refused=self.reason(found)))

    def is_possible(self, found: Diagnostic, touched: Collection[str]) -> bool:
        """Whether the fix of a finding is to be tried, and changes these files only."""
        return self.is_due(found) and not self.reason(found) and set(files_of(found)) <= set(touched)

    # -- one after the other ---------------------------------------------------------------------------------

    def round(self) -> bool:
        """Try the fixes of all files, and lint all of them again; whether any fix was made."""
        before, held, made = self.lint(self.targets), (dict(self.now), dict(self.refused)), len(self.fixed)
        waiting = [one for one in before.diagnostics if self.is_possible(one, self.files)]
        self.steps.clear()
        for file in dict.fromkeys(file for found in waiting for file in files_of(found)):
            self._mend(file, {one for found in waiting if file in files_of(found) for one in files_of(found)})
        problem = objection(before, self.lint(self.targets), (), through(self.steps)) if self.fixed[made:] else ""
        if problem:
            (self.now, self.refused), self.fixed[made:], self._reports = held, [], {tuple(self.targets): before}
            self.refused.update((key_of(one), problem) for one in waiting)
        return len(self.fixed) > made

    def _mend(self, file: str, touched: set[str]) -> None:
        """Try the fixes that change a file, and others that they touch; many in one go as long as that goes well."""
        targets, most = self._users(touched), ATTEMPTS
        while self.attempts < ATTEMPTS:
            before = self.lint(targets)
            due = [one for one in before.diagnostics if file in files_of(one) and self.is_possible(one, touched)]
            batch = apart(due, most)
            if not batch:
                return
            problem = self._try(batch, before, targets, touched)
            if problem and len(batch) == 1:
                self.refused[key_of(batch[0])] = problem
            most = max(len(batch) // 2, 1) if problem else most * 2

    def _users(self, changed: set[str]) -> list[str]:
        """The targets in whose files what is changed may be used."""
        using = set(Words(self.read).users(changed, self.files))
        return [target for target in self.targets if target.partition("::")[0] in using]

    def _try(
        self, batch: Sequence[Diagnostic], before: Report, targets: Sequence[str], touched: Collection[str]
    ) -> str:
        """Make the fixes of a few findings, and of those that come to light then; if that is not right, take them all
        back and say why."""
        held, steps, made = dict(self.now), list[Step](), list[Diagnostic]()
        while batch:
            steps.append(self._step(by_file(batch)))
            made += batch
            broken = [path for path in steps[-1] if not is_python(self.now[path])]
            after = before if broken else self._linted(targets)
            problem = f"{broken[0]} would not parse" if broken else objection(before, after, made, through(steps))
            new = brought(before, after, through(steps)) if problem and not broken else []
            further = len(steps) < CHAIN and all(self.is_possible(one, touched) for one in new)
            batch = apart(new, len(new)) if further else []
        if problem:
            self.now = held
            return problem
        self.refused = {through(steps)(key): why for key, why in self.refused.items()}
        self.fixed += made
        self.steps += steps
        self._reports = {tuple(targets): after}
        return ""

    def _step(self, changes: Mapping[str, list[Change]]) -> Step:
        """Make changes; where the places in the files that they change are then."""
        texts = {path: self.read(path) or "" for path in changes}
        self.old = {**texts, **self.old}
        self.now.update({path: spliced(texts[path], made) for path, made in changes.items()})
        return {path: Moved(texts[path], made) for path, made in changes.items()}

    def _linted(self, targets: Sequence[str]) -> Report:
        self.attempts += 1
        return linter.check(targets, self.options)


def through(steps: Sequence[Step]) -> Move:
    """Where findings are after several steps."""

    def move(key: Key) -> Key:
        for step in steps:
            file, code, line, column = key
            key = (file, code, *step[file](line, column)) if file in step else key
        return key

    return move


def files_of(found: Diagnostic) -> list[str]:
    """The files that the fix of a finding changes."""
    return list(dict.fromkeys(change.file for change in found.fix.changes)) if found.fix is not None else []


def by_file(found: Iterable[Diagnostic]) -> dict[str, list[Change]]:
    """What the fixes of findings change, file by file."""
    changes = [change for one in found if one.fix is not None for change in one.fix.changes]
    return {file: [one for one in changes if one.file == file] for file in {one.file for one in changes}}


def apart(found: Iterable[Diagnostic], most: int) -> list[Diagnostic]:
    """The first so many of findings whose fixes do not touch each other."""
    chosen: list[Diagnostic] = []
    for one in found:
        if len(chosen) < most and not any(overlap(changes_of(one), changes_of(other)) for other in chosen):
            chosen.append(one)
    return chosen


def changes_of(found: Diagnostic) -> Sequence[Change]:
    """What the fix of a finding changes."""
    return found.fix.changes if found.fix is not None else ()


def is_python(text: str) -> bool:
    """Whether the Python that runs this takes the text."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(text.removeprefix("\ufeff"))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True
