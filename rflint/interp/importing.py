"""Import statements: the names that they bind, and what of them certainly fails.

Names are bound lazily: a module is read when something of it is looked at.
"""

from __future__ import annotations

from typing import Any

import libcst as cst

from rflint.interp import attributes
from rflint.interp.finding import within
from rflint.interp.frames import Frame
from rflint.interp.values import LazyImport, Raised, SourceModule, Unknown


def bind_import(alias: Any, frame: Frame, node: Any) -> None:
    """`import a.b`, `import a.b as c`."""
    dotted = name = dotted_name(alias.name)
    place = frame.place(node)
    frame.interp.state.touch(frame.scope)
    _expect(dotted, frame)
    _try(dotted, None, False, frame, place)
    if alias.asname is not None:
        name = alias.asname.name.value
    else:
        frame.interp.loader.files.note_spaces(dotted, frame.module)
        name = dotted = dotted.split(".")[0]
    scope = frame.scope.redirects.get(name, frame.scope)
    scope.names[name] = LazyImport(dotted, None, frame.module, place)


def bind_from(node: cst.ImportFrom, frame: Frame) -> None:
    """`from a import b`, relative ones too."""
    module = absolute(node, frame.module)
    _expect(module, frame)
    if isinstance(node.names, cst.ImportStar):
        _try(module, None, bool(node.relative), frame, frame.place(node))
        frame.module.stars.append(module)
        return
    frame.interp.state.touch(frame.scope)
    for alias in node.names:
        name = dotted_name(alias.name)
        _expect(within(module, name), frame)
        _try(module, name, bool(node.relative), frame, frame.place(node))
        bound = dotted_name(alias.asname.name) if alias.asname is not None else name
        scope = frame.scope.redirects.get(bound, frame.scope)
        scope.names[bound] = LazyImport(module, name, frame.module, frame.place(node))


def _expect(name: str, frame: Frame) -> None:
    """A module that an import statement at the top of another runs."""
    if frame.function is None:
        frame.interp.loader.expect(name, frame.module)


def _try(module: str, name: str | None, relative: bool, frame: Frame, place: Any) -> None:
    """An import inside of `try`: one that certainly fails raises, one that may fail is remembered as such.

    A module that is not found may still be installed, unless it is one of the project, or the environment that
    was searched holds torch itself."""
    loader = frame.interp.loader
    if not frame.interp.trying or loader.library.module(module) is not None:
        return
    found = loader.files.find(module, frame.module)
    problem = Raised(ModuleNotFoundError, f"No module named '{module}'", place)
    if found is None and loader.library.stand_in(module) is None:
        if relative or (module != "torch" and loader.files.find("torch", frame.module) is not None):
            raise problem
        doubt = Unknown(f"module {module} is not found: point `src` or `environment` to it", place)
        frame.interp.state.lost.append((problem, doubt))
    elif found is not None and name is not None:
        _try_name(module, name, found, frame, place)


def _try_name(module: str, name: str, found: tuple[str, bool], frame: Frame, place: Any) -> None:
    loader = frame.interp.loader
    origin = loader.load_file(found[0], frame.interp, found[1])
    if not isinstance(origin, SourceModule) or origin.state == "running":
        return
    absent = loader.member(origin, name, frame, place) is attributes.ABSENT
    if absent and loader.files.find(within(module, name), frame.module) is None:
        raise Raised(ImportError, f"cannot import name '{name}' from '{module}'", place)


def absolute(node: cst.ImportFrom, module: SourceModule) -> str:
    """The name of the module that an import statement names: absolute, or with dots where it reaches above the
    packages that are known by an `__init__.py`."""
    name = dotted_name(node.module) if node.module is not None else ""
    level = len(node.relative)
    if not level:
        return name
    parts = module.name.split(".")
    drop = level - 1 if module.package else level
    if drop >= len(parts):
        return "." * level + name
    base = parts[: len(parts) - drop]
    return ".".join([*base, name] if name else base)


def dotted_name(node: Any) -> str:
    """`a.b.c` of a chain of attributes."""
    return f"{dotted_name(node.value)}.{node.attr.value}" if isinstance(node, cst.Attribute) else str(node.value)
