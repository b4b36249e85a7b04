"""Imports: modules are found by looking for files, read, and run on shapes; nothing is ever imported.

Names are bound lazily: a module is read when something of it is looked at.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import libcst as cst

from rflint.interp import attributes, budget
from rflint.interp.frames import Frame
from rflint.interp.scopes import Scope, State
from rflint.interp.statements import run_block
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

Read = Callable[[str], str | None]
"""The text of a file, or None if there is none: the interpreter's only window on the world."""


class Loader:
    """Finds and runs modules.  Shared by all roots of a run: a module runs once."""

    def __init__(self, read: Read, library: Any, roots: Sequence[str] = ()) -> None:
        self.read, self.library, self.roots = read, library, tuple(roots)
        self.modules: dict[str, SourceModule | Unknown] = {}
        self.sources: dict[str, Source] = {}
        self.texts: dict[str, str | None] = {}
        self.resolving: set[tuple[int, str]] = set()

    # -- files -----------------------------------------------------------------------------------------------

    def text(self, path: str) -> str | None:
        """The text of a file, read once."""
        if path not in self.texts:
            self.texts[path] = self.read(path)
        return self.texts[path]

    def source(self, path: str, text: str) -> Source:
        """The source of a file, parsed once."""
        if path not in self.sources:
            self.sources[path] = Source(path, text)
        return self.sources[path]

    def name_of(self, path: str) -> tuple[str, str]:
        """The dotted name of a file, and the folder that its absolute imports start from."""
        folder, base = posixpath.split(path)
        stem = base.removesuffix(".py")
        parts = [] if stem == "__init__" else [stem]
        while folder and self.text(posixpath.join(folder, "__init__.py")) is not None:
            folder, last = posixpath.split(folder)
            parts.insert(0, last)
        return ".".join(parts) or stem, folder

    def find(self, name: str, importer: SourceModule) -> tuple[str, bool] | None:
        """The file of a module, and whether it is a package; None if there is none."""
        relative = name.replace(".", "/")
        for root in self._search(importer):
            base = posixpath.join(root, relative)
            for path, package in ((posixpath.join(base, "__init__.py"), True), (base + ".py", False)):
                if self.text(path) is not None:
                    return path, package
        return None

    def _search(self, importer: SourceModule) -> list[str]:
        _, root = self.name_of(importer.file)
        folder = posixpath.dirname(importer.file)
        return list(dict.fromkeys([root, folder, *self.roots]))

    # -- modules ---------------------------------------------------------------------------------------------

    def load(self, name: str, importer: SourceModule, interp: Interpreter, place: Any) -> Value:
        """The module of a dotted name: the library's, or one of the source."""
        native = self.library.module(name)
        if native is not None:
            return native
        found = self.find(name, importer)
        if found is None:
            return self.library.stand_in(name) or Unknown(
                f"module {name} is not found: point `src` or `environment` to it", place
            )
        return self.load_file(found[0], interp, package=found[1])

    def load_file(self, path: str, interp: Interpreter, package: bool = False) -> Value:
        """The module in a file, run if it has not run yet."""
        name, _ = self.name_of(path)
        if path in self.modules:
            return self.modules[path]
        text = self.text(path)
        if text is None:
            return Unknown(f"{path} cannot be read")
        source = self.source(path, text)
        module = SourceModule(name, path, Scope(), source, package, "running", "yield" in text)
        self.modules[path] = module
        try:
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
        held = interp.state, interp.budget, interp.recorder.on, interp.last_doubt
        interp.state, interp.budget, interp.recorder.on = State(), budget.Budget(), False
        try:
            _run_all(body, Frame(interp, module.scope, module))
        finally:
            interp.state, interp.budget, interp.recorder.on, interp.last_doubt = held

    def member(self, module: SourceModule, name: str, frame: Frame, node: Any) -> Value:
        """`module.name`: a name of it, of its star imports, a submodule; ABSENT if there is none."""
        described = self.library.find(f"{module.name}.{name}")
        if described is not None:
            return described
        if name in module.scope.names:
            found = self._forced(module.scope, name, module.scope.names[name], frame, node)
            if found is not attributes.ABSENT:
                return found
        if module.package and self.find_below(module, name) is not None:
            return self.load_file(self.find_below(module, name) or "", frame.interp)
        found = self._from_stars(module, name, frame, node)
        if found is not attributes.ABSENT:
            return found
        getter = module.scope.names.get("__getattr__")
        if getter is not None:
            return frame.interp.call(getter, [name], frame, node)
        if name == "__dict__":
            return module.scope.names
        return attributes.ABSENT

    def find_below(self, module: SourceModule, name: str) -> str | None:
        """The file of a submodule of a package."""
        folder = posixpath.join(posixpath.dirname(module.file), name)
        paths = (posixpath.join(folder, "__init__.py"), folder + ".py")
        return next((path for path in paths if self.text(path) is not None), None)

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
        if lazy.name is None or isinstance(module, Unknown):
            return module
        found = attributes.look_up(module, lazy.name, frame, node)
        if found is attributes.ABSENT:
            below = self.load(f"{lazy.module}.{lazy.name}", lazy.importer, interp, lazy.place)
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
            for star in module.stars:
                if certain and not self._mentions(star, name, module):
                    continue
                origin = self.load(star, module, frame.interp, None)
                if isinstance(origin, Unknown) or origin is module:
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
        found = self.find(star, module)
        return found is not None and name in (self.text(found[0]) or "")

    def bind_import(self, alias: Any, frame: Frame, node: Any) -> None:
        """`import a.b`, `import a.b as c`."""
        dotted = dotted_name(alias.name)
        place = frame.place(node)
        if alias.asname is not None:
            name = alias.asname.name.value
        else:
            name = dotted = dotted.split(".")[0]
        frame.interp.state.touch(frame.scope)
        scope = frame.scope.redirects.get(name, frame.scope)
        scope.names[name] = LazyImport(dotted, None, frame.module, place)

    def bind_from(self, node: cst.ImportFrom, frame: Frame) -> None:
        """`from a import b`, relative ones too."""
        module = self.absolute(node, frame.module)
        if isinstance(node.names, cst.ImportStar):
            frame.module.stars.append(module)
            return
        frame.interp.state.touch(frame.scope)
        for alias in node.names:
            name = dotted_name(alias.name)
            bound = dotted_name(alias.asname.name) if alias.asname is not None else name
            scope = frame.scope.redirects.get(bound, frame.scope)
            scope.names[bound] = LazyImport(module, name, frame.module, frame.place(node))

    def absolute(self, node: cst.ImportFrom, module: SourceModule) -> str:
        """The absolute name of the module that an import statement names."""
        name = dotted_name(node.module) if node.module is not None else ""
        level = len(node.relative)
        if not level:
            return name
        parts = module.name.split(".")
        drop = level - 1 if module.package else level
        base = parts[: len(parts) - drop] if drop else parts
        return ".".join([*base, name] if name else base)


def _run_all(body: Sequence[Any], frame: Frame) -> None:
    """Run a module's statements; one that raises or exhausts a budget does not stop the next."""
    for statement in body:
        try:
            run_block([statement], frame)
        except Raised:
            continue
        except budget.Exhausted:
            return


def dotted_name(node: Any) -> str:
    """`a.b.c` of a chain of attributes."""
    return f"{dotted_name(node.value)}.{node.attr.value}" if isinstance(node, cst.Attribute) else str(node.value)
