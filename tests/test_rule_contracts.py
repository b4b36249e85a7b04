"""What every rule keeps to: its name, its page, and that the two belong together."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from mdtest import MARKER

from rflint import checks
from rflint.catalogue import SYNTAX
from rflint.checks import all_rules
from rflint.diagnostics import Rule
from rflint.pages import row
from rflint.suppressing.unused import UNUSED

RULES = all_rules()
PAGES = Path(__file__).parent.parent / "rules"
RECORD = Path(__file__).parent / "recorded" / "rules.txt"
SECTIONS = ("What it does", "Why it matters", "Example", "Fix", "Not flagged", "Limits", "Options", "References")
FORBIDDEN = re.compile(
    r"^(use|uses|avoid|no|not|do|dont|prefer|consider|rewrite|check|require|missing-check)-|-(check|used|rule|error|warning)$"
)
"""Names say what is wrong ("allow unread-pixels"), not what to do about it, and not that they are rules."""

each_rule = pytest.mark.parametrize("rule", [rule.name for rule in RULES.values()], indirect=True)


@pytest.fixture
def rule(request: pytest.FixtureRequest) -> Rule:
    """The rule of a name, as it is when the test runs."""
    return next(rule for rule in all_rules().values() if rule.name == request.param)


def page(rule: Rule) -> str:
    return (PAGES / f"{rule.name}.md").read_text(encoding="utf-8")


def sections(text: str) -> dict[str, str]:
    """The text of every section by its heading; that before the first one under the title."""
    fenced = re.sub(
        r"^```.*?^```$",
        lambda block: re.sub(r"^#", "\0#", block[0], flags=re.MULTILINE),
        text,
        flags=re.MULTILINE | re.DOTALL,
    )
    parts = re.split(r"^#{1,2} (.+)$", fenced, flags=re.MULTILINE)
    return {title: body.replace("\0", "") for title, body in zip(parts[1::2], parts[2::2], strict=True)}


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)


@each_rule
def test_the_name_says_what_is_wrong(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+){0,3}", rule.name)
    assert not FORBIDDEN.search(rule.name)


@each_rule
def test_the_code_is_a_code(rule: Rule) -> None:
    assert re.fullmatch(r"RF[1-9]\d\d", rule.code)
    assert RULES[rule.code] is rule


def test_names_are_given_once() -> None:
    assert len({rule.name for rule in RULES.values()}) == len(RULES)


def test_page_module_function_and_name_have_one_stem() -> None:
    names = {rule.name for rule in RULES.values()}
    modules = {m.name for m in pkgutil.iter_modules(checks.__path__) if not m.name.startswith("_")}
    assert {path.stem for path in PAGES.glob("*.md")} - {SYNTAX.name, UNUSED.name} == names
    assert {module.replace("_", "-") for module in modules} == names
    for module in modules:
        assert callable(getattr(importlib.import_module(f"{checks.__name__}.{module}"), module))


@each_rule
def test_the_table_is_as_recorded(rule: Rule) -> None:
    recorded = (re.split("  +", line) for line in RECORD.read_text(encoding="utf-8").splitlines())
    assert list(row(rule)) in recorded, f"rflint rule --all > {RECORD}"


@each_rule
def test_the_title_is_name_and_code(rule: Rule) -> None:
    assert page(rule).splitlines()[0] == f"# {rule.name} ({rule.code})"


@each_rule
def test_one_sentence_follows_the_title(rule: Rule) -> None:
    (summary,) = sections(page(rule))[f"{rule.name} ({rule.code})"].strip().split("\n\n")
    assert re.fullmatch(r"[A-Z0-9][^.]*(\.\d[^.]*)*\.", " ".join(summary.split()))
    assert len(summary) <= 120


@each_rule
def test_the_sections_come_in_their_order(rule: Rule) -> None:
    found = list(sections(page(rule)))[1:]
    assert found == [name for name in SECTIONS if name in found]
    assert set(SECTIONS) - set(found) <= {"Fix", "Options", "References"}


@each_rule
def test_a_page_is_a_page_long(rule: Rule) -> None:
    assert 40 <= len(page(rule).splitlines()) <= 120


@each_rule
def test_a_diff_is_shown_if_and_only_if_there_is_a_fix(rule: Rule) -> None:
    diffs = blocks(page(rule), "diff")
    assert bool(diffs) is (rule.fix in ("safe", "unsafe"))
    assert all(diff in blocks(sections(page(rule))["Fix"], "diff") for diff in diffs)


@each_rule
def test_an_example_is_flagged_and_another_is_not(rule: Rule) -> None:
    flagged = blocks(sections(page(rule))["Example"], "python")
    fine = blocks(sections(page(rule))["Not flagged"], "python")
    assert flagged
    assert all(errors(block) for block in flagged)
    assert fine
    assert not any(errors(block) for block in fine)


def errors(block: str) -> list[str]:
    """The error markers of a block."""
    found = (MARKER.search(line) for line in block.splitlines())
    return [match[0] for match in found if match and match[1] == "error"]


@each_rule
def test_the_diff_changes_lines_of_the_example(rule: Rule) -> None:
    example = {
        line.split("#")[0].strip()
        for block in blocks(sections(page(rule))["Example"], "python")
        for line in block.splitlines()
    }
    for diff in blocks(page(rule), "diff"):
        removed = [line[1:].split("#")[0].strip() for line in diff.splitlines() if line.startswith("-")]
        assert removed
        assert set(removed) <= example
