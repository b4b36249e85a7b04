"""Tests are collected once; each mutant is put into a fork of that process and tried by the tests that reach it."""

from __future__ import annotations

import gc
import importlib
import inspect
import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import IO, Any

import pytest
from hypothesis import Phase, settings

from tests.mutation import reaching, swap
from tests.mutation.mutants import Mutant
from tests.mutation.reaching import Reach

ROOT = Path(__file__).parent.parent.parent
STORE = ROOT / "build" / "mutation"
CODE = re.compile(r'"""(RF\d{3}):')
"""How the file of a rule begins: tests that name its code are tried first."""
TABLE = "test_the_rules_are_as_recorded"
"""The test of what stands in the decorators of rules: tried on whatever runs when a module is imported."""
TOO_LONG = 120  # seconds of processor time after which a process is ended from outside


@dataclass(frozen=True)
class Outcome:
    """What became of a mutant: the test that killed it (`""`: none), and how many of the tests that reach it ran."""

    killer: str
    ran: int
    reaching: int


@dataclass
class Campaign:
    """A plugin of pytest that runs mutants instead of tests.

    `source` yields mutants, `done` is told of each outcome; at most `jobs` of them run at a time.
    No test is begun after `budget` seconds of processor time: what is then still alive counts as a survivor.
    """

    files: list[Path]
    source: Callable[[], Iterator[Mutant]]
    done: Callable[[Mutant, Outcome], None]
    jobs: int
    budget: float
    at_import: set[swap.Key] = field(default_factory=set)
    failed: bool = False
    kills: Counter[str] = field(default_factory=Counter)

    def pytest_collection(self) -> None:
        """Before tests are imported: which functions run when the mutated modules are."""
        self.at_import = reaching.called_by(import_rules, self.files)
        phases = (Phase.explicit, Phase.generate)
        settings.register_profile("mutation", database=None, derandomize=True, deadline=None, phases=phases)
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """The run: what tests reach, then every mutant."""
        reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
        reporter._tw._file = open(os.devnull, "w")  # noqa: SIM115
        self._run(session.items)
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test has failed, here where a mutant may be."""
        self.failed = self.failed or report.failed

    def _run(self, items: list[pytest.Item]) -> None:
        known = self._reached(items)
        tests = [(item, known[name]) for item in items if (name := reaching.identity(item)) in known]
        tests = [(item, reach) for item, reach in tests if reach.passes and reach.functions]
        self._warm_up([item for item, _ in tests])
        live = swap.live_functions()
        gc.freeze()
        running: dict[int, tuple[Mutant, IO[bytes], int]] = {}
        for mutant in self.source():
            if len(running) == self.jobs:
                self._wait(running)
            chosen = self._order(mutant, tests)
            process, answer = fork(lambda say, m=mutant, c=chosen: self._try(m, c, live, say))
            running[process] = mutant, answer, len(chosen)
        while running:
            self._wait(running)

    def _warm_up(self, items: list[pytest.Item]) -> None:
        """Runs a few tests, so that what is loaded when it is first needed is there before any fork."""
        for item in items[:: max(1, len(items) // 12)]:
            self._passes(item, None)
        for one in reaching.caches():
            one.cache_clear()

    def _wait(self, running: dict[int, tuple[Mutant, IO[bytes], int]]) -> None:
        process, _ = os.waitpid(-1, 0)
        mutant, answer, number = running.pop(process)
        ran, killer = last(answer)
        self.learn(mutant.path, mutant.function, killer)
        self.done(mutant, Outcome(killer, ran, number))

    def learn(self, path: Path, function: str, killer: str) -> None:
        """Remembers that a test (`""`: none) has killed a mutant of a function: it is tried first on the like of it."""
        for name in {killer, _function(killer), f"{path} {killer}", f"{path} {function} {killer}"} if killer else ():
            self.kills[name] += 1

    def _reached(self, items: list[pytest.Item]) -> dict[str, Reach]:
        """What is known of all tests; those that are new or have changed are measured, in a process of their own."""
        STORE.mkdir(parents=True, exist_ok=True)
        store = STORE / "reached.json"
        known = reaching.load(store)
        fresh = [item for item in items if reaching.identity(item) not in known]
        if fresh:
            print(f"measuring what {len(fresh)} tests reach", file=sys.stderr, flush=True)
            process, _ = fork(lambda say: self._measure(fresh, store, known))
            os.waitpid(process, 0)
            known = reaching.load(store)
        return known

    def _measure(self, items: list[pytest.Item], store: Path, known: dict[str, Reach]) -> None:
        """A part at a time, so that what was measured is kept when the run is broken off."""
        for start in range(0, len(items), 500):
            part = items[start : start + 500]
            known = {**known, **reaching.measure(part, self.files, self._passes, time.process_time)}
            reaching.save(store, known)

    def _passes(self, item: pytest.Item, following: pytest.Item | None) -> bool:
        self.failed = False
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return not self.failed

    def _order(self, mutant: Mutant, tests: list[tuple[pytest.Item, Reach]]) -> list[tuple[pytest.Item, float]]:
        """The tests that reach a mutant's function, or else its file: first its own, and known killers."""
        name, file = reaching.name_of(mutant.path, mutant.function), reaching.name_of(mutant.path, "")
        near = [(item, reach) for item, reach in tests if name in reach.functions]
        whole = (file, reaching.name_of(mutant.path.parent / "__init__.py", "all_rules"))
        near = near or [(item, reach) for item, reach in tests if any(one.startswith(whole) for one in reach.functions)]
        stem = mutant.path.stem.strip("_").replace("_", "-")
        code = CODE.match(mutant.source)
        words = (code[1], f"[{stem}]") if code else ()

        def merit(pair: tuple[pytest.Item, Reach]) -> tuple[float, ...]:
            test, seconds = pair[0].nodeid, pair[1].seconds
            here = self.kills[f"{mutant.path} {mutant.function} {test}"] + self.kills[f"{mutant.path} {test}"]
            is_own = stem in test.replace("_", "-") or any(word in _text(pair[0]) for word in words)
            is_own = is_own or (not mutant.function and test.endswith(TABLE))
            if here or is_own:
                return 0, seconds / (1 + here)
            return 1, -self.kills[_function(test)], seconds

        return [(item, reach.seconds) for item, reach in sorted(near, key=merit)]

    def _try(self, mutant: Mutant, tests: list[tuple[pytest.Item, float]], live: Any, say: Callable[..., None]) -> None:
        """Runs tests on a mutant until one fails; says of each that it begins, so that its end tells which it was."""
        resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
        resource.setrlimit(resource.RLIMIT_CPU, (TOO_LONG, TOO_LONG))
        signal.signal(signal.SIGPROF, _give_up)
        say(0, "importing")
        name = module_name(mutant.path)
        is_there = not mutant.is_control and swap.swap(mutant.path, mutant.source, live, self.at_import)
        is_anew = not is_there and not swap.renew(name, mutant.path, mutant.source)
        if is_anew:
            swap.import_anew(name, mutant.path, mutant.source)
            tests = [(item, seconds) for item, seconds in tests if not holds(values_of(item))]
        renewed, begun = set[str](), time.process_time()
        for number, (item, seconds) in enumerate(tests):
            if time.process_time() - begun > self.budget:
                return say(number, "")
            say(number, item.nodeid)
            signal.setitimer(signal.ITIMER_PROF, 5 + 10 * seconds)
            module = item.module  # type: ignore[attr-defined]
            if is_anew and module.__name__ not in renewed:
                importlib.reload(module)
                renewed.add(module.__name__)
            if not self._passes(item, None):
                return say(number + 1, item.nodeid)
        return say(len(tests), "")


