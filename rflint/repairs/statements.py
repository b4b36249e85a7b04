"""Statements and elements that are taken away, and lines that are put in."""

from __future__ import annotations

import re
from typing import Any

import libcst as cst

from rflint.diagnostics import Change
from rflint.edits import InsertFirst, Remove
from rflint.repairs.calls import without, without_element
from rflint.repairs.expressions import assignment
from rflint.repairs.files import Files
from rflint.repairs.located import Located, Refused
from rflint.repairs.names import spelled


def removing(files: Files, edit: Remove) -> list[Change]:
    """What takes a statement or an element away.  Raises `Refused`."""
    located, node = files.find(edit.place)
    node = assignment(located, node) or node
    path = located.path(node)
    holder = path[-2]
    if isinstance(node, cst.BaseSmallStatement) or isinstance(holder, cst.Expr):
        return _without_line(located, path)
    if isinstance(holder, cst.Arg) and isinstance(path[-3], cst.Call):
        return without(located, path[-3], holder)
    if isinstance(holder, cst.Element) and isinstance(path[-3], (cst.List, cst.Tuple)):
        if isinstance(path[-3], cst.Tuple) and len(path[-3].elements) < 3:
            raise Refused("a tuple of one needs a comma")
        return without_element(located, list(path[-3].elements), holder)
    raise Refused("what it would take away is no statement, and no element of a list or call")


def _without_line(located: Located, path: list[Any]) -> list[Change]:
    """What takes away a statement that has a line of its own, and is not alone in its block."""
    line = next(one for one in reversed(path) if isinstance(one, (cst.SimpleStatementLine, cst.SimpleStatementSuite)))
    block = path[path.index(line) - 1]
    if isinstance(line, cst.SimpleStatementSuite) or len(line.body) > 1 or len(block.body) < 2:
        raise Refused("the statement is alone in its block, or shares its line")
    start = located.line_start(located.inner(line)[0])
    return [located.change(start, located.whole(line)[1], "")]


def inserting(files: Files, edit: InsertFirst) -> list[Change]:
    """What makes a line the first one of a function.  Raises `Refused`."""
    located, node = files.find(edit.place)
    around = (one for one in located.around(node, cst.FunctionDef) if one.name.value == edit.function)
    function = next(around, None)
    if function is None or not isinstance(function.body, cst.IndentedBlock):
        raise Refused(f"it stands in no function {edit.function} with a block of its own")
    first = function.body.body[0]
    begins = located.inner(first)[0]
    text, gone = _moved(located, function, edit)
    new = located.indentation(begins) + spelled(text, located.source.module) + located.newline(begins)
    at = located.whole(first)[1 if is_docstring(first) else 0]
    return [located.change(at, at, new), *gone]


def _moved(located: Located, function: cst.FunctionDef, edit: InsertFirst) -> tuple[str, list[Change]]:
    """The text of the statement that moves, and what takes it away; without one, that of the edit.

    Raises `Refused`.
    """
    code = located.text(function)
    if not edit.moved or re.search(edit.moved, code) is None:
        return edit.text, []
    lines = [one for one in function.body.body if re.match(edit.moved, located.text(one).strip())]
    if len(lines) != 1 or len(re.findall(edit.moved, code)) > 1 or not isinstance(lines[0], cst.SimpleStatementLine):
        raise Refused(f"{edit.text} stands further down already")
    begins, ends = located.inner(lines[0])
    return located.code[begins:ends].strip(), _without_line(located, located.path(lines[0].body[0]))


def is_docstring(statement: Any) -> bool:
    """Whether a statement is nothing but a text."""
    if not isinstance(statement, cst.SimpleStatementLine) or not isinstance(statement.body[0], cst.Expr):
        return False
    return isinstance(statement.body[0].value, (cst.SimpleString, cst.ConcatenatedString))
