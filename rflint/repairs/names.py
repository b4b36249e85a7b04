"""How a file calls what it has imported: `nn.ModuleList` for `torch.nn.ModuleList`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import libcst as cst

from rflint.repairs.located import Refused

FULL = re.compile(r"\btorch(?:\.\w+)+")
DEEPEST = 8
"""Blocks inside each other that are looked into for import statements."""


def spelled(text: str, module: cst.Module) -> str:
    """The text with the full names of torch as the file calls them.  Raises `Refused`."""
    known = imported(module)
    return FULL.sub(lambda found: spelling(found[0], known), text)


def spelling(full: str, known: dict[str, str]) -> str:
    """One full name as the file calls it, by the longest name that it has imported.  Raises `Refused`."""
    fitting = [name for name, meant in known.items() if f"{full}.".startswith(f"{meant}.")]
    if not fitting:
        raise Refused(f"the file imports nothing by which to call {full}")
    name = max(fitting, key=lambda one: len(known[one]))
    return name + full.removeprefix(known[name])


def imported(module: cst.Module) -> dict[str, str]:
    """The names that import statements of a module bind, and what they stand for."""
    return {name: full for statement in _imports(module.body, 0) for name, full in _bound(statement)}


def _imports(body: Any, depth: int) -> Iterator[Any]:
    """The import statements of a module, those in `if` and `try` among them."""
    for statement in body:
        if isinstance(statement, cst.SimpleStatementLine):
            yield from (one for one in statement.body if isinstance(one, (cst.Import, cst.ImportFrom)))
        elif isinstance(statement, (cst.If, cst.Try)) and depth < DEEPEST:
            yield from _imports(statement.body.body, depth + 1)


def _bound(statement: cst.Import | cst.ImportFrom) -> Iterator[tuple[str, str]]:
    if isinstance(statement.names, cst.ImportStar):
        return
    outer = dotted(statement.module) if isinstance(statement, cst.ImportFrom) and statement.module else ""
    if isinstance(statement, cst.ImportFrom) and (statement.relative or not outer):
        outer = "."
    for alias in statement.names:
        full = dotted(alias.name)
        local = dotted(alias.asname.name) if alias.asname else full if outer else full.partition(".")[0]
        yield local, f"{outer}.{full}" if outer else full if alias.asname else local


def dotted(node: Any) -> str:
    """`a.b.c` as text; "" for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    outer = dotted(node.value) if isinstance(node, cst.Attribute) else ""
    return f"{outer}.{node.attr.value}" if outer else ""
