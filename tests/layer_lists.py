"""Networks as lists of layers, in words such as `7/2`, `3:2`, `1x7`, `p3/2v`, read into traces written by hand.

A word is a kernel (`3`, or `1x7` for height and width), then in this order: `:2` dilation, `/2` stride, `v` no padding
or `e` the same padding on both sides; without either of these, TensorFlow's `SAME`: as much padding as a size of
⌈n/stride⌉ needs, the odd one on the right.  `p` before it is a pool; `up2` repeats every position, `lin2` interpolates;
`t3/2` is a transposed convolution with padding (k-1)//2 that doubles (`t2/2`, `t4/2`: the same).

A string is layers in a row, a tuple of strings branches side by side (`""` is the identity).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from handmade import Net, Source

from rflint import field
from rflint.field import Access

Layers = Sequence[str | tuple[str, ...]]
WORD = re.compile(r"p?(\d+)(?:x(\d+))?(?::(\d+))?(?:/(\d+))?([ve]?)$")


def read(layers: Layers, n: int = 224) -> tuple[Net, int]:
    """The trace of these layers on an n×n input, and its last use."""
    net, at, size = Net(rank=4), "x", n  # type: Net, Source, int
    for one in layers:
        if isinstance(one, str):
            at, size = row(net, at, size, one)
            continue
        branches = [row(net, at, size, branch) for branch in one]
        assert len({size for _, size in branches}) == 1, one
        at, size = net.join(*(source for source, _ in branches), kind="cat"), branches[0][1]
    assert isinstance(at, int)
    return net, at


def row(net: Net, at: Source, size: int, words: str) -> tuple[Source, int]:
    for word in words.split():
        pair, size = accesses(word, size)
        at = net.use("MaxPool2d" if word[0] == "p" else "Conv2d", {at: net.kept(*pair)})
    return at, size


def accesses(word: str, n: int) -> tuple[tuple[Access | None, Access | None], int]:
    """What a word reads along height and width, and the size that it leaves of n positions."""
    if word.startswith(("up", "lin")):
        factor = int(word.lstrip("upline"))
        access = field.repeated(factor) if word[0] == "u" else field.linear_by(factor)
        return (access, access), n * factor
    if word.startswith("t"):
        kernel, stride = map(int, word[1:].split("/"))
        access = field.transposed(kernel, stride, (kernel - 1) // 2, 1)
        return (access, access), n * stride
    found = WORD.match(word)
    assert found, word
    high, wide, dilation, stride = (int(text or 0) for text in found.groups()[:4])
    pads = [padding(kernel, stride or 1, dilation or 1, found[5], n) for kernel in (high, wide or high)]
    windows = [
        field.window(kernel, stride or 1, left, dilation or 1)
        for kernel, (left, _) in zip((high, wide or high), pads, strict=True)
    ]
    left, right = pads[0]
    return (windows[0], windows[1]), (n + left + right - (dilation or 1) * (high - 1) - 1) // (stride or 1) + 1


def padding(kernel: int, stride: int, dilation: int, how: str, n: int) -> tuple[int, int]:
    extent = dilation * (kernel - 1) + 1
    if how == "v":
        return 0, 0
    if how == "e":
        return (extent - 1) // 2, (extent - 1) // 2
    total = max((-(-n // stride) - 1) * stride + extent - n, 0)
    return total // 2, total - total // 2
