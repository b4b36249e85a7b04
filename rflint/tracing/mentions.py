"""Where the source says the name of an attribute: somebody else than `forward` may use it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from rflint.interp.attributes import order_of, unknown_base
from rflint.interp.interpreter import Interpreter
from rflint.interp.values import ClassValue, Instance


def is_mentioned(interp: Interpreter, owner: Instance | None, name: str) -> bool:
    """Whether a file that was read may read `owner.name`, or says the name in a string; True if that is not known."""
    if owner is None or not isinstance(owner.cls, ClassValue) or name.isdigit():
        return True
    if unknown_base(owner.cls) is not None:
        return True
    family = frozenset(one.name for one in order_of(owner.cls) if isinstance(one, ClassValue))
    texts = [source.text for source in interp.loader.sources.values() if name in source.text]
    return not texts or any(says(text, name, family) for text in texts)


@lru_cache(maxsize=512)
def says(text: str, name: str, family: frozenset[str]) -> bool:
    """Whether a source reads an attribute of that name: of `self` in these classes and those derived from them, or of
    anything else anywhere.  A string with that name counts too, and so does `getattr` with a name that is computed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return True
    classes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    related = _related(classes, family)
    inside = {id(node) for one in classes if one.name not in related for node in ast.walk(one)}
    return any(_reads(node, name, id(node) in inside) for node in ast.walk(tree))


def _related(classes: list[ast.ClassDef], family: frozenset[str]) -> set[str]:
    """The names of these classes and of all that are derived from them."""
    related = set(family)
    while True:
        more = {one.name for one in classes if related & set(_bases(one))} - related
        if not more:
            return related
        related |= more


def _bases(one: ast.ClassDef) -> Iterator[str]:
    for base in one.bases:
        for node in ast.walk(base):
            if isinstance(node, (ast.Name, ast.Attribute)):
                yield node.id if isinstance(node, ast.Name) else node.attr


def _reads(node: ast.AST, name: str, of_another: bool) -> bool:
    """Whether a node reads an attribute of that name, of something else than `self` in a class of its own."""
    if isinstance(node, ast.Constant):
        return node.value == name
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
        return not of_another and len(node.args) > 1 and not isinstance(node.args[1], ast.Constant)
    if not isinstance(node, ast.Attribute) or node.attr != name or not isinstance(node.ctx, ast.Load):
        return False
    return not (of_another and isinstance(node.value, ast.Name) and node.value.id == "self")
