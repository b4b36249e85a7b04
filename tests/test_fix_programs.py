"""Whole networks with a fault: `--fix --unsafe-fixes` makes them run like their twins that were written without it."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from rflint import linter
from rflint.config import from_toml
from rflint.fixes.mending import mended
from rflint.trace import Trace

FILE = "net.py"


class Program(NamedTuple):
    """A network with a fault, the lines that are other in its twin, and the rule that finds it."""

    code: str
    text: str
    twin: dict[str, str]


HEAD = Program(
    "RF402",
    '''
from torch import nn


class Lane(nn.Module):
    """Scores lanes on a strip of road."""

    def __init__(self, lanes=4):
        super().__init__()
        layers = []
        for before, width in ((3, 16), (16, 32), (32, 64)):
            layers += [nn.Conv2d(before, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)]
            layers += [nn.ReLU(), nn.MaxPool2d(2)]
        self.body = nn.Sequential(*layers)
        self.scores = nn.Sequential(nn.Linear(64 * 6 * 20, 32), nn.ReLU(), nn.Linear(32, lanes))

    def forward(self, strip):
        seen = self.body(strip)
        return self.scores(seen.flatten(1))


def lane_on_a_strip():
    import torch

    return Lane()(torch.zeros(1, 3, 56, 160))
''',
    {"64 * 6 * 20": "64 * 7 * 20"},
)
DECODER = Program(
    "RF501",
    '''
from dataclasses import dataclass

from torch import nn


@dataclass
class Shape:
    kernel: int = 3
    stride: int = 2
    padding: int = 1
    extra: int = 1


def up(before, after, shape):
    """Twice as large."""
    return nn.ConvTranspose2d(before, after, shape.kernel, shape.stride, shape.padding, shape.extra, bias=False)


class Painter(nn.Module):
    def __init__(self, code=64, shape=Shape()):
        super().__init__()
        self.start = nn.Conv2d(code, 32, 7, padding=3)
        self.up = up(32, 16, shape)
        self.paint = up(16, 3, shape)

    def forward(self, z):
        return self.paint(self.up(self.start(z).relu()).relu()).tanh()
''',
    {"kernel: int = 3": "kernel: int = 4", "extra: int = 1": "extra: int = 0"},
)
CONTEXT = Program(
    "RF201",
    '''
import torch
from torch import nn

CONTEXT = {"width": 24, "rates": [2, 2, 2, 2]}


def block(width, rate):
    conv = nn.Conv2d(width, width, kernel_size=3, padding=rate, dilation=rate, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(width), nn.ReLU(inplace=True))


class Counter(nn.Module):
    """Counts by a density map, at an eighth of the size."""

    def __init__(self, width, rates):
        super().__init__()
        self.stem = nn.Conv2d(3, width, 8, stride=8)
        self.context = nn.Sequential(*[block(width, rate) for rate in rates])
        self.density = nn.Conv2d(width, 1, 1)

    def forward(self, photo):
        return torch.relu(self.density(self.context(self.stem(photo))))


def counter():
    return Counter(**CONTEXT)
''',
    {"[2, 2, 2, 2]": "[1, 2, 2, 3]"},
)
CAUSAL = Program(
    "RF312",
    '''
from torch import nn


class CausalStack(nn.Module):
    """Predicts the next step of a series from those before it."""

    # rflint: input=(N, 8, 64)
    def __init__(self, channels=8, depth=3):
        super().__init__()
        self.convs = nn.ModuleList()
        for level in range(depth):
            rate = 2**level
            self.convs.append(nn.Conv1d(channels, channels, 3, padding=2 * rate, dilation=rate))

    def forward(self, series):
        for conv in self.convs:
            series = series + conv(series)[:, :, -series.shape[2]:].relu()
        return series
''',
    {"-series.shape[2]:": ":series.shape[2]"},
)
LEVELS = Program(
    "RF414",
    """
from torch import nn


class Pyramid(nn.Module):
    def __init__(self, widths=(3, 16, 32)):
        super().__init__()
        levels = []
        for before, after in zip(widths, widths[1:]):
            levels.append(nn.Conv2d(before, after, 4, stride=2, padding=1))
        self.levels = levels
        self.spare = nn.Conv2d(widths[-1], 1, 1)

    def forward(self, x):
        maps = []
        for level in self.levels:
            x = level(x).relu()
            maps.append(x)
        return maps
""",
    {
        "self.levels = levels": "self.levels = nn.ModuleList(levels)",
        "        self.spare = nn.Conv2d(widths[-1], 1, 1)\n": "",
    },
)
SHORTCUT = Program(
    "RF405",
    """
from torch import nn


def conv3x3(width, rate=1):
    return nn.Conv2d(width, width, 3, padding=1, dilation=rate, bias=False)


class Residual(nn.Module):
    def __init__(self, width, rate):
        super().__init__()
        self.conv1 = conv3x3(width, rate)
        self.conv2 = conv3x3(width)

    def forward(self, x):
        return x + self.conv2(self.conv1(x).relu())


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.Sequential(Residual(16, 1), Residual(16, 2), Residual(16, 4))

    def forward(self, x):
        return self.blocks(x)
""",
    {"padding=1, dilation": "padding=rate, dilation"},
)
PROGRAMS = [HEAD, DECODER, CONTEXT, CAUSAL, LEVELS, SHORTCUT]
each_program = pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.code)


def options(text: str) -> linter.Options:
    """Options that read this text."""
    return linter.Options(from_toml("ignore = ['RF101']", linter.known_rules()), read={FILE: text}.get)


def twin(program: Program) -> str:
    """The text without the fault."""
    text = program.text
    for wrong, right in program.twin.items():
        assert wrong in text
        text = text.replace(wrong, right)
    return text


def serious(text: str) -> list[str]:
    """The codes of the errors and warnings."""
    return [one.code for one in linter.check([FILE], options(text)).diagnostics if one.severity != "info"]


def sizes(trace: Trace) -> list[object]:
    """What every use makes of what it is given, and what comes out."""
    return [(use.kind, use.inputs, use.output) for use in trace.uses] + [trace.output, trace.complete]


@each_program
def test_the_text_becomes_that_of_the_twin(program: Program) -> None:
    assert program.code in serious(program.text)
    assert mended([FILE], options(program.text), unsafe=True).texts[FILE][1] == twin(program)


@each_program
def test_the_twin_is_clean_and_has_sizes(program: Program) -> None:
    assert serious(twin(program)) == []
    traces = linter.show(FILE, options(twin(program))).traces
    assert traces
    assert all(trace.complete for trace in traces)
    assert all(sizes(trace) for trace in traces)


@each_program
def test_only_what_is_safe_is_done_unasked(program: Program) -> None:
    assert mended([FILE], options(program.text), unsafe=False).texts == {}
