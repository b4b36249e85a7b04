"""Expressions that become others, which may hold what is written there."""

from __future__ import annotations

from typing import Any

import libcst as cst

from rflint.diagnostics import Change
from rflint.edits import Replace
from rflint.repairs.arguments import argument_of
from rflint.repairs.calls import operands
from rflint.repairs.files import Files
from rflint.repairs.located import Located, Refused
from rflint.repairs.names import spelled
from rflint.repairs.templates import filled


def replacing(files: Files, edit: Replace) -> list[Change]:
    """What puts a text in the place of an expression.  Raises `Refused`."""
    located, node = files.find(edit.place)
    node = node.value if isinstance(node, (cst.Assign, cst.AnnAssign, cst.AugAssign)) else node
    if not isinstance(node, cst.BaseExpression):
        raise Refused("what it would change is no expression")
    wanted = node if edit.operand is None else _operand(located, node, edit.operand, edit)

    def written(name: str) -> tuple[Any, str]:
        found = _field(files, edit, located, node, name) if name else wanted
        return found, located.text(found)

    template = spelled(edit.text, located.source.module)
    return [located.replace(wanted, filled(template, written))]


def _field(files: Files, edit: Replace, located: Located, node: Any, name: str) -> Any:
    """The expression that a field stands for.  Raises `Refused`."""
    if name.isdecimal():
        return _operand(located, node, int(name), edit)
    if not isinstance(node, cst.Call):
        raise Refused("what it would change is no call")
    found = argument_of(files, edit.layer, located, node, name) if edit.layer else None
    if found is None:
        raise Refused(f"the call does not say {name}")
    return found


def _operand(located: Located, node: Any, number: int, edit: Replace) -> Any:
    """An operand of a call.  Raises `Refused`."""
    if not isinstance(node, cst.Call):
        raise Refused("what it would change is no call")
    bound = edit.layer is not None and edit.layer.defined not in (None, edit.place)
    found = operands(located, node, bound)
    if number >= len(found):
        raise Refused("the call does not write all of its operands by their position")
    return found[number]
