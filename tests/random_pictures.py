"""Random networks on pictures, of every operation that moves positions: as source code, and as explicit sets.

Shares no code with the package.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass

from explicit import (
    SAME,
    Line,
    Move,
    cut,
    every,
    flipped,
    gathered,
    padded,
    picked,
    pooled_to,
    rolled,
    scattered,
    slid,
    spread_out,
    through,
    together,
    weighed,
    window,
)

Size = tuple[int, int]
Made = tuple[str, Move, Move]
"""An operation as code, `{x}` being its input of four channels, and what it does along height and width."""
CHANNELS = 4


def weight(*kernel: int, into: int = CHANNELS, out: int = CHANNELS) -> str:
    return f"torch.zeros({', '.join(map(str, (out, into, *kernel)))})"


def each(draw: Callable[[int], tuple[int, ...]], size: Size) -> list[tuple[int, int]]:
    """Parameters drawn for either axis, turned into one pair each."""
    return [(a, b) for a, b in zip(draw(size[0]), draw(size[1]), strict=True)]


def convolve(rng: random.Random, size: Size) -> Made:
    def one(n: int) -> tuple[int, ...]:
        kernel, stride = rng.choice((1, 2, 3, 3, 5)), rng.choice((1, 1, 2, 3))
        dilation = rng.choice((1, 1, 2, 3)) if kernel > 1 else 1
        least = max(0, -(-(dilation * (kernel - 1) + 1 - n) // 2))
        return kernel, stride, rng.randint(least, max(least, dilation * (kernel - 1) // 2 + 1)), dilation

    k, s, p, d = each(one, size)
    code = f"F.conv2d({{x}}, {weight(*k)}, stride={s}, padding={p}, dilation={d})"
    return code, slid(k[0], s[0], p[0], d[0]), slid(k[1], s[1], p[1], d[1])


def pool(rng: random.Random, size: Size) -> Made:
    ceil, most = rng.random() < 0.5, rng.random() < 0.5

    def one(n: int) -> tuple[int, ...]:
        kernel = rng.randint(1, min(4, n))
        return kernel, rng.randint(1, 3), rng.randint(0, kernel // 2)

    k, s, p = each(one, size)
    name = "max" if most else "avg"
    code = f"F.{name}_pool2d({{x}}, {k}, {s}, {p}, ceil_mode={ceil})"
    return code, slid(k[0], s[0], p[0], 1, ceil), slid(k[1], s[1], p[1], 1, ceil)


def transpose(rng: random.Random, size: Size) -> Made:
    def one(n: int) -> tuple[int, ...]:
        kernel, stride, dilation = rng.randint(1, 4), rng.randint(1, 3), rng.choice((1, 1, 2))
        extra = rng.randrange(max(stride, dilation))
        most = ((n - 1) * stride + dilation * (kernel - 1) + extra) // 2
        return kernel, stride, rng.randint(0, min(2, most)), dilation, extra

    k, s, p, d, e = each(one, size)
    code = f"F.conv_transpose2d({{x}}, {weight(*k)}, stride={s}, padding={p}, output_padding={e}, dilation={d})"
    return code, scattered(k[0], s[0], p[0], d[0], e[0]), scattered(k[1], s[1], p[1], d[1], e[1])


def resample(rng: random.Random, size: Size) -> Made:
    mode = rng.choice(("nearest", "nearest-exact", "bilinear", "bicubic", "area"))
    aligned = mode.startswith("bi") and rng.random() < 0.4
    factor = rng.choice((0, 0, 2, 3))
    out = tuple(n * factor if factor else rng.randint(1, 2 * n) for n in size)
    how = f"scale_factor={factor}" if factor else f"size={out}"
    code = f"F.interpolate({{x}}, {how}, mode={mode!r}{', align_corners=True' if aligned else ''})"
    if mode == "area":
        return code, pooled_to(size[0], out[0]), pooled_to(size[1], out[1])
    if mode.startswith("nearest"):
        return code, picked(mode, size[0], out[0]), picked(mode, size[1], out[1])
    lines = [weighed(mode == "bicubic", n, m, aligned) for n, m in zip(size, out, strict=True)]
    return code, lines[0], lines[1]


def bins(rng: random.Random, size: Size) -> Made:
    out = tuple(rng.randint(2, max(2, n + 2)) for n in size)
    return f"F.adaptive_avg_pool2d({{x}}, {out})", pooled_to(size[0], out[0]), pooled_to(size[1], out[1])


def shuffle(rng: random.Random, size: Size) -> Made:
    r = rng.choice((2, 3))
    wide = f"F.conv2d({{x}}, {weight(1, 1, out=CHANNELS * r * r)})"
    return f"F.pixel_shuffle({wide}, {r})", spread_out(r), spread_out(r)


def unshuffle(rng: random.Random, size: Size) -> Made:
    r = math.gcd(*size)
    code = f"F.conv2d(F.pixel_unshuffle({{x}}, {r}), {weight(1, 1, into=CHANNELS * r * r)})"
    return code, gathered(r), gathered(r)


def slices(rng: random.Random, size: Size) -> Made:
    def one(n: int) -> tuple[int, ...]:
        start = rng.randrange(n)
        return start, rng.randint(start + 1, n), rng.choice((1, 1, 2, 3))

    a, b, c = each(one, size)
    code = f"{{x}}[:, :, {a[0]}:{b[0]}:{c[0]}, {a[1]}:{b[1]}:{c[1]}]"
    return code, cut(a[0], b[0], c[0]), cut(a[1], b[1], c[1])


def flip(rng: random.Random, size: Size) -> Made:
    axes = rng.choice(((2,), (3,), (2, 3)))
    rows, columns = (flipped(n) if at in axes else SAME for at, n in zip((2, 3), size, strict=True))
    return f"{{x}}.flip({axes})", rows, columns


def roll(rng: random.Random, size: Size) -> Made:
    by = [rng.randint(-(n // 2), n // 2) for n in size]
    return f"torch.roll({{x}}, {tuple(by)}, (2, 3))", rolled(by[0]), rolled(by[1])


def pad(rng: random.Random, size: Size) -> Made:
    mode = rng.choice(("constant", "reflect", "replicate", "circular"))
    limits = [n - 1 if mode == "reflect" else n if mode == "circular" else 3 for n in size]
    top, bottom, left, right = (rng.randint(0, min(3, limits[at])) for at in (0, 0, 1, 1))
    code = f"F.pad({{x}}, ({left}, {right}, {top}, {bottom}), mode={mode!r})"
    return code, padded(mode, top, bottom), padded(mode, left, right)


def columns(rng: random.Random, size: Size) -> Made:
    """Windows as columns, mixed, and back to a picture of the same size; more than one window."""
    k = [rng.randint(1, min(3, n)) for n in size]
    s, p = rng.randint(1, 2), rng.randint(0, 1)
    if all((n + 2 * p - kernel) // s == 0 for kernel, n in zip(k, size, strict=True)):
        return flip(rng, size)
    area = CHANNELS * k[0] * k[1]
    window = f"kernel_size=({k[0]}, {k[1]}), stride={s}, padding={p}"
    mixed = f"F.conv1d(F.unfold({{x}}, {window}), {weight(1, into=area, out=area)})"
    lines = []
    for kernel, n in zip(k, size, strict=True):
        extra = (n + 2 * p - kernel) % s
        lines.append(through(slid(kernel, s, p), scattered(kernel, s, p, 1, extra)))
    return f"F.fold({mixed}, output_size={size}, {window})", lines[0], lines[1]


def attend(rng: random.Random, size: Size) -> Made:
    """Attention within windows, or within the grids of positions that many steps apart; never over a whole axis."""
    parts = [[a for a in range(1, n) if n % a == 0 and (a > 1 or n > 3)] for n in size]
    if not all(parts):
        return flip(rng, size)
    (a, b), grid = (rng.choice(some) for some in parts), rng.random() < 0.4
    steps = [n // part for n, part in zip(size, (a, b), strict=True)]
    rows, columns = (every(step, n) for step, n in zip(steps, size, strict=True)) if grid else (window(a), window(b))
    return f"attend({{x}}, {a}, {b}, {grid})", rows, columns


ATTEND = """
def attend(x, a, b, grid):
    n, c, h, w = x.shape
    if grid:
        t = x.reshape(n, c, a, h // a, b, w // b).permute(0, 3, 5, 2, 4, 1)
    else:
        t = x.reshape(n, c, h // a, a, w // b, b).permute(0, 2, 4, 3, 5, 1)
    t = t.reshape(-1, a * b, c)
    t = (t @ t.transpose(1, 2)).softmax(-1) @ t
    t = t.view(n, h // a, w // b, a, b, c)
    t = t.permute(0, 5, 3, 1, 4, 2) if grid else t.permute(0, 5, 1, 3, 2, 4)
    return t.reshape(n, c, h, w)
"""
OPERATIONS = (
    (attend, 2),
    (convolve, 6),
    (pool, 3),
    (transpose, 3),
    (resample, 4),
    (bins, 1),
    (shuffle, 1),
    (unshuffle, 1),
    (slices, 2),
    (flip, 1),
    (roll, 1),
    (pad, 2),
    (columns, 2),
)
LARGEST = 40


@dataclass
class Node:
    """A tensor: what it is made of (none: the input), and along either axis the sets, and how one index reads."""

    made_of: tuple[tuple[int, Move, Move], ...]
    lines: tuple[Line, Line]

    @property
    def size(self) -> Size:
        return len(self.lines[0]), len(self.lines[1])


@dataclass
class Network:
    """A random network: node 0 is its input, node i + 1 the tensor that line i of its code makes."""

    code: list[str]
    nodes: list[Node]

    @property
    def source(self) -> str:
        body = "".join(f"        t{i} = {line}\n" for i, line in enumerate(self.code, 1))
        size = ", ".join(map(str, self.nodes[0].size))
        made = ", ".join(f"t{i}" for i in range(1, len(self.nodes)))
        return (
            "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n"
            f"{ATTEND}\n\n# rflint: input=(1, {CHANNELS}, {size})\n"
            f"class Net(nn.Module):\n    def forward(self, t0):\n{body}        return {made},\n"
        )

    def reaches(self, node: int, axis: int, unit: int) -> frozenset[int]:
        """What a unit of a node reads of the input, on an axis without ends."""
        known: dict[tuple[int, int], frozenset[int]] = {}

        def seen(at: int, i: int) -> frozenset[int]:
            if at == 0:
                return frozenset((i,))
            if (at, i) not in known:
                ways = ((source, (rows, cols)[axis].reads) for source, rows, cols in self.nodes[at].made_of)
                known[at, i] = together(seen(source, j) for source, reads in ways for j in reads(i))
            return known[at, i]

        return seen(node, unit)


def network(seed: int, layers: int) -> Network:
    """A random network of so many operations."""
    rng = random.Random(seed)
    size = (rng.randint(4, 14), rng.randint(4, 14))
    entry = Node((), ([frozenset((i,)) for i in range(size[0])], [frozenset((i,)) for i in range(size[1])]))
    made = Network([], [entry])
    while len(made.code) < layers:
        joined(rng, made) if rng.random() < 0.25 else extended(rng, made)
    return made


def joined(rng: random.Random, made: Network) -> None:
    """A sum or a concatenation of two or three tensors of one size; nothing where there are none."""
    first = rng.randrange(len(made.nodes))
    alike = [at for at, node in enumerate(made.nodes) if node.size == made.nodes[first].size]
    chosen = [first, *rng.choices(alike, k=rng.randint(1, 2))]
    names = [f"t{at}" for at in chosen]
    mixed = weight(1, 1, into=CHANNELS * len(chosen))
    code = " + ".join(names) if rng.random() < 0.6 else f"F.conv2d(torch.cat([{', '.join(names)}], 1), {mixed})"
    pairs = ([made.nodes[at].lines[axis] for at in chosen] for axis in (0, 1))
    rows, cols = ([together(sets) for sets in zip(*lines, strict=True)] for lines in pairs)
    made.code.append(code)
    made.nodes.append(Node(tuple((at, SAME, SAME) for at in chosen), (rows, cols)))


def extended(rng: random.Random, made: Network) -> None:
    """One more operation, mostly on one of the last tensors; nothing if it would not fit."""
    at = max(0, len(made.nodes) - 1 - int(rng.expovariate(1.2)))
    node = made.nodes[at]
    operation = rng.choices([one for one, _ in OPERATIONS], [often for _, often in OPERATIONS])[0]
    code, rows, cols = operation(rng, node.size)
    lines = rows.push(node.lines[0]), cols.push(node.lines[1])
    if all(0 < len(line) <= LARGEST for line in lines):
        made.code.append(code.format(x=f"t{at}"))
        made.nodes.append(Node(((at, rows, cols),), lines))
