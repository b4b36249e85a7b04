"""Calls found in the code: which networks a file builds, and what it feeds them.

A look at statements, not a run: an assignment is remembered with the names as they stood, and evaluated only where
the size of what a network is fed hangs on it.  What may have changed in between is not known, and not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import libcst as cst

from rflint.interp.interpreter import Interpreter
from rflint.interp.values import ClassValue, Instance, SourceModule
from rflint.roots.bindings import Binding, Bindings, Evaluator, first_name, own_attribute, pairs, undone
from rflint.roots.feeding import calls_in, dotted, imported, offered
from rflint.roots.makers import KEEPING, Makers, Seen

HARMLESS = KEEPING | frozenset("load_state_dict zero_grad apply parameters init_weights normal_ uniform_ fill_".split())
"""Methods after which a network or tensor has the sizes that it had."""
EXPECTING = frozenset("raises assertRaises assertRaisesRegex suppress".split())
"""What is fed inside of these is meant to fail."""
PREPARING = ("setUp", "setUpClass", "setup_method", "setup", "setup_class")
"""Methods of a test that run before the others."""
DEEPEST = 4
"""Fixtures that need fixtures."""


def seen(interp: Interpreter, module: SourceModule, environment: Sequence[str] = ()) -> list[Seen]:
    """The calls of a module that make networks, each once, with what the first one is fed whose size is known.

    Functions and classes imported from files below the `environment` are followed only where they are fed.
    """
    return _Look(interp, module, tuple(environment)).run()


class _Look:
    """The look at one module."""

    def __init__(self, interp: Interpreter, module: SourceModule, environment: tuple[str, ...]) -> None:
        self.interp, self.module = interp, module
        self.values = Evaluator(interp, module)
        self.makers = Makers(self.values, environment)
        self.found: dict[str, Seen] = {}
        self.later: list[tuple[cst.FunctionDef, list[cst.FunctionDef]]] = []
        """Functions, and for methods those that prepare them."""
        self.fixtures: dict[str, cst.FunctionDef] = {}
        self.rebound: set[str] = set()
        self.local = self.guarded = self.inside = False

    def run(self) -> list[Seen]:
        """Statements of the module first, then those of its functions."""
        with undone(self.interp):
            names: Bindings = {}
            imports: dict[str, str] = {}
            self._block(self.module.source.module.body, names, imports)
            self.local = self.inside = True
            for function, before in self.later:
                prepared = dict(names)
                for setup in before:
                    held = self._function(setup, dict(names), dict(imports))
                    prepared.update({name: held[name] for name in held if name.startswith("self.")})
                self._function(function, prepared, dict(imports))
        return [one for one in self.found.values() if one.maker is not None or one.name not in self.rebound]

    def _function(self, node: cst.FunctionDef, names: Bindings, imports: dict[str, str], depth: int = 0) -> Bindings:
        """Look at a function; the names that it ends with."""
        params = node.params
        for param in (*params.posonly_params, *params.params, *params.kwonly_params):
            names[param.name.value] = self._given(param, imports, depth)
        for rest in (params.star_arg, params.star_kwarg):
            if isinstance(rest, cst.Param):
                names[rest.name.value] = Binding(None, {}, local=True)
        self._block(node.body.body, names, imports)
        return names

    def _given(self, param: cst.Param, imports: dict[str, str], depth: int) -> Binding:
        """What a parameter holds: its default, or what the fixture of that name returns."""
        fixture = self.fixtures.get(param.name.value)
        if fixture is None or depth > DEEPEST:
            return Binding(param.default, {}, local=True)
        names = self._function(fixture, {}, dict(imports), depth + 1)
        last = fixture.body.body[-1]
        result = last.body[0] if isinstance(last, cst.SimpleStatementLine) else None
        value = getattr(result, "value", None) if isinstance(result, (cst.Return, cst.Expr)) else None
        return Binding(value.value if isinstance(value, cst.Yield) else value, names, local=True)

    # -- statements ------------------------------------------------------------------------------------------

    def _block(self, body: Sequence[Any], names: Bindings, imports: dict[str, str]) -> None:
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    self._small(small, names, imports)
            elif isinstance(statement, cst.FunctionDef):
                self._defined(statement)
            elif isinstance(statement, cst.ClassDef):
                self._class(statement)
            elif isinstance(statement, cst.If) and _is_main(statement.test):
                self._main(statement.body.body, names, imports)
            elif isinstance(statement, cst.With):
                self._with(statement, names, imports)
            elif isinstance(statement, (cst.If, cst.For, cst.While, cst.Try)):
                self._branches(statement, names, imports)

    def _defined(self, node: cst.FunctionDef) -> None:
        if self.local:
            return
        self.later.append((node, []))
        if any("fixture" in dotted(getattr(d.decorator, "func", d.decorator), {}) for d in node.decorators):
            self.fixtures[node.name.value] = node

    def _class(self, node: cst.ClassDef) -> None:
        """The methods of a class that is no network: tests."""
        cls = self.module.scope.names.get(node.name.value)
        if self.local or not isinstance(cls, ClassValue) or self.interp.is_layer_class(cls):
            return
        methods = [inner for inner in node.body.body if isinstance(inner, cst.FunctionDef)]
        before = [method for method in methods if method.name.value in PREPARING]
        self.later.extend((method, before) for method in methods)

    def _main(self, body: Sequence[Any], names: Bindings, imports: dict[str, str]) -> None:
        held, self.local = self.local, True
        self._block(body, names, imports)
        self.local = held

    def _with(self, node: cst.With, names: Bindings, imports: dict[str, str]) -> None:
        held = self.guarded
        for item in node.items:
            callee = dotted(getattr(item.item, "func", item.item), imports)
            self.guarded = self.guarded or callee.split(".")[-1] in EXPECTING
            if item.asname is not None:
                self._bind(item.asname.name, None, names)
        self._block(node.body.body, names, imports)
        self.guarded = held

    def _branches(self, node: Any, names: Bindings, imports: dict[str, str]) -> None:
        """Each block begins with the names as they stand before; what any of them binds is not known behind."""
        changed: Bindings = {}
        for body, guarded in _blocks(node):
            inner = dict(names)
            if isinstance(node, cst.For):
                self._bind(node.target, self._first_of(node.iter), inner)
            held, self.guarded = self.guarded, self.guarded or guarded
            self._block(body, inner, imports)
            self.guarded = held
            changed.update({name: Binding(None, {}) for name, b in inner.items() if names.get(name) is not b})
        for name, binding in changed.items():
            names[name] = Binding(None, {}, local=self.local or binding.local)

    def _first_of(self, node: Any) -> Any:
        """The expression of a loop's first round, if it is written out."""
        if isinstance(node, (cst.List, cst.Tuple)) and node.elements:
            first = node.elements[0]
            return first.value if isinstance(first, cst.Element) else None
        return None

    def _small(self, node: Any, names: Bindings, imports: dict[str, str]) -> None:
        if isinstance(node, (cst.Import, cst.ImportFrom)):
            imports.update(imported(node))
            if self.local:
                self.values.bind_import(node, names)
            return
        value = getattr(node, "test", None) if isinstance(node, cst.Assert) else getattr(node, "value", None)
        if value is not None:
            for call in calls_in(value):
                self._call(call, names, imports)
        if isinstance(node, cst.Assign):
            for target in node.targets:
                self._bind(target.target, value, names)
        elif isinstance(node, cst.AnnAssign) and value is not None:
            self._bind(node.target, value, names)
        elif isinstance(node, cst.AugAssign):
            self._bind(node.target, None, names)
        elif isinstance(node, cst.Expr) and isinstance(value, cst.Call):
            self._changes(value, names)

    def _bind(self, target: Any, value: Any, names: Bindings) -> None:
        before = dict(names) if value is not None else {}
        for one, part, position in pairs(target, value):
            name = first_name(one)
            if isinstance(one, cst.Name):
                self.rebound.update([one.value] if one.value in names and not self.local else [])
                names[one.value] = Binding(part, before, position, self.local)
                if not self.local:
                    self._module_level(one.value, part)
            elif (own := own_attribute(one)) is not None:
                names[own] = Binding(part, before, position, self.local)
            elif name is not None:  # an item or attribute of it is replaced
                names[name] = Binding(None, {}, local=self.local)
                names.pop(own_attribute(getattr(one, "value", None)) or "", None)

    def _changes(self, call: cst.Call, names: Bindings) -> None:
        """A method called for what it does may change what it is called on."""
        if isinstance(call.func, cst.Attribute) and call.func.attr.value not in HARMLESS:
            name = own_attribute(call.func.value) or first_name(call.func.value)
            held = names.get(name or "")
            if name is not None and held is not None and _is_mutable(held.node):
                names[name] = Binding(None, {}, local=held.local)

    # -- networks --------------------------------------------------------------------------------------------

    def _call(self, call: cst.Call, names: Bindings, imports: dict[str, str]) -> None:
        """Note a call that makes a network, or feeds one."""
        made = self.makers.made(call, names, fed=False)
        if made is not None:
            self.found.setdefault(made.call, replace(made, inside=self.inside))
        for node, inputs in offered(call, imports):
            network = None if self.guarded else self.makers.network(node, names)
            if network is not None and not self._is_fed(network):
                shapes = inputs(lambda one: self.values.of(one, names))
                if shapes:
                    self.found[network.call] = replace(network, inputs=shapes)

    def _is_fed(self, network: Seen) -> bool:
        return network.call in self.found and bool(self.found[network.call].inputs)

    def _module_level(self, name: str, value: Any) -> None:
        """`net = nn.Sequential(…)` at the top of a module is a network by that name."""
        held = self.module.scope.names.get(name)
        if isinstance(value, cst.Call) and isinstance(held, Instance) and held.kind == "Sequential":
            self.found.setdefault(name, Seen(name, name, self.module.file))


def _is_main(test: Any) -> bool:
    """Is it `__name__ == "__main__"`?"""
    return isinstance(test, cst.Comparison) and isinstance(test.left, cst.Name) and test.left.value == "__name__"


def _is_mutable(node: Any) -> bool:
    """May a method change the sizes of what the expression gives?"""
    return not isinstance(node, (cst.Integer, cst.SimpleString, cst.Tuple))


def _blocks(node: Any) -> Iterator[tuple[Sequence[Any], bool]]:
    """The blocks of a compound statement, and whether what happens inside may be caught."""
    if isinstance(node, cst.Try):
        yield node.body.body, bool(node.handlers)
        for handler in node.handlers:
            yield handler.body.body, True
    else:
        yield node.body.body, False
    for other in (getattr(node, "orelse", None), getattr(node, "finalbody", None)):
        if isinstance(other, cst.If):
            yield from _blocks(other)
        elif other is not None:
            yield other.body.body, False
