"""Declarations in the source, by the name of the class or function that they stand at."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rflint.comments.reading import Declaration, Problem
from rflint.contracts import Contract
from rflint.trace import Shape


@dataclass(frozen=True, slots=True)
class Declared:
    """What is declared of a network: input shapes by parameter name ("" in order), the task, how it is called, and
    what is stated of its outputs."""

    inputs: tuple[tuple[str, Shape], ...] = ()
    task: str | None = None
    call: str = ""
    contracts: tuple[Contract, ...] = ()

    def over(self, other: Declared) -> Declared:
        """What is declared here, and what the other declares that this one does not; the contracts of both."""
        return Declared(
            self.inputs or other.inputs,
            self.task or other.task,
            self.call or other.call,
            (*self.contracts, *(one for one in other.contracts if one not in self.contracts)),
        )


NOTHING = Declared()
NOWHERE = "stands at no network, layer or call that it could speak of"


def by_name(text: str, found: Sequence[Declaration]) -> dict[str, Declared]:
    """What is declared above, or on the first lines of, the top-level classes and functions of a file, at the
    `forward` of its classes, and above the networks that it assigns to a name."""
    if not found:
        return {}
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError):
        return {}
    rows = (
        (_name(node), [d for first, last in _heads(node) for d in found if first <= d.line < last])
        for node in body
        if _name(node)
    )
    return {name: _gathered(here) for name, here in rows if here}


def stray(text: str, found: Sequence[Declaration]) -> list[Problem]:
    """The contracts that stand neither at such a definition nor at a statement in a function: they speak of nothing."""
    contracts = [one for one in found if one.contract is not None]
    if not contracts:
        return []
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return []
    heads = [head for node in tree.body if _name(node) for head in _heads(node)]
    bodies = [_body(node) for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]
    spans = heads + bodies
    lost = [one for one in contracts if not any(first <= one.line < last for first, last in spans)]
    return [Problem(one.line, f"{one.contract.text} {NOWHERE}") for one in lost if one.contract]


def _body(node: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, int]:
    return node.body[0].lineno, (node.end_lineno or node.lineno) + 1


def _name(node: ast.stmt) -> str:
    """The name that a statement defines, "" if it defines none."""
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        return node.name
    target = node.targets[0] if isinstance(node, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else ""


def _heads(node: ast.stmt) -> Iterator[tuple[int, int]]:
    """The lines of a definition's head, and of its `forward`'s."""
    if not isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        yield node.lineno, (node.end_lineno or node.lineno) + 1
        return
    yield min([node.lineno, *(d.lineno for d in node.decorator_list)]), max(node.body[0].lineno, node.lineno + 1)
    for inner in node.body:
        if isinstance(node, ast.ClassDef) and isinstance(inner, ast.FunctionDef) and inner.name == "forward":
            yield from _heads(inner)


def _gathered(found: Sequence[Declaration]) -> Declared:
    inputs = tuple(shape for declaration in found for shape in declaration.shapes)
    contracts = tuple(declaration.contract for declaration in found if declaration.contract)
    return Declared(inputs, next((declaration.task for declaration in found if declaration.task), None), "", contracts)
