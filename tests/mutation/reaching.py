"""Which tests reach which function of the mutated files: measured once for each test, kept until the test changes."""

from __future__ import annotations

import functools
import gc
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import coverage
import pytest

from tests.mutation.mutants import digest, scopes
from tests.mutation.swap import Key, is_function, key

Run = Callable[[pytest.Item, "pytest.Item | None"], bool]


@dataclass(frozen=True)
class Reach:
    """What a test does without a mutant: whether it passes, its seconds, and the functions that it calls."""

    passes: bool
    seconds: float
    functions: list[str]


def name_of(file: str | Path, function: str) -> str:
    """How a function is called in a Reach."""
    return f"{Path(file).parent.name}/{Path(file).name}::{function}"


def identity(item: pytest.Item) -> str:
    """A test and a digest of what it is made of: its module, and the values of its parameters."""
    callspec = getattr(item, "callspec", None)
    values = repr(list(callspec.params.values())) if callspec else ""
    values = re.sub(" at 0x[0-9a-f]+", "", values).replace(str(item.config.rootpath), "")
    return f"{item.nodeid} {digest(_text(item.path) + values)}"


@functools.cache
def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def load(store: Path) -> dict[str, Reach]:
    """What is known of tests by their identities."""
    if not store.exists():
        return {}
    return {one: Reach(**reach) for one, reach in json.loads(store.read_text(encoding="utf-8")).items()}


def save(store: Path, known: dict[str, Reach]) -> None:
    """Writes what is known of tests."""
    store.write_text(json.dumps({one: asdict(reach) for one, reach in known.items()}, indent=0), encoding="utf-8")


def measure(items: list[pytest.Item], files: list[Path], run: Run, clock: Callable[[], float]) -> dict[str, Reach]:
    """Runs tests one by one with coverage.py, a context for each; results that others have cached are forgotten."""
    measured = coverage.Coverage(data_file=None, config_file=False, include=[str(file) for file in files])
    cached, results = caches(), dict[str, tuple[bool, float]]()
    measured.start()
    for item, following in zip(items, [*items[1:], None], strict=True):
        measured.switch_context(item.nodeid)
        for cache in cached:
            cache.cache_clear()
        start = clock()
        passes = run(item, following)
        results[item.nodeid] = passes, clock() - start
    measured.stop()
    reached = _functions(measured.get_data(), files)
    return {
        identity(item): Reach(*results[item.nodeid], sorted(reached.get(item.nodeid, ())))
        for item in items
        if item.nodeid in results
    }


def _functions(data: coverage.CoverageData, files: Iterable[Path]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for file in files:
        places = scopes(file.read_text(encoding="utf-8"))
        for line, contexts in data.contexts_by_lineno(str(file)).items():
            for context in contexts:
                if line in places:
                    found.setdefault(context, set()).add(name_of(file, places[line]))
    return found


def caches() -> list[Any]:
    """The caches of functions in the mutated packages."""
    of = ("rflint.checks", "rflint.geometry")
    return [
        thing
        for thing in gc.get_objects()
        if type(thing) is functools._lru_cache_wrapper and str(thing.__module__).startswith(of)
    ]


def called_by(action: Callable[[], object], files: Iterable[Path]) -> set[Key]:
    """The functions of these files that an action calls."""
    wanted, called = {str(file) for file in files}, set[Key]()

    def see(frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_filename in wanted and is_function(frame.f_code):
            called.add(key(frame.f_code))

    sys.setprofile(see)
    try:
        action()
    finally:
        sys.setprofile(None)
    return called
