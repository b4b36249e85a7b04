"""What the fingerprint of a finding depends on, and what it does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rflint.comments.logical_lines import around, logical_lines
from rflint.diagnostics import Diagnostic, Span
from rflint.fingerprints import fingerprints, gist, numbered

TEXT = """\
class Net(nn.Module):
    def __init__(self, name='a'):
        self.conv = nn.Conv2d(3, 8, 3, dilation=2)
"""


def found(line: int = 3, file: str = "net.py", code: str = "RF207", message: str = "shrinks by 2") -> Diagnostic:
    return Diagnostic(file, Span(line, 21, line, 22), code, "a-rule", "warning", message)


def of(text: str = TEXT, line: int = 3, one: Diagnostic | None = None) -> str:
    """The fingerprint of a finding on a line of a text."""
    [printed] = fingerprints([one or found(line)], lambda path: text)
    return printed


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("import torch\n\n\n" + TEXT, 6),
        (TEXT.replace("\n", "\r\n"), 3),
        (TEXT.replace("dilation=2)", "dilation=2)  # noqa: E501"), 3),
        (
            TEXT.replace(
                "3, 8, 3, dilation=2)", "\n            3,\n            8,\n            3, dilation = 2,\n        )"
            ),
            3,
        ),
        (
            TEXT.replace(
                "3, 8, 3, dilation=2)", "\n            3,\n            8,\n            3, dilation = 2,\n        )"
            ),
            6,
        ),
        (TEXT.replace("nn.Conv2d(3, 8, 3, dilation=2)", "(\n            nn.Conv2d(3, 8, 3, dilation=2)\n        )"), 4),
        (TEXT.replace("'a'", "'b', depth=4"), 3),
        (TEXT.replace("Net(nn.Module)", "Net(Base)"), 3),
        (TEXT + "        self.more = 1\n", 3),
    ],
)
def test_what_it_does_not_depend_on(text: str, line: int) -> None:
    assert of(text, line) == of()


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("Net", "Other"),
        TEXT.replace("__init__", "build"),
        TEXT.replace("dilation=2", "dilation=4"),
        TEXT.replace("self.conv", "self.other"),
    ],
)
def test_what_it_depends_on_in_the_source(text: str) -> None:
    assert of(text) != of()


def test_what_it_depends_on_in_the_finding() -> None:
    others = [found(code="RF208"), found(message="grows by 4"), found(line=2)]
    assert len({of(), *(of(one=one) for one in others)}) == 4
    assert of(one=found(file="other.py")) == of()
    assert of(one=replace(found(), witness="Net() on N,3,8,8", count=3, severity="error")) == of()


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("line 5 of models/a.py:12:4 (lines 5, 6 and 7) says", "… of … (…) says"),
        ("takes 9 channels, but its 1×8×62×62 input has 8", "takes … channels, but its … input has …"),
        ("each unit sees 188×188 of 256×256 px (73 %); one more layer", "each unit sees … of … px (…)"),
        (
            "dilations 2, 2, 2 reach 7 of 13 rows (29 % of the window)",
            "dilations … reach … of … rows (… of the window)",
        ),
        ("there is no rule gridding-hole", "there is no rule gridding-hole"),
    ],
)
def test_places_and_figures_in_messages_make_no_difference(message: str, kept: str) -> None:
    assert gist(message) == kept


def test_quotes_are_one_kind_and_strings_one_word() -> None:
    lines = [f"x = f({string})\n" for string in ("'b h'", '"b h"')]
    assert of(lines[0], 1) == of(lines[1], 1) != of("x = f('b  h')\n", 1)
    [line] = logical_lines("x = f'a{y + 1} {z!r}' + g\n")
    assert line.words == ("x", "=", "f'a{y + 1} {z!r}'", "+", "g")


def test_equal_ones_are_numbered() -> None:
    printed = fingerprints([found(), found(), found(code="RF208")], {"net.py": TEXT}.get)
    assert printed[0] == printed[1]
    assert list(numbered(printed)) == [printed[0], f"{printed[0]}-2", printed[2]]


@pytest.mark.parametrize("text", [None, "", "x = (", "\n\n\n", "'''"])
def test_a_file_that_cannot_be_read_has_no_statements(text: str | None) -> None:
    assert len(fingerprints([found()], lambda path: text)[0]) == 20


def test_logical_lines_know_what_they_stand_in() -> None:
    text = "@d(\n1)\nclass A(\n  B):\n  if x:\n    async def f(self): return '''\n'''\n  y = 1; z = \\\n  2  # c\n\nw\n"
    lines = [(line.first, line.last, line.inside) for line in logical_lines(text)]
    assert lines == [
        (1, 2, ()),
        (3, 4, ()),
        (5, 5, ("A",)),
        (6, 7, ("A",)),
        (8, 9, ("A",)),
        (11, 11, ()),
    ]
    assert [getattr(around(logical_lines(text), n), "first", 0) for n in range(1, 12)] == [
        1,
        1,
        3,
        3,
        5,
        6,
        6,
        8,
        8,
        0,
        11,
    ]
