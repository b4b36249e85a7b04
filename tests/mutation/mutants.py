"""The mutants of a file: one small change each, in code that runs (not in annotations, not in docstrings)."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.work_item import MutationSpec, WorkItem

from tests.mutation.operators import operators

UNSEEN = ("strict", "frozen", "slots")
"""Arguments by which code asks something of itself: that lists are of one length, that nothing is assigned to."""

Position = tuple[int, int]


@dataclass(frozen=True)
class Mutant:
    """One mutated source: where it differs, in which function (`""`: in none), and what its first changed line was."""

    key: str
    path: Path
    source: str
    line: int
    function: str
    old: str
    new: str

    @property
    def is_control(self) -> bool:
        """Whether nothing is changed: what kills it is no proof of anything."""
        return not self.key


def work_items(path: Path) -> list[WorkItem]:
    """All mutations of a file.  Their identifiers begin with a digest of its text."""
    text = path.read_text(encoding="utf-8")
    tree = get_ast(text)
    silent, places = list(_silent(tree)), scopes(text)
    return [
        WorkItem.single(f"{digest(text)}-{name}-{number}", MutationSpec(path, name, number, *span, {}, scope))
        for name, operator in operators().items()
        for number, span in enumerate(span for node in ast_nodes(tree) for span in operator.mutation_positions(node))
        if not any(start <= span[0] < end for start, end in silent)
        for scope in [places.get(span[0][0], "")]
    ]


def mutant(item: WorkItem, path: Path) -> Mutant | None:
    """The mutated source of a file, or None where the change gives no Python, or none that differs."""
    (spec,) = item.mutations  # made in another clone perhaps, so its own path is not asked
    text = path.read_text(encoding="utf-8")
    mutated = mutate_code(text, operators()[spec.operator_name], spec.occurrence)
    if mutated is None or not _is_another(text, mutated):
        return None
    before, after = text.splitlines(), mutated.splitlines()
    line = next((at for at, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(after) - 1)
    old, new = before[line].strip(), " ".join(after[line].split()) if line < len(after) else ""
    return Mutant(item.job_id, path, mutated, line + 1, spec.definition_name or "", old, new)


def control(path: Path) -> Mutant:
    """A file as it is."""
    return Mutant("", path, path.read_text(encoding="utf-8"), 0, "", "", "")


def _is_another(text: str, mutated: str) -> bool:
    try:
        return ast.dump(ast.parse(text)) != ast.dump(ast.parse(mutated))
    except SyntaxError:
        return False


def digest(text: str) -> str:
    """A short name for a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _silent(tree: Any) -> Iterator[tuple[Position, Position]]:
    """Spans of annotations, of strings that are statements, and of arguments that nothing shows of."""
    for node in ast_nodes(tree):
        kind, children = node.type, getattr(node, "children", [])
        if kind in ("annassign", "tfpdef"):
            said = children[1 if kind == "annassign" else 2]
            yield said.start_pos, said.end_pos
        elif kind == "funcdef" and node.annotation is not None:
            yield node.annotation.start_pos, node.annotation.end_pos
        elif kind in ("argument", "simple_stmt") and _is_silent(children[0]):
            yield node.start_pos, node.end_pos


def _is_silent(first: Any) -> bool:
    return first.type == "string" or (first.type == "name" and first.value in UNSEEN)


def scopes(text: str) -> dict[int, str]:
    """The outermost function that each line is in; methods are called by their class too."""
    found: dict[int, str] = {}
    for node in ast.parse(text).body:
        members = node.body if isinstance(node, ast.ClassDef) else [node]
        prefix = f"{node.name}." if isinstance(node, ast.ClassDef) else ""
        for function in members:
            if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
                lines = range(function.lineno, (function.end_lineno or function.lineno) + 1)
                found.update(dict.fromkeys(lines, prefix + function.name))
    return found
