"""Fixes are made one after the other, each proved by linting again; what is not proved is taken back."""

from __future__ import annotations

import pytest
from mends import HEAD, fixed, one_layer, outcome

from rflint.diagnostics import Change, Diagnostic, Repair, Span
from rflint.fixes import mending
from rflint.fixes.dependents import Words
from rflint.fixes.splicing import Moved, overlap, spliced

IDLE = one_layer("nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, dilation=2), nn.Dropout(0))")


def test_unsafe_fixes_are_made_only_if_they_are_asked_for() -> None:
    done = outcome({"net.py": IDLE}, unsafe=False)
    assert [one.code for one in done.fixed] == ["RF604"]
    assert [one.code for one in done.report.diagnostics] == ["RF207"]
    assert done.texts["net.py"] == (IDLE, IDLE.replace("nn.Dropout(0)", "nn.Identity()"))


def test_all_fixes_of_a_file_are_made_and_the_second_time_there_is_nothing_to_do() -> None:
    done = outcome({"net.py": IDLE})
    assert [one.code for one in done.fixed] == ["RF207", "RF604"]
    assert not done.report.diagnostics
    again = outcome({"net.py": done.texts["net.py"][1]})
    assert not again.texts
    assert not again.fixed


SHORTCUT = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(8, 8, 3, padding=1, dilation=2)
        self.b = nn.Conv2d(8, 8, 3, padding=1)

    def forward(self, x):
        return self.b(x) + self.a(x)


Net()(torch.zeros(1, 8, 32, 32))
"""


def test_a_cause_that_two_findings_share_is_mended_once() -> None:
    assert fixed(HEAD + SHORTCUT) == HEAD + SHORTCUT.replace("padding=1, dilation", "padding=2, dilation")


CHAIN = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(8, 8, 3, padding=1, dilation=2)
        self.b = nn.Linear(60, 4)

    def forward(self, x):
        return self.b(self.a(x))


Net()(torch.zeros(1, 8, 32, 62))
"""


def test_a_fix_that_would_bring_a_finding_is_taken_back_and_says_so() -> None:
    done = outcome({"net.py": HEAD + CHAIN})
    assert not done.texts
    ((finding, why),) = done.kept
    assert finding.code == "RF207"
    assert why.startswith("it would bring RF402 on line 9: ")
    assert finding.fix is not None
    (told,) = done.report.diagnostics
    assert told.fix == Repair("padding=2", False, (), why)


def test_errors_that_hide_others_are_mended_with_them() -> None:
    hidden = SHORTCUT.replace("self.b(x) + self.a(x)", "self.c((self.b(x) + self.a(x)).mean((2, 3)))")
    hidden = hidden.replace("    def forward", "        self.c = nn.Linear(7, 4)\n\n    def forward")
    done = outcome({"net.py": HEAD + hidden})
    assert [one.code for one in done.fixed] == ["RF405", "RF402"]
    assert done.report.complete == 1
    assert not done.report.diagnostics


LAYERS = f"""\
{HEAD}

def conv(channels, padding=1):
    return nn.Conv2d(channels, channels, 3, padding=padding, dilation=2)
"""
USER = f"""\
{HEAD}from layers import conv


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = conv(8)

    def forward(self, x):
        return self.a(x)


Net()(torch.zeros(1, 8, 32, 32))
"""


def test_a_default_in_another_file_is_changed_there() -> None:
    done = outcome({"net.py": USER, "layers.py": LAYERS})
    assert {path: after for path, (_, after) in done.texts.items()} == {
        "layers.py": LAYERS.replace("padding=1", "padding=2")
    }


def test_a_file_that_is_not_to_be_linted_stays_as_it_is() -> None:
    done = outcome({"net.py": USER, "layers.py": LAYERS}, targets=["net.py"])
    assert not done.texts
    assert [why for _, why in done.kept] == ["it would change layers.py, which is not among the files to lint"]


def test_what_another_file_needs_otherwise_is_taken_back() -> None:
    other = (
        USER.replace("class Net", "class Other")
        .replace("\nNet()", "\nOther()")
        .replace("self.a(x)", "x[:, :, 1:-1, 1:-1] + self.a(x)")
    )
    done = outcome({"net.py": USER, "layers.py": LAYERS, "other.py": other})
    assert not done.texts


def test_in_the_end_all_files_say_whether_it_was_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Words, "users", lambda self, changed, files: [*changed, "net.py"])
    crop = "x[:, :, 1:-1, 1:-1] + self.a(x)"
    other = USER.replace("Net", "Other").replace("self.a(x)", crop)
    done = outcome({"net.py": USER, "layers.py": LAYERS, "other.py": other})
    assert not done.texts
    assert not done.fixed
    assert [one.code for one in done.report.diagnostics] == ["RF207"]
    assert [why.partition(":")[0] for _, why in done.kept] == ["it would bring RF405 on line 14"]


