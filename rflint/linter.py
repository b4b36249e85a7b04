"""One pure entry point: targets and options go in, a report comes out.  What the faces share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from rflint.admissible.asking import Admissible
from rflint.catalogue import known_rules
from rflint.configured import unmet
from rflint.diagnosing import merged
from rflint.diagnostics import Failure, Report, Span
from rflint.files import SourceError
from rflint.linting.runs import Runs
from rflint.options import Options, read_from_disk
from rflint.source import SyntaxProblem
from rflint.trace import Place, Shape, Trace
from rflint.tracing.building import TargetError
from rflint.work import work

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
    return _linted(Runs(options, targets), targets)


def examine(targets: Sequence[str], options: Options) -> tuple[Report, Shown]:
    """Lint as `check` does, and keep the traces of the networks."""
    runs = Runs(options, targets)
    shown = Shown([], runs.span, again=runs.again, sizes=runs.sizes)
    return _linted(runs, targets, shown.traces), shown


def _linted(runs: Runs, targets: Sequence[str], kept: list[Trace] | None = None) -> Report:
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
    runs = Runs(options, [target], examples=True)
    files, failures = work([target], options)
    shown = Shown([], runs.span, failures, again=runs.again, sizes=runs.sizes)
    for file, call in files:
        try:
            networks = runs.of(file).networks
            shown.traces.extend(networks.traces(networks.open(file), call, shown.failures))
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
