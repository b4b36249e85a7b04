"""Contracts inside of functions: the expressions that a comment speaks of, and the tensors that they turn out to be.

A comment behind a statement or call speaks of its value: a tensor, or what a layer that is made there gives each time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst

from rflint.comments.reading import comments
from rflint.contracts import Contract
from rflint.interp.frames import Frame
from rflint.interp.values import Instance, Tensor, Value
from rflint.source import Source
from rflint.trace import Place, Said

VALUED = (cst.Assign, cst.AnnAssign, cst.Return, cst.Expr)
NESTING = 4
"""Containers inside each other that are looked into."""
Lines = tuple[int, int]


def watched(source: Source) -> dict[int, tuple[Contract, ...]]:
    """The nodes of the contracts in functions, by identity: on each line the outermost that begins or ends there.

    There are none in most files, which costs no look at the tree.
    """
    declared = [one for one in comments(source.text).declarations if one.contract is not None]
    found: dict[int, tuple[Contract, ...]] = {}
    if declared:
        nodes = [(node, _lines(source, whole)) for node, whole in _expressions(source.module, False)]
        outermost = {line: node for node, lines in reversed(nodes) for line in lines}
        for one in declared:
            node = outermost.get(one.line) or _around(nodes, one.line)
            if node is not None and one.contract is not None:
                found[id(node)] = (*found.get(id(node), ()), one.contract)
    return found


def _lines(source: Source, node: Any) -> Lines:
    span = source.span(source.mark(node))
    return span.line, span.end_line


def _expressions(node: Any, inside: bool) -> Iterator[tuple[Any, Any]]:
    """The values of statements and the calls in functions, outer ones first, each with the node that it fills."""
    value = getattr(node, "value", None)
    if inside and isinstance(node, VALUED) and value is not None:
        yield value, node
    elif inside and isinstance(node, (cst.Call, cst.AugAssign)):
        yield node, node
    inside = inside or isinstance(node, cst.FunctionDef)
    for child in node.body.children if isinstance(node, cst.FunctionDef) else node.children:
        yield from _expressions(child, inside)


def _around(nodes: Sequence[tuple[Any, Lines]], line: int) -> Any:
    """The innermost expression that runs over a line on which none begins or ends."""
    return next((node for node, (first, last) in reversed(nodes) if first < line < last), None)


def listen(node: Any, value: Value, frame: Frame) -> Value:
    """The value of an expression; what a comment states of it is noted."""
    for contract in frame.module.watched.get(id(node), ()):
        place = frame.place(node)
        frame.interp.recorder.hear(contract, place, value)
        for layer in _layers(value, 0):
            if (contract, place) not in layer.said:
                layer.said.append((contract, place))
    return value


def _layers(value: Value, depth: int) -> Iterator[Instance]:
    if isinstance(value, Instance):
        yield value
    elif isinstance(value, (list, tuple)) and depth < NESTING:
        for item in value:
            yield from _layers(item, depth + 1)


def heard(contract: Contract, place: Place, value: Value, conditional: str) -> Said | None:
    """What is stated of the tensors in a value; None if there is none."""
    sources = tuple(tensor.source for tensor in _tensors(value, 0))
    return Said(contract, place, sources, conditional) if sources else None


def _tensors(value: Value, depth: int) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple, dict)) and depth < NESTING:
        for item in value.values() if isinstance(value, dict) else value:
            yield from _tensors(item, depth + 1)
