"""Every budget of the interpreter ends in unknown, with a sentence that says which one it was."""

from __future__ import annotations

import pytest

from rflint.interp import budget, values
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

NET = """\
import torch
from torch import nn


def doubt():
    return torch.rand(1).item() > 0.5


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 1)
        self.value = 0
        {init}

    def forward(self, x):
        {forward}
        return self.conv(x)
"""


def traced(init: str = "pass", forward: str = "pass") -> Trace:
    """The trace of a network with this line in its constructor, or this one in its `forward`."""
    text = NET.replace("{init}", init).replace("{forward}", forward)
    return trace(Session({"net.py": text}.get), Root("net.py", "Net()", (("", (1, 3, 8, 8)),)))


def reasons(seen: Trace) -> str:
    """What could not be followed, in one text."""
    return "; ".join(note.reason for note in seen.unknowns)


def channels(seen: Trace) -> object:
    """The channels of the output, None if the output is not known."""
    return seen.output[1] if isinstance(seen.output, tuple) else None


def test_without_odd_lines_the_network_is_known() -> None:
    seen = traced()
    assert seen.complete
    assert seen.output == (1, 4, 8, 8)


@pytest.mark.parametrize(
    ("name", "limit", "line", "sentence"),
    [
        ("STEPS", 300, "[doubt() for _ in range(1000)]", "more than 300 steps"),
        ("ITERATIONS", 50, "while True: self.value += 1", "a loop of more than 50 rounds"),
        ("ITERATIONS", 50, "for i in range(51): self.value = i", "a loop of more than 50 rounds"),
        ("ITERATIONS", 50, "[i for i in range(9) for j in range(9)]", "a comprehension of more than 50 items"),
        ("COLLECTION", 20, "self.value = [1]; [self.value.append(i) for i in range(20)]", "more than 20 elements"),
        ("COLLECTION", 20, "self.value = [1]; self.value.extend(range(20))", "more than 20 elements"),
        ("COLLECTION", 20, "self.value = [1]; self.value += range(20)", "more than 20 elements"),
        ("COLLECTION", 20, "print(*range(15), *range(15))", "a call with more than 20 arguments"),
        ("USES", 1, "self.conv(x)", "a trace of more than 1 uses"),
    ],
)
def test_a_budget_of_the_whole_run_gives_it_up(
    name: str, limit: int, line: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(budget, name, limit)
    seen = traced(forward=line)
    assert not seen.complete
    assert sentence in reasons(seen)
    assert "given up" in reasons(seen)


@pytest.mark.parametrize(
    ("name", "limit", "value", "sentence"),
    [
        ("BITS", 64, "2 ** 100 // 2 ** 98", "integers of more than 64 bits"),
        ("BITS", 64, "(1 << 70) >> 68", "integers of more than 64 bits"),
        ("BITS", 64, "(2 ** 40) * (2 ** 40) // 2 ** 78", "integers of more than 64 bits"),
        ("TEXT", 20, "len('ab' * 15)", "a text of more than 20 characters"),
        ("TEXT", 20, "len('a' * 15 + 'b' * 15)", "a text of more than 20 characters"),
        ("TEXT", 20, "len('a'.ljust(30))", "a text of more than 20 characters"),
        ("TEXT", 20, "len('-'.join(['a' * 9] * 3))", "a text of more than 20 characters"),
        ("TEXT", 20, "len('aaaaaaa'.replace('a', 'bbbb'))", "a text of more than 20 characters"),
        ("COLLECTION", 20, "len([1, 2] * 15)", "a list of more than 20 elements"),
        ("COLLECTION", 20, "len([1] * 15 + [2] * 15)", "a list of more than 20 elements"),
        ("COLLECTION", 20, "len(list(range(30)))", "a range of more than 20 numbers"),
    ],
)
def test_a_value_beyond_its_budget_is_unknown(
    name: str, limit: int, value: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = f"self.value = {value}; self.conv = nn.Conv2d(3, self.value, 1)"
    known = channels(traced(init=line))
    assert isinstance(known, int)
    assert known > 0
    monkeypatch.setattr(budget, name, limit)
    seen = traced(init="self.value = " + value, forward="x = x[:, : self.value]")
    assert not seen.complete
    assert sentence in reasons(seen)


def test_calls_inside_calls_end_in_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "f = lambda n: 5 if n == 0 else f(n - 1); self.conv = nn.Conv2d(3, f(30), 1)"
    assert channels(traced(init=line)) == 5
    monkeypatch.setattr(budget, "DEPTH", 20)
    assert channels(traced(init=line)) != 5
    assert not traced(init=line).complete


def test_branches_inside_each_other_end_in_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "y = 1 if doubt() else (2 if doubt() else (3 if doubt() else 4))"
    assert traced(forward=line).complete
    monkeypatch.setattr(budget, "FORKS", 2)
    assert "more than 2 unknown conditions inside each other" in reasons(traced(forward=line))


def test_a_loop_that_does_not_settle_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "a, b, c, d = 1, 1, 1, 2\n        while doubt(): a, b, c = b, c, d"
    assert traced(forward=line).complete
    monkeypatch.setattr(budget, "ROUNDS", 2)
    assert "a loop that does not settle in 2 rounds" in reasons(traced(forward=line))


def test_a_loop_that_may_have_been_left_often_goes_on_as_an_unknown_one(monkeypatch: pytest.MonkeyPatch) -> None:
    line = "for i in range(4):\n            x = self.conv(x)[:, :3]\n            if doubt(): break"
    conditional = [bool(use.conditional) for use in traced(forward=line).uses if use.kind == "Conv2d"]
    assert conditional == [False, True, True, True, False]
    monkeypatch.setattr(budget, "NESTED", 0)
    assert "a loop of more than" not in reasons(traced(forward=line))
    assert not traced(forward=line).complete


def test_a_module_leaves_out_what_follows_the_third_statement_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budget, "ITERATIONS", 20)
    endless = "while True: pass\n"
    for count, known in ((2, True), (3, False)):
        text = NET.replace("{init}", "self.conv = nn.Conv2d(3, WIDTH, 1)").replace("{forward}", "pass")
        text = text.replace("class Net", endless * count + "WIDTH = 6\n\n\nclass Net")
        session = Session({"net.py": text}.get)
        if known:
            assert trace(session, Root("net.py", "Net()", (("", (1, 3, 8, 8)),))).output == (1, 6, 8, 8)
        else:
            with pytest.raises(Exception, match="defines no Net"):
                trace(session, Root("net.py", "Net()"))


def test_a_value_that_holds_too_much_is_not_looked_into() -> None:
    pairs = [1]
    for _ in range(60):
        pairs = [pairs, pairs]  # type: ignore[list-item]
    assert values.inside([1, [2, 3]], 10) == [[1, [2, 3]], 1, [2, 3], 2, 3]
    assert values.inside(pairs) is None
    assert not values.is_concrete(pairs)
    knot: list[object] = []
    knot.append(knot)
    assert not values.is_concrete(knot)
    deep: object = 1
    for _ in range(values.DEEPEST + 1):
        deep = (deep,)
    assert not values.is_concrete(deep)
    assert values.is_concrete([(1, "a"), {2: [3.0]}])
