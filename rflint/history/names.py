"""The names of a module's text: those that it binds, those that it imports, and those that it mentions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of a module: `bound` by itself; `imports`, each with the module that it comes from and the name that it
    gets; and `mentioned` besides, comments and docstrings left out."""

    bound: frozenset[str]
    imports: frozenset[tuple[str, str, str]]
    mentioned: frozenset[str]

    @property
    def star(self) -> bool:
        """Whether all names of some module are imported."""
        return any(name == "*" for _, name, _ in self.imports)

    def visible(self, names: set[str]) -> set[str]:
        """The names with those under which they are imported."""
        return names | {new for _, old, new in self.imports if old in names}


def names(text: str) -> Names:
    """The names of a text; where it does not parse, all words may be any of these."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        words = frozenset(WORD.findall(text))
        return Names(words, frozenset(("", word, word) for word in (*words, "*")), words)
    bound = frozenset(name for name in _bound(tree.body) if not name.startswith("__"))  # each has its own __all__
    return Names(bound, frozenset(_imports(tree)), frozenset(_mentioned(tree)))


def words(imports: Iterable[tuple[str, str, str]]) -> set[str]:
    """The names in import statements, and those that they get."""
    return {part for _, name, new in imports for part in (*name.split("."), new)}


def _imports(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (("", alias.name, alias.asname or alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((module, alias.name, alias.asname or alias.name) for alias in node.names)


def _bound(body: list[ast.stmt]) -> Iterator[str]:
    """The names that statements bind, also inside of `if`, `try` and the like; not those that are imported."""
    for statement in body:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield statement.name
            continue
        for node in ast.iter_child_nodes(statement):
            if isinstance(node, ast.stmt):
                yield from _bound([node])
            elif isinstance(node, ast.ExceptHandler):
                yield from _bound(node.body)
            else:
                yield from (one.id for one in ast.walk(node) if isinstance(one, ast.Name) and _is_bound(one))


def _is_bound(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _mentioned(tree: ast.Module) -> Iterator[str]:
    """Names, attributes, and the words of strings that are no docstrings: `getattr` and annotations take them too."""
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from WORD.findall(node.value)
