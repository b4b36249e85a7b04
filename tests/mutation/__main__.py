"""`python -m tests.mutation [FILE…]`: tries every mutant of these files, or of all checks and the geometry."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cosmic_ray.work_db import WorkDB

from tests.mutation import mutants, records, seek, types
from tests.mutation.campaign import ROOT, STORE, Campaign, Outcome
from tests.mutation.mutants import Mutant

ALL_TESTS = [str(ROOT / "tests")]
MUTATED = ("rflint/checks", "rflint/geometry")
TELL_NOTHING = ("same_twice", "another_way_to_import", "command_agrees", "worth_the_name", "torch_ran")
"""Tests that take long and compare answers with each other, or look at sizes only."""
NOT_TWICE = ("test_notebooks", "cannot_be_silenced")
"""Tests that fail where the package is imported a second time, whatever is mutated."""
SHARE = 90  # per cent of the mutants that must be killed, of those that are not listed with a reason
HEAD = """\
| file | mutants | killed | listed | survive | not run | killed share |
|---|---:|---:|---:|---:|---:|---:|"""
TABLE = re.compile(r"(<!-- table -->\n).*?(<!-- end of table -->)", re.DOTALL)


def main() -> int:
    """Runs what has not been run, and prints the survivors that are not listed.  1: there are some, and too many."""
    asked = arguments()
    files = [ROOT / file for file in asked.files] or scope()
    if asked.seek:
        for file in files:
            seek_for(file, asked.budget)
    elif not asked.report:
        run(files, asked.jobs, asked.budget, asked.every, asked.tests)
        ask_for_types(files)
    return report(files, asked.write)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    parser.add_argument("--budget", type=float, default=10.0, help="seconds of processor time for a mutant")
    parser.add_argument("--every", type=int, default=1, help="only each so manieth mutant: an estimate in less time")
    parser.add_argument("--tests", nargs="*", default=ALL_TESTS, help="only these: what they kill is killed")
    parser.add_argument("--report", action="store_true", help="only what earlier runs have found, as a table")
    parser.add_argument("--write", action="store_true", help="write the table into tests/mutants.md too")
    parser.add_argument("--seek", action="store_true", help="record networks that tell survivors from what they mutate")
    return parser.parse_args()


def scope() -> list[Path]:
    """All files that are mutated."""
    return [file for folder in MUTATED for file in sorted((ROOT / folder).glob("*.py"))]


def run(files: list[Path], jobs: int, budget: float, every: int, chosen: list[str]) -> None:
    """Tries the mutants that have no result yet, in the order of the files; a run that is broken off goes on later."""
    tests = digest_of_tests(chosen)
    with ExitStack() as stack:
        databases = {file: stack.enter_context(records.records(file, STORE)) for file in files}

        def source() -> Iterator[Mutant]:
            for file, database in databases.items():
                yield from waiting(file, database, tests, every)

        campaign = Campaign(scope(), source, noting(databases, tests), jobs, budget)
        for file, database in databases.items():
            for function, killer in records.killers(database):
                campaign.learn(file, function, killer)
        sys.stdout.flush()
        quiet = ["-q", "-p", "no:cacheprovider", "--no-header", "--no-summary", "--tb=no", "--assert=plain"]
        left_out = " and ".join(f"not {name}" for name in (*TELL_NOTHING, *NOT_TWICE))
        pytest.main([*quiet, "-k", left_out, *chosen], plugins=[campaign])


def waiting(file: Path, database: WorkDB, tests: str, every: int) -> Iterator[Mutant]:
    """The mutants of a file that are to be tried; before them the file as it is."""
    items = [item for item in records.pending(database, tests) if int(mutants.digest(item.job_id), 16) % every == 0]
    if items:
        print(f"{file.relative_to(ROOT)}: {len(items)}", file=sys.stderr, flush=True)
        yield mutants.control(file)
    for item in items:
        mutant = mutants.mutant(item, file)
        if mutant is None:
            records.discard(database, item)
        else:
            yield mutant


def ask_for_types(files: list[Path]) -> None:
    """Lets mypy look at what has survived, once for each mutant."""
    with ExitStack() as stack:
        databases = {file: stack.enter_context(records.records(file, STORE)) for file in files}
        found = [mutants.mutant(item, file) for file, one in databases.items() for item in records.unchecked(one)]
        alive = [one for one in found if one is not None]
        if not alive:
            return
        said = types.rejected(ROOT, [*map(mutants.control, {one.path for one in alive}), *alive])
        for one in alive:
            records.note_types(databases[one.path], one, said.get(one.key, ""))


def seek_for(file: Path, budget: float) -> None:
    """Looks for networks that tell the survivors of a file, other than those that are listed."""
    with records.records(file, STORE) as database:
        known = listed(file)
        found = [mutants.mutant(item, file) for item in records.alive(database)]
    alive = [one for one in found if one is not None and (one.old, one.new) not in known]
    if alive:
        print(
            f"{file.name}: {seek.seek(file, alive, scope(), budget)} of {len(alive)} told", file=sys.stderr, flush=True
        )


def listed(file: Path) -> dict[tuple[str, str], str]:
    """The survivors of a file that are accounted for."""
    text = records.LISTED.read_text(encoding="utf-8") if records.LISTED.exists() else ""
    return records.accounted_for(file.relative_to(ROOT).as_posix(), text)


def noting(databases: dict[Path, WorkDB], tests: str) -> Callable[[Mutant, Outcome], None]:
    """A function that writes outcomes down."""

    def done(mutant: Mutant, outcome: Outcome) -> None:
        if mutant.is_control and outcome.killer:
            print(f"{mutant.path}, unchanged, is killed by {outcome.killer}", file=sys.stderr, flush=True)
        if not mutant.is_control:
            records.note(databases[mutant.path], mutant, outcome.killer, tests)

    return done


def digest_of_tests(chosen: list[str]) -> str:
    """Changes when a test or a page does; another one where only some are chosen."""
    kept = [file for kind in ("tests/*.py", "tests/literate/*.md", "rules/*.md") for file in sorted(ROOT.glob(kind))]
    texts = [file.read_text(encoding="utf-8") for file in kept]
    return mutants.digest("".join(texts if chosen == ALL_TESTS else [*texts, *chosen]))


def report(files: list[Path], write: bool) -> int:
    """Prints a table of the files, and the survivors of which nothing is said; the table goes into the list too."""
    rows, alive, total = list[str](), list[str](), records.Tally(0, 0, 0, 0, 0)
    for file in files:
        name = file.relative_to(ROOT).as_posix()
        with records.records(file, STORE) as database:
            known = listed(file)
            numbers = records.tally(database, known)
            left = [one for one in records.survivors(database) if one[1:] not in known]
        total = records.Tally(*(a + b for a, b in zip(total.row(), numbers.row(), strict=True)))
        rows.append(row(name, numbers))
        alive += [f"{name}:{line}\n  - {old}\n  + {new}" for line, old, new in left]
    table = "\n".join([HEAD, *rows, row("all", total)])
    print(table, "", *alive, sep="\n")
    if write:
        text = records.LISTED.read_text(encoding="utf-8")
        records.LISTED.write_text(TABLE.sub(f"\\1{table}\n\\2", text), encoding="utf-8")
    return int(100 * total.killed < SHARE * (total.mutants - total.waiting - total.listed))


def row(name: str, numbers: records.Tally) -> str:
    """A row of the table."""
    tried = numbers.mutants - numbers.waiting - numbers.listed
    share = f"{100 * numbers.killed / tried:.1f} %" if tried else ""
    return " | ".join([f"| {name}", *map(str, numbers.row()), f"{share} |"])


if __name__ == "__main__":
    sys.exit(main())
