"""One run of the linter as one for each configuration, with what they share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from rflint.admissible.asking import Admissible
from rflint.config import Config
from rflint.diagnostics import Diagnostic, Report, Span
from rflint.linting.findings import Run
from rflint.linting.spans import span_in
from rflint.options import Options
from rflint.repairs.proposals import Proposals
from rflint.source import Source
from rflint.suppressing.ledger import Ledger
from rflint.suppressing.rows import is_whole
from rflint.trace import Place, Shape, Trace
from rflint.tracing.session import Session
from rflint.work import around
from rflint.work import search as search_folders


class Runs:
    """The runs that a run comes to: one for each configuration, with one session for all that look for imports in the
    same places."""

    def __init__(self, options: Options, targets: Sequence[str], examples: bool = False) -> None:
        self.options, self.examples = options, examples
        self.paths = around(targets, options)
        self.runs: dict[Config, Run] = {}
        self.sessions: dict[tuple[tuple[str, ...], bool], Session] = {}
        self.sources: dict[str, Source] = {}
        self.proposals = Proposals()
        self.ledger = Ledger(options.reader, self.span, options.noqa)

    def of(self, path: str) -> Run:
        """The run that a file belongs to."""
        config = self.options.configured(path)
        if config not in self.runs:
            options = replace(self.options, config=config)
            self.runs[config] = Run(options, self._session(config), self.proposals, self.ledger)
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
        if self.options.read is None and not failed:
            report.diagnostics += self._idle_rows()

    def _idle_rows(self) -> Iterator[Diagnostic]:
        """The rows of per-file-ignores that silence nothing, of configurations of which all files are linted."""
        for config, run in self.runs.items():
            if is_whole(config, self.paths):
                yield from run.idle_rows([file for file in self.ledger.linted if self.of(file) is run])

    def span(self, place: Place) -> Span:
        """Where a place is."""
        return span_in(self.sources, place)

    def again(self, traced: Trace, shapes: Mapping[str, Shape]) -> Trace | None:
        """The network of a trace on inputs of other shapes; None if it is no network then."""
        return self._made(traced).networks.again(traced, shapes)

    def sizes(self, traced: Trace) -> Admissible | None:
        """The input sizes that the network of a trace takes."""
        return self._made(traced).networks.sizes(traced)

    def _made(self, traced: Trace) -> Run:
        return next(run for run in self.runs.values() if id(traced) in run.networks.roots)
