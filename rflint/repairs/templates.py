"""Texts with fields: `torch.nn.functional.pad({0}, (4, 0))`, `2 * {dilation}`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import libcst as cst

FIELD = re.compile(r"\{(\w*)\}")
ATOMS = (cst.Name, cst.Attribute, cst.Call, cst.Subscript, cst.BaseNumber, cst.BaseString, cst.List, cst.Dict, cst.Set)
"""Expressions that are bound to what stands beside them like a name."""


def fields(template: str) -> Iterator[str]:
    """The names of the fields of a text."""
    return (found[1] for found in FIELD.finditer(template))


def filled(template: str, written: Callable[[str], tuple[Any, str]]) -> str:
    """The text with what is written for each field: an expression and its code."""

    def put(found: re.Match[str]) -> str:
        node, text = written(found[1])
        fits = is_atom(node) or (is_apart(template, found.span()) and not isinstance(node, cst.Tuple))
        return text if fits else f"({text})"

    return FIELD.sub(put, template)


def is_atom(node: Any) -> bool:
    """Whether an expression needs no parentheses wherever it stands."""
    return isinstance(node, ATOMS) or bool(getattr(node, "lpar", ()))


def is_apart(template: str, span: tuple[int, int]) -> bool:
    """Whether a field is a whole argument or element, so that other expressions than bare tuples fit there."""
    before, after = template[: span[0]].rstrip()[-1:], template[span[1] :].lstrip()[:1]
    return before in ("", "(", ",", "[", "=") and after in ("", ")", ",", "]")