def module_name(path: Path) -> str:
    """What a file is imported as."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def import_rules() -> None:
    """Imports all that is mutated."""
    importlib.import_module("rflint.checks").all_rules()
    for file in (ROOT / "rflint" / "geometry").glob("*.py"):
        importlib.import_module(f"rflint.geometry.{file.stem}")


def values_of(item: pytest.Item) -> dict[str, Any]:
    """The parameters with which a test was collected."""
    return item.callspec.params if hasattr(item, "callspec") else {}


def holds(value: Any) -> bool:
    """Whether a value, or anything in it, is of the package: of other classes than those that are imported anew."""
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    is_many = isinstance(parts, (list, tuple, set, frozenset))
    return str(getattr(value, "__module__", "")).startswith("rflint") or (is_many and any(map(holds, parts)))


def _function(test: str) -> str:
    """A test without its parameters."""
    return test.partition("[")[0]


@cache
def _text(item: pytest.Item) -> str:
    """The name of a test, its parameters, and what it is written as."""
    return f"{item.nodeid} {values_of(item)} {_source(item.function)}"  # type: ignore[attr-defined]


@cache
def _source(function: Any) -> str:
    """The text of a function, and of those of its module that it names."""
    named = [function.__globals__.get(name) for name in function.__code__.co_names]
    helpers = [one for one in named if inspect.isfunction(one) and one.__module__ == function.__module__]
    return "".join(map(inspect.getsource, [function, *helpers]))


def _give_up(signum: int, frame: FrameType | None) -> None:
    os._exit(0)


def fork(action: Callable[[Callable[..., None]], None]) -> tuple[int, IO[bytes]]:
    """Does something in a copy of this process.  Returns the process, and the file that holds what it said last."""
    said = tempfile.TemporaryFile()  # noqa: SIM115
    process = os.fork()
    if process:
        return process, said
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    try:
        action(lambda *what: os.pwrite(said.fileno(), (json.dumps(what) + "\n").encode(), 0))
    finally:
        os._exit(0)


def last(said: IO[bytes]) -> tuple[int, str]:
    """What a process has said last."""
    with said:
        ran, killer = json.loads(said.readline())
    return ran, killer
