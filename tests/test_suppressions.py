"""Which comments silence what."""

from __future__ import annotations

import pytest

from rflint.comments.reading import comments
from rflint.diagnostics import Span

RULE = ("RF201", "gridding-holes")


def silenced(text: str, line: int = 1, end_line: int = 0) -> bool:
    """Whether RF201 is silenced on a span of a text."""
    return any(comments(text).suppressions.silencing(Span(line, 1, end_line or line, 9), *RULE))


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa",
        "#noqa",
        "# NOQA : rf201",
        "# noqa: RF201",
        "# noqa:E501,RF2",
        "# noqa: E501 RF2 and why",
        "# type: ignore  # noqa: RF201",
        "# noqa: for no rule that has a code",
        "# rflint: ignore",
        "# rflint: ignore[gridding-holes]",
        "#rflint:ignore[RF3, RF201] -- as in the paper",
        "# rflint: ignore[ RF2 ]  # noqa: E501",
        "# noqa: E501  # rflint: ignore[RF201]",
    ],
)
def test_a_comment_that_silences(comment: str) -> None:
    text = f"x = f()  {comment}\n"
    assert silenced(text)
    assert not silenced("y\n" + text)
    assert comments(text).problems == []


@pytest.mark.parametrize(
    "comment",
    [
        "# noqa: E501",
        "# noqa: RF3,RF2011",
        "# noqas",
        "# rflint: ignore[RF3]",
        "# rflint: ignore[gridding]",
        "# about rflint: ignore",
        "# flake8: noqa",
    ],
)
def test_a_comment_that_does_not(comment: str) -> None:
    assert not silenced(f"x = f()  {comment}\n")


def test_the_first_and_the_last_line_of_a_span_count() -> None:
    text = "x = f(  # noqa\n    1,  # noqa: RF201\n    2)  # noqa: RF2\n"
    assert [silenced(text, 1, 9), silenced(text, 9, 3), silenced(text, 2, 9), silenced(text, 4, 9)] == [1, 1, 1, 0]
    assert not silenced("x = f(\n    1,  # noqa\n    2)\n", 1, 3)


@pytest.mark.parametrize(
    "comment",
    ["# rflint: ignore-file", "# rflint: ignore-file[RF2] -- generated", "# flake8: noqa", "# flake8: noqa: RF2"],
)
def test_a_comment_for_the_whole_file(comment: str) -> None:
    assert silenced(f"x\n\n{comment}\ny\n", 400)


@pytest.mark.parametrize("comment", ["# rflint: ignore-file[RF3]", "# flake8: noqa: E501", "# flake8: noqa because"])
def test_a_comment_for_the_whole_file_of_other_rules(comment: str) -> None:
    assert not silenced(f"{comment}\nx\n", 2)


def test_strings_are_no_comments() -> None:
    found = comments("x = '# noqa'\n'''\n# rflint: ignore-file\n# rflint: nonsense\n'''\n")
    assert (found.suppressions.found, found.declarations, found.problems) == ([], [], [])


@pytest.mark.parametrize("text", ["x = (  # noqa\n", "if x:\n    y  # noqa\n  z\n", "x  # noqa\n'''"])
def test_a_text_that_does_not_parse_is_read_as_far_as_it_goes(text: str) -> None:
    assert silenced(text, 1) or silenced(text, 2)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_are_counted_as_in_the_source(newline: str) -> None:
    text = "a = '\x0b\x1c\u2028'\n'''\n\n'''\n\f\nx = f()  # noqa\n".replace("\n", newline)
    assert [line for line in range(1, 9) if silenced(text, line)] == [6]


@pytest.mark.parametrize("comment", ["#", "# 12", "#!", "##", "# ---"])
def test_a_comment_without_words_says_nothing(comment: str) -> None:
    assert comments(f"x  {comment}\n# noqa\n").problems == []


def test_a_list_knows_where_its_words_stand() -> None:
    text = "x = 1  # type: ignore  # rflint: ignore[RF2, gridding-holes] -- why  # noqa:RF3 and more\n"
    found = comments(text).suppressions.found
    row = text.rstrip("\n")
    assert [row[one.start - 1 : one.end - 1] for one in found] == [
        "# rflint: ignore[RF2, gridding-holes] -- why",
        "# noqa:RF3 and more",
    ]
    words = [(rule.text, row[rule.start - 1 : rule.end - 1]) for one in found for rule in one.rules]
    assert words == [("RF2", "RF2"), ("gridding-holes", "gridding-holes"), ("RF3", "RF3")]


def test_an_expectation_names_rules() -> None:
    [problem] = comments("x  # rflint: expect\n").problems
    assert problem.message == "# rflint: 'expect' names no rule: write expect[rule-name]"
