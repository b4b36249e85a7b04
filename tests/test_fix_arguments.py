"""An argument is changed where it is written: in the call, where it is handed on, or where its digits stand."""

from __future__ import annotations

import pytest
from mends import HEAD, fixed, one_layer, outcome


@pytest.mark.parametrize(
    ("call", "right"),
    [
        ("nn.Conv2d(8, 8, 3, 1, 1, 2)", "nn.Conv2d(8, 8, 3, 1, 2, 2)"),
        ("nn.Conv2d(8, 8, 3, padding=1, dilation=2)", "nn.Conv2d(8, 8, 3, padding=2, dilation=2)"),
        ("nn.Conv2d(8, 8, 3, padding = (1) , dilation=2)", "nn.Conv2d(8, 8, 3, padding = 2 , dilation=2)"),
        ("nn.Conv2d(8, 8, 3, padding=(1, 1), dilation=3)", "nn.Conv2d(8, 8, 3, padding=3, dilation=3)"),
        ("nn.Conv2d(8, 8, (3, 5), padding=1, dilation=2)", "nn.Conv2d(8, 8, (3, 5), padding=(2, 4), dilation=2)"),
        (
            "nn.Conv2d(8, 8, 3, dilation=2,\n            padding=1, # keep\n        )",
            "nn.Conv2d(8, 8, 3, dilation=2,\n            padding=2, # keep\n        )",
        ),
    ],
)
def test_a_value_in_the_call_becomes_another_one(call: str, right: str) -> None:
    assert fixed(one_layer(call)) == one_layer(right)


BATCH_NORM = """\
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = {}
        self.norm = nn.BatchNorm2d(8)

    def forward(self, x):
        return self.norm(self.conv(x))


Net()(torch.zeros(2, 8, 64, 64))
"""


@pytest.mark.parametrize(
    ("call", "right"),
    [
        ("nn.Conv2d(8, 8, 3)", "nn.Conv2d(8, 8, 3, bias=False)"),
        ("nn.Conv2d(8, 8, 3,)", "nn.Conv2d(8, 8, 3, bias=False,)"),
        ("nn.Conv2d(8, 8, kernel_size=3 )", "nn.Conv2d(8, 8, kernel_size=3, bias=False )"),
        (
            "nn.Conv2d(\n            8, 8, kernel_size=3\n        )",
            "nn.Conv2d(\n            8, 8, kernel_size=3, bias=False\n        )",
        ),
        (
            "nn.Conv2d(\n            8,\n            8,\n            3,\n        )",
            "nn.Conv2d(\n            8,\n            8,\n            3,\n            bias=False,\n        )",
        ),
        (
            "nn.Conv2d(\n            8,\n            8,\n            3,  # three\n        )",
            "nn.Conv2d(\n            8,\n            8,\n            3,  # three\n            bias=False,\n        )",
        ),
        (
            "nn.Conv2d(\n            8,\n            8,\n            3  # three\n        )",
            "nn.Conv2d(\n            8,\n            8,\n            3,  # three\n            bias=False\n        )",
        ),
        (
            "nn.Conv2d(8, 8,\n                  3)",
            "nn.Conv2d(8, 8,\n                  3,\n                  bias=False)",
        ),
        ("(nn.Conv2d(8, 8, 3))", "(nn.Conv2d(8, 8, 3, bias=False))"),
        ("nn.Conv2d(8, 8, 3, bias=True)", "nn.Conv2d(8, 8, 3, bias=False)"),
    ],
)
def test_an_argument_is_added_in_the_style_of_the_call(call: str, right: str) -> None:
    assert fixed(HEAD + BATCH_NORM.format(call)) == HEAD + BATCH_NORM.format(right)


