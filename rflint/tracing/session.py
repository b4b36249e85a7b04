"""What the roots of one run share: the modules that were read, the places that were named."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rflint.contracts import Contract
from rflint.interp import budget
from rflint.interp.finding import Read
from rflint.interp.imports import Loader
from rflint.interp.interpreter import Interpreter
from rflint.interp.values import Value
from rflint.library import LIBRARY
from rflint.source import Source
from rflint.trace import Place, Shape


@dataclass(frozen=True, slots=True)
class Root:
    """What is analysed as a whole: a call, to be evaluated in the scope of a file's module.

    `inputs` are the shapes that are declared, by parameter name, or in order with the name ""; `open` says that
    arguments which are missing are unknown instead of an error.
    """

    file: str
    call: str
    inputs: tuple[tuple[str, Shape], ...] = ()
    task: str | None = None
    open: bool = False
    contracts: tuple[Contract, ...] = ()
    """What is stated of its outputs."""

    @property
    def target(self) -> str:
        """`path::call`."""
        return f"{self.file}::{self.call}"

    @property
    def build_key(self) -> tuple[str, str, bool]:
        """What the network that is built hangs on: not the inputs."""
        return self.file, self.call, self.open


@dataclass(slots=True)
class Session:
    """One run over any number of roots: the modules that were read, the places that were named."""

    read: Read
    search: tuple[str, ...] = ()
    training: bool = False
    environment: tuple[str, ...] = ()
    """Those of the folders to search that hold installed libraries."""
    examples: bool = False
    """Whether an example may stand for a list of images that is not declared: to look at, not to find fault with."""
    loader: Loader = field(init=False)
    sources: dict[str, Source] = field(default_factory=dict)
    """Those of files and of calls that are asked for, which sessions may share: each is parsed once."""
    built: dict[tuple[str, str, bool], tuple[Interpreter, Value, Place | None]] = field(default_factory=dict)
    """Networks that the search for roots has built already; tracing takes them from here."""

    def __post_init__(self) -> None:
        self.loader = Loader(self.read, LIBRARY, self.search, self.sources)

    def interpreter(self) -> Interpreter:
        """A fresh interpreter over the shared modules."""
        return Interpreter(LIBRARY, self.loader, self.training)

    def source(self, file: str) -> Source | None:
        """The source that a place's file name means."""
        return self.sources.get(file)


@contextmanager
def deep_recursion() -> Iterator[None]:
    """Python's own recursion limit, raised while the interpreter runs."""
    held = sys.getrecursionlimit()
    sys.setrecursionlimit(max(held, budget.HOST_RECURSION))
    try:
        yield
    finally:
        sys.setrecursionlimit(held)
