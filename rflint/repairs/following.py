"""From a name to the one expression that gives it its value: a default, or the only assignment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import libcst as cst

from rflint.repairs.located import Located

CONSTANTS = ("True", "False", "None")
MOST_NODES = 20_000


def is_constant(node: Any) -> bool:
    """Whether an expression names nothing and calls nothing, so that it says itself what it is."""
    if isinstance(node, cst.Name):
        return node.value in CONSTANTS
    if isinstance(node, (cst.Tuple, cst.List)):
        return all(isinstance(one, cst.Element) and is_constant(one.value) for one in node.elements)
    if isinstance(node, cst.UnaryOperation):
        return is_constant(node.expression)
    if isinstance(node, cst.BinaryOperation):
        return is_constant(node.left) and is_constant(node.right)
    return isinstance(node, (cst.BaseNumber, cst.SimpleString))


def given(located: Located, name: cst.Name) -> Any:
    """What gives a name its value, if nothing else reads or sets it: a default, or the right side of an assignment;
    None if that cannot be told."""
    for scope in (*located.around(name, cst.FunctionDef), located.source.module):
        named = sum(1 for _ in _named(scope, name.value))
        sides = [value for binder, value in _bindings(scope) if binder.value == name.value]
        if sides or named > 1:
            return sides[0] if len(sides) == 1 and named == 2 else None
    return None


def _named(scope: Any, name: str) -> Iterator[cst.Name]:
    """Every mention of a name in a function or module, keywords of calls and attributes aside."""
    waiting = [scope]
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node, cst.Name) and node.value == name:
            yield node
        waiting += _read(node)


def _read(node: Any) -> list[Any]:
    if isinstance(node, cst.Arg):
        return [node.value]
    if isinstance(node, cst.Attribute):
        return [node.value]
    return list(node.children)


def _bindings(scope: Any) -> Iterator[tuple[cst.Name, Any]]:
    """The parameters of a function with their defaults (or None), and what its statements, or those of a module,
    assign to one name."""
    if isinstance(scope, cst.FunctionDef):
        listed = scope.params
        yield from ((one.name, one.default) for one in (*listed.posonly_params, *listed.params, *listed.kwonly_params))
    for line in getattr(scope.body, "body", scope.body):
        for statement in line.body if isinstance(line, cst.SimpleStatementLine) else ():
            if isinstance(statement, cst.Assign) and len(statement.targets) == 1:
                target = statement.targets[0].target
                if isinstance(target, cst.Name):
                    yield target, statement.value
