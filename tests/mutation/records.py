"""What is remembered: outcomes in Cosmic Ray's databases, one for each file, and the survivors that are listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.work_db import WorkDB, use_db
from cosmic_ray.work_item import TestOutcome, WorkerOutcome, WorkItem, WorkResult

from tests.mutation.mutants import Mutant, work_items

LISTED = Path(__file__).parent.parent / "mutants.md"
HEADING = re.compile(r"^### `(.+)`$")
CHECKED = " typed"  # behind the digest of the tests that a mutant has survived: the type checker has passed it too
ENTRY = re.compile(r"^\* `` (.*) `` → `` (.*) ``(?:: (.+))?$")


@dataclass(frozen=True)
class Tally:
    """The mutants of a file: all, killed, accounted for, surviving, and not tried yet."""

    mutants: int
    killed: int
    listed: int
    survivors: int
    waiting: int

    def row(self) -> tuple[int, ...]:
        """The numbers in this order."""
        return self.mutants, self.killed, self.listed, self.survivors, self.waiting


@contextmanager
def records(path: Path, store: Path) -> Iterator[WorkDB]:
    """The database of a file's mutants; begun anew when the file has changed."""
    items = work_items(path)
    store.mkdir(parents=True, exist_ok=True)
    with use_db(str(store / f"{path.parent.name}-{path.stem}.sqlite")) as database:
        if {item.job_id for item in database.work_items} != {item.job_id for item in items}:
            database.clear()
            database.add_work_items(items)
        yield database


def pending(database: WorkDB, tests: str) -> list[WorkItem]:
    """Mutants that were not tried, and those that survived other tests than these, in the order of the source."""
    again = [item for item, result in database.completed_work_items if _survived(result) and _tests(result) != tests]
    waiting = [*database.pending_work_items, *again]
    return sorted(waiting, key=lambda item: (item.mutations[0].start_pos, item.job_id))


def unchecked(database: WorkDB) -> list[WorkItem]:
    """Survivors of which the type checker has not been asked."""
    results = dict(database.results)
    return [item for item in alive(database) if CHECKED not in (results[item.job_id].output or "")]


def alive(database: WorkDB) -> list[WorkItem]:
    """The mutants that have survived."""
    return [item for item, result in database.completed_work_items if _survived(result)]


def killers(database: WorkDB) -> Iterator[tuple[str, str]]:
    """The functions that killed mutants are in, each with the test that killed it."""
    for item, result in database.completed_work_items:
        if result.test_outcome == TestOutcome.KILLED:
            yield item.mutations[0].definition_name or "", result.output or ""


def _survived(result: WorkResult) -> bool:
    return bool(result.test_outcome == TestOutcome.SURVIVED)


def _tests(result: WorkResult) -> str:
    return (result.output or "").removesuffix(CHECKED)


def note(database: WorkDB, mutant: Mutant, killer: str, tests: str) -> None:
    """Remembers what became of a mutant: the test that killed it, or the digest of the tests that did not."""
    before = next((result for item, result in database.results if item == mutant.key), None)
    is_checked = before is not None and CHECKED in (before.output or "")
    _set(database, mutant, killer, tests + (CHECKED if is_checked else ""))


def note_types(database: WorkDB, mutant: Mutant, said: str) -> None:
    """Remembers what the type checker has said of a survivor."""
    before = next(result for item, result in database.results if item == mutant.key)
    _set(database, mutant, f"mypy: {said}" if said else "", _tests(before) + CHECKED)


def _set(database: WorkDB, mutant: Mutant, killer: str, alive: str) -> None:
    outcome = TestOutcome.KILLED if killer else TestOutcome.SURVIVED
    difference = f"{mutant.line}\n{mutant.old}\n{mutant.new}"
    database.set_result(mutant.key, WorkResult(WorkerOutcome.NORMAL, killer or alive, outcome, difference))


def discard(database: WorkDB, item: WorkItem) -> None:
    """Remembers that a mutation gives no Python, or nothing new."""
    database.set_result(item.job_id, WorkResult(WorkerOutcome.SKIPPED))


def survivors(database: WorkDB) -> list[tuple[int, str, str]]:
    """Line, text and mutated text of those that no test has killed."""
    alive = [(result.diff or "").split("\n") for _, result in database.completed_work_items if _survived(result)]
    return sorted((int(line), old, new) for line, old, new in alive)


def tally(database: WorkDB, known: dict[tuple[str, str], str]) -> Tally:
    """The numbers of a file.  Those that are accounted for count neither as killed nor as survivors."""
    results = [result for _, result in database.completed_work_items if result.test_outcome is not None]
    alive = survivors(database)
    listed = sum((old, new) in known for _, old, new in alive)
    waiting = len(list(database.pending_work_items))
    return Tally(len(results) + waiting, len(results) - len(alive), listed, len(alive) - listed, waiting)


def accounted_for(path: str, text: str) -> dict[tuple[str, str], str]:
    """The survivors of a file that are listed, with the reason of each: its own, or that of the list it stands in."""
    found, here, reason = dict[tuple[str, str], str](), "", ""
    for line in text.splitlines():
        if heading := HEADING.match(line):
            here, reason = heading[1], ""
        elif here == path and (entry := ENTRY.match(line)):
            found[entry[1], entry[2]] = entry[3] or reason
        elif line and not line.startswith("#"):
            reason = line
    return found
