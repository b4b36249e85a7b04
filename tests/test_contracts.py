"""Contracts against what networks really see: exact ones hold, the next ones do not, and what is proposed suffices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import pytest

from rflint import linter
from rflint.config import Config
from rflint.contracts import contract, holds
from rflint.diagnostics import Diagnostic

BODY = """from torch import nn


# rflint: input=(1, 4, 64, 64), {contracts}
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential({layers})

    def forward(self, x):
        return {value}
"""


class Chain(NamedTuple):
    """Layers, and what a unit behind them sees at least and at most, how far units are apart, which share is read."""

    layers: str
    least: int
    most: int
    jump: str
    read: Fraction


def conv(kernel: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> str:
    return f"nn.Conv2d(4, 4, {kernel}, {stride}, {padding}, {dilation})"


CHAINS = [
    Chain(conv(3), 3, 3, "1", Fraction(1)),
    Chain(f"{conv(3, 2, 1)}, {conv(3)}", 7, 7, "2", Fraction(1)),
    Chain(f"{conv(2, 2)}, {conv(3, 2, 1)}, {conv(1)}, {conv(3)}", 14, 14, "4", Fraction(1)),
    Chain(f"{conv(3, 1, 2, 2)}, {conv(3, 1, 2, 2)}", 9, 9, "1", Fraction(25, 81)),
    Chain(f"{conv(3)}, nn.MaxPool2d(2), {conv(3)}", 8, 8, "2", Fraction(1)),
    Chain(f"{conv(3, 2, 1)}, nn.Upsample(scale_factor=2)", 3, 3, "1", Fraction(1)),
    Chain(f"{conv(3, 2, 1)}, nn.Upsample(scale_factor=4), {conv(3, 1, 1)}", 3, 5, "1/2", Fraction(1)),
]


def messages(layers: str, contracts: str, value: str = "self.body(x)", size: str = "64, 64") -> list[str]:
    """What RF102 says of a network."""
    return [one.message for one in diagnostics(layers, contracts, value, size)]


def diagnostics(layers: str, contracts: str, value: str, size: str) -> Sequence[Diagnostic]:
    """The findings of RF102."""
    text = BODY.format(contracts=contracts, layers=layers, value=value).replace("64, 64", size)
    options = linter.Options(Config(select=("RF102",)), read=lambda path: text if path == "net.py" else None)
    report = linter.check(["net.py"], options)
    assert (report.failures, report.undecided) == ([], [])
    return report.diagnostics


@pytest.mark.parametrize("chain", CHAINS, ids=str)
def test_what_is_true_is_proved_and_no_more(chain: Chain) -> None:
    read = f"{float(100 * chain.read):g}%" if 100 % chain.read.denominator == 0 else "30%"
    true = [f"rf>={chain.least}", f"rf<={chain.most}", f"jump=={chain.jump}", f"reached>={read}"]
    assert messages(chain.layers, ", ".join(true)) == []
    wrong = [f"rf>{chain.least}", f"rf<{chain.most}", f"jump>{chain.jump}", f"jump<{chain.jump}"]
    for one in wrong + ["reached==100%"] * (chain.read < 1):
        (message,) = messages(chain.layers, one)
        assert message.startswith(f"{one} does not hold: ")


@pytest.mark.parametrize("chain", CHAINS[:5], ids=str)
@pytest.mark.parametrize("more", [1, 9, 40])
def test_the_layers_that_are_proposed_see_what_is_wanted(chain: Chain, more: int) -> None:
    wanted = f"rf>={chain.least + more}"
    (message,) = messages(chain.layers, wanted)
    said = re.search(r"kernel 3 here, dilation ([\d, ]+), would see (\d+)$", message)
    assert said is not None
    further = ", ".join(conv(3, 1, int(rate), int(rate)) for rate in said[1].split(", "))
    whole = ", reached==100%" if chain.read == 1 else ""
    assert messages(f"{chain.layers}, {further}", f"{wanted}, rf=={said[2]}{whole}") == []


def test_the_rates_that_are_proposed_read_everything() -> None:
    (message,) = messages(f"{conv(3, 1, 2, 2)}, {conv(3, 1, 2, 2)}, {conv(5, 1, 4, 4)}", "reached==100%")
    said = re.search(r"; dilations ([\d, ]+) read all of (\d+)$", message)
    assert said is not None
    kernels = zip((3, 3, 5), said[1].split(", "), strict=True)
    layers = ", ".join(conv(kernel, 1, 0, int(rate)) for kernel, rate in kernels)
    assert messages(layers, f"reached==100%, rf=={said[2]}") == []


def test_the_stride_that_is_named_is_the_one_too_many() -> None:
    (message,) = messages(f"{conv(3, 2, 1)}, {conv(3, 2, 1)}, {conv(3, 1, 1)}", "jump==2")
    assert message == "jump==2 does not hold: units are 4 apart; the stride of body.1 takes them from 2 to 4"
    assert messages(f"{conv(3, 2, 1)}, {conv(3, 1, 1)}, {conv(3, 1, 1)}", "jump==2") == []


def test_the_taps_that_are_named_are_those_too_many() -> None:
    (message,) = messages(f"{conv(3)}, {conv(5)}, {conv(9)}", "rf<=11")
    assert message == ("rf<=11 does not hold: each unit sees 15×15 px; without the 4 that body.1 adds it would see 11")
    assert messages(f"{conv(3)}, {conv(9)}", "rf==11") == []


def test_the_padding_that_is_named_keeps_the_size() -> None:
    (message,) = messages(f"{conv(3, 1, 1)}, {conv(5)}", "size==input")
    assert message.endswith("; body.1 needs padding=2 to keep the size")
    assert messages(f"{conv(3, 1, 1)}, {conv(5, 1, 2)}", "size==input") == []


STRIDED = f"{conv(3, 2, 1)}, {conv(3, 1, 2, 2)}, {conv(3, 1, 2, 2)}, {conv(3, 1, 2, 2)}"


@pytest.mark.parametrize(
    ("layers", "stated", "end", "better"),
    [
        (f"{conv(3, 2, 1)}", "jump>=4", "; a further stride of 2 is missing", f"{conv(3, 2, 1)}, {conv(1, 2)}"),
        (f"{conv(3, 2, 1)}", "jump>5", "; a further stride of 3 is missing", f"{conv(3, 2, 1)}, {conv(1, 3)}"),
        (
            f"{conv(3, 2, 1)}, {conv(4, 3)}",
            "jump<=3",
            "; without the stride of body.0 they would be 3 apart",
            f"{conv(3, 1, 1)}, {conv(4, 3)}",
        ),
        (
            f"{conv(3, 2, 1)}, {conv(4, 3)}",
            "jump<3",
            "; without the stride of body.1 they would be 2 apart",
            f"{conv(3, 2, 1)}, {conv(4, 1)}",
        ),
        (
            STRIDED,
            "reached>=80%, rf>=27",
            "; dilations 1, 2, 3 from body.1 on read all of 27",
            f"{conv(3, 2, 1)}, {conv(3)}, {conv(3, 1, 0, 2)}, {conv(3, 1, 0, 3)}",
        ),
        (
            f"{conv(3, 2, 1)}, {conv(3, 1, 2, 2)}, nn.ReLU()",
            "reached==100%",
            "; dilation 1 of body.1 reads all of 7",
            f"{conv(3, 2, 1)}, {conv(3, 1, 1)}",
        ),
        (
            f"{conv(1, 2)}, {conv(3)}",
            "reached==100%",
            "; kernel_size=2 of body.0 reads all of 6",
            f"{conv(2, 2)}, {conv(3)}",
        ),
        (
            f"{conv(3, 1, 1)}, {conv(3, 2, 1)}",
            "size==input",
            "; with stride=1 body.1 would keep it",
            f"{conv(3, 1, 1)}, {conv(3, 1, 1)}",
        ),
        (
            f"{conv(2, 2)}, nn.MaxPool2d(2)",
            "size==input",
            "; an upsampling by 4 behind it would bring it back",
            f"{conv(2, 2)}, nn.MaxPool2d(2), nn.Upsample(scale_factor=4)",
        ),
        (
            f"{conv(3)}",
            "rf==9",
            "; 2 more layers of kernel 3 here, dilation 1, 2, would see 9",
            f"{conv(3)}, {conv(3)}, {conv(3, 1, 0, 2)}",
        ),
        (
            f"{conv(3)}",
            "rf==11",
            "; 2 more layers of kernel 3 here, dilation 2, 2, would see 11",
            f"{conv(3)}, {conv(3, 1, 0, 2)}, {conv(3, 1, 0, 2)}",
        ),
        (
            f"{conv(3)}, {conv(3, 1, 2, 2)}, {conv(3, 1, 3, 3)}",
            "rf>=23, reached==100%",
            "; dilations 1, 3, 7 would see 23; one more layer of kernel 3 here, dilation 8, would see 29",
            f"{conv(3)}, {conv(3, 1, 0, 3)}, {conv(3, 1, 0, 7)}",
        ),
        (
            f"{conv(3, 2, 1)}, {conv(3)}, {conv(3, 1, 2, 2)}, {conv(3, 1, 2, 2)}",
            "rf==27",
            "; dilations 1, 2, 3 from body.1 on would see 27; "
            "one more layer of kernel 3 here, dilation 1, would see 27",
            f"{conv(3, 2, 1)}, {conv(3)}, {conv(3, 1, 0, 2)}, {conv(3, 1, 0, 3)}",
        ),
        (f"{conv(3)}", "rf==10", "each unit sees 3×3 px", f"{conv(3)}, {conv(8)}"),
        (f"{conv(3)}, {conv(5)}", "rf==4", "each unit sees 7×7 px", f"{conv(4)}"),
        (f"{conv(3)}, {conv(5)}", "rf==5", "; without the 2 that body.0 adds it would see 5", f"{conv(5)}"),
    ],
)
def test_with_the_change_that_is_proposed_the_contract_holds(layers: str, stated: str, end: str, better: str) -> None:
    (message,) = messages(layers, stated)
    assert message.endswith(end)
    assert messages(better, stated) == []


UP = "nn.Upsample(scale_factor=2)"


@pytest.mark.parametrize(
    ("layers", "stated", "end"),
    [
        (conv(1), "rf>=3", "each unit sees 1×1 px"),
        (CHAINS[6].layers, "rf<4", "each unit sees 3 to 5×3 to 5 px"),
        (conv(3), "rf>5", "; one more layer of kernel 3 here, dilation 2, would see 7"),
        (conv(3), "rf>4", "; one more layer of kernel 3 here, dilation 1, would see 5"),
        (f"{conv(3)}, {conv(5)}", "rf<5", "; without the 4 that body.1 adds it would see 3"),
        (f"{conv(3)}, {conv(5)}", "rf<=4", "; without the 4 that body.1 adds it would see 3"),
        (f"{conv(3)}, {conv(5)}", "rf<=2", "each unit sees 7×7 px"),
        (
            f"{conv(3)}, nn.Upsample(scale_factor=2, mode='bilinear')",
            "rf<=3",
            "; without the 2 that body.0 adds it would see 2",
        ),
        (f"{conv(3)}, nn.MaxPool2d((1, 3), 1)", "rf<=3", "; without the 2 that body.1 adds it would see 3"),
        (f"{conv(3, 2)}, {conv(3, 2)}, {conv(3, 2)}", "jump==2", "units are 8 apart"),
        (conv(3, 2), "jump==3", "units are 2 apart"),
        (f"{conv(3, 4)}, {UP}", "jump>2", "; a further stride of 2 is missing"),
        (f"{conv(3, 4)}, {UP}", "jump<=1", "; without the stride of body.0 they would be 1/2 apart"),
        (f"{conv(3, 1, 2, 2)}, {conv(3, 1, 2, 2)}", "reached<=30%", "each unit reads 30.9 % of its window"),
        (f"{conv(3, 2, 1)}, {UP}, {conv(3)}", "size==input", "its size is 62×62, that of the input 64×64"),
        (f"{conv(3)}, {conv(3, 2, 1)}", "size==input", "its size is 31×31, that of the input 64×64"),
        (f"{conv(1, 2)}, {conv(1, 2)}", "size==input", "; an upsampling by 4 behind it would bring it back"),
        ("nn.Conv2d(4, 4, 1, (2, 1))", "size==input", "its size is 32×64, that of the input 64×64"),
        ("nn.Conv2d(4, 4, (3, 5), padding=(1, 0))", "size==input", "; body.0 needs padding=2 to keep the size"),
        (f"{conv(3, 1, 2)}", "size==input", "; body.0 needs padding=1 to keep the size"),
    ],
)
def test_a_change_is_proposed_where_one_is_sure(layers: str, stated: str, end: str) -> None:
    (message,) = messages(layers, stated)
    assert message.endswith(end)


@pytest.mark.parametrize(
    ("layers", "value", "stated", "text"),
    [
        (conv(3, 1, 1), "self.body(x) + x", "rf<3", "each unit sees 3×3 px"),
        (conv(3, 1, 4, 4), "self.body(x) + x", "reached>50%", "each unit reads 11.1 % of its window"),
        (conv(3), "self.body(x) + x[:, :, 1:-1, 1:-1]", "size==input", "its size is 62×62, that of the input 64×64"),
        (conv(3, 2, 1), "self.body(x) + x[:, :, ::2, ::2]", "jump<=1", "units are 2 apart"),
        (conv(2, 2), "self.body(x) + x[:, :, ::2, ::2]", "size==input", "its size is 32×32, that of the input 64×64"),
        (conv(3, 2), "self.body(x) + x[:, :, :31, :31]", "rf>=99", "each unit sees 3 to 33×3 to 33 px"),
        (
            f"{conv(3, 1, 1)}, {conv(3, 1, 2, 2)}, {conv(3, 1, 3, 3)}",
            "self.body(x) + x",
            "rf>=23",
            "each unit sees 13×13 px; one more layer of kernel 3 here, dilation 8, would see 29",
        ),
        (conv(2, 2), "self.body(x).mean(-1)", "size==input", "its size is 32, that of the input 64×64"),
        (conv(1), "x[:, :, 64:]", "size==input", "its size is 0×64, that of the input 64×64"),
    ],
)
def test_no_change_is_sure_where_tensors_meet_or_axes_go(layers: str, value: str, stated: str, text: str) -> None:
    assert messages(layers, stated, value) == [f"{stated} does not hold: {text}"]


@pytest.mark.parametrize(
    ("layers", "stated", "size", "word", "text"),
    [
        (f"{conv(3)}, nn.Conv2d(4, 4, kernel_size=5)", "rf<=3", "64, 64", "nn.Conv2d(4, 4, kernel_size=5)", "adds 4"),
        (
            "nn.Conv2d(4, 4, 3, 2), nn.Conv2d(4, 4, 3, stride=3)",
            "jump==2",
            "64, 64",
            "3)",
            "takes units from 2 to 6 apart",
        ),
        ("nn.Conv2d(4, 4, 3, dilation=2)", "reached>50%", "64, 64", "2)", "this would change"),
        ("nn.Conv2d(4, 4, 3)", "size==input", "64, 64", "nn.Conv2d(4, 4, 3)", "this layer changes the size"),
        ("nn.Conv2d(4, 4, 3, padding=1, stride=2)", "size==input", "64, 64", "2)", "this layer divides the size"),
        ("nn.Conv1d(4, 4, 3, padding=1)", "causal", "64", "1)", "from here on it looks ahead"),
    ],
)
def test_the_place_of_the_change_is_told(layers: str, stated: str, size: str, word: str, text: str) -> None:
    (found,) = diagnostics(layers, stated, "self.body(x)", size)
    lines = BODY.format(contracts=stated, layers=layers, value="self.body(x)").replace("64, 64", size).splitlines()
    said = [(lines[span.line - 1][span.column - 1 :], words) for _, span, words in found.related]
    assert [one.startswith(word) and words == text for one, words in said] == [True], said


def test_the_line_of_the_contract_is_not_told_twice() -> None:
    layers = f"\n{conv(3)},\n{conv(3)}  # rflint: rf<=3\n"
    (found,) = diagnostics(layers, "rf>=1", "self.body(x)", "64, 64")
    assert "without the 2 that body.1 adds" in found.message
    assert not found.related


def test_sizes_that_are_not_known_have_no_factor() -> None:
    (message,) = messages(conv(2, 2), "size==input", size="2*H, 64")
    assert message.endswith("its size is H×32, that of the input 2*H×64")


@pytest.mark.parametrize(
    ("layers", "end"),
    [
        ("nn.Conv1d(4, 4, 3, padding=1)", "after its own; the padding of body.0 belongs on the left"),
        (
            "nn.ReLU(), nn.Conv1d(4, 4, 3, padding='same'), nn.Conv1d(4, 4, 3, padding=1)",
            "the padding of body.1 belongs on the left",
        ),
        ("nn.Conv1d(4, 4, 3), nn.ConstantPad1d((0, 2), 0)", "after its own; from body.0 on"),
        ("nn.Conv1d(4, 4, 3, padding='valid'), nn.ConstantPad1d((0, 2), 0)", "after its own; from body.0 on"),
        ("nn.AvgPool1d(3, 1, 1)", "after its own; from body.0 on"),
        (
            "nn.Conv1d(4, 4, 3, padding=1), nn.GroupNorm(1, 4)",
            "body.1 GroupNorm takes in every position, the later ones too; the padding of body.0 belongs on the left",
        ),
        ("nn.ConstantPad1d((2, 0), 0), nn.Conv1d(4, 4, 3), nn.GroupNorm(1, 4)", "the later ones too"),
    ],
)
def test_where_looking_ahead_begins_is_told(layers: str, end: str) -> None:
    (message,) = messages(layers, "causal", size="64")
    assert message.endswith(end)


def test_contracts_on_one_line_are_reported_one_by_one() -> None:
    found = messages(f"{conv(3, 2, 1)}, {conv(3)}", "rf>=9, jump==1, size==input")
    assert [message.split(" ")[0] for message in sorted(found)] == ["jump==1", "rf>=9", "size==input"]


def test_the_full_report_shows_the_layers_that_lead_there() -> None:
    layers = f"{conv(3, 2, 1)}, nn.ReLU(), {conv(1)}, {conv(3)}"
    text = BODY.format(contracts="rf>=99", layers=layers, value="self.body(x)")
    options = linter.Options(Config(select=("RF102",)), read={"net.py": text}.get)
    (found,) = linter.check(["net.py"], options).diagnostics
    assert [step.text for step in found.trail] == [
        "x: 1×4×64×64",
        "body.0 Conv2d: 1×4×64×64 → 1×4×32×32",
        "body.3 Conv2d: 1×4×32×32 → 1×4×30×30",
    ]


@pytest.mark.parametrize(
    ("relation", "low", "high", "wanted", "answer"),
    [
        (">=", 3, 5, 3, True),
        (">=", 3, 5, 4, False),
        (">", 3, 5, 3, False),
        ("<=", 3, 5, 5, True),
        ("<=", 3, 5, 4, False),
        ("<", 3, 5, 5, False),
        ("==", 3, 3, 3, True),
        ("==", 3, 5, 3, False),
    ],
)
def test_a_comparison_holds_for_all_units_or_not(relation: str, low: int, high: int, wanted: int, answer: bool) -> None:
    assert holds(relation, low, high, Fraction(wanted)) is answer


@pytest.mark.parametrize("text", ["rf>=9", "jump==1/2", "reached>=99.5%", "causal", "size==input", "rate=16000"])
def test_a_contract_says_what_it_was(text: str) -> None:
    assert contract(text).text == text
    spaced = re.sub(r"([<>=]+)", r" \1 ", text)
    assert contract(spaced).text.replace(" ", "") == text
