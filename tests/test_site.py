"""The documentation site: its pages are all there, their links lead somewhere, and what it says of settings is so."""

from __future__ import annotations

import posixpath
import re
import sys
from pathlib import Path

import pytest

from rflint.choices import CHECK_FORMATS
from rflint.comments.reading import comments
from rflint.config import KEYS, from_toml
from rflint.config import networks as network
from rflint.linter import known_rules

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))
import contents as site  # noqa: E402

PAGES = site.contents()
LINKED = re.compile(r"\]\((?!https?:)([^)#\s]+\.md)\)")
CONFIGURATION = PAGES["configuration.md"]


def listed(tree: object) -> list[str]:
    """The pages of a tree of navigation."""
    if isinstance(tree, str):
        return [tree]
    below = tree.values() if isinstance(tree, dict) else tree
    return [page for each in below for page in listed(each)]  # type: ignore[attr-defined]


def test_the_navigation_lists_every_page_once() -> None:
    assert sorted(listed(site.navigation())) == sorted(PAGES)
    assert {f"rules/{rule.name}.md" for rule in known_rules().values()} < set(PAGES)


def test_every_section_of_the_readme_has_its_page() -> None:
    names = site.sections((ROOT / "README.md").read_text(encoding="utf-8"))
    used = [name for names in site.SECTIONS.values() for name in names]
    assert sorted([*used, "Rules"]) == sorted(names)


def test_every_page_has_one_title() -> None:
    for path, text in PAGES.items():
        outside = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
        assert len(re.findall(r"^# ", outside, re.MULTILINE)) == 1, path


@pytest.mark.parametrize("path", PAGES)
def test_links_between_pages_lead_to_pages(path: str) -> None:
    for target in LINKED.findall(PAGES[path]):
        assert posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in PAGES


def test_links_of_the_project_become_links_of_the_site() -> None:
    assert site.relinked("index.md", "[g](docs/geometry.md)") == "[g](geometry.md)"
    assert site.relinked("tasks.md", "[r](../rules/wrong-rank.md)") == "[r](rules/wrong-rank.md)"
    assert site.relinked("rules/a.md", "[g](../docs/geometry.md)") == "[g](../geometry.md)"


def test_code_in_the_readme_is_no_heading() -> None:
    assert list(site.sections("# a\n```\n# b\n```\n## c\n")) == ["a", "c"]


def test_every_setting_is_described() -> None:
    for key in {*KEYS, *network.KEYS} - {"network"}:
        assert f"| `{key}` |" in CONFIGURATION, key


def test_the_settings_that_are_shown_can_be_read() -> None:
    text = re.findall(r"^```toml\n(.*?)^```$", CONFIGURATION, re.MULTILINE | re.DOTALL)[0]
    config = from_toml(text, known_rules())
    assert len(config.networks) == 2
    assert config.networks[1].inputs[0][0] == "mel"
    for text in re.findall(r"^```python\n(.*?)^```$", CONFIGURATION, re.MULTILINE | re.DOTALL):
        found = comments(f"{text}class Net: ...\n")
        assert found.declarations
        assert not found.problems


def test_every_format_is_described() -> None:
    page = PAGES["formats.md"]
    for name in CHECK_FORMATS:
        assert f"\n## {name}\n" in page or f"`{name}`" in page or f"`--format {name}`" in page
