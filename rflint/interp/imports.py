"""Modules: found by looking for files, read, and run on shapes; nothing is ever imported."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import attributes, budget
from rflint.interp.filling import fillers, holders, inside, mentions
from rflint.interp.finding import Finder, Read, within
from rflint.interp.frames import Frame
from rflint.interp.listening import watched
from rflint.interp.reaching import DYNAMIC, Reaching, defines, names
from rflint.interp.scopes import Scope, State
from rflint.interp.statements import bind_name, run_block
from rflint.interp.values import (
    LazyImport,
    NativeModule,
    Raised,
    SourceModule,
    Unknown,
    Value,
)
from rflint.source import Source, SyntaxProblem

if TYPE_CHECKING:
    from rflint.interp.interpreter import Interpreter


class Loader:
    """Finds and runs modules.  Shared by all roots of a run: a module runs once."""

    def __init__(
        self, read: Read, library: Any, roots: Sequence[str] = (), sources: dict[str, Source] | None = None
    ) -> None:
        self.files, self.library = Finder(read, roots), library
        self.modules: dict[str, SourceModule | Unknown] = {}
        self.sources: dict[str, Source] = {} if sources is None else sources
        self.resolving: set[tuple[int, str]] = set()
        self.pending: list[tuple[str, bool]] = []
        """Files of modules (and packages) that others import and nobody has looked at: they may fill registries."""
        self.shared: dict[int, tuple[Value, SourceModule]] = {}
        """The containers that modules hold, by identity, and the first module that holds them."""
        self.fillers: dict[tuple[int, int], frozenset[str]] = {}
        """The names by which others may fill a container, by its identity and the number of files known."""
        self.reaching = Reaching(self.files, lambda name: library.module(name) is not None)
        self.running: list[SourceModule] = []
        """Modules that are being run."""

    def text(self, path: str) -> str | None:
        """The text of a file, read once."""
        return self.files.text(path)

    def source(self, path: str, text: str) -> Source:
        """The source of a file, parsed once."""
        if path not in self.sources:
            self.sources[path] = Source(path, text)
        return self.sources[path]

    # -- modules ---------------------------------------------------------------------------------------------

    def load(self, name: str, importer: SourceModule, interp: Interpreter, place: Any) -> Value:
        """The module of a dotted name: the library's, or one of the source."""
        native = self.library.module(name)
        if native is not None:
            return native
        found = self.files.find(name, importer)
        if found is None:
            return self.library.stand_in(name) or Unknown(
                f"module {name} is not found: point `src` or `environment` to it", place
            )
        return self.load_file(found[0], interp, package=found[1])

    def load_file(self, path: str, interp: Interpreter, package: bool = False) -> Value:
        """The module in a file, run if it has not run yet."""
        name, _ = self.files.name_of(path)
        if path in self.modules:
            return self.modules[path]
        text = self.text(path)
        if text is None and self.files.is_space(path):
            text = ""
        if text is None:
            return Unknown(f"{path} cannot be read")
        source = self.source(path, text)
        package = package or posixpath.basename(path) == "__init__.py"
        module = SourceModule(name, path, Scope(), source, package, "running", "yield" in text)
        self.modules[path] = module
        try:
            if "rflint" in text:
                module.watched = watched(source)
            self._run(module, source, interp)
        except SyntaxProblem as problem:
            self.modules[path] = Unknown(f"{path}:{problem.line} does not parse")
            return self.modules[path]
        module.state = "done"
        return module

    def _run(self, module: SourceModule, source: Source, interp: Interpreter) -> None:
        body = source.module.body
        names = module.scope.names
        names.update(__name__=module.name, __file__=module.file, __doc__=None)
        held = interp.state, interp.budget, interp.recorder.on, interp.last_doubt, interp.trying
        interp.state, interp.budget = State(shared=True, lasting=True), budget.Budget()
        interp.recorder.on, interp.trying = False, []
        self.running.append(module)
        try:
            _run_all(body, Frame(interp, module.scope, module))
            held[0].concede(interp.state)
            for thing in _containers(module):
                self.shared.setdefault(id(thing), (thing, module))
        finally:
            self.running.pop()
            interp.state, interp.budget, interp.recorder.on, interp.last_doubt, interp.trying = held

    # -- registries ------------------------------------------------------------------------------------------

    def complete(self, container: Value, frame: Frame, node: Any, key: Value = None) -> None:
        """Run the modules that Python would have run by now, if they may still fill this container of a module;
        first those that define a name or write a text like the key."""
        if not self.pending or id(container) not in self.shared:
            return
        owner = self.shared[id(container)][1]
        if isinstance(key, str):
            if any(names(key, module.file, self.text(module.file) or "") for module in self.running):
                return  # a name of its own that it registers
            self._run_pending(frame, owner, container, partial(defines, key))
            if key in container:
                return
            if self.running:
                return
        self._run_pending(frame, owner, container, lambda path, text: True)

    def _run_pending(
        self, frame: Frame, owner: SourceModule, container: Value, wanted: Callable[[str, str], bool]
    ) -> None:
        later: list[tuple[str, bool]] = []
        fillers = self._fillers(owner, container)
        while self.pending:
            path, package = self.pending.pop(0)
            if path in self.modules:
                continue
            if wanted(path, self.text(path) or "") and self._may_fill(owner, path, fillers):
                self.load_file(path, frame.interp, package)
            else:
                later.append((path, package))
        self.pending = later

    def _may_fill(self, owner: SourceModule, path: str, fillers: frozenset[str]) -> bool:
        """May a module fill a container, or does it import one that may, and that nobody waits for yet?"""
        if not self.reaching.may_fill(owner, path):
            return False
        text = self.text(path) or ""
        if DYNAMIC in text or mentions(fillers, text):
            return True
        waiting = {file for file, _ in self.pending}
        below = (file for file in self.reaching.below([path]) if file not in self.modules and file not in waiting)
        return any(mentions(fillers, self.text(file) or "") for file in below)

    def _fillers(self, owner: SourceModule, container: Value) -> frozenset[str]:
        """The names by which the modules known so far may fill a container."""
        files = self.reaching.below([*self.modules, *(path for path, _ in self.pending)])
        known = (id(container), len(files))
        if known not in self.fillers:
            own, plain = holders(container, owner)
            self.fillers[known] = fillers(own, plain, [self.text(file) or "" for file in files])
        return self.fillers[known]

    def expect(self, name: str, importer: SourceModule) -> None:
        """A module that an import statement at the top of another runs, sooner or later."""
        found = None if self.library.module(name) is not None else self.files.find(name, importer)
        if found is not None and found[0] not in self.modules and found not in self.pending:
            self.pending.append(found)

    def holder(self, names: Value) -> SourceModule | None:
        """The module whose names a dict holds: `globals()`, `vars(module)`."""
        modules = (m for m in self.modules.values() if isinstance(m, SourceModule))
        return next((m for m in modules if m.scope.names is names), None)

    def member(self, module: SourceModule, name: str, frame: Frame, node: Any) -> Value:
        """`module.name`: a name of it, of its star imports, a submodule; ABSENT if there is none."""
        described = self.library.find(f"{module.name}.{name}")
        if described is not None:
            return described
        if name in module.scope.names:
            found = self._forced(module.scope, name, module.scope.names[name], frame, node)
            if found is not attributes.ABSENT:
                return found
        found = self._from_stars(module, name, frame, node)
        if found is not attributes.ABSENT:
            return found  # it was bound after the submodule of that name
        below = self.files.find_below(module, name, frame.module) if module.package else None
        if below is not None:
            return self.load_file(below, frame.interp)
        getter = module.scope.names.get("__getattr__")
        if getter is not None:
            return frame.interp.call(getter, [name], frame, node)
        if name == "__dict__":
            return module.scope.names
        return attributes.ABSENT

    # -- names -----------------------------------------------------------------------------------------------

    def forced(self, scope: Scope, name: str, value: Value, frame: Frame, node: Any) -> Value:
        """The value behind a lazily bound name."""
        if type(value) is not LazyImport:
            return value
        found = self._forced(scope, name, value, frame, node)
        return found if found is not attributes.ABSENT else Unknown(f"{name} is imported in a circle", value.place)

    def _forced(self, scope: Scope, name: str, value: Value, frame: Frame, node: Any) -> Value:
        """The same; ABSENT where the name is being looked up already."""
        if type(value) is not LazyImport:
            return value
        key = (id(scope), name)
        if key in self.resolving:
            return attributes.ABSENT
        self.resolving.add(key)
        try:
            resolved = self.resolve(value, frame, node)
        finally:
            self.resolving.discard(key)
        scope.names[name] = resolved
        return resolved

    def resolve(self, lazy: LazyImport, frame: Frame, node: Any) -> Value:
        """What an import statement means."""
        interp = frame.interp
        module = self.load(lazy.module, lazy.importer, interp, lazy.place)
        if lazy.name is None:
            described = self.library.find(lazy.module)  # a function that has the name of its module hides it
            return module if described is None else described
        if isinstance(module, Unknown):  # a folder without an __init__.py is a package, too
            below = self.load(within(lazy.module, lazy.name), lazy.importer, interp, lazy.place)
            return module if isinstance(below, Unknown) else below
        found = attributes.look_up(module, lazy.name, frame, node)
        if found is attributes.ABSENT:
            below = self.load(within(lazy.module, lazy.name), lazy.importer, interp, lazy.place)
            if not isinstance(below, Unknown):
                return below
            cycle = isinstance(module, SourceModule) and module.state == "running"
            why = "is imported in a circle" if cycle else f"is not in module {lazy.module}"
            return Unknown(f"{lazy.name} {why}", lazy.place)
        return found

    def star(self, module: SourceModule, name: str, frame: Frame, node: Any) -> Value:
        """A name that no scope holds: from a star import, or built in."""
        found = self._from_stars(module, name, frame, node)
        return found if found is not attributes.ABSENT else frame.interp.builtins.name(name, frame, node)

    def _from_stars(self, module: SourceModule, name: str, frame: Frame, node: Any) -> Value:
        key = (id(module), name)
        if name.startswith("_") or not module.stars or key in self.resolving:
            return attributes.ABSENT
        self.resolving.add(key)
        try:
            return self._search_stars(module, name, frame, node)
        finally:
            self.resolving.discard(key)

    def _search_stars(self, module: SourceModule, name: str, frame: Frame, node: Any) -> Value:
        for certain in (True, False):
            for star in reversed(module.stars):
                if certain and not self._mentions(star, name, module):
                    continue
                origin = self.load(star, module, frame.interp, None)
                if isinstance(origin, Unknown) or origin is module or not _exports(origin, name):
                    continue
                found = attributes.look_up(origin, name, frame, node)
                if found is not attributes.ABSENT and not isinstance(origin, NativeModule):
                    return found
                if isinstance(origin, NativeModule) and not isinstance(found, Unknown):
                    return found
        unresolved = [s for s in module.stars if isinstance(self.load(s, module, frame.interp, None), Unknown)]
        if unresolved and not frame.interp.builtins.has(name):
            return Unknown(
                f"module {unresolved[0]} is not found: point `src` or `environment` to it", frame.place(node)
            )
        return attributes.ABSENT

    def _mentions(self, star: str, name: str, module: SourceModule) -> bool:
        if self.library.module(star) is not None:
            return True
        found = self.files.find(star, module)
        return found is not None and re.search(rf"\b{re.escape(name)}\b", self.text(found[0]) or "") is not None


