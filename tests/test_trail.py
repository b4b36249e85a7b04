"""The way to a finding: from an input through all that changes sizes, with those who made what does not fit."""

from __future__ import annotations

from pathlib import Path

from rflint import checks, linter
from rflint.checks import all_rules
from rflint.config import from_toml
from rflint.diagnostics import Diagnostic

HEAD = "import torch\nfrom torch import nn\nimport torch.nn.functional as F\n"


def found(code: str, text: str) -> Diagnostic:
    """The only finding of a rule in a source."""
    options = linter.Options(from_toml("", linter.known_rules()), read={"net.py": HEAD + text}.get)
    (finding,) = (one for one in linter.check(["net.py"], options).diagnostics if one.code == code)
    return finding


def lines(code: str, text: str) -> tuple[str, ...]:
    """The way to that finding, a line for each step."""
    return tuple(map(str, found(code, text).trail))


JOIN = """
# rflint: input=(2, 3, 32, 32)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, padding=1)
        self.deep = nn.Conv2d(8, 8, 3, stride=2)
        self.skip = nn.MaxPool2d(2)

    def forward(self, x):
        x = F.relu(self.stem(x))
        return self.deep(x) + self.skip(x)
"""


def test_the_way_goes_from_the_input_over_both_branches_to_the_use_that_raises() -> None:
    assert lines("RF405", JOIN) == (
        "x: 2×3×32×32",
        "stem Conv2d: 2×3×32×32 → 2×8×32×32  net.py:14",
        "deep Conv2d: 2×8×32×32 → 2×8×15×15  net.py:15",
        "skip MaxPool2d: 2×8×32×32 → 2×8×16×16  net.py:15",
        "add: 2×8×15×15 + 2×8×16×16 → raises  net.py:15",
    )


def test_both_operands_of_a_mismatch_are_named_with_the_lines_that_they_come_from() -> None:
    related = [(span.line, text) for _, span, text in found("RF405", JOIN).related]
    assert related == [(10, "deep makes 2×8×15×15"), (11, "skip makes 2×8×16×16")]


LONG = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(*[nn.Conv2d(4 + i, 5 + i, 3) for i in range({layers})])
        self.head = nn.Conv2d(7, 8, 1)

    def forward(self, x):
        return self.head(self.body(x))
"""


def test_the_middle_of_a_long_way_is_counted() -> None:
    trail = lines("RF401", LONG.format(layers=20))
    assert len(trail) == 11
    assert trail[3] == "… 12 more"
    assert trail[4].startswith("body.14 Conv2d: N×18×(H - 28)×(W - 28) → ")
    assert trail[-1] == "head Conv2d: N×24×(H - 40)×(W - 40) → raises  net.py:12"


def test_one_step_is_not_left_out_to_be_counted() -> None:
    assert [line.split()[0] for line in lines("RF401", LONG.format(layers=9))][1:4] == [
        "body.0",
        "body.1",
        "body.2",
    ]


def test_who_made_the_only_operand_is_named_if_the_rule_does_not() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 1)
        self.norm = nn.BatchNorm2d(16)

    def forward(self, x):
        return self.norm(F.relu(self.conv(x)))
"""
    related = [(span.line, text) for _, span, text in found("RF403", text).related]
    assert related == [(12, "norm is called here"), (8, "conv makes N×8×H×W")]


def test_warnings_show_what_the_use_makes() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.ConvTranspose2d(3, 8, 1, stride=2)

    def forward(self, x):
        return self.up(x)
"""
    assert lines("RF502", text) == (
        "x: N×3×H×W",
        "up ConvTranspose2d: N×3×H×W → N×8×(2*H - 1)×(2*W - 1)  net.py:11",
    )


def test_the_sentence_says_what_the_edit_would_write_if_it_does_not_already() -> None:
    text = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 8, 3, padding=1, dilation=2)
        self.b = nn.Conv2d(9, 8, 1)

    def forward(self, x):
        return self.b(self.a(x))
"""
    assert (
        found("RF401", text).message
        == "takes 9 channels, but its N×8×(H - 2)×(W - 2) input has 8; in_channels=8 would do"
    )
    assert found("RF207", text).message == "padding 1 with dilation 2 shrinks the map by 2; padding=2 keeps its size"


def test_errors_and_warnings_about_a_use_say_at_which() -> None:
    """All but those about members, exceptions, and statements about a whole network."""
    without = {
        *("call_non_module_container", "certain_exception", "missing_super_init", "module_built_in_forward"),
        *("repeated_module", "rf_budget_violated", "unregistered_modules", "unused_module"),
    }
    silent = set()
    for rule in all_rules().values():
        path = Path(checks.__file__).parent / f"{rule.name.replace('-', '_')}.py"
        text = path.read_text(encoding="utf-8")
        if (
            rule.severity in ("warning", "error")
            and "(trace: Trace) -> Iterator[Finding]" in text
            and "use=" not in text
        ):
            silent.add(path.stem)
    assert silent == without


def test_no_edit_is_offered_where_the_axes_are_in_another_order_or_not_flattened() -> None:
    text = """
# rflint: input=(2, 8, 8, 16)
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(16, 24, 3)
        self.b = nn.Linear(1536, 10)

    def forward(self, x):
        return {}
"""
    assert found("RF401", text.format("self.a(x)")).message.endswith("permute(0, 3, 1, 2) first")
    unflattened = found("RF402", text.format("self.b(x[:, :, :, :6])"))
    assert (unflattened.message, unflattened.fix) == ("Linear expects 1536 features and gets 6", None)
