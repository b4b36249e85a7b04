"""The pages of the documentation site: files of docs/ and rules/, and sections of README.md.  No text stands twice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from rflint import pages
from rflint.diagnostics import Rule
from rflint.linter import known_rules

ROOT = Path(__file__).resolve().parents[1]
SECTIONS: Mapping[str, tuple[str, ...]] = {
    "index.md": ("rflint", "What it says", "Geometry beyond the table"),
    "usage.md": ("Use", "Where it runs"),
    "sizes.md": ("Which input sizes?",),
    "building.md": ("Two commands", "How it is built"),
}
"""The pages that are made of sections of README.md; its table of rules is the page of all rules."""
TITLES = {"usage.md": "Use", "sizes.md": "Input sizes", "building.md": "How it is built"}
GUIDE = (
    "usage.md",
    "configuration.md",
    "tasks.md",
    "formats.md",
    "suppressions.md",
    "fixes.md",
    "notebooks.md",
    "integrations.md",
    "diff.md",
    "sizes.md",
    "geometry.md",
    "api.md",
)
RULES = "rules/index.md"
HEADING = re.compile(r"^(#{1,2}) +(.+)$")
LINK = re.compile(r"\]\((?:\.\./)?((?:docs|rules)/[\w./-]+)\)")


def contents() -> dict[str, str]:
    """All pages by their path in the site."""
    found = {page: "\n".join(part_of(page)) for page in SECTIONS}
    found |= {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / "docs").glob("*.md"))}
    found |= {f"rules/{rule.name}.md": pages.page(rule) for rule in known_rules().values()}
    found[RULES] = catalogue()
    return {path: relinked(path, text) for path, text in found.items()}


def part_of(page: str) -> Iterator[str]:
    """The sections of README.md that make a page; a single one is its title, several stand below one."""
    readme = sections((ROOT / "README.md").read_text(encoding="utf-8"))
    names = SECTIONS[page]
    if page in TITLES:
        yield f"# {TITLES[page]}\n"
    for name in names:
        alone = page in TITLES and (len(names) == 1 or name == TITLES[page])
        yield readme[name].partition("\n")[2] if alone else readme[name]


def sections(text: str) -> dict[str, str]:
    """The parts of a Markdown file by the heading that each begins with, of depth 1 or 2."""
    found: dict[str, list[str]] = {}
    name, fenced = "", False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        heading = HEADING.match(line) if not fenced else None
        name = heading[2] if heading else name
        found.setdefault(name, []).append(line)
    return {key: "\n".join(lines) + "\n" for key, lines in found.items()}


def families() -> Iterator[tuple[str, list[Rule]]]:
    """The rules by what they are about."""
    for name, rules in groupby(known_rules().values(), key=pages.family):
        yield name, list(rules)


def catalogue() -> str:
    """The page of all rules, a table for each family."""
    parts = ["# Rules\n\nEach page says what a rule finds, why it matters, how to mend it and when not to care.\n"]
    for name, rules in families():
        rows = ["| code | rule | severity | default | fix | |", "|---|---|---|---|---|---|"]
        parts.append("\n".join([f"## {name.capitalize()}\n", *rows, *map(row, rules)]) + "\n")
    return "\n".join(parts)


def row(rule: Rule) -> str:
    """A rule in the table."""
    on = "on" if rule.default else "off"
    summary = pages.summary(pages.page(rule))
    return f"| {rule.code} | [{rule.name}]({rule.name}.md) | {rule.severity} | {on} | {rule.fix or '–'} | {summary} |"


def relinked(path: str, text: str) -> str:
    """The text with its links between folders of the project turned into links between pages of the site."""
    up = "../" * path.count("/")
    return LINK.sub(lambda found: f"]({up}{found[1].removeprefix('docs/')})", text)


def navigation() -> list[Any]:
    """The tree of pages: the guide, the rules by family, and how it is built."""
    by_family = [{name: [f"rules/{rule.name}.md" for rule in rules]} for name, rules in families()]
    return [{"rflint": "index.md"}, {"Guide": list(GUIDE)}, {"Rules": [RULES, *by_family]}, "building.md"]
