"""The findings in the networks of files under one configuration, and what is reported besides."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import partial

from rflint import configured
from rflint.catalogue import SYNTAX, UNUSED, known_rules
from rflint.causes import Found, one_for_each_cause
from rflint.comments.declarations import stray
from rflint.diagnosing import diagnostic, place_of
from rflint.diagnostics import Diagnostic, Failure, Finding, Report, Rule, Span
from rflint.linting.networks import File, Networks
from rflint.linting.spans import span_in
from rflint.options import Options
from rflint.repairs.proposals import Proposals
from rflint.selection import ignored_in, ignoring, is_asked_for, selected
from rflint.source import SyntaxProblem
from rflint.suppressing import rows
from rflint.suppressing.ledger import Ledger
from rflint.suppressing.unused import Context, judged
from rflint.trace import Place, Trace
from rflint.tracing.session import Session
from rflint.undecided import undecided, unheard


class Run:
    """A run under one configuration: its networks, and the rules that apply to them."""

    def __init__(self, options: Options, session: Session, proposals: Proposals, ledger: Ledger) -> None:
        self.options, self.config, self.session = options, options.config, session
        self.networks = Networks(options, session)
        self.proposals, self.ledger = proposals, ledger
        self.rules: dict[str | None, dict[str, Rule]] = {}
        self.ignoring: set[tuple[str, str]] = set()
        """The rows of per-file-ignores that have silenced something."""
        self.texts: dict[str, str] = {}
        """The texts of the files that were linted, where the configuration names networks."""

    def span(self, place: Place) -> Span:
        """Where a place is."""
        return span_in(self.session.sources, place)

    def lint(self, path: str, call: str, report: Report, kept: list[Trace] | None) -> None:
        """Lint one file into the report.  Raises `SourceError` if it cannot be read."""
        file = self.networks.open(path)
        self.ledger.files[path] = file.comments.suppressions
        report.files += 1
        if not call:
            self.ledger.linted[path] = file.text
            report.linted.append(path)
        problems = [*file.comments.problems, *stray(file.text, file.comments.declarations)]
        report.failures.extend(Failure(f"{path}:{p.line}: {p.message}", path, p.line) for p in problems)
        report.failures.extend(Failure(one, path) for one in configured.unknown(self.config.networks, path, file.text))
        if self.config.networks:
            self.texts[path] = file.text
        seen: list[Trace] = []
        try:
            for traced in self.networks.traces(file, call, report.failures):
                self._count(traced, report)
                self.ledger.walk(traced, partial(self._applies, traced.task))
                self.proposals.trace(traced)
                report.diagnostics.extend(d for d in self._diagnose(traced) if self._is_heard(file, d))
                seen += [traced] if traced.said else []
                if kept is not None:
                    kept.append(traced)
        except SyntaxProblem as problem:
            span = Span(problem.line, problem.column, problem.line, problem.column)
            report.diagnostics.append(
                Diagnostic(path, span, SYNTAX.code, SYNTAX.name, SYNTAX.severity, f"does not parse: {problem.message}")
            )

        report.undecided.extend(dict.fromkeys(note for traced in seen for note in undecided(traced, self.span)))
        report.undecided.extend(unheard(path, file.comments.declarations, seen, self.span))

    def _count(self, traced: Trace, report: Report) -> None:
        report.networks += 1
        if traced.complete:
            report.complete += 1
            return
        where, reason = f"{traced.file}", "its forward returns nothing that is known"
        for note in traced.unknowns[:1]:
            reason = note.reason
            if note.place is not None and not note.place.file.startswith("<"):
                where = f"{note.place.file}:{self.span(note.place).line}"
        report.partial.append((traced.target, where, reason))

    def _diagnose(self, traced: Trace) -> Iterator[Diagnostic]:
        rules = self._rules(traced.task).values()
        found = [Found(rule, finding) for rule in rules for finding in rule.check(traced)]
        for rule, finding in found:
            self.ledger.note(place_of(traced, finding), rule.code, rule.name)
        heard = [one for one in found if self._is_wanted(*one, traced.task)]
        for rule, finding in one_for_each_cause(traced, heard):
            made = diagnostic(traced, rule, finding, self.span)
            self.proposals.add(made, finding.fix)
            yield made

    def _rules(self, task: str | None) -> dict[str, Rule]:
        """The rules that apply to networks of a task."""
        if task not in self.rules:
            chosen = selected(self.config, known_rules(), task)
            heard = self.options.verbose
            self.rules[task] = {code: rule for code, rule in chosen.items() if heard or rule.severity != "note"}
        return self.rules[task]

    def _is_wanted(self, rule: Rule, finding: Finding, task: str | None) -> bool:
        """Is the rule on where the finding stands, and asked for by name if the finding is only for those who ask?"""
        is_heard = not finding.optional or is_asked_for(self.config, rule, task)
        is_heard = is_heard and (self.options.verbose or (finding.severity or rule.severity) != "note")
        silencing = set(ignoring(self.config, finding.place.file, rule))
        self.ignoring |= silencing
        return is_heard and not silencing

    def _is_heard(self, file: File, found: Diagnostic) -> bool:
        """Is the finding not silenced by a comment, in whichever file it stands, and not about an installed library?"""
        libraries = self.session.environment
        if found.file.startswith(libraries or "\0") and not file.path.startswith(libraries):
            return False
        return not self.ledger.silences(found)

    def _applies(self, task: str | None, rule: Rule, file: str) -> bool:
        """Is a rule applied in a file to networks of a task?"""
        return rule.code in self._rules(task) and not ignored_in(self.config, file, rule)

    def judged(self, path: str, failed: Collection[str]) -> list[Diagnostic | str]:
        """What RF910 says of a file, and sentences about expectations of which it is open whether they are met."""
        if not self._applies(None, UNUSED, path):
            return []
        context = Context(self.ledger, known_rules(), is_asked_for(self.config, UNUSED), failed)
        return list(judged(path, self.ledger.linted[path], context))

    def idle_rows(self, files: Collection[str]) -> Iterator[Diagnostic]:
        """What RF910 says of per-file-ignores to those who ask, where all files of a configuration are linted."""
        if is_asked_for(self.config, UNUSED) and UNUSED.code in self._rules(None):
            project = rows.Project(files, self.ledger.walked, self._rules(None), self.ignoring)
            yield from rows.idle(self.config, project)
