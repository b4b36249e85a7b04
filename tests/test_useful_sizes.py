"""The useful sizes of random residual networks, against positions pushed through every path and every layer by hand."""

from __future__ import annotations

from typing import NamedTuple

from hypothesis import example, given, settings
from hypothesis import strategies as st

from rflint import linter
from rflint.admissible.answers import answers
from rflint.config import Config
from rflint.linter import Options

LARGEST = 40


class Step(NamedTuple):
    """A convolution with its padding, or with `skip` a sum of its input and what comes out."""

    kernel: int
    stride: int
    padding: int
    dilation: int
    skip: bool

    def reads(self, unit: int) -> list[int]:
        return [self.stride * unit - self.padding + self.dilation * tap for tap in range(self.kernel)]

    def size(self, n: int) -> int:
        return (n + 2 * self.padding - self.dilation * (self.kernel - 1) - 1) // self.stride + 1


plain = st.builds(
    lambda kernel, stride, padding, dilation: Step(kernel, stride, min(padding, kernel // 2), dilation, False),
    st.integers(1, 5),
    st.integers(1, 2),
    st.integers(0, 2),
    st.integers(1, 2),
)
residual = st.builds(
    lambda half, dilation: Step(2 * half + 1, 1, half * dilation, dilation, True), st.integers(1, 2), st.integers(1, 3)
)
networks = st.lists(plain | residual, min_size=1, max_size=5)


def source(steps: list[Step]) -> str:
    """The network as a file; the layers are called 0, 1, …"""
    lines = [
        "from torch import nn",
        "",
        "",
        "class Net(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
    ]
    for at, step in enumerate(steps):
        arguments = f"stride={step.stride}, padding={step.padding}, dilation={step.dilation}"
        lines.append(f"        self.layer{at} = nn.Conv1d(1, 1, {step.kernel}, {arguments})")
    lines += ["", "    def forward(self, x):"]
    lines += [f"        x = {'x + ' * step.skip}self.layer{at}(x)" for at, step in enumerate(steps)]
    return "\n".join([*lines, "        return x", ""])


def seen(path: list[Step]) -> int:
    """How many positions there are from the first to the last that one unit behind these layers reads."""
    positions = {0}
    for step in reversed(path):
        positions = {one for unit in positions for one in step.reads(unit)}
    return max(positions) - min(positions) + 1


def narrowest(steps: list[Step]) -> int:
    """The least that a unit behind these layers sees on any path: every sum has one path around its layer."""
    paths: list[list[Step]] = [[]]
    for step in steps:
        paths = [[*path, step] for path in paths] + (paths if step.skip else [])
    return min(map(seen, paths))


def sizes_between(steps: list[Step], n: int) -> list[int]:
    """The sizes of all inputs of layers, and of the output."""
    sizes = [n]
    for step in steps:
        sizes.append(step.size(sizes[-1]))
    return sizes


def every_tap_meets_data(steps: list[Step], n: int) -> bool:
    sizes = sizes_between(steps, n)
    for step, before, after in zip(steps, sizes, sizes[1:], strict=False):
        for tap in range(step.kernel):
            if not any(0 <= step.reads(unit)[tap] < before for unit in range(after)):
                return False
    return True


@settings(max_examples=30, database=None)
@given(networks)
@example([Step(1, 1, 0, 1, False), Step(3, 1, 1, 1, True)])
def test_useful_sizes_are_those_found_by_hand(steps: list[Step]) -> None:
    shown = linter.show("net.py::Net()", linter.Options(Config(), read={"net.py": source(steps)}.get))
    found = shown.sizes(shown.traces[0])
    assert found is not None
    (answer,) = answers(found)
    running = [n for n in range(1, LARGEST) if min(sizes_between(steps, n)) > 0]
    assert [n for n in range(1, LARGEST) if n in answer.sizes] == running
    useful = answer.useful
    assert useful is not None
    given = [narrowest(steps[:at]) if step.kernel > 1 else 0 for at, step in enumerate(steps)]
    assert useful.widening == max(given) + 1
    assert useful.seen == seen(steps)
    assert useful.live is not None
    assert [n for n in running if n in useful.live] == [n for n in running if every_tap_meets_data(steps, n)]


def test_a_list_of_images_whose_scale_is_not_known_is_said_to_be_open() -> None:
    text = (
        "import torch\nfrom torch import Tensor, nn\nfrom torch.nn import functional as F\n\n\n"
        "class Net(nn.Module):\n"
        "    def __init__(self):\n"
        "        super().__init__()\n"
        "        self.conv = nn.Conv2d(3, 8, 3)\n\n"
        "    def forward(self, images: list[Tensor]):\n"
        "        scale = 800.0 / max(images[0].shape[-2:])\n"
        "        x = torch.stack([F.interpolate(i[None], scale_factor=scale)[0] for i in images])\n"
        "        return self.conv(x)\n"
    )
    shown = linter.show("net.py::Net()", Options(Config(), read={"net.py": text}.get))
    found = shown.sizes(shown.traces[0])
    assert found is not None
    assert found.together.sizes("L").least is None
