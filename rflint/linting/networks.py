"""The networks of files under one configuration: which there are, on which inputs, and their traces."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial

from rflint import configured
from rflint.admissible.asking import Admissible, admissible
from rflint.admissible.fits import fits
from rflint.advice import advised
from rflint.comments.declarations import NOTHING, Declared, by_name
from rflint.comments.reading import Comments, comments
from rflint.diagnostics import Failure
from rflint.dims import symbol
from rflint.files import may_hold_network, read_text
from rflint.options import Options
from rflint.roots.search import root_of, roots
from rflint.trace import Shape, Trace
from rflint.tracing.building import TargetError, call_of
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session, deep_recursion


@dataclass(slots=True)
class File:
    """A file under examination: its comments, and what they declare of its classes and functions by name."""

    path: str
    text: str
    comments: Comments
    declared: dict[str, Declared]


class Networks:
    """What a session of the tracer makes of files, and the roots of the networks that it has traced."""

    def __init__(self, options: Options, session: Session) -> None:
        self.options, self.config, self.session = options, options.config, session
        self.roots: dict[int, Root] = {}

    def open(self, path: str) -> File:
        """Read a file.  Raises `SourceError` if it cannot be read."""
        text = self.session.loader.text(path)
        if text is None:
            text = read_text(path)
        found = comments(text)
        return File(path, text, found, by_name(text, found.declarations))

    def traces(self, file: File, call: str, failures: list[Failure]) -> Iterator[Trace]:
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

    def _root(self, file: File, call: str) -> Root:
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

    def _declared(self, file: File) -> dict[str, Declared]:
        found = configured.declared(self.config.networks, file.path, file.text)
        return {**file.declared, **{name: said.over(file.declared.get(name, NOTHING)) for name, said in found.items()}}
