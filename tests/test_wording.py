"""All that rflint says of the pages' cases, word for word, stands in tests/recorded/said.

Markers hold the figures of a message; here stand its other words, where it begins and ends, its other places, the way
there, torch's own text and the fix.  `python tests/test_wording.py` writes the records anew: read what has changed in
them.  Cases that are new are not in the records before that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from mdtest import Case, read
from telling import told

from rflint import linter
from rflint.config import from_toml
from rflint.diagnostics import Diagnostic

TESTS = Path(__file__).parent
RECORDS = TESTS / "recorded" / "said"
PAGES = [*sorted((TESTS.parent / "rules").glob("*.md")), *sorted((TESTS / "literate").glob("*.md"))]
NETWORKS = sorted((TESTS.parent / "fixtures" / "networks").glob("*.py"))
HOW = "differs from its record; `python tests/test_wording.py` writes it anew"


def said_of_page(page: Path) -> dict[str, str]:
    """What is said of the cases of a page by their names; of a rule's page, what this rule says."""
    rules = {rule.name for rule in linter.known_rules().values()}
    wanted = {page.stem} if page.stem in rules else rules
    return {case.name: "".join(told(one) for one in found_in(case) if one.name in wanted) for case in read(page)}


def sections(text: str) -> dict[str, str]:
    """A record by the names of its cases."""
    parts = re.split(r"^## (.*)\n", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def found_in(case: Case) -> list[Diagnostic]:
    """The findings of a case."""
    config = from_toml(case.config, linter.known_rules())
    given = {option: f"--{option}" in case.options for option in ("train", "verbose")}
    return linter.check(list(case.files), linter.Options(config, read=case.files.get, **given)).diagnostics


def said_of_network(file: Path) -> str:
    """What all rules together say of a file, those that are off by default as well."""
    config = replace(from_toml("", linter.known_rules()), select=("ALL",))
    text = {file.name: file.read_text(encoding="utf-8")}
    return "".join(
        map(told, linter.check([file.name], linter.Options(config, read=text.get, verbose=True)).diagnostics)
    )


def record(page: Path) -> Path:
    """Where that is recorded which is said of a page or a file."""
    return RECORDS / f"{page.stem}.txt"


@pytest.mark.parametrize("page", [page for page in PAGES if record(page).exists()], ids=lambda page: page.stem)
def test_what_is_said_of_a_page_is_as_recorded(page: Path) -> None:
    said = said_of_page(page)
    recorded = sections(record(page).read_text(encoding="utf-8"))
    assert {name: said.get(name) for name in recorded} == recorded, HOW


@pytest.mark.parametrize("file", NETWORKS, ids=lambda file: file.stem)
def test_what_is_said_of_a_network_is_as_recorded(file: Path) -> None:
    assert said_of_network(file) == record(file).read_text(encoding="utf-8"), HOW


def update() -> None:
    """Write all records anew."""
    RECORDS.mkdir(exist_ok=True)
    for page in RECORDS.glob("*.txt"):
        page.unlink()
    said = {record(page): "".join(f"## {name}\n{text}" for name, text in said_of_page(page).items()) for page in PAGES}
    said |= {record(file): said_of_network(file) for file in NETWORKS}
    for file, text in said.items():
        if text:
            file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    update()
