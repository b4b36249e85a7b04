"""One pure entry point: targets and options go in, a report comes out.  What the faces share."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from rflint import configured
from rflint.admissible.asking import Admissible, admissible
from rflint.admissible.fits import fits
from rflint.advice import advised
from rflint.catalogue import SYNTAX, UNUSED, known_rules
from rflint.causes import Found, one_for_each_cause
from rflint.comments.declarations import NOTHING, Declared, by_name, stray
from rflint.comments.reading import Comments, comments
from rflint.config import Config
from rflint.configured import unmet
from rflint.diagnosing import diagnostic, merged, place_of
from rflint.diagnostics import Diagnostic, Failure, Finding, Report, Rule, Span
from rflint.dims import symbol
from rflint.files import SourceError, may_hold_network, read_text
from rflint.options import Options, read_from_disk
from rflint.repairs.proposals import Proposals
from rflint.roots.search import root_of, roots
from rflint.selection import ignored_in, is_asked_for, selected
from rflint.source import Source, SyntaxProblem
from rflint.suppressing.ledger import Ledger
from rflint.suppressing.unused import Context, judged
from rflint.trace import Place, Shape, Trace
from rflint.tracing.building import TargetError, call_of
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session, deep_recursion
from rflint.undecided import undecided, unheard
from rflint.work import around, work
from rflint.work import search as search_folders

__all__ = ["Options", "Shown", "check", "expanded", "known_rules", "read_from_disk", "show"]


@dataclass(slots=True)
class Shown:
    """What `show` has found: traces, and what turns their places into spans.

    `again` traces a network anew, on inputs of other shapes; None if it is no network then.
    """

    traces: list[Trace]
    span: Callable[[Place], Span]
    failures: list[Failure] = field(default_factory=list)
    again: Callable[[Trace, Mapping[str, Shape]], Trace | None] = lambda traced, shapes: None
    sizes: Callable[[Trace], Admissible | None] = lambda traced: None
    """The input sizes that the network of a trace takes; None where no size can be asked."""


def check(targets: Sequence[str], options: Options) -> Report:
    """Lint files, folders and `FILE::CALL` targets."""
    return _linted(_Runs(options, targets), targets)


def examine(targets: Sequence[str], options: Options) -> tuple[Report, Shown]:
    """Lint as `check` does, and keep the traces of the networks."""
    runs = _Runs(options, targets)
    shown = Shown([], runs.span, again=runs.again, sizes=runs.sizes)
    return _linted(runs, targets, shown.traces), shown


def _linted(runs: _Runs, targets: Sequence[str], kept: list[Trace] | None = None) -> Report:
    """The report of some runs, which keep the traces if there is a list for them."""
    options = runs.options
    files, failures = work(targets, options)
    report = Report(failures=failures)
    for done, (file, call) in enumerate(files):
        options.progress(done, len(files), file)
        run = runs.of(file)
        try:
            run.lint(file, call, report, kept)
        except (SourceError, TargetError) as problem:
            report.failures.append(Failure(str(problem), file))
        except Exception as problem:
            if options.debug:
                raise
            report.failures.append(internal(file, problem))
    runs.judge_suppressions(report)
    report.undecided.extend(note for run in runs.runs.values() for note in unmet(run.config.networks, run.texts))
    report.diagnostics = runs.proposals.settled(merged(report.diagnostics), runs.sources.get)
    return report


def expanded(targets: Sequence[str], options: Options) -> tuple[list[str], list[Failure]]:
    """The targets with the files of folders instead of the folders, and what is wrong with some of them."""
    found, failures = work(targets, options)
    return [f"{file}::{call}" if call else file for file, call in found], failures


def show(target: str, options: Options) -> Shown:
    """The traces of a target: of the one call it names, or of all roots of its files."""
    runs = _Runs(options, [target], examples=True)
    files, failures = work([target], options)
    shown = Shown([], runs.span, failures, again=runs.again, sizes=runs.sizes)
    for file, call in files:
        run = runs.of(file)
        try:
            opened = run.open(file)
            shown.traces.extend(run.traces(opened, call, shown.failures))
        except (SourceError, TargetError) as problem:
            shown.failures.append(Failure(str(problem), file))
        except SyntaxProblem as problem:
            sentence = f"{file}:{problem.line}: does not parse: {problem.message}"
            shown.failures.append(Failure(sentence, file, problem.line))
        except Exception as problem:
            if options.debug:
                raise
            shown.failures.append(internal(file, problem))
    return shown


def internal(file: str, problem: Exception) -> Failure:
    """What is said of a failure of our own: one file's leaves the others linted."""
    return Failure(f"{file}: internal failure ({type(problem).__name__}: {problem}), please report it", file)


@dataclass(slots=True)
class _File:
    """A file under examination: its comments, and what they declare of its classes and functions by name."""

    path: str
    text: str
    comments: Comments
    declared: dict[str, Declared]


def span_in(sources: Mapping[str, Source], place: Place) -> Span:
    """Where a place is, in the sources that were read."""
    source = sources.get(place.file)
    return source.span(place.mark) if source is not None else Span(1, 1, 1, 1)