def test_what_is_not_called_in_the_files_is_followed_all_the_same() -> None:
    both = outcome({"net.py": USER, "layers.py": LAYERS, "plain.py": IDLE})
    assert sorted(both.texts) == ["layers.py", "plain.py"]


def test_one_network_of_a_file_may_be_asked_for() -> None:
    text = IDLE + IDLE.replace(HEAD, "\n\n").replace("Net", "Other")
    done = outcome({"net.py": text}, targets=["net.py::Other()"])
    assert done.texts["net.py"][1].count("padding=1, dilation=2") == 1
    assert done.texts["net.py"][1].count("padding=2, dilation=2") == 1


def test_a_fix_that_is_never_right_is_tried_once(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[int] = []
    monkeypatch.setattr(mending, "objection", lambda *_: tries.append(1) or "no")
    done = outcome({"net.py": IDLE})
    assert [why for _, why in done.kept] == ["no", "no"]
    assert len(tries) == 3  # both together, then each alone
    assert not done.texts


def test_what_would_not_parse_is_not_even_linted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mending, "spliced", lambda text, changes: text + "(")
    done = outcome({"net.py": IDLE})
    assert {why for _, why in done.kept} == {"net.py would not parse"}
    assert not done.texts


# Texts


def change(text: str, *span: int) -> Change:
    return Change("a.py", Span(*span), text)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_pieces_of_a_text_become_others(end: str, mark: str) -> None:
    text = f"{mark}one{end}two{end}{end}three"
    made = spliced(text, [change("TW", 2, 1, 2, 3), change("!", 4, 6, 4, 6), change("", 1, 1, 2, 1)])
    assert made == f"{mark}TWo{end}{end}three!"


@pytest.mark.parametrize(
    ("place", "then"),
    [((1, 1), (1, 1)), ((2, 1), (2, 1)), ((2, 3), (2, 5)), ((2, 4), (2, 6)), ((3, 1), (4, 1)), ((4, 2), (5, 2))],
)
def test_places_move_with_what_is_before_them(place: tuple[int, int], then: tuple[int, int]) -> None:
    moved = Moved("one\ntwo\n\nthree", [change("long", 2, 1, 2, 3), change("new\n", 3, 1, 3, 1)])
    assert moved(*place) == then


def test_changes_that_touch_are_not_made_in_one_go() -> None:
    assert overlap([change("a", 1, 1, 1, 4)], [change("b", 1, 3, 1, 5)])
    assert overlap([change("a", 1, 4, 1, 4)], [change("b", 1, 1, 1, 4)])
    assert not overlap([change("a", 1, 5, 1, 6)], [change("b", 1, 1, 1, 4)])


def test_files_that_may_look_at_a_changed_one() -> None:
    texts = {
        "p/__init__.py": "from .nets import (\n    Net,\n)",
        "p/nets.py": "import blocks\nclass Net: pass",
        "p/other.py": "from . import __all__",
        "p/sub/x.py": "from .. import Net",
        "use.py": "import p\np.Net()",
        "loads.py": "import_module('p').Net()",
        "says.py": "# import p, which has Net",
        "blocks.py": "",
        "alone.py": "",
    }
    words = Words(texts.get)
    users = ["p/__init__.py", "p/nets.py", "p/sub/x.py", "use.py", "loads.py", "blocks.py"]
    assert words.users(["blocks.py"], list(texts)) == users
    assert words.users(["p/sub/x.py"], list(texts)) == ["p/sub/x.py"]
    assert words.users(["alone.py"], list(texts)) == ["alone.py"]


def test_a_finding_without_a_fix_is_left() -> None:
    assert mending.files_of(Diagnostic("a.py", Span(1, 1, 1, 1), "RF1", "a", "error", "b")) == []


BIASES = """\
def conv(channels):
    return nn.Conv2d(channels, channels, 3)


class Normed(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(conv(8), nn.BatchNorm2d(8))

    def forward(self, x):
        return self.layers(x)


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = conv(8)

    def forward(self, x):
        return self.layer(x)


Normed()(torch.zeros(2, 8, 4, 4))
"""


def test_what_one_call_builds_for_a_network_that_is_right_stays_as_it_is() -> None:
    done = outcome({"net.py": f"{HEAD}{BIASES}Plain()(torch.zeros(2, 8, 4, 4))\n"})
    assert [(one.code, why) for one, why in done.kept] == [
        ("RF601", "bias of another layer is written in the same place")
    ]
    assert not done.texts
    alone = f"{HEAD}{BIASES}".replace("Plain(nn.Module)", "Plain")
    assert fixed(alone) == alone.replace("channels, 3)", "channels, 3, bias=False)")
