"""The register of what the library describes: modules, functions, classes and layers by qualified name."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from rflint.interp import attributes
from rflint.interp.frames import Frame
from rflint.interp.values import (
    NativeClass,
    NativeFunction,
    NativeModule,
    Signature,
    Slot,
    Value,
)

Run = Callable[..., Value]


class Library:
    """Qualified names and the values that they stand for."""

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.modules: dict[str, NativeModule] = {}
        self.aliases: dict[str, str] = {}
        self.shown: dict[str, str] = {}
        """Packages, and those that show what their modules hold: `torch.nn` what `torch.nn.modules` does."""
        self.foreign: set[str] = set()
        """Packages of which only some names are described: their own source, where it is found, says the rest."""

    def find(self, qualname: str) -> Any:
        """The value that a qualified name stands for, or None."""
        return self.values.get(qualname)

    def module(self, name: str) -> NativeModule | None:
        """The module of this dotted name.  Anything below a described package counts as described."""
        name = self.aliases.get(name, name)
        top = name.split(".")[0]
        if top in self.foreign:
            return None
        if name in self.modules:
            return self.modules[name]
        return NativeModule(name) if top in self.modules else None

    def stand_in(self, name: str) -> NativeModule | None:
        """What is described of a foreign package, for where its source is not found."""
        return self.modules.get(name) if name.split(".")[0] in self.foreign else None

    def member(self, module: NativeModule, name: str, frame: Frame, node: Any) -> Value:
        """An attribute of a described module; unknown, with its name, if the library does not describe it."""
        qualname = f"{module.name}.{name}"
        if qualname in self.values:
            return self.values[qualname]
        below = self.aliases.get(qualname, qualname)
        if below in self.modules:
            return self.modules[below]
        if name.startswith("__") and name.endswith("__"):
            return module.name if name == "__name__" else attributes.ABSENT
        for inner, outer in self.shown.items():
            if f"{module.name}.".startswith(f"{inner}.") and f"{outer}.{name}" in self.values:
                return self.values[f"{outer}.{name}"]
        return frame.unknown(f"{qualname} is not supported", node)

    def names(self, module: NativeModule) -> list[str]:
        """The names that are described of a module."""
        start = f"{module.name}."
        found = [name.removeprefix(start) for name in (*self.values, *self.modules) if name.startswith(start)]
        return sorted({name for name in found if "." not in name})

    def declare(self, name: str) -> None:
        """Describe a module, and the packages above it."""
        parts = name.split(".")
        for count in range(1, len(parts) + 1):
            dotted = ".".join(parts[:count])
            self.modules.setdefault(dotted, NativeModule(dotted))

    def define(self, qualname: str, value: Value) -> Value:
        """Describe a name."""
        self.declare(qualname.rsplit(".", 1)[0])
        self.values[qualname] = value
        return value


LIBRARY = Library()


def parse_signature(text: str) -> Signature:
    """`"input, size=None, *shape, mode='nearest', **more"` as a signature; everything may be given by name."""
    slots: list[Slot] = []
    arguments = ast.parse(f"def f({text}): ...").body[0].args  # type: ignore[attr-defined]
    plain = [*arguments.posonlyargs, *arguments.args]
    defaults: list[Any] = [None] * (len(plain) - len(arguments.defaults)) + list(arguments.defaults)
    for arg, default in zip(plain, defaults, strict=True):
        slots.append(_slot(arg.arg, "plain", default))
    if arguments.vararg is not None:
        slots.append(Slot(arguments.vararg.arg, "star"))
    for arg, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        slots.append(_slot(arg.arg, "keyword", default))
    if arguments.kwarg is not None:
        slots.append(Slot(arguments.kwarg.arg, "double"))
    return Signature(tuple(slots))


def _slot(name: str, kind: str, default: Any) -> Slot:
    return Slot(name, kind, ast.literal_eval(default)) if default is not None else Slot(name, kind, required=True)


def function(*qualnames: str, signature: str | None = None) -> Callable[[Run], Run]:
    """Describe a function: `run(call, **arguments)`, or `run(call)` without a signature."""

    def register(run: Run) -> Run:
        parsed = parse_signature(signature) if signature is not None else None
        for qualname in qualnames:
            LIBRARY.define(qualname, NativeFunction(qualname, run, parsed))
        return run

    return register


def native_class(qualname: str, *bases: Value, **more: Any) -> NativeClass:
    """Describe a class."""
    cls = NativeClass(qualname.rsplit(".", 1)[-1], qualname, bases, **more)
    cls.mro = attributes.linearise(cls, bases)
    LIBRARY.define(qualname, cls)
    return cls


def member(cls: NativeClass, *names: str, signature: str | None = None) -> Callable[[Run], Run]:
    """Describe a method; the receiver is its first argument, named `self` in the signature."""

    def register(run: Run) -> Run:
        parsed = parse_signature(f"self, {signature}" if signature else "self") if signature is not None else None
        for name in names:
            cls.members[name] = NativeFunction(f"{cls.name}.{name}", run, parsed)
        return run

    return register


def alias(module: str, other: str) -> None:
    """Let one module name stand for another."""
    LIBRARY.aliases[module] = other


def shows(outer: str, inner: str) -> None:
    """Let a package show what the modules of another hold."""
    LIBRARY.shown[inner] = outer