LAYER = "nn.Conv2d(8, 8, 3, padding=padding, dilation=3)"


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (one_layer(call=LAYER, arguments=", padding=1"), one_layer(call=LAYER, arguments=", padding=3")),
        (one_layer(call=LAYER, arguments=", padding=(1, 1)"), one_layer(call=LAYER, arguments=", padding=3")),
        (one_layer(call=LAYER, before="padding = 1"), one_layer(call=LAYER, before="padding = 3")),
        (one_layer(call=LAYER, init="padding = 1"), one_layer(call=LAYER, init="padding = 3")),
        (one_layer(call=LAYER, init="padding = (1, 1)"), one_layer(call=LAYER, init="padding = 3")),
        (one_layer(call=LAYER, init="_, padding = 8, 1"), one_layer(call=LAYER, init="_, padding = 8, 3")),
        (
            one_layer(call="nn.Conv2d(8, 8, 3, padding=SIZES['pad'], dilation=3)", before="SIZES = {'pad': 1}"),
            one_layer(call="nn.Conv2d(8, 8, 3, padding=SIZES['pad'], dilation=3)", before="SIZES = {'pad': 3}"),
        ),
        (
            one_layer(call="nn.Conv2d(8, 8, 3, padding=self.pad, dilation=3)", init="self.pad = 1"),
            one_layer(call="nn.Conv2d(8, 8, 3, padding=self.pad, dilation=3)", init="self.pad = 3"),
        ),
        (
            one_layer(call="nn.Conv2d(8, 8, **more)", init="more = dict(kernel_size=3, padding=1, dilation=3)"),
            one_layer(call="nn.Conv2d(8, 8, **more)", init="more = dict(kernel_size=3, padding=3, dilation=3)"),
        ),
    ],
)
def test_a_value_is_changed_where_it_comes_from(wrong: str, right: str) -> None:
    assert fixed(wrong) == right


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("padding=1, dilation=rate", "padding=rate, dilation=rate"),
        ("dilation=rate, padding=1 + 1 - 1", "dilation=rate, padding=rate"),
        ("padding=rate // 2, dilation=rate", "padding=rate, dilation=rate"),
        ("padding=1, dilation=2 * rate", "padding=2 * rate, dilation=2 * rate"),
        ("padding=1, dilation=RATE", "padding=RATE, dilation=RATE"),
        ("padding=1, dilation=4", "padding=4, dilation=4"),
    ],
)
def test_what_the_call_says_with_names_is_mended_with_names(wrong: str, right: str) -> None:
    def source(arguments: str) -> str:
        return one_layer(f"nn.Conv2d(8, 8, 3, {arguments})", arguments=", rate=4", before="RATE = 4\n")

    assert fixed(source(wrong)) == source(right)


BLOCKS = """\
{head}
RATES = [{rates}]


def conv(channels, rate={default}):
    return nn.Conv2d(channels, channels, 3, padding={padding}, dilation=rate)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential({layers})

    def forward(self, x):
        return self.layers(x)


Net()(torch.zeros(1, 8, 64, 64))
"""
LOOP = "*[conv(8, rate) for rate in RATES]"


def blocks(rates: str = "1, 2", default: str = "2", padding: str = "rate", layers: str = LOOP) -> str:
    """A network of layers that a function builds."""
    return BLOCKS.format(head=HEAD, rates=rates, default=default, padding=padding, layers=layers)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (blocks("2, 2, 2"), blocks("1, 1, 4")),
        (
            blocks("2, 2, 2", layers="*[conv(8, rate) for _, rate in zip('abc', RATES)]"),
            blocks("1, 1, 4", layers="*[conv(8, rate) for _, rate in zip('abc', RATES)]"),
        ),
        (
            blocks("2, 2, 2", layers="*[conv(8, RATES[number]) for number in range(3)]"),
            blocks("1, 1, 4", layers="*[conv(8, RATES[number]) for number in range(3)]"),
        ),
        (blocks(layers="conv(8, 2), conv(8, 2)"), blocks(layers="conv(8, 1), conv(8, 3)")),
        (blocks(padding="1"), blocks(padding="rate")),
        (blocks(padding="1", layers="conv(8), conv(8, 3)"), blocks(padding="rate", layers="conv(8), conv(8, 3)")),
    ],
)
def test_layers_of_one_call_are_mended_where_they_differ(wrong: str, right: str) -> None:
    mended = fixed(wrong)
    assert mended.replace("1, 2, 3", "1, 1, 4") == right


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (blocks(layers="conv(8), conv(8)"), "different texts are wanted on line"),
        (blocks("4", layers="*[conv(8, RATES[0]) for _ in range(3)]"), "different texts are wanted on line"),
        (blocks(layers="*[conv(8, 2 ** power) for power in (1, 1, 1)]"), "dilation is calculated: 2 ** power"),
        (
            one_layer("nn.Conv2d(8, 8, 3, padding=int('1'), dilation=3)"),
            "padding is calculated: int('1')",
        ),
        (
            one_layer("nn.Sequential(nn.Conv2d(8, 8, 3, 1, D, 3), nn.Conv2d(8, 8, 3, 1, D))", before="D = 1"),
            "padding of another layer is written in the same place",
        ),
    ],
)
def test_what_cannot_be_changed_for_one_alone_stays_with_its_reason(text: str, why: str) -> None:
    done = outcome({"net.py": text})
    assert not done.texts
    assert [reason[: len(why)] for _, reason in done.kept] == [why]
