"""Puts a mutated module into the running process: by the code of its functions, or else by importing all anew."""

from __future__ import annotations

import gc
import importlib.abc
import importlib.machinery
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

TESTS = Path(__file__).parent.parent
Key = tuple[str, str, int]


def live_functions() -> dict[Key, list[FunctionType]]:
    """All functions that exist, by the file, the name and the line of their code."""
    found: dict[Key, list[FunctionType]] = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType):
            found[key(thing.__code__)].append(thing)
    return found


def key(code: CodeType) -> Key:
    """What a code object is found by."""
    return code.co_filename, code.co_name, code.co_firstlineno


def swap(path: Path, source: str, live: dict[Key, list[FunctionType]], ran_at_import: set[Key]) -> bool:
    """Gives the functions of a module their mutated code.

    False, and nothing is done, where more than the bodies of its functions differs, or where they have done their
    work already when the module was imported.
    """
    before, after = (compile(text, str(path), "exec") for text in (path.read_text(encoding="utf-8"), source))
    if skeleton(before) != skeleton(after):
        return False
    pairs = zip(functions(before), functions(after), strict=True)
    changed = [(old, new) for old, new in pairs if body(old) != body(new)]
    for old, _ in changed:
        if key(old) in ran_at_import or not live.get(key(old)) or any(live.get(key(one)) for one in nested(old)):
            return False
    for old, new in changed:
        for function in live[key(old)]:
            function.__code__ = new
    return True


def is_function(code: CodeType) -> bool:
    """Whether code is that of a function, not of a class or a module."""
    return bool(code.co_flags & inspect.CO_OPTIMIZED)


def functions(code: CodeType) -> Iterator[CodeType]:
    """The code of the functions and methods of a module, those within functions left out."""
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from [const] if is_function(const) else functions(const)


def nested(code: CodeType) -> Iterator[CodeType]:
    """All code within a function."""
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from nested(const)


def skeleton(code: CodeType) -> Any:
    """What runs when a module is imported."""
    consts = [
        (one.co_name if is_function(one) else skeleton(one)) if isinstance(one, CodeType) else repr(one)
        for one in code.co_consts
    ]
    return code.co_code, consts, code.co_names


def body(code: CodeType) -> Any:
    """What runs when a function is called."""
    consts = [body(one) if isinstance(one, CodeType) else repr(one) for one in code.co_consts]
    return code.co_code, consts, code.co_names, code.co_varnames


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports one module from its mutated source."""

    def __init__(self, name: str, path: Path, source: str) -> None:
        self.name, self.path, self.source = name, path, source

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        is_package = self.path.name == "__init__.py"
        spec = importlib.machinery.ModuleSpec(fullname, self, origin=str(self.path), is_package=is_package)
        spec.has_location = True
        if is_package:
            spec.submodule_search_locations = [str(self.path.parent)]
        return spec

    def get_source(self, fullname: str) -> str:
        return self.source

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(self.path), "exec"), module.__dict__)


def renew(name: str, path: Path, source: str) -> bool:
    """Runs the mutated source of a rule's file in its module, so that the check that is registered sees what is new.

    False where that is not enough: the file is none of a rule, or the rule itself has become another one.
    """
    module, package = sys.modules.get(name), sys.modules[name.rpartition(".")[0]]
    registered: dict[str, Any] = getattr(package, "_registered", {})
    known = {code: rule for code, rule in registered.items() if rule.name == path.stem.replace("_", "-")}
    if module is None or not known:
        return False
    ((code, rule),) = known.items()
    del registered[code]
    exec(compile(source, str(path), "exec"), module.__dict__)
    made = registered.pop(code, None)
    registered[code] = rule
    return made is not None and replace(made, check=rule.check) == rule


def import_anew(name: str, path: Path, source: str) -> None:
    """Forgets the whole package, so that it is imported with the mutated module, and what tests share."""
    for known, module in list(sys.modules.items()):
        if known.split(".")[0] == "rflint" or is_shared(Path(getattr(module, "__file__", None) or "/")):
            del sys.modules[known]
    sys.meta_path.insert(0, Mutated(name, path, source))


def is_shared(file: Path) -> bool:
    """Whether a file is a module that tests import."""
    return file.parent == TESTS and not file.name.startswith("test_")
