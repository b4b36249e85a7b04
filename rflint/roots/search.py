"""Roots: which networks of a file are analysed as a whole, and on which inputs.

In this order: what is declared in the config or above a class or function; calls found in the code, those that are
fed first; builders and classes that can be called without arguments; at last classes with required arguments that
nobody calls, with arguments that are not known.  A class used inside an analysed network is covered by it.

The shapes of the inputs are the first of: those that are declared, those that annotations of `forward` state, those
that the code feeds.  Without any the first layers tell the channels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import libcst as cst

from rflint.comments.declarations import NOTHING, Declared, by_name
from rflint.comments.reading import comments
from rflint.dims import equal
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
from rflint.roots.makers import Seen
from rflint.roots.seen import seen
from rflint.trace import Shape
from rflint.tracing.annotations import annotated
from rflint.tracing.building import TargetError, build, call_of
from rflint.tracing.passing import forward_parameters
from rflint.tracing.session import Root, Session, deep_recursion


def roots(session: Session, file: str, declared: Mapping[str, Declared], default: Declared = NOTHING) -> list[Root]:
    """The roots of a file.  `declared` holds what is declared for the classes and functions of the file by name;
    `default` is for roots of which nothing is declared."""
    search = _search(session, file, declared, default)
    if search is None:
        return []
    with deep_recursion():
        return search.run()


def root_of(session: Session, root: Root, declared: Mapping[str, Declared], default: Declared = NOTHING) -> Root:
    """A root that is asked for by its call, with the shapes that are declared, annotated or fed.

    The same root where the call gives no network: tracing it says why.
    """
    search = _search(session, root.file, declared, default)
    if search is None:
        return root
    with deep_recursion():
        return search.one(root)


def _search(session: Session, file: str, declared: Mapping[str, Declared], default: Declared) -> _Search | None:
    interp = session.interpreter()
    with deep_recursion():
        module = session.loader.load_file(file, interp)
    return None if isinstance(module, Unknown) else _Search(session, interp, module, declared, default)


class _Search:
    """The search for the roots of one module."""

    def __init__(
        self,
        session: Session,
        interp: Interpreter,
        module: SourceModule,
        declared: Mapping[str, Declared],
        default: Declared,
    ) -> None:
        self.session, self.interp, self.module = session, interp, module
        self.declared, self.default = declared, default
        self.found: dict[str, Root] = {}
        self.covered: set[int] = set()

    def run(self) -> list[Root]:
        """All roots, in the order in which the file defines them."""
        calls = {_plain(one.call): one for one in seen(self.interp, self.module, self.session.environment)}
        for name, declared in self.declared.items():
            self._add_declared(name, declared.call, calls)
        self._add_calls(
            sorted((one for one in calls.values() if one.inputs or not one.inside), key=_is_fed, reverse=True)
        )
        for name, value in self._own(Function):
            if _may_build(value):
                self._add(f"{name}()", name)
        self._add_calls(one for one in calls.values() if one.inside and not one.inputs)
        classes = [(n, c) for n, c in self._own(ClassValue) if self.interp.is_layer_class(c) and _has_forward(c)]
        for name, cls in reversed(classes):
            if not required_parameters(cls) and id(cls) not in self.covered:
                self._add(f"{name}()", name, required=True)
        for name, cls in reversed(classes):
            if required_parameters(cls) and id(cls) not in self.covered:
                self._add(f"{name}(…)", name, opened=True)
        order = {name: i for i, name in enumerate(self.module.scope.names)}
        return sorted(self.found.values(), key=lambda root: order.get(root.call.split("(")[0], -1))

    def _add_declared(self, name: str, call: str, calls: Mapping[str, Seen]) -> None:
        """Take what is declared as a root: as it is called in the code, if it has to be given arguments."""
        written = call or call_of(name, self.module, self.interp)
        if call or _plain(written) in calls or not _lacks_arguments(self._named(name)):
            self._add(written, name, calls.get(_plain(written)), required=True)
        elif not any(one.name == name and (one.inputs or not one.inside) for one in calls.values()):
            self._add(f"{name}(…)", name, opened=True)

    def _add_calls(self, calls: Iterable[Seen]) -> None:
        for one in calls:
            is_part = not one.inputs and id(one.maker) in self.covered
            if not is_part and (
                one.inputs or not isinstance(one.maker, Function) or _may_build(one.maker, required=True)
            ):
                self._add(one.call, one.name, one)

    def _own(self, kind: type) -> list[tuple[str, Any]]:
        """The functions or classes that the file itself defines."""
        names = self.module.scope.names.items()
        return [(n, v) for n, v in names if isinstance(v, kind) and getattr(origin(v), "module", None) is self.module]

    def one(self, root: Root) -> Root:
        """The root of a call that is asked for."""
        network = self._build(root)
        if not self.interp.is_network(network):
            return root
        calls = seen(self.interp, self.module, self.session.environment)
        fed = next((one for one in calls if _plain(one.call) == _plain(root.call)), None)
        return self._with_inputs(root, root.call.split("(")[0].strip(), network, fed)

    def _add(self, call: str, name: str, fed: Seen | None = None, required: bool = False, opened: bool = False) -> None:
        """Take a call as a root, if it gives a network; what that network is made of is covered."""
        wanted = required or (fed is not None and bool(fed.inputs))
        if call in self.found or (not wanted and id(self._named(name)) in self.covered):
            return
        root = Root(fed.file if fed else self.module.file, call.replace("(…)", "()"), open=opened)
        network = self._build(root)
        if not wanted and self._only_holds(network):
            return
        if self.interp.is_network(network):
            state = self.session.built[root.build_key][0].state
            state.enter()
            self._cover(network, set())
            state.leave()
        elif not (required or opened):
            return
        self.found[call] = self._with_inputs(root, name, network, fed)

    def _only_holds(self, network: Value) -> bool:
        """Whether it is a list or dict of modules, or another network that nobody can call: a part of one."""
        if not self.interp.is_network(network) or "forward" in network.attrs:
            return False
        return attributes.find_in_class(network.cls, "forward") is attributes.ABSENT

    def _with_inputs(self, root: Root, name: str, network: Value, fed: Seen | None) -> Root:
        """The root with its task and the shapes of its inputs."""
        declared = self._declared(name, fed)
        inputs = declared.inputs or self.default.inputs
        if not inputs and self.interp.is_network(network):
            inputs = _stated(network, fed)
        return replace(root, inputs=inputs, task=declared.task, contracts=declared.contracts)

    def _declared(self, name: str, fed: Seen | None) -> Declared:
        """What is declared of a network, in the file that defines it."""
        maker = origin(fed.maker) if fed is not None else None
        if (
            name in self.declared
            or not isinstance(maker, (ClassValue, Function))
            or maker.module in (self.module, None)
        ):
            return self.declared.get(name, NOTHING)
        text = self.session.loader.text(maker.module.file) or ""
        return by_name(text, comments(text).declarations).get(maker.name, NOTHING)

    def _named(self, name: str) -> Value:
        return self.module.scope.names.get(name)

    def _build(self, root: Root) -> Value:
        interp = self.session.interpreter()
        try:
            made = self.session.built[root.build_key] = (interp, *build(self.session, interp, root))
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


def _is_fed(one: Seen) -> bool:
    return bool(one.inputs)


def _plain(call: str) -> str:
    """A call without blanks, to compare it."""
    return "".join(call.split())


def _stated(network: Instance, fed: Seen | None) -> tuple[tuple[str, Shape], ...]:
    """The shapes that annotations state or the code feeds; fed ones where they are an example of those annotated."""
    forward = attributes.find_in_class(network.cls, "forward")
    stated = tuple(annotated(forward)) if isinstance(forward, Function) else ()
    given = _by_name(network, fed)
    return given if not stated or _is_example(dict(given), dict(stated)) else stated


def _is_example(given: Mapping[str, Shape], stated: Mapping[str, Shape]) -> bool:
    """Are these shapes of the kind that is stated, with numbers for names?"""
    pairs = [(given.get(name, ()), shape) for name, shape in stated.items()]
    return all(len(a) == len(b) and all(equal(x, y) is not False for x, y in zip(a, b, strict=True)) for a, b in pairs)


def _by_name(network: Instance, fed: Seen | None) -> tuple[tuple[str, Shape], ...]:
    """Shapes by position under the names of `forward`'s parameters."""
    if fed is None:
        return ()
    names = [name for name, _ in forward_parameters(network)]
    keyed = [(names[key] if isinstance(key, int) and key < len(names) else key, s) for key, s in fed.inputs]
    return tuple((name if isinstance(name, str) else "", shape) for name, shape in keyed)


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


def _lacks_arguments(value: Value) -> bool:
    """Can a class or function not be called without arguments?"""
    if isinstance(value, ClassValue):
        return bool(required_parameters(value))
    rows = value.parameters if isinstance(value, Function) else ()
    return any(not p.has_default and p.kind not in ("star", "double") for p in rows)


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
