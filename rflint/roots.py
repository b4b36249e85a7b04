"""Roots: which networks of a file are analysed as a whole, and on which inputs.

In this order: what is declared in the config or above a class or function; calls found in the code; builders and
classes that can be called without arguments; at last classes with required arguments that nobody calls, with
arguments that are not known.  A class used inside an analysed network is covered by it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst

from rflint.declarations import NOTHING, Declared
from rflint.interp import attributes, budget
from rflint.interp.interpreter import Interpreter
from rflint.interp.values import (
    ClassValue,
    Function,
    Instance,
    NativeClass,
    Partial,
    Raised,
    SourceModule,
    Unknown,
    Value,
)
from rflint.tracing import Root, Session, TargetError, build, deep_recursion


def roots(session: Session, file: str, declared: dict[str, Declared], default: Declared = NOTHING) -> list[Root]:
    """The roots of a file.  `declared` holds what is declared for the classes and functions of the file by name;
    `default` is for roots of which nothing is declared."""
    interp = session.interpreter()
    with deep_recursion():
        module = session.loader.load_file(file, interp)
        if isinstance(module, Unknown):
            return []
        return _Search(session, interp, module, declared, default).run()


class _Search:
    """The search for the roots of one module."""

    def __init__(
        self,
        session: Session,
        interp: Interpreter,
        module: SourceModule,
        declared: dict[str, Declared],
        default: Declared,
    ) -> None:
        self.session, self.interp, self.module = session, interp, module
        self.declared, self.default = declared, default
        self.found: dict[str, Root] = {}
        self.covered: set[int] = set()

    def run(self) -> list[Root]:
        """All roots, in the order in which the file defines them."""
        for name, declared in self.declared.items():
            self._add(declared.call or f"{name}()", name, required=True)
        for call in self._calls():
            self._add(call, call.split("(")[0])
        for name, value in self._own(Function):
            if _may_build(value):
                self._add(f"{name}()", name)
        classes = [(n, c) for n, c in self._own(ClassValue) if self.interp.is_layer_class(c) and _has_forward(c)]
        for name, cls in reversed(classes):
            if not required_parameters(cls) and id(cls) not in self.covered:
                self._add(f"{name}()", name)
        for name, cls in reversed(classes):
            if required_parameters(cls) and id(cls) not in self.covered:
                self._add(f"{name}(…)", name, opened=True)
        order = {name: i for i, name in enumerate(self.module.scope.names)}
        return sorted(self.found.values(), key=lambda root: order.get(root.call.split("(")[0], -1))

    def _own(self, kind: type) -> list[tuple[str, Any]]:
        """The functions or classes that the file itself defines."""
        names = self.module.scope.names.items()
        return [(n, v) for n, v in names if isinstance(v, kind) and origin(v).module is self.module]

    def _add(self, call: str, name: str, required: bool = False, opened: bool = False) -> None:
        """Take a call as a root, if it gives a network; what that network is made of is covered."""
        if call in self.found or (not required and id(self._named(name)) in self.covered):
            return
        declared = self.declared.get(name, self.default)
        root = Root(self.module.file, call.replace("(…)", "()"), declared.inputs, declared.task, opened)
        network = self._build(root)
        if self.interp.is_network(network):
            self._cover(network, set())
        elif not (required or opened):
            return
        self.found[call] = root

    def _named(self, name: str) -> Value:
        return self.module.scope.names.get(name)

    def _build(self, root: Root) -> Value:
        interp = self.session.interpreter()
        try:
            made = self.session.built[root] = (interp, *build(self.session, interp, root))
        except (Raised, budget.Exhausted, RecursionError, TargetError):
            return None
        return made[1]

    def _cover(self, network: Instance, seen: set[int]) -> None:
        if id(network) in seen:
            return
        seen.add(id(network))
        self.covered.update(id(cls) for cls in attributes.order_of(network.cls))
        for value in network.attrs.values():
            for part in _instances(value, 0):
                if self.interp.is_network(part):
                    self._cover(part, seen)

    # -- calls in the code -----------------------------------------------------------------------------------

    def _calls(self) -> Iterator[str]:
        """Calls of the file's own classes and builders with arguments that are known: at the top of the module,
        under `if __name__ == "__main__"`, and directly in functions."""
        body = self.module.source.module.body
        own = {name for kind in (ClassValue, Function) for name, _ in self._own(kind)}
        for node in _called(body, depth=0):
            if isinstance(node.func, cst.Name) and node.func.value in own and self._gives_network(node):
                yield self.module.source.module.code_for_node(node)

    def _gives_network(self, node: cst.Call) -> bool:
        assert isinstance(node.func, cst.Name)
        target = self._named(node.func.value)
        if isinstance(target, ClassValue) and not self.interp.is_layer_class(target):
            return False
        if isinstance(target, Function) and not _may_build(target, required=True):
            return False
        return all(_is_constant(arg.value) for arg in node.args)


def _called(body: Sequence[Any], depth: int) -> Iterator[cst.Call]:
    """Calls that are the value of a statement: `net = Net(10)`, `net = Net(10).eval()`."""
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine):
            for small in statement.body:
                if isinstance(small, (cst.Assign, cst.AnnAssign, cst.Expr, cst.Return)) and small.value is not None:
                    yield from _calls_in(small.value)
        elif isinstance(statement, (cst.If, cst.With, cst.For, cst.Try)):
            yield from _called(statement.body.body, depth)
        elif isinstance(statement, cst.FunctionDef) and depth == 0:
            yield from _called(statement.body.body, 1)


def _calls_in(node: Any) -> Iterator[cst.Call]:
    while isinstance(node, (cst.Call, cst.Attribute)):
        if isinstance(node, cst.Attribute):
            node = node.value
            continue
        yield node
        for arg in node.args:
            if isinstance(arg.value, cst.Call):
                yield from _calls_in(arg.value)
        node = node.func


def _is_constant(node: Any) -> bool:
    """Is the argument written out, so that it means the same anywhere in the file?"""
    if isinstance(node, (cst.Integer, cst.Float, cst.SimpleString)):
        return True
    if isinstance(node, cst.Name):
        return node.value in ("True", "False", "None")
    if isinstance(node, cst.UnaryOperation):
        return _is_constant(node.expression)
    if isinstance(node, (cst.List, cst.Tuple)):
        return all(_is_constant(element.value) for element in node.elements)
    return False


def _has_forward(cls: ClassValue) -> bool:
    """Has the class a `forward` of its own or of a base, or is it a container or layer of the library?"""
    found = attributes.find_in_class(cls, "forward")
    return found is not attributes.ABSENT


def required_parameters(cls: Value) -> list[str]:
    """The parameters of a class's constructor that have no default."""
    init = attributes.find_in_class(cls, "__init__")
    if isinstance(init, Function):
        rows = init.parameters[1:]
        return [p.name for p in rows if not p.has_default and p.kind not in ("star", "double")]
    owner = next((c for c in attributes.order_of(cls) if isinstance(c, NativeClass) and c.signature), None)
    if owner is None or owner.signature is None:
        return []
    return [slot.name for slot in owner.signature.slots[1:] if slot.required]


