"""Small networks drawn at random, as source: windows, resampling, skips that are cropped or not, linear heads."""

from __future__ import annotations

from random import Random

CHANNELS = 2
HEAD = """\
import torch
import torch.nn.functional as F
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
"""


def source(seed: int) -> str:
    """A module with a class `Net` that takes an image with one channel; the same for the same seed."""
    random = Random(seed)
    layers, lines, skips, channels = [], [], 0, 1
    for at in range(random.randint(2, 6)):
        layer = drawn_layer(random, channels)
        if layer is not None:
            layers.append(f"        self.l{at} = {layer}\n")
            lines.append(f"        x = self.l{at}(x)\n")
            channels = channels if "Pool" in layer or "Pad" in layer or "Upsample" in layer else CHANNELS
        elif skips and random.random() < 0.7:
            lines.append(joined(random, f"s{random.randrange(skips)}"))
        else:
            lines.append(f"        s{skips} = x if x.shape[1] == {CHANNELS} else x.expand(-1, {CHANNELS}, -1, -1)\n")
            skips += 1
    if skips and random.random() < 0.8:
        lines.append(joined(random, f"s{skips - 1}"))
    if random.random() < 0.3:
        layers.append(f"        self.head = nn.Linear({random.choice((8, 18, 32, 50, 72))}, 3)\n")
        lines.append(f"        x = self.head({random.choice(HEADS)})\n")
    forward = f"    def forward(self, x):\n{''.join(lines)}        return x\n"
    return f"{HEAD}{''.join(layers)}\n{forward}"


HEADS = ("torch.flatten(x, 1)", "x.reshape(x.shape[0], -1)", "x.flatten(2).sum(1)", "x.mean(2)")


def drawn_layer(random: Random, channels: int) -> str | None:
    """The constructor of a layer; None for a skip."""
    kernel, stride, padding = random.randint(1, 5), random.randint(1, 3), random.randint(0, 2)
    kind = random.randrange(8)
    if kind <= 1:
        dilation = random.choice((1, 1, 2))
        return f"nn.Conv2d({channels}, {CHANNELS}, {kernel}, {stride}, {padding}, dilation={dilation})"
    if kind == 2:
        return f"nn.ConvTranspose2d({channels}, {CHANNELS}, {kernel}, {stride}, {padding})"
    if kind == 3:
        pool, ceil = random.choice(("MaxPool2d", "AvgPool2d")), random.random() < 0.4
        return f"nn.{pool}({kernel}, {stride}, {min(padding, kernel // 2)}, ceil_mode={ceil})"
    if kind == 4:
        return random.choice(
            (f"nn.ReflectionPad2d({padding})", "nn.ZeroPad2d(-1)", f"nn.Upsample(scale_factor={stride})")
        )
    return None


def joined(random: Random, skip: str) -> str:
    """A line that joins x with a skip."""
    return random.choice(JOINS).format(skip=skip)


JOINS = (
    "        x = x.sum(1, keepdim=True) + {skip}\n",
    "        x = torch.cat([x.mean(1, keepdim=True), {skip}], 1)[:, :2]\n",
    "        x = x.sum(1, keepdim=True) + {skip}[:, :, : x.shape[2], : x.shape[3]]\n",
    "        x = x.sum(1, keepdim=True) + F.interpolate({skip}, size=x.shape[-2:])\n",
    "        x = F.pad(x[:, :1], (0, {skip}.size(3) - x.size(3), 0, {skip}.size(2) - x.size(2))) + {skip}\n",
    "        x = {skip} if x.shape[2] > {skip}.shape[2] else x.sum(1, keepdim=True).expand(-1, 2, -1, -1)\n",
)
