"""Pages of rules on a terminal: words stay, marks of Markdown go."""

from __future__ import annotations

import re

import pytest

from rflint.diagnostics import Rule
from rflint.formats.rule_page import rule_page
from rflint.linter import known_rules
from rflint.pages import page

RULE = Rule("RF201", "gridding-holes", "warning", lambda _: ())
PAGE = """# gridding-holes (RF201)

Says `x`, see [Yu](https://a.b).

## Fix

```diff
-a = 1
+a = 2
```
"""


def test_a_page_without_colours() -> None:
    assert rule_page(RULE, PAGE, False).splitlines() == [
        "gridding-holes (RF201)",
        "======================",
        "warning · on by default · dilation · no fix",
        "",
        "Says `x`, see Yu <https://a.b>.",
        "",
        "Fix",
        "---",
        "",
        "    -a = 1",
        "    +a = 2",
    ]


def test_a_page_in_colours() -> None:
    lines = rule_page(RULE, PAGE, True).splitlines()
    assert lines[0] == "\033[1mgridding-holes (RF201)\033[0m"
    assert lines[3] == "Says \033[36mx\033[0m, see Yu <https://a.b>."
    assert lines[-2:] == ["    \033[31m-a = 1\033[0m", "    \033[32m+a = 2\033[0m"]


def test_text_of_a_page_cannot_steer_the_terminal() -> None:
    assert "\033" not in rule_page(RULE, "# a\n\n\033[2Jb\n\n```\n\033[2J\n```\n", False)


@pytest.mark.parametrize("rule", known_rules().values(), ids=lambda rule: rule.name)
def test_no_word_of_any_page_is_lost(rule: Rule) -> None:
    text = page(rule)
    shown = rule_page(rule, text, False)
    words = re.findall(r"\w+", re.sub(r"^```\w*", "", text, flags=re.MULTILINE))
    assert [word for word in words if word not in shown] == []
    assert "```" not in shown
