"""What RF910 says of comments, what its fixes leave, and where it is open whether a comment is needed."""

from __future__ import annotations

import pytest

from rflint import linter
from rflint.comments.reading import comments
from rflint.comments.uncommenting import without_comment, without_name
from rflint.config import Config
from rflint.diagnostics import Report, Span

NET = """\
import torch
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1)
    def forward(self, x):
        return self.a(x)
Net()(torch.zeros(1, 3, 3, 3))
"""


def checked(comment: str, at: str = "padding=1)", noqa: bool = True, **settings: tuple[str, ...]) -> Report:
    """The report on the network with a comment behind some code."""
    text = NET.replace(at, f"{at}  {comment}", 1)
    settings = {"select": ("RF207", "RF910"), **settings}
    return linter.check(["net.py"], linter.Options(Config(**settings), read={"net.py": text}.get, noqa=noqa))  # type: ignore[arg-type]


def fixed(comment: str) -> str:
    """What the fixes make of a comment behind code."""
    text = f"x = 1  {comment}\n"
    row = text.rstrip("\n")
    for found in sorted(checked(comment).diagnostics, key=lambda one: one.span, reverse=True):
        assert found.fix is not None
        assert found.fix.safe
        [change] = found.fix.changes
        moved = len("        self.a = nn.Conv2d(3, 8, 3, padding=1)") - len("x = 1")
        start, end = change.span.column - 1 - moved, change.span.end_column - 1 - moved
        row = row[:start] + change.text + row[end:]
    return row


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("# noqa: RF207", "x = 1"),
        ("# noqa: E501,RF207", "x = 1  # noqa: E501"),
        ("# noqa: RF207, E501", "x = 1  # noqa: E501"),
        ("# noqa: E501 RF207 W291 and why", "x = 1  # noqa: E501 W291 and why"),
        ("# type: ignore  # noqa: RF207", "x = 1  # type: ignore"),
        ("# noqa: RF207  # type: ignore", "x = 1  # type: ignore"),
        ("# rflint: ignore[RF207] -- see #12  # noqa: E501", "x = 1  # noqa: E501"),
        ("# rflint: ignore[qqqqqq] -- typed blindly", "x = 1"),
        ("# noqa: E501", "x = 1  # noqa: E501"),
        ("# noqa", "x = 1  # noqa"),
    ],
)
def test_what_fixes_leave(comment: str, left: str) -> None:
    assert fixed(comment) == left


def test_a_name_that_is_nearly_right_is_put_right_only_where_asked_for() -> None:
    [found] = checked("# rflint: ignore[dilation-padding-mismach]").diagnostics
    assert found.fix is not None
    assert (found.fix.safe, found.fix.changes[0].text) == (False, "dilation-padding-mismatch")


def test_an_expectation_is_not_taken_away_unasked() -> None:
    [found] = checked("# rflint: expect[RF207]").diagnostics
    assert found.severity == "error"
    assert found.fix is not None
    assert not found.fix.safe


def test_a_comment_alone_goes_with_its_line() -> None:
    text = "x\n    # noqa: RF2\ny\n# noqa: RF2"
    first, last = comments(text).suppressions.found
    assert without_comment(text, first) == Span(2, 1, 3, 1)
    assert without_comment(text, last) == Span(4, 1, 4, 12)


def test_a_name_goes_with_what_parts_it_from_the_next() -> None:
    [one] = comments("x  # noqa: RF1, RF2,RF3\n").suppressions.found
    ends = [without_name(one, name) for name in one.rules]
    assert [(span.column, span.end_column) for span in ends] == [(12, 17), (15, 20), (20, 24)]


@pytest.mark.parametrize(
    ("at", "settings", "doubt"),
    [
        ("padding=1)", {"ignore": ("RF207",)}, "dilation-padding-mismatch is not selected"),
        ("padding=1)", {"per_file_ignores": (("net.py", ("RF207",)),)}, "dilation-padding-mismatch is not selected"),
        ("return self.a(x)", {}, ""),
    ],
)
def test_an_expectation_may_be_undecided(at: str, settings: dict[str, tuple[str, ...]], doubt: str) -> None:
    report = checked("# rflint: expect[RF207]", at, **settings)
    line = 6 if at == "padding=1)" else 8
    wanted = [f"net.py:{line}: whether RF207 is still found is not decided: {doubt}"] if doubt else []
    assert report.undecided == wanted
    assert bool(report.diagnostics) is not bool(doubt)