def origin(value: Value) -> Any:
    """The function or class behind the wrappers that decorators have put around it."""
    while isinstance(value, Function) and "__wrapped__" in value.attrs:
        value = value.attrs["__wrapped__"]
    return value


def _may_build(function: Function, required: bool = False) -> bool:
    """Can the function be called without arguments, and does it return something?"""
    function = origin(function)
    if function.generator or not isinstance(function.node, cst.FunctionDef):
        return False
    if not required and any(not p.has_default and p.kind not in ("star", "double") for p in function.parameters):
        return False
    return _returns(function.node.body.body)


def _returns(body: Sequence[Any]) -> bool:
    for statement in body:
        if isinstance(statement, (cst.Return,)) and statement.value is not None:
            return True
        if isinstance(statement, cst.If):
            if _returns(statement.body.body) or (statement.orelse is not None and _returns([statement.orelse])):
                return True
        elif hasattr(statement, "body") and not isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
            inner = statement.body
            if _returns(inner if isinstance(inner, (list, tuple)) else getattr(inner, "body", ())):
                return True
    return False


def _instances(value: Value, depth: int) -> Iterator[Instance]:
    if isinstance(value, Instance):
        yield value
    elif isinstance(value, Partial):
        yield from _instances(value.args, depth)
    elif isinstance(value, (list, tuple)) and depth < 4:
        for item in value:
            yield from _instances(item, depth + 1)
    elif isinstance(value, dict) and depth < 4:
        for item in value.values():
            yield from _instances(item, depth + 1)
