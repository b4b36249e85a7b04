"""Tasks and selectors: which rules are on; `python tests/test_profiles.py` writes the tables of docs/tasks.md anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rflint import linter
from rflint.comments.reading import TASKS
from rflint.config import from_toml
from rflint.profiles import PROFILES
from rflint.selection import selected

RULES = linter.known_rules()
NAMED = {rule.name: rule for rule in RULES.values()}
PAGE = Path(__file__).parents[1] / "docs" / "tasks.md"
MARKED = re.compile(r"(<!-- profiles: [^\n]* -->\n)(.*)(<!-- end of profiles -->)", re.DOTALL)


def tables() -> str:
    """A table for each task: the rules that differ from the defaults, and why."""
    parts = []
    for task, choices in PROFILES.items():
        rows = [
            f"| {NAMED[c.rule].code} | [{c.rule}](../rules/{c.rule}.md) | {'on' if c.on else 'off'} | {c.why} |"
            for c in sorted(choices, key=lambda choice: NAMED[choice.rule].code)
        ]
        parts.append("\n".join((f"## {task}\n", "| code | rule | | why |", "|---|---|---|---|", *rows)))
    return "\n" + "\n\n".join(parts) + "\n\n"


def on(config: str, task: str | None = None) -> set[str]:
    """The codes of the rules that are on."""
    return set(selected(from_toml(config, RULES), RULES, task))


def test_every_task_has_a_profile_and_every_choice_changes_something() -> None:
    assert set(PROFILES) == set(TASKS)
    for choices in PROFILES.values():
        assert len({choice.rule for choice in choices}) == len(choices)
        assert [c.rule for c in choices if c.rule not in NAMED or NAMED[c.rule].default is c.on] == []


def test_the_page_lists_the_profiles() -> None:
    found = MARKED.search(PAGE.read_text(encoding="utf-8"))
    assert found is not None
    assert found[2] == tables()


@pytest.mark.parametrize("task", TASKS)
def test_a_task_turns_on_and_off_what_its_profile_says_and_nothing_else(task: str) -> None:
    changed = {NAMED[choice.rule].code for choice in PROFILES[task]}
    assert on("", task) ^ on("") == changed
    assert on("", task) & changed == {NAMED[choice.rule].code for choice in PROFILES[task] if choice.on}


@pytest.mark.parametrize(
    ("config", "is_on"),
    [
        ("", False),
        ('extend-select = ["RF101"]', True),
        ('extend-select = ["rf-smaller-than-input"]', True),
        ('extend-select = ["RF1"]', True),
        ('select = ["RF101"]', True),
        ('select = ["ALL"]', True),
        ('select = ["RF2"]', False),
        ('extend-select = ["RF101"]\nignore = ["RF101"]', False),
    ],
)
def test_selectors_have_the_last_word_over_what_a_task_turns_off(config: str, is_on: bool) -> None:
    assert ("RF101" in on(config, "restoration")) is is_on


@pytest.mark.parametrize(
    ("config", "is_on"),
    [
        ("", True),
        ('ignore = ["RF2"]', False),
        ('select = ["RF4"]', False),
        ('ignore = ["aspp-rates-not-scaled"]', False),
    ],
)
def test_selectors_have_the_last_word_over_what_a_task_turns_on(config: str, is_on: bool) -> None:
    assert ("RF209" in on(config, "segmentation")) is is_on


def test_families_names_codes_and_all() -> None:
    assert on('select = ["RF2"]') == {code for code in RULES if code.startswith("RF2")}
    assert on('select = ["RF20"]') == {code for code in RULES if code.startswith("RF20")}
    assert on('select = ["RF201", "unread-pixels"]') == {"RF201", "RF304"}
    assert on('select = ["ALL"]') == set(RULES)
    assert on('select = ["ALL"]\nignore = ["RF4", "RF101"]') == {
        code for code in RULES if not code.startswith("RF4") and code != "RF101"
    }
    assert on('select = ["RF201"]\nignore = ["RF2"]') == {"RF201"}
    assert on('select = ["RF2"]\nignore = ["gridding-holes"]') == on('select = ["RF2"]') - {"RF201"}


NET = """from torch import nn


# rflint: input=(1, 3, 64, 64){task}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)

    def forward(self, x):
        return self.a(x)
"""


@pytest.mark.parametrize(
    ("task", "config", "codes"),
    [
        ("", "", ["RF101"]),
        (", task=segmentation", "", ["RF101"]),
        (", task=restoration", "", []),
        ("", 'task = "restoration"', []),
        (", task=segmentation", 'task = "restoration"', ["RF101"]),
        ("", '[[network]]\ncall = "net.py::Net()"\ntask = "restoration"', []),
        (", task=restoration", 'select = ["RF101"]', ["RF101"]),
    ],
)
def test_a_comment_a_network_of_the_configuration_or_the_configuration_says_the_task(
    task: str, config: str, codes: list[str]
) -> None:
    options = linter.Options(from_toml(config, RULES), read={"net.py": NET.format(task=task)}.get)
    assert [one.code for one in linter.check(["net.py"], options).diagnostics] == codes


def update() -> None:
    """Write the tables into the page."""
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKED.sub(lambda found: found[1] + tables() + found[3], text), encoding="utf-8")


if __name__ == "__main__":
    update()