class _Runs:
    """The runs that a run comes to: one for each configuration, with one session for all that look for imports in the
    same places."""

    def __init__(self, options: Options, targets: Sequence[str], examples: bool = False) -> None:
        self.options, self.examples = options, examples
        self.paths = around(targets, options)
        self.runs: dict[Config, _Run] = {}
        self.sessions: dict[tuple[tuple[str, ...], bool], Session] = {}
        self.sources: dict[str, Source] = {}
        self.proposals = Proposals()
        self.ledger = Ledger(options.reader, self.span, options.noqa)

    def of(self, path: str) -> _Run:
        """The run that a file belongs to."""
        config = self.options.configured(path)
        if config not in self.runs:
            options = replace(self.options, config=config)
            self.runs[config] = _Run(options, self._session(config), self.proposals, self.ledger)
        return self.runs[config]

    def _session(self, config: Config) -> Session:
        search, libraries = search_folders(self.paths, config)
        training = self.options.train or config.train
        if (search, training) not in self.sessions:
            session = Session(self.options.reader, search, training, libraries, self.examples, sources=self.sources)
            self.sessions[search, training] = session
        return self.sessions[search, training]

    def judge_suppressions(self, report: Report) -> None:
        """Report suppressions that silence nothing or name no rule, once all networks have been followed."""
        failed = {failure.file for failure in report.failures}
        for one in [one for file in self.ledger.linted for one in self.of(file).judged(file, failed)]:
            if isinstance(one, str):
                report.undecided.append(one)
            else:
                report.diagnostics.append(one)

    def span(self, place: Place) -> Span:
        """Where a place is."""
        return span_in(self.sources, place)

    def again(self, traced: Trace, shapes: Mapping[str, Shape]) -> Trace | None:
        """The network of a trace on inputs of other shapes; None if it is no network then."""
        return self._made(traced).again(traced, shapes)

    def sizes(self, traced: Trace) -> Admissible | None:
        """The input sizes that the network of a trace takes."""
        return self._made(traced).sizes(traced)

    def _made(self, traced: Trace) -> _Run:
        return next(run for run in self.runs.values() if id(traced) in run.roots)


class _Run:
    """A run under one configuration: a session of the tracer, the rules that apply, and the networks met so far."""

    def __init__(self, options: Options, session: Session, proposals: Proposals, ledger: Ledger) -> None:
        self.options, self.config, self.session = options, options.config, session
        self.proposals, self.ledger = proposals, ledger
        self.roots: dict[int, Root] = {}
        self.rules: dict[str | None, dict[str, Rule]] = {}
        self.texts: dict[str, str] = {}
        """The texts of the files that were linted, where the configuration names networks."""

    def span(self, place: Place) -> Span:
        """Where a place is."""
        return span_in(self.session.sources, place)

    def open(self, path: str) -> _File:
        """Read a file.  Raises `SourceError` if it cannot be read."""
        text = self.session.loader.text(path)
        if text is None:
            text = read_text(path)
        found = comments(text)
        self.ledger.files[path] = found.suppressions
        return _File(path, text, found, by_name(text, found.declarations))

    # -- networks --------------------------------------------------------------------------------------------

    def traces(self, file: _File, call: str, failures: list[Failure]) -> Iterator[Trace]:
        """The traces of a file's roots, or of the call that is asked for; what is declared of something that is no
        network fails.  Raises `SyntaxProblem`, and `TargetError` for the call."""
        if call:
            yield self._traced(self._root(file, call))
            return
        if not may_hold_network(file.text):
            return
        assert self.session.loader.source(file.path, file.text).module is not None
        for root in roots(self.session, file.path, self._declared(file), self._default()):
            try:
                traced = self._traced(self._given(root))
            except TargetError as problem:
                failures.append(Failure(str(problem), file.path))
            else:
                yield traced

    def _traced(self, root: Root) -> Trace:
        made = advised(trace(self.session, root))
        made.fits = partial(fits, self.session, root)
        self.roots[id(made)] = root
        return made

    def again(self, traced: Trace, shapes: Mapping[str, Shape]) -> Trace | None:
        """The network of a trace on inputs of other shapes; None if it is no network then."""
        try:
            return trace(self.session, replace(self.roots[id(traced)], inputs=tuple(shapes.items())))
        except TargetError:
            return None

    def sizes(self, traced: Trace) -> Admissible | None:
        """The input sizes that the network of a trace takes."""
        return admissible(self.session, self.roots[id(traced)], traced)

    def _root(self, file: _File, call: str) -> Root:
        interp = self.session.interpreter()
        with deep_recursion():
            module = self.session.loader.load_file(file.path, interp)
        root = Root(file.path, call_of(call, module, interp))
        if self.options.inputs and not (file.declared or self.config.networks):
            return self._given(root)
        return self._given(root_of(self.session, root, self._declared(file), self._default()))

    def _given(self, root: Root) -> Root:
        """Shapes of the command line go before what is declared."""
        inputs = self.options.inputs or root.inputs
        return replace(root, inputs=inputs, task=root.task or self.config.task)

    def _default(self) -> Declared:
        if not self.config.input:
            return NOTHING
        return Declared((("", (symbol("N"), *self.config.input)),))

    def _declared(self, file: _File) -> dict[str, Declared]:
        found = configured.declared(self.config.networks, file.path, file.text)
        return {**file.declared, **{name: said.over(file.declared.get(name, NOTHING)) for name, said in found.items()}}

    # -- findings --------------------------------------------------------------------------------------------

    def lint(self, path: str, call: str, report: Report, kept: list[Trace] | None) -> None:
        """Lint one file into the report.  Raises `SourceError` if it cannot be read."""
        file = self.open(path)
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
            for traced in self.traces(file, call, report.failures):
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
        return is_heard and not ignored_in(self.config, finding.place.file, rule)

    def _is_heard(self, file: _File, found: Diagnostic) -> bool:
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