def _run_all(body: Sequence[Any], frame: Frame) -> None:
    """Run a module's statements; one that raises or exhausts a budget does not stop the next."""
    spent = 0
    for statement in body:
        try:
            run_block([statement], frame)
        except Raised as problem:
            _forget(statement, Unknown(f"{problem.name}: {problem.text}", problem.place), frame)
        except (budget.Exhausted, RecursionError) as problem:
            _forget(statement, Unknown(f"given up: {problem}", frame.place(statement)), frame)
            frame.interp.budget.steps = 0
            spent += 1
            if spent > budget.STATEMENTS:
                return


def _forget(node: Any, doubt: Unknown, frame: Frame) -> None:
    """What a statement that raised would have bound is not known."""
    if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        bind_name(node.name.value, doubt, frame)
    elif isinstance(node, (cst.Assign, cst.AnnAssign)):
        targets = [t.target for t in node.targets] if isinstance(node, cst.Assign) else [node.target]
        for target in targets:
            for one in target.elements if isinstance(target, (cst.Tuple, cst.List)) else [target]:
                one = getattr(one, "value", one) if not isinstance(one, cst.Name) else one
                if isinstance(one, cst.Name):
                    bind_name(one.value, doubt, frame)
    elif isinstance(node, (cst.BaseCompoundStatement, cst.BaseSuite, cst.SimpleStatementLine, cst.Else, cst.Finally)):
        for child in node.children:
            _forget(child, doubt, frame)


def _containers(module: SourceModule) -> Iterator[Value]:
    """The containers that the names of a module hold, or objects and classes behind them."""
    for value in module.scope.names.values():
        yield from (thing for thing in inside(value, module) if isinstance(thing, (dict, list, set)))


def _exports(module: Value, name: str) -> bool:
    """Does `from module import *` bring this name?"""
    listed = module.scope.names.get("__all__") if isinstance(module, SourceModule) else None
    if not isinstance(listed, (list, tuple)) or any(isinstance(item, Unknown) for item in listed):
        return True
    return name in listed
