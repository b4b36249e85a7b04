"""What a network is made of: the modules below it, where they are kept, and what is never called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rflint.interp.interpreter import Interpreter
from rflint.interp.values import ClassValue, Instance, Tensor, Value
from rflint.trace import Member, Place
from rflint.tracing.mentions import is_mentioned

NESTING = 4
"""Plain collections inside each other that are looked into."""
MOST = 20_000
"""Modules of one network that are looked at."""
CAUSAL = re.compile(r"(?<![Nn]on)(?<![Nn]on[_ -])(?<!\bnot )(?<![Aa])[Cc]ausal")
CONTAINERS = ("Sequential", "ModuleList")


@dataclass(frozen=True, slots=True)
class _Found:
    """A module, the one that keeps it, and how."""

    module: Instance
    path: str
    owner: Instance | None = None
    name: str = ""
    together: int = 1
    registered: bool = True


def members(interp: Interpreter, network: Instance) -> list[Member]:
    """The network, and every module below it, each once; those that only plain collections hold come last."""
    rows: dict[int, _Found] = {}
    _collect(interp, _Found(network, ""), rows)
    for found in list(rows.values()):
        for other in _in_plain(interp, found):
            _collect(interp, other, rows)
    called = {part for use in interp.recorder.uses for part in _prefixes(use.path)}
    return [_member(interp, found, called) for found in rows.values()]


def built_late(interp: Interpreter, network: Instance) -> list[Member]:
    """The layers that `forward` has built and the network does not keep."""
    rows: dict[int, _Found] = {}
    _collect(interp, _Found(network, ""), rows)
    late = [layer for layer in interp.recorder.built_late if id(layer) not in rows]
    return [_member(interp, _Found(layer, layer.kind, registered=False), set()) for layer in late]


def _collect(interp: Interpreter, found: _Found, rows: dict[int, _Found]) -> None:
    """The module and what is registered below it, in the order of `named_modules()`."""
    if id(found.module) in rows or len(rows) >= MOST:
        return
    rows[id(found.module)] = found
    for name, value in found.module.attrs.items():
        if interp.is_network(value):
            path = f"{found.path}.{name}" if found.path else name
            _collect(interp, _Found(value, path, found.module, name, registered=found.registered), rows)


def _in_plain(interp: Interpreter, found: _Found) -> Iterator[_Found]:
    """The modules in the plain lists, tuples and dicts that are attributes of a module."""
    for name, value in found.module.attrs.items():
        if isinstance(value, (list, tuple, dict)):
            path = f"{found.path}.{name}" if found.path else name
            held = list(_networks(interp, value, path, 0))
            for module, at in held:
                yield _Found(module, at, found.module, name, len(held), registered=False)


def _networks(interp: Interpreter, value: Value, path: str, depth: int) -> Iterator[tuple[Instance, str]]:
    if interp.is_network(value):
        yield value, path
    elif isinstance(value, (list, tuple, dict)) and depth < NESTING and len(value) <= MOST:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _networks(interp, item, f"{path}[{key!r}]", depth + 1)


def _prefixes(path: str) -> Iterator[str]:
    """`a`, `a.b` and `a.b[0]` of `a.b[0]`."""
    for end, character in enumerate(path):
        if character in ".[":
            yield path[:end]
    yield path


def _member(interp: Interpreter, found: _Found, called: set[str]) -> Member:
    module, owner = found.module, found.owner
    weights = any(_has_parameters(one) for one in _below(interp, module))
    is_called = found.path in called
    return Member(
        found.path,
        module.kind,
        module.place,
        _kept(owner, found.name),
        found.registered,
        found.together,
        _alike(interp, owner, module),
        weights,
        is_called,
        not is_called and weights and is_mentioned(interp, owner, found.name),
        claim(module),
        "" if found.registered else _registering(interp, found),
    )


def _registering(interp: Interpreter, found: _Found) -> str:
    """`ModuleList` for a list or tuple of modules, `ModuleDict` for a dict by names that torch takes."""
    held = found.owner.attrs.get(found.name) if found.owner else None
    if isinstance(held, dict):
        named = all(isinstance(key, str) and key and "." not in key for key in held)
        return "ModuleDict" if named and all(map(interp.is_network, held.values())) else ""
    return "ModuleList" if isinstance(held, (list, tuple)) and all(map(interp.is_network, held)) else ""


def _kept(owner: Instance | None, name: str) -> Place | None:
    """Where an attribute is assigned; of an element, where its container is made."""
    if owner is None:
        return None
    return owner.kept.get(name) or (None if isinstance(owner.cls, ClassValue) else owner.place)


def _below(interp: Interpreter, module: Instance) -> Iterator[Instance]:
    rows: dict[int, _Found] = {}
    _collect(interp, _Found(module, ""), rows)
    return (found.module for found in rows.values())


def _has_parameters(module: Instance) -> bool:
    return any(isinstance(value, Tensor) and value.parameter for value in module.attrs.values())


def _alike(interp: Interpreter, owner: Instance | None, module: Instance) -> int:
    """How many elements of a container are this module, if all of them are; else 1."""
    if owner is None or owner.kind not in CONTAINERS or isinstance(owner.cls, ClassValue):
        return 1
    elements = [value for value in owner.attrs.values() if interp.is_network(value)]
    return len(elements) if all(one is module for one in elements) else 1


def _is_chomp(value: Value) -> bool:
    return isinstance(value, Instance) and value.kind.lower().startswith("chomp")


def claim(module: Instance) -> str:
    """Where the source says that a module is causal: an argument, the name of its class, or its docstring."""
    cls = module.cls
    if not isinstance(cls, ClassValue):
        return ""
    options = {name: value for name, value in module.given.items() if CAUSAL.search(name)}
    if options:
        return f"{next(iter(options))}=True" if all(one is True for one in options.values()) else ""
    if CAUSAL.search(cls.name):
        return f"the name {cls.name}"
    chomp = next((held.kind for held in module.attrs.values() if _is_chomp(held)), "")
    if chomp:
        return f"its {chomp}"
    doc = cls.notes.get("doc")
    return f"the docstring of {cls.name}" if isinstance(doc, str) and CAUSAL.search(doc) else ""
