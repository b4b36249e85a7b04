"""Calls found in the code: which networks a file builds, and what it feeds them.

A look at statements, not a run: an assignment is remembered with the names as they stood, and evaluated only where
the size of what a network is fed hangs on it.  What may have changed in between is not known, and not taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import libcst as cst

from rflint.bindings import Binding, Bindings, Evaluator, first_name, names_in, pairs, undone
from rflint.feeding import calls_in, dotted, imported, offered
from rflint.interp import attributes
from rflint.interp.interpreter import Interpreter
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
from rflint.trace import Shape

KEEPING = frozenset("eval train cuda cpu to float half double bfloat16 requires_grad_ share_memory".split())
"""Methods that return the network that they are called on."""
HARMLESS = KEEPING | frozenset("load_state_dict zero_grad apply parameters init_weights normal_ uniform_ fill_".split())
"""Methods after which a network or tensor has the sizes that it had."""
WRAPPERS = frozenset("DataParallel DistributedDataParallel compile script".split())
"""Calls that return the network that they are given, wrapped."""
EXPECTING = frozenset("raises assertRaises assertRaisesRegex suppress".split())
"""What is fed inside of these is meant to fail."""
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


def seen(interp: Interpreter, module: SourceModule, environment: Sequence[str] = ()) -> list[Seen]:
    """The calls of a module that make networks, each once, with what the first one is fed whose size is known.

    Functions and classes imported from files below the `environment` are followed only where they are fed.
    """
    return _Look(interp, module, tuple(environment)).run()


class _Look:
    """The look at one module."""

    def __init__(self, interp: Interpreter, module: SourceModule, environment: tuple[str, ...]) -> None:
        self.interp, self.module, self.environment = interp, module, environment
        self.values = Evaluator(interp, module)
        self.found: dict[str, Seen] = {}
        self.later: list[cst.FunctionDef] = []
        self.rebound: set[str] = set()
        self.local = self.guarded = False

    def run(self) -> list[Seen]:
        """Statements of the module first, then those of its functions."""
        with undone(self.interp):
            names: Bindings = {}
            imports: dict[str, str] = {}
            self._block(self.module.source.module.body, names, imports)
            self.local = True
            for function in self.later:
                self._function(function, dict(names), dict(imports))
        return [one for one in self.found.values() if one.maker is not None or one.name not in self.rebound]

    def _function(self, node: cst.FunctionDef, names: Bindings, imports: dict[str, str]) -> None:
        params = node.params
        for param in (*params.posonly_params, *params.params, *params.kwonly_params):
            names[param.name.value] = Binding(param.default, {}, local=True)
        for rest in (params.star_arg, params.star_kwarg):
            if isinstance(rest, cst.Param):
                names[rest.name.value] = Binding(None, {}, local=True)
        self._block(node.body.body, names, imports)

    # -- statements ------------------------------------------------------------------------------------------

    def _block(self, body: Sequence[Any], names: Bindings, imports: dict[str, str]) -> None:
        for statement in body:
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    self._small(small, names, imports)
            elif isinstance(statement, cst.FunctionDef):
                if not self.local:
                    self.later.append(statement)
            elif isinstance(statement, cst.ClassDef):
                self._class(statement)
            elif isinstance(statement, cst.If) and _is_main(statement.test):
                self._main(statement.body.body, names, imports)
            elif isinstance(statement, cst.With):
                self._with(statement, names, imports)
            elif isinstance(statement, (cst.If, cst.For, cst.While, cst.Try)):
                self._branches(statement, names, imports)

    def _class(self, node: cst.ClassDef) -> None:
        """The methods of a class that is no network: tests."""
        cls = self.module.scope.names.get(node.name.value)
        if self.local or not isinstance(cls, ClassValue) or self.interp.is_layer_class(cls):
            return
        body = node.body.body
        self.later.extend(inner for inner in body if isinstance(inner, cst.FunctionDef))

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
            elif name is not None:  # an item or attribute of it is replaced
                names[name] = Binding(None, {}, local=self.local)

    def _changes(self, call: cst.Call, names: Bindings) -> None:
        """A method called for what it does may change what it is called on."""
        if isinstance(call.func, cst.Attribute) and call.func.attr.value not in HARMLESS:
            name = first_name(call.func.value)
            held = names.get(name or "")
            if name is not None and held is not None and _is_mutable(held.node):
                names[name] = Binding(None, {}, local=held.local)

    # -- networks --------------------------------------------------------------------------------------------

    def _call(self, call: cst.Call, names: Bindings, imports: dict[str, str]) -> None:
        """Note a call that makes a network, or feeds one."""
        made = self._made(call, names, fed=False)
        if made is not None:
            self.found.setdefault(made.call, made)
        for node, inputs in offered(call, imports):
            network = None if self.guarded else self._network(node, names)
            if network is not None and not self._is_fed(network):
                shapes = inputs(lambda one: self.values.of(one, names))
                if shapes:
                    self.found[network.call] = replace(network, inputs=shapes)

    def _is_fed(self, network: Seen) -> bool:
        return network.call in self.found and bool(self.found[network.call].inputs)

    def _module_level(self, name: str, value: Any) -> None:
        """`net = nn.Sequential(…)` at the top of a module is a network by that name."""
        held = self.module.scope.names.get(name)
        if isinstance(value, cst.Call) and isinstance(held, Instance) and held.cls.name == "Sequential":
            self.found.setdefault(name, Seen(name, name, self.module.file))

    def _network(self, node: Any, names: Bindings) -> Seen | None:
        """The network that an expression stands for."""
        for _ in range(64):
            node = _unwrapped(node)
            if not isinstance(node, cst.Name):
                return self._made(node, names, fed=True) if isinstance(node, cst.Call) else None
            held = names.get(node.value)
            if held is None or held.node is None or held.position:
                return None
            own = self.module.scope.names.get(node.value)
            if not held.local and isinstance(own, Instance) and isinstance(own.cls, NativeClass):
                return Seen(node.value, node.value, self.module.file) if self.interp.is_network(own) else None
            node, names = held.node, held.names
        return None

    def _made(self, call: cst.Call, names: Bindings, fed: bool) -> Seen | None:
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

    def _own(self, call: cst.Call, name: str, maker: Value, names: Bindings) -> Seen | None:
        text = self._text(call, self.module.source.module.code_for_node(call.func).strip(), names)
        return Seen(text, name, self.module.file, maker) if text is not None else None

    def _imported(self, call: cst.Call, maker: Value, names: Bindings) -> Seen | None:
        """Of what a function imports for itself the call is one of the other file."""
        if not isinstance(call.func, cst.Name) or maker.module.scope.names.get(maker.name) is not maker:
            return None
        text = self._text(call, maker.name, names, elsewhere=True)
        return Seen(text, maker.name, maker.module.file, maker) if text is not None else None

    def _may_make(self, name: str, names: Bindings, fed: bool) -> bool:
        """Is it worth a look what the name means?  Reading a library for it is only where it is fed."""
        if name in names and names[name].node is None:
            return False
        value = self.module.scope.names.get(name)
        if isinstance(value, LazyImport):
            found = self.interp.loader.find(value.module, value.importer)
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

    def _text(self, call: cst.Call, callee: str, names: Bindings, elsewhere: bool = False) -> str | None:
        """The call as it may stand anywhere in the module: names of a function's own replaced by their values."""
        parts = [self._argument(arg, names, elsewhere) for arg in call.args]
        if None in parts:
            return None
        text = f"{callee}({', '.join(map(str, parts))})"
        return text if len(text) <= LONGEST and "\n" not in text else None

    def _argument(self, arg: cst.Arg, names: Bindings, elsewhere: bool) -> str | None:
        before = f"{arg.star}{arg.keyword.value}=" if arg.keyword is not None else arg.star
        mentioned = list(names_in(arg.value))
        text: str | None = self.module.source.module.code_for_node(arg.value).strip()
        if elsewhere or any(name in names for name in mentioned):
            known = self.values.literal(arg.value, names)
            inside = elsewhere or any(name in names and names[name].local for name in mentioned)
            text = known if known is not None else None if inside else text
        return f"{before}{text}" if text is not None else None


def _is_main(test: Any) -> bool:
    """Is it `__name__ == "__main__"`?"""
    return isinstance(test, cst.Comparison) and isinstance(test.left, cst.Name) and test.left.value == "__name__"


def _is_path(node: Any) -> bool:
    """Is it `a` or `a.b.c`?"""
    while isinstance(node, cst.Attribute):
        node = node.value
    return isinstance(node, cst.Name)


def _is_mutable(node: Any) -> bool:
    """May a method change the sizes of what the expression gives?"""
    return not isinstance(node, (cst.Integer, cst.SimpleString, cst.Tuple))


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
