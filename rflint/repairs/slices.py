"""Slices that keep other positions than they do."""

from __future__ import annotations

from typing import Any

import libcst as cst

from rflint.diagnostics import Change
from rflint.edits import Mirror, OpenEnd
from rflint.repairs.files import Files
from rflint.repairs.located import Refused
from rflint.repairs.templates import filled


def mirroring(files: Files, edit: Mirror) -> list[Change]:
    """What makes a slice keep the beginning instead of the end.  Raises `Refused`."""
    located, node = files.find(edit.place)
    slices = [one.slice for one in node.slice if isinstance(one.slice, cst.Slice)] if is_index(node) else []
    cut = [one for one in slices if one.lower is not None and one.upper is None and one.step is None]
    if len(cut) != 1:
        raise Refused("no single slice begins later")
    lower = cut[0].lower
    if isinstance(lower, cst.UnaryOperation) and isinstance(lower.operator, cst.Minus):
        return [located.replace(cut[0], f":{located.text(lower.expression)}")]
    return [located.replace(cut[0], filled(":-{}", lambda name: (lower, located.text(lower))))]


def opening(files: Files, edit: OpenEnd) -> list[Change]:
    """What lets a slice up to -n keep all where n is 0.  Raises `Refused`."""
    located, node = files.find(edit.place)
    slices = [one.slice for one in node.slice if isinstance(one.slice, cst.Slice)] if is_index(node) else []
    cut = [one.upper for one in slices if isinstance(one.upper, cst.UnaryOperation) and one.step is None]
    if len(cut) != 1 or not isinstance(cut[0].operator, cst.Minus):
        raise Refused("no single slice ends before the end")
    return [located.replace(cut[0], f"{located.text(cut[0])} or None")]


def is_index(node: Any) -> bool:
    """Whether an expression is one with an index behind it."""
    return isinstance(node, cst.Subscript)