def test_an_expectation_of_a_network_that_is_not_followed_is_undecided() -> None:
    text = NET.replace("return self.a(x)", "return self.a(unknown(x))  # rflint: expect[RF207]")
    report = linter.check(["net.py"], linter.Options(Config(), read={"net.py": text}.get))
    [said] = report.undecided
    assert said.startswith("net.py:8: whether RF207 is still found is not decided: net.py::Net() could not be")


def test_an_expectation_that_is_met_silences() -> None:
    text = NET.replace("padding=1)", "padding=1, dilation=2)  # rflint: expect[RF207]").replace("3, 3, 3)", "3, 9, 9)")
    assert (
        linter.check(["net.py"], linter.Options(Config(select=("RF207",)), read={"net.py": text}.get)).diagnostics == []
    )


def test_comments_that_silence_nothing_are_reported_to_those_who_ask() -> None:
    assert checked("# noqa: RF207", select=()).diagnostics == []
    assert [found.code for found in checked("# noqa: RF207", extend_select=("RF910",), select=()).diagnostics] == [
        "RF910"
    ]
    assert checked("# noqa: RF207", ignore=("RF910",)).diagnostics == []
    assert checked("# noqa: RF207", per_file_ignores=(("net.py", ("RF910",)),)).diagnostics == []


def test_where_flake8_sees_to_noqa_it_is_not_judged() -> None:
    assert checked("# noqa: RF207", noqa=False).diagnostics == []
    assert len(checked("# rflint: ignore[RF207]", noqa=False).diagnostics) == 1


def test_one_call_alone_says_nothing_of_comments() -> None:
    text = NET.replace("padding=1)", "padding=1)  # noqa: RF207")
    options = linter.Options(Config(extend_select=("RF910",)), read={"net.py": text}.get)
    assert linter.check(["net.py::Net()"], options).diagnostics == []
    assert len(linter.check(["net.py"], options).diagnostics) == 1


def test_codes_that_the_plugin_for_flake8_uses_are_known() -> None:
    assert checked("# noqa: RF999").diagnostics == []
    assert [found.message for found in checked("# noqa: RF998").diagnostics] == ["there is no rule RF998"]


def test_where_something_failed_nothing_is_known_to_be_unused() -> None:
    text = NET.replace("padding=1)", "padding=1)  # noqa: RF207") + "# rflint: nonsense\n"
    report = linter.check(["net.py"], linter.Options(Config(select=("RF910",)), read={"net.py": text}.get))
    assert (len(report.failures), report.diagnostics) == (1, [])


def test_code_in_another_file_is_judged_by_the_networks_that_use_it() -> None:
    block = "from torch import nn\n\n\ndef block():\n    return nn.Conv2d(3, 8, 3)  # noqa: RF207\n"
    texts = {"block.py": block, "train.py": "import torch\nfrom block import block\nblock()(torch.zeros(1, 3, 3, 3))\n"}
    options = linter.Options(Config(select=("RF207", "RF910")), read=texts.get)
    found = linter.check(["block.py", "train.py"], options).diagnostics
    assert [(one.file, one.span.line, one.code) for one in found] == [("block.py", 5, "RF910")]


@pytest.mark.parametrize(
    "name",
    [
        *("border-waste", "dilation-mostly-padding", "input-not-divisible", "input-rows-dropped"),
        *("interpolate-fractional-scale", "rf-anisotropic", "rf-growth-stall", "rf-smaller-than-input"),
        *("stride-too-late", "uneven-adaptive-bins", "uneven-padding", "unproductive-layer"),
    ],
)
def test_a_comment_may_be_needed_at_another_size_where_none_is_declared(name: str) -> None:
    def unused(text: str) -> list[str]:
        text = text.replace("padding=1)", f"padding=1)  # rflint: ignore[{name}]")
        config = Config(select=(name, "RF910"))
        return [
            one.code for one in linter.check(["net.py"], linter.Options(config, read={"net.py": text}.get)).diagnostics
        ]

    size = 3 if name == "stride-too-late" else 64  # at which it has nothing to say
    assert "RF910" in unused(NET.replace("3, 3))", f"{size}, {size}))"))
    assert "RF910" not in unused(NET.replace("Net()(torch.zeros(1, 3, 3, 3))\n", ""))


@pytest.mark.parametrize("code", ["RF101", "RF103", "RF303", "RF315", "RF607"])
def test_without_a_size_it_is_open_what_a_rule_that_needs_one_would_say(code: str) -> None:
    for text, found in ((NET, ["RF910"]), (NET.partition("Net()(")[0], [])):
        silenced = text.replace("padding=1)", f"padding=1)  # noqa: {code}")
        options = linter.Options(Config(select=(code, "RF910")), read={"net.py": silenced}.get)
        assert [one.code for one in linter.check(["net.py"], options).diagnostics] == found
