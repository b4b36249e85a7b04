"""Which texts are never handed to the parser."""

from __future__ import annotations

from pathlib import Path

import pytest

from rflint.nesting import MOST_BRACKETS, MOST_LINKS, MOST_TOKENS, obstacle

DEEP = "this is too deeply nested to be read"
HOSTILE = {
    "brackets": ("(" * 3000 + "1" + ")" * 3000, 1),
    "brackets never closed": ("x = 1\n" + "{" * 3000, 2),
    "brackets over lines with comments": ("(\n#)\n" * 400, 2 * MOST_BRACKETS + 1),
    "calls": ("f(" * 3000, 1),
    "minus": ("-" * 3000 + "1", 1),
    "words": ("not " * 3000 + "1", 1),
    "words over lines": ("not \\\n" * 3000 + "1", MOST_LINKS + 1),
    "words between brackets": ("(not\nnot\nnot\n" * 3000, None),
    "a sum": ("+".join(["1"] * 3000), 1),
    "a chain of attributes": ("a" + ".b" * 3000, 1),
    "a chain of calls": ("a" + "()" * 3000, 1),
    "lambdas": ("lambda:" * 3000 + "1", 1),
    "conditions": ("1 if 1 else " * 3000 + "1", 1),
    "strings": ("'a' " * 3000, 1),
    "inside an f-string": ("x\nf'{" + "+".join(["1"] * 3000) + "}'", 2),
    "f-strings in each other": ("f'{" * 3000, 1),
    "behind an f-string that looks like a string": ('f"{x["""a"""]}"\n' + "(" * 3000, None),
}


@pytest.mark.parametrize("title", HOSTILE)
def test_hostile_texts_are_refused(title: str) -> None:
    text, line = HOSTILE[title]
    found = obstacle(text)
    assert found is not None
    assert found[1] == DEEP
    assert line in (None, found[0])


def test_chains_of_elif_are_bounded() -> None:
    chain = "if a: pass\n" + "elif a: pass\n" * (MOST_LINKS + 1)
    assert obstacle(chain) == (1, "the chains of elif are too long to be read")
    assert obstacle(chain.replace("elif", "if")) is None


def test_the_size_is_bounded() -> None:
    assert obstacle("1," * (MOST_TOKENS + 1)) == (1, "this file is too large to be read")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x = 1 + 2\n" * 1000,
        "x = [" + "f(1), " * 1000 + "]\n",
        "x = [\n" + "    f(a.b + 1, -2),\n" * 1000 + "]\n",
        "{" + "'key': ('value', not a), " * 1000 + "}",
        '"""' + "(a) -- b. " * 1000 + '"""\n',
        "# " + "(" * 1000 + "\n",
        "'" + "()" * 1000 + "'\n",
        "x = '(' + f'{a}('\n" * 1000,
        "# it's\nx = (1)\n" * 1000,
        "x = (\n" + "    # a.b(c) - 1\n" * 1000 + ")\n",
        "f(a)(b)[c].d\r\n" * 1000,
    ],
)
def test_wide_texts_are_not(text: str) -> None:
    assert obstacle(text) is None


@pytest.mark.parametrize(
    "text", ['"""\\"' * 50_000, '"' * 100_001, "\\'" * 50_000, '"\\' * 50_000, "'''\\'''" * 50_000, "'" + "a\\"]
)
def test_quotes_take_no_more_time_than_there_are_letters(text: str) -> None:
    assert obstacle(text) in (None, (1, DEEP))  # a pattern that tries again from every quote would not come back


def test_real_code_stays_far_below() -> None:
    for path in Path(__file__).parents[1].glob("rflint/**/*.py"):
        assert obstacle(path.read_text(encoding="utf-8")) is None
