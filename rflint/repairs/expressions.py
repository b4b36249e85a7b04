"""Expressions that become others, which may hold what is written there."""

from __future__ import annotations

from typing import Any

import libcst as cst

from rflint.diagnostics import Change
from rflint.edits import Assign, Rename, Replace
from rflint.repairs.arguments import argument_of
from rflint.repairs.calls import operands
from rflint.repairs.files import Files
from rflint.repairs.located import Located, Refused
from rflint.repairs.names import dotted, spelled
from rflint.repairs.templates import filled


def replacing(files: Files, edit: Replace) -> list[Change]:
    """What puts a text in the place of an expression.  Raises `Refused`."""
    located, node = files.find(edit.place)
    if not isinstance(node, cst.BaseExpression):
        raise Refused("what it would change is no expression")
    wanted = node if edit.operand is None else _operand(located, node, edit.operand, edit)

    def written(name: str) -> tuple[Any, str]:
        found = _field(files, edit, located, node, name) if name else wanted
        return found, located.text(found)

    return located.rewrite(wanted, filled(_spelled(edit, located), written))


def _spelled(edit: Replace, located: Located) -> str:
    """The first of both texts whose names the file has.  Raises `Refused`."""
    try:
        return spelled(edit.text, located.source.module)
    except Refused:
        if not edit.otherwise:
            raise
        return spelled(edit.otherwise, located.source.module)


def assigning(files: Files, edit: Assign) -> list[Change]:
    """What puts a text in the place of what is assigned.  Raises `Refused`."""
    located, node = files.find(edit.place)
    value = _assigned(located, node)
    if value is None:
        raise Refused("it is not assigned by a statement of its own")
    template = spelled(edit.text, located.source.module)
    return located.rewrite(value, filled(template, lambda name: (value, located.text(value))))


def _assigned(located: Located, node: Any) -> Any:
    """What a statement assigns to a target; None if it is none, or there is more than one."""
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Name) and node.func.value == "setattr":
        return node.args[2].value if len(node.args) == 3 else None
    statement = assignment(located, node)
    return None if statement is None else statement.value


def assignment(located: Located, target: Any) -> Any:
    """The statement that assigns to a target, and to it alone; None if there is none."""
    path = [one for one in located.path(target) if not isinstance(one, cst.AssignTarget)]
    statement = path[-2]
    if isinstance(statement, cst.AnnAssign):
        return statement if statement.target is target else None
    alone = isinstance(statement, cst.Assign) and [one.target for one in statement.targets] == [target]
    return statement if alone else None


def renaming(files: Files, edit: Rename) -> list[Change]:
    """What calls something else with the same arguments.  Raises `Refused`."""
    located, node = files.find(edit.place)
    old = spelled(edit.old, located.source.module)
    if not isinstance(node, cst.Call) or dotted(node.func) != old:
        raise Refused(f"it is not called as {old} there")
    return [located.replace(node.func, spelled(edit.new, located.source.module))]


def _field(files: Files, edit: Replace, located: Located, node: Any, name: str) -> Any:
    """The expression that a field stands for.  Raises `Refused`."""
    if name.isdecimal():
        return _operand(located, node, int(name), edit)
    if name in ("dividend", "divisor"):
        return _part_of_division(node, name)
    if not isinstance(node, cst.Call):
        raise Refused("what it would change is no call")
    found = argument_of(files, edit.layer, located, node, name) if edit.layer else None
    if found is None:
        raise Refused(f"the call does not say {name}")
    return found


def _part_of_division(node: Any, name: str) -> Any:
    """What is divided, or by what.  Raises `Refused`."""
    if not isinstance(node, cst.BinaryOperation) or not isinstance(node.operator, cst.Divide):
        raise Refused("what it would change is no division")
    return node.left if name == "dividend" else node.right


def _operand(located: Located, node: Any, number: int, edit: Replace) -> Any:
    """An operand of a call.  Raises `Refused`."""
    if not isinstance(node, cst.Call):
        raise Refused("what it would change is no call")
    bound = edit.layer is not None and edit.layer.defined not in (None, edit.place)
    found = operands(located, node, bound)
    if number >= len(found):
        raise Refused("the call does not write all of its operands by their position")
    return found[number]
