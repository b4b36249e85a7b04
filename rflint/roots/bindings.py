"""Names and the expressions that they are bound to, evaluated when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import inf
from typing import Any

import libcst as cst

from rflint.interp import budget, importing
from rflint.interp.frames import Frame
from rflint.interp.interpreter import Interpreter
from rflint.interp.numerals import kind_of
from rflint.interp.scopes import Scope
from rflint.interp.values import Raised, SourceModule, Unknown, Value

STEPS = 100_000
"""Steps that one expression may take."""
DEPTH = 40
"""Assignments that hang on each other."""
DEEPEST, LONGEST = 4, 60
"""Collections inside each other, and items of one, that are written out."""
PENDING = object()


@dataclass(slots=True, eq=False)
class Binding:
    """An expression and the names as they stood where it is written; `position` picks an item of what it gives.

    Without an expression it is not known what the name holds.  `local` names mean nothing outside their block.
    """

    node: Any
    names: Mapping[str, Binding]
    position: tuple[int, ...] = ()
    local: bool = False
    value: Value = field(default=PENDING)


Bindings = dict[str, Binding]


@contextmanager
def undone(interp: Interpreter) -> Iterator[None]:
    """What is evaluated inside changes nothing that is there outside."""
    with interp.state.attempt():
        yield


class Evaluator:
    """Evaluates expressions of a module with names that are bound as they were where the expression stands."""

    def __init__(self, interp: Interpreter, module: SourceModule) -> None:
        self.interp, self.module, self.depth = interp, module, 0

    def of(self, node: Any, names: Mapping[str, Binding]) -> Value:
        """The value of an expression; unknown where it takes too long or raises."""
        held = {name: self._forced(names[name]) for name in names_in(node) if name in names}
        frame = Frame(self.interp, Scope(held, self.module.scope), self.module)
        self.interp.budget = budget.Budget()
        self.interp.budget.steps = budget.STEPS - STEPS
        try:
            return self.interp.evaluate(node, frame)
        except (Raised, budget.Exhausted, RecursionError) as problem:
            return Unknown(f"it raises {type(problem).__name__}")

    def literal(self, node: Any, names: Mapping[str, Binding]) -> str | None:
        """The value of an expression, written out; None if it is no number, text, or collection of them."""
        value = self.of(node, names)
        return repr(value) if _is_plain(value, 0) else None

    def _forced(self, binding: Binding) -> Value:
        if binding.value is PENDING:
            binding.value = self._fresh(binding)
        return binding.value

    def _fresh(self, binding: Binding) -> Value:
        if binding.node is None or self.depth > DEPTH:
            return Unknown("it is not known what the name holds")
        self.depth += 1
        try:
            value = self.of(binding.node, binding.names)
        finally:
            self.depth -= 1
        for index in binding.position:
            if not isinstance(value, (list, tuple)) or index >= len(value):
                return Unknown("it is not known what the name holds")
            value = value[index]
        return value

    def bind_import(self, node: Any, names: Bindings) -> None:
        """The names that an import statement inside of a block binds."""
        scope = Scope(outer=self.module.scope)
        frame = Frame(self.interp, scope, self.module)
        if isinstance(node, cst.Import):
            for alias in node.names:
                importing.bind_import(alias, frame, node)
        elif not isinstance(node.names, cst.ImportStar):
            importing.bind_from(node, frame)
        for name, value in scope.names.items():
            resolved = self.interp.loader.forced(scope, name, value, frame, node)
            names[name] = Binding(None, {}, local=True, value=resolved)


def _is_plain(value: Value, depth: int) -> bool:
    """Is it a number, a text, or a short collection of them?"""
    if kind_of(value) in (int, float, str, bool, type(None)):
        return value == value and value not in (inf, -inf)
    if type(value) not in (list, tuple, dict) or depth > DEEPEST or len(value) > LONGEST:
        return False
    items = [*value, *value.values()] if isinstance(value, dict) else value
    return all(_is_plain(item, depth + 1) for item in items)


def first_name(node: Any) -> str | None:
    """`a` of `a`, `a.b[0].c` and `a.b(…)`."""
    while isinstance(node, (cst.Attribute, cst.Subscript, cst.Call)):
        node = node.func if isinstance(node, cst.Call) else node.value
    return node.value if isinstance(node, cst.Name) else None


def own_attribute(node: Any) -> str | None:
    """`self.a`, or `cls.a`, as one name; None for anything else."""
    if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name) and node.value.value in ("self", "cls"):
        return f"self.{node.attr.value}"
    return None


def names_in(node: Any) -> Iterator[str]:
    """The names that an expression mentions."""
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, (cst.Attribute, cst.Arg)):
        yield from names_in(node.value)
    else:
        for child in node.children:
            yield from names_in(child)


def pairs(target: Any, value: Any) -> Iterator[tuple[Any, Any, tuple[int, ...]]]:
    """The single targets of an assignment with the expression, or the position in it, that each is given."""
    if not isinstance(target, (cst.Tuple, cst.List)):
        yield target, value, ()
        return
    targets = [element.value for element in target.elements]
    starred = any(isinstance(element, cst.StarredElement) for element in target.elements)
    written = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
    if len(written) == len(targets) and not starred and all(isinstance(e, cst.Element) for e in written):
        for one, element in zip(targets, written, strict=True):
            yield from pairs(one, element.value)
        return
    for index, one in enumerate(targets):
        for inner, part, position in pairs(one, None if starred else value):
            yield inner, part, (index, *position)
