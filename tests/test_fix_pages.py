"""Each rule's page shows the edits of its own example: they are what is written, and mend what is flagged."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import pytest
from mdtest import Case, read

from rflint import linter
from rflint.config import from_toml
from rflint.diagnostics import Diagnostic, Rule
from rflint.fixes.mending import mended

ROOT = Path(__file__).parent.parent
RULES = linter.known_rules()
FIXABLE = [rule for rule in RULES.values() if rule.fix in ("safe", "unsafe")]
OTHERS = [rule for rule in RULES.values() if rule.fix not in ("safe", "unsafe")]
each_fixable = pytest.mark.parametrize("rule", FIXABLE, ids=lambda rule: rule.name)
Files = dict[str, str]


def cases(rule: Rule) -> list[Case]:
    """The cases of a rule's page."""
    return read(ROOT / "rules" / f"{rule.name}.md")


def findings(case: Case, files: Files) -> list[Diagnostic]:
    """What rflint says of a case whose files hold these texts."""
    return linter.check(list(files), options(case, files)).diagnostics


def own(case: Case, files: Files) -> list[Diagnostic]:
    """The findings of the page's rule."""
    return [one for one in findings(case, files) if one.name == case.page.stem]


@cache
def example(rule: Rule) -> tuple[Case, Files, Files]:
    """The first case of a page that the rule flags, its files without the markers, and these files with the edits."""
    case = next(case for case in cases(rule) if own(case, case.files))
    before = {path: re.sub(r"\s*# error.*$", "", text, flags=re.MULTILINE) for path, text in case.files.items()}
    return case, before, fixed(rule, case, before)


def options(case: Case, files: Files) -> linter.Options:
    """Options that read these texts, with the configuration of a case."""
    given = {option: f"--{option}" in case.options for option in ("train", "verbose")}
    return linter.Options(from_toml(case.config, RULES), read=files.get, **given)


def fixed(rule: Rule, case: Case, files: Files) -> Files:
    """The files as `--fix` leaves them, with `--unsafe-fixes` if the rule's fix is one."""
    texts = mended(list(files), options(case, files), unsafe=rule.fix == "unsafe").texts
    return {path: texts[path][1] if path in texts else text for path, text in files.items()}


def shown(rule: Rule) -> list[str]:
    """The lines of the first diff on a page: first those that go, then those that come."""
    page = (ROOT / "rules" / f"{rule.name}.md").read_text(encoding="utf-8")
    block = re.search(r"^## Fix\n.*?^```diff\n(.*?)^```", page.partition("## Not flagged")[0], re.DOTALL | re.MULTILINE)
    return gone_and_come(block[1].splitlines() if block else [])


def gone_and_come(diff: Iterable[str]) -> list[str]:
    """The lines of a diff that begin with a sign."""
    lines = [line for line in diff if line[:1] in ("-", "+") and line[:3] not in ("---", "+++")]
    return sorted(lines, key=lambda line: line[0] == "+")


@each_fixable
def test_the_findings_of_its_page_have_such_a_fix(rule: Rule) -> None:
    case, before, _ = example(rule)
    fixes = [one.fix for one in own(case, before) if one.fix]
    assert any(fix.safe == (rule.fix == "safe") for fix in fixes), "no finding on the page has one"
    assert not [fix.refused for fix in fixes if fix.refused]


@each_fixable
def test_the_page_shows_what_is_written(rule: Rule) -> None:
    _, before, after = example(rule)
    diff = [line for path in before for line in difflib.ndiff(before[path].splitlines(), after[path].splitlines())]
    assert shown(rule) == [line[0] + line[2:] for line in gone_and_come(diff)]


@each_fixable
def test_the_edits_mend_what_is_flagged_and_nothing_else_is_found(rule: Rule) -> None:
    case, before, after = example(rule)
    for text in after.values():
        compile(text, "net.py", "exec")
    left = [one.message for one in own(case, before) if not one.fix or (rule.fix == "safe" and not one.fix.safe)]
    assert [one.message for one in own(case, after)] == left
    known = {one.code for one in findings(case, before)}
    assert {one.code for one in findings(case, after)} <= known


@each_fixable
def test_a_second_time_changes_nothing(rule: Rule) -> None:
    case, _, after = example(rule)
    assert fixed(rule, case, after) == after


@each_fixable
def test_what_the_finding_says_goes_with_the_edit(rule: Rule) -> None:
    """The values that the edit writes are in the sentence, unless it says otherwise what it does."""
    case, before, _ = example(rule)
    for one in own(case, before):
        for value in re.findall(r"\w+=\S+?(?=,|$)", one.fix.message if one.fix else ""):
            assert value in one.message


@pytest.mark.parametrize("rule", OTHERS, ids=lambda rule: rule.name)
def test_other_rules_have_none(rule: Rule) -> None:
    assert not [one.fix for case in cases(rule) for one in own(case, case.files) if one.fix]
    assert not shown(rule)
