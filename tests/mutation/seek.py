"""Looks for networks that tell survivors apart: small changes of those on the rules' pages (tests/variations.py)."""

from __future__ import annotations

import ast
import importlib
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.mutation import swap
from tests.mutation.campaign import ROOT, fork, import_rules, last, module_name
from tests.mutation.mutants import Mutant
from tests.mutation.reaching import caches, called_by

sys.path.insert(0, str(ROOT / "tests"))
Tried = tuple[Path, Any]


def seek(file: Path, survivors: list[Mutant], scope: list[Path], budget: float) -> int:
    """Adds to the records what tells survivors of a file from it as it is.  Returns how many are told."""
    import variations

    at_import = called_by(import_rules, scope)
    tried = list(candidates(file, scope))
    print(f"{file.name}: {len(survivors)} survivors, {len(tried)} networks", file=sys.stderr, flush=True)
    expected = {one: variations.answer(*one) for one in tried}
    live, telling = swap.live_functions(), Counter[Tried]()
    for mutant in survivors:
        order = [one for one, _ in telling.most_common()] + [one for one in tried if one not in telling]
        process, said = fork(lambda say, m=mutant, o=order: _try(m, o, expected, live, at_import, budget, say))
        os.waitpid(process, 0)
        number, told = last(said)
        if told:
            telling[order[number]] += 1
    for page in {page for page, _ in telling}:
        kept = [change for change, _ in variations.recorded(page)]
        variations.write(page, [*kept, *(change for at, change in telling if at == page)])
    return telling.total()


def candidates(file: Path, scope: list[Path]) -> Iterator[Tried]:
    """The changes of the page of a rule; for what several rules use, those of the rules' pages: recorded ones first."""
    import variations

    pages = [
        page for one in users(file, scope) if (page := ROOT / "rules" / f"{one.stem.replace('_', '-')}.md").exists()
    ]
    every = [[(page, change) for change in variations.possible(page)] for page in pages]
    known = [(page, change) for page in pages for change, _ in variations.recorded(page)]
    stride = 1 + sum(map(len, every)) // 1500
    yield from dict.fromkeys([*known, *(one for some in every for one in some[::stride])])


def users(file: Path, scope: list[Path]) -> list[Path]:
    """A file and those that import it, directly or not."""
    imports = {one: set(_imported(one)) for one in scope}
    found, waiting = [file], [file]
    while waiting:
        name = module_name(waiting.pop())
        new = [one for one in scope if name in imports[one] and one not in found]
        found += new
        waiting += new
    return found


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _try(
    mutant: Mutant,
    order: Iterable[Tried],
    expected: dict[Tried, str],
    live: Any,
    at_import: Any,
    budget: float,
    say: Any,
) -> None:
    """Says the number of the first network on which a mutant answers otherwise."""
    say(0, "")
    name = module_name(mutant.path)
    is_there = swap.swap(mutant.path, mutant.source, live, at_import) or swap.renew(name, mutant.path, mutant.source)
    if not is_there:
        swap.import_anew(name, mutant.path, mutant.source)
    for cache in caches():
        cache.cache_clear()
    for number, one in enumerate(order):
        if time.process_time() > budget:
            break
        if _differs(one, expected[one]):
            say(number, "told")
            break


def _differs(one: Tried, expected: str) -> bool:
    try:
        return bool(importlib.import_module("variations").answer(*one) != expected)
    except Exception:
        return True
