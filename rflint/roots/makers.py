"""Expressions that make networks: calls of classes and builders of source, wherever they are imported from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import libcst as cst

from rflint.interp import attributes
from rflint.interp.values import (
    BoundMethod,
    ClassValue,
    Function,
    Instance,
    LazyImport,
    NativeClass,
    SourceModule,
    Value,
)
from rflint.roots.bindings import Binding, Evaluator, first_name, names_in, own_attribute
from rflint.trace import Shape

KEEPING = frozenset("eval train cuda cpu to float half double bfloat16 requires_grad_ share_memory".split())
"""Methods that return the network that they are called on."""
WRAPPERS = frozenset("DataParallel DistributedDataParallel compile script".split())
"""Calls that return the network that they are given, wrapped."""
LONGEST = 300
"""Characters of a call that is taken as a root."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A call found in the code that makes a network: the file in whose module it can be evaluated, the name that it
    begins with, what that means, and the shapes that the network is fed, by position or parameter name."""

    call: str
    name: str
    file: str
    maker: Value = field(default=None, compare=False)
    inputs: tuple[tuple[int | str, Shape], ...] = ()
    inside: bool = False
    """Does it stand in a function, perhaps as a part of what the function builds?"""


class Makers:
    """Tells which expressions of one module make networks."""

    def __init__(self, values: Evaluator, environment: tuple[str, ...]) -> None:
        self.values, self.environment = values, environment
        self.interp, self.module = values.interp, values.module

    def network(self, node: Any, names: Mapping[str, Binding]) -> Seen | None:
        """The network that an expression stands for."""
        for _ in range(64):
            node = _unwrapped(node)
            name = node.value if isinstance(node, cst.Name) else own_attribute(node)
            if name is None:
                return self.made(node, names, fed=True) if isinstance(node, cst.Call) else None
            held = names.get(name)
            if held is None or held.node is None or held.position:
                return None
            own = self.module.scope.names.get(name)
            if not held.local and _is_of_library(own):
                return Seen(name, name, self.module.file) if self.interp.is_network(own) else None
            node, names = held.node, held.names
        return None

    def made(self, call: cst.Call, names: Mapping[str, Binding], fed: bool) -> Seen | None:
        """A call of a class or function of source that makes, or may make, a network."""
        name = first_name(call.func)
        if name is None or not _is_path(call.func):
            return None
        inside = name in names and names[name].local
        if not inside and not self._may_make(name, names, fed):
            return None
        if inside and not isinstance(names[name].value, (ClassValue, Function)):
            return None
        maker = self.values.of(call.func, names if inside else {})
        if not self._is_maker(maker):
            return None
        if not fed and isinstance(maker, Function) and maker.module is not self.module:
            return None
        return self._imported(call, maker, names) if inside else self._own(call, name, maker, names)

    def _own(self, call: cst.Call, name: str, maker: Value, names: Mapping[str, Binding]) -> Seen | None:
        text = self._text(call, self.module.source.module.code_for_node(call.func).strip(), names)
        return Seen(text, name, self.module.file, maker) if text is not None else None

    def _imported(self, call: cst.Call, maker: Value, names: Mapping[str, Binding]) -> Seen | None:
        """Of what a function imports for itself the call is one of the other file."""
        if not isinstance(call.func, cst.Name) or maker.module.scope.names.get(maker.name) is not maker:
            return None
        text = self._text(call, maker.name, names, elsewhere=True)
        return Seen(text, maker.name, maker.module.file, maker) if text is not None else None

    def _may_make(self, name: str, names: Mapping[str, Binding], fed: bool) -> bool:
        """Is it worth a look what the name means?  Reading a library for it is only where it is fed."""
        if name in names and names[name].node is None:
            return False
        value = self.module.scope.names.get(name)
        if isinstance(value, LazyImport):
            found = self.interp.loader.files.find(value.module, value.importer)
            return found is not None and (fed or not found[0].startswith(self.environment or "\0"))
        return isinstance(value, (ClassValue, Function, SourceModule)) or (value is None and bool(self.module.stars))

    def _is_maker(self, value: Value) -> bool:
        if isinstance(value, ClassValue):
            return (
                self.interp.is_layer_class(value)
                and attributes.find_in_class(value, "forward") is not attributes.ABSENT
            )
        return isinstance(value, Function) or (
            isinstance(value, BoundMethod)
            and isinstance(value.function, Function)
            and self.interp.is_layer_class(value.receiver)
        )

    def _text(self, call: cst.Call, callee: str, names: Mapping[str, Binding], elsewhere: bool = False) -> str | None:
        """The call as it may stand anywhere in the module: names of a function's own replaced by their values."""
        parts = [self._argument(arg, names, elsewhere) for arg in call.args]
        if None in parts:
            return None
        text = f"{callee}({', '.join(map(str, parts))})"
        return text if len(text) <= LONGEST and "\n" not in text else None

    def _argument(self, arg: cst.Arg, names: Mapping[str, Binding], elsewhere: bool) -> str | None:
        before = f"{arg.star}{arg.keyword.value}=" if arg.keyword is not None else arg.star
        mentioned = list(names_in(arg.value))
        text: str | None = self.module.source.module.code_for_node(arg.value).strip()
        if elsewhere or any(name in names for name in mentioned):
            known = self.values.literal(arg.value, names)
            inside = elsewhere or any(name in names and names[name].local for name in mentioned)
            text = known if known is not None else None if inside else text
        return f"{before}{text}" if text is not None else None


def _is_of_library(value: Value) -> bool:
    """Is it an object of a class of the library, and no copy of a network of the source?"""
    return isinstance(value, Instance) and isinstance(value.cls, NativeClass) and value.kind not in WRAPPERS


def _is_path(node: Any) -> bool:
    """Is it `a` or `a.b.c`?"""
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _unwrapped(node: Any) -> Any:
    """The network behind `.eval()`, `.to(device)`, `nn.DataParallel(…)`."""
    while isinstance(node, cst.Call):
        func = node.func
        last = func.attr.value if isinstance(func, cst.Attribute) else getattr(func, "value", "")
        if isinstance(func, cst.Attribute) and last in KEEPING:
            node = func.value
        elif last in WRAPPERS and node.args:
            node = node.args[0].value
        else:
            break
    return node
