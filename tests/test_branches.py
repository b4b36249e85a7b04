"""Why two branches differ where they meet: what is said of small networks, and the edits that make them equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from networks import H, Network, Read, T, W, same

from rflint import field
from rflint.checks._branches import Cause, difference, drifting, scale

Branches = Callable[[Network, T], tuple[T, T]]
PADDING = "{dilation} * ({kernel_size} - 1) // 2"


def cause(branches: Branches, size: Any = (H, W), axis: int = -1) -> tuple[Network, Cause]:
    """Why two tensors that are made of one input do not meet."""
    net = Network(x=(1, 8, *size), y=(1, 8, *size))
    joined = net.join(*branches(net, net.input()), output=(1, 8, *size))
    return net, difference(net.trace(joined), net.uses[-1], axis)


def edits(found: Cause) -> list[tuple[str, str, str]]:
    """What the edit writes: arguments, values, and the formulas that stand for these."""
    return [(one.argument, one.value, one.symbolic) for one in found.fix.edits] if found.fix else []


def behind_a_trunk(net: Network, x: T) -> tuple[T, T]:
    trunk = net.conv(x, path="trunk")
    return net.conv(trunk, path="a"), trunk


@pytest.mark.parametrize(
    ("branches", "axis", "needed", "written"),
    [
        (lambda net, x: (net.conv(x, path="a"), x), -1, "1", ("1", PADDING)),
        (lambda net, x: (x, net.conv(x, path="a")), -1, "1", ("1", PADDING)),
        (lambda net, x: (net.conv(x, path="a", padding=2), x), -1, "1", ("1", PADDING)),
        (lambda net, x: (net.conv(x, path="a", dilation=2), x), -1, "2", ("2", PADDING)),
        (lambda net, x: (net.conv(net.pool(x), path="a"), net.pool(x)), -1, "1", ("1", PADDING)),
        (behind_a_trunk, -1, "1", ("1", PADDING)),
        (lambda net, x: (net.conv(x, k=(3, 5), padding=(1, 0), path="a"), x), -1, "2", ("(1, 2)", "")),
        (lambda net, x: (net.conv(x, k=(3, 5), padding=(0, 2), path="a"), x), -2, "1", ("(1, 2)", "")),
        (lambda net, x: (net.conv(x, k=(3, 5), path="a"), x), -2, "1", ("(1, 0)", "")),
        (lambda net, x: (net.pool(x, k=3, stride=1, path="a"), x), -1, "1", ("1", "")),
        (lambda net, x: (net.transposed(x, k=3, path="a"), x), -1, "1", ("1", "")),
        (lambda net, x: (net.conv(x, path="a", padding="valid"), x), -1, "1", None),
    ],
)
def test_the_only_layer_that_lacks_padding(
    branches: Branches, axis: int, needed: str, written: tuple[str, str] | None
) -> None:
    net, found = cause(branches, axis=axis)
    assert found.text == f": a needs padding={needed} to keep the size"
    assert [(net.where(place), text) for place, text in found.related] == [("a", "this layer changes the size")]
    assert edits(found) == ([("padding", *written)] if written else [])


def test_a_function_is_not_edited() -> None:
    _, found = cause(lambda net, x: (net.conv(x, path=""), x))
    assert (found.text, found.fix) == (": conv2d needs padding=1 to keep the size", None)
    _, found = cause(lambda net, x: (net.conv(x, k=4, padding=2, path=""), x))
    assert found.text.startswith(": the even kernel 4 of conv2d makes")
    assert found.fix is None


@pytest.mark.parametrize(
    ("branches", "size", "text"),
    [
        (lambda net, x: (net.conv(net.conv(x)), x), (H, W), ""),
        (lambda net, x: (net.conv(x), net.conv(x, k=5)), (H, W), ""),
        (lambda net, x: (net.conv(x), net.sliced(x, 3, 1, W - 1)), (H, W), ""),
        (lambda net, x: (net.conv(x, unknown=("padding",)), x), (H, W), ""),
        (lambda net, x: (net.conv(net.conv(x), stride=2, padding=1), x), (H, W), ": the shortcut lacks stride=2"),
        (lambda net, x: (net.conv(x, stride=2, padding=1), x), (H, W), ": the shortcut lacks stride=2"),
        (lambda net, x: (net.pointwise(x), net.conv(x, stride=3)), (H, W), ": the shortcut lacks stride=3"),
        (
            lambda net, x: (net.conv(x, stride=2, padding=1), net.conv(x, stride=4, padding=1)),
            (H, W),
            ": one branch strides by 2, the other by 4",
        ),
        (lambda net, x: (net.resized(net.conv(x, stride=2, padding=1), 2), net.conv(x, stride=4)), (H, W), ""),
        (lambda net, x: (unclear(net, x), net.conv(x, stride=4)), (H, W), ""),
        (lambda net, x: (net.pool(x, 3, stride=1, base="LPPool", unknown=("padding",)), x), (H, W), ""),
        (lambda net, x: (net.pool(net.conv(x)), net.sliced(net.pool(x), 3, -1, 33)), (64, 64), ""),
        (lambda net, x: (net.conv(x, k=5, stride=2), net.sliced(net.pool(x), 3, -2, 34)), (64, 64), ""),
        (lambda net, x: (net.pool(net.conv(x)), net.pool(x)), (H, W), ""),
        (lambda net, x: (net.conv(x, stride=2, padding=3), net.pool(x)), (75, 75), ""),
        (lambda net, x: (strided(net, net.conv(x, k=2, padding=1)), net.pool(x)), (75, 75), ""),
        (
            lambda net, x: (net.conv(net.conv(x, stride=2, padding=1), stride=2, padding=1), net.pool(net.pool(x))),
            (75, 75),
            ": both stride by 4, but round differently",
        ),
        (
            lambda net, x: (net.conv(x, stride=2, padding=1), net.pool(x)),
            (H, W),
            ": both stride by 2, but round differently",
        ),
    ],
)
def test_what_the_strides_say(branches: Branches, size: Any, text: str) -> None:
    _, found = cause(branches, size)
    assert (found.text, found.fix) == (text, None)


def strided(net: Network, x: T) -> T:
    """Half as many positions, rounded up."""
    return net.conv(x, stride=2, padding=1)


def unclear(net: Network, x: T) -> T:
    """Something that reads the input in a way that is not known."""
    return net.use("op", [(x, [*same(x)[:2], Read("unknown", 2), Read("unknown", 3)])], (1, 8, H - 5, W - 5))


@pytest.mark.parametrize(
    ("branches", "size", "is_edited"),
    [
        (lambda net, x: (net.pool(x, path="a"), net.conv(x, stride=2, padding=1)), 75, True),
        (lambda net, x: (net.conv(x, stride=2, padding=1), net.pool(x, path="a")), 75, True),
        (lambda net, x: (net.conv(x, stride=2, padding=1), net.pointwise(net.pool(x, path="a"))), 75, True),
        (lambda net, x: (net.conv(x, stride=2, padding=1), net.pool(net.pool(x, 1, "b"), path="a")), 75, True),
        (lambda net, x: (net.conv(x, stride=2, padding=1), net.pool(x, unknown=("ceil_mode",))), 75, False),
        (lambda net, x: (net.conv(x, stride=2, padding=1), net.pool(x, unknown=("kernel_size",))), 75, False),
        (lambda net, x: (net.conv(x, k=4, stride=2, padding=2), net.pool(x)), 64, False),
        (lambda net, x: (strided(net, x), net.pool(x, 3, stride=2)), 75, False),
        (lambda net, x: (net.pool(x), net.conv(x, stride=2, padding=2)), 75, False),
        (lambda net, x: (net.conv(x, k=4, stride=2, padding=2), net.pool(x, 3, "a", stride=2, padding=1)), 64, True),
        (lambda net, x: (net.conv(x, k=2, stride=3, padding=2), net.pool(x, 3, stride=3, padding=1)), 64, False),
        (lambda net, x: (net.conv(x, k=2, stride=3, padding=2), net.pool(x, 2, stride=3, padding=1)), 2, False),
        (lambda net, x: (net.conv(x, k=2, stride=3, padding=2), net.pool(x, k=1, stride=3, padding=0)), 9, False),
        (lambda net, x: (net.conv(x, k=3, stride=2, padding=1), net.conv(x, k=1, stride=2)), 64, False),
    ],
)
def test_a_pool_that_makes_one_window_more(branches: Branches, size: int, is_edited: bool) -> None:
    net, found = cause(branches, (size, size))
    assert edits(found) == ([("ceil_mode", "True", "")] if is_edited else [])
    if found.fix:
        assert found.fix.edits[0].layer == next(use.layer for use in net.uses if use.path == "a")


@pytest.mark.parametrize(
    ("branches", "size", "text", "layers"),
    [
        (lambda net, x: (net.conv(x, k=4, padding=2, path="a"), x), (H, W), "4 of a makes one row more", 1),
        (lambda net, x: (x, net.conv(x, k=4, padding=2, path="a")), (H, W), "4 of a makes one row more", 1),
        (lambda net, x: (x, net.conv(x, k=2, path="a")), (H, W), "2 of a makes one row less", 1),
        (lambda net, x: (net.conv(x, k=2, padding=1, path="a"), x), (2, 2), "2 of a makes one row more", 1),
        (
            lambda net, x: (evens(net, x), x),
            (H, W),
            "4 of a and 1 more makes one row less",
            2,
        ),
    ],
)
def test_even_kernels_of_one_branch(branches: Branches, size: Any, text: str, layers: int) -> None:
    net, found = cause(branches, size)
    assert found.text == f": the even kernel {text}, an odd one or padding='same' keeps it"
    assert [(net.where(place), text) for place, text in found.related] == [("a", "this layer changes the size")]
    assert edits(found) == [("padding", "'same'", "")] * layers


def evens(net: Network, x: T) -> T:
    """Two even kernels with other layers before, between and behind them."""
    x = net.conv(net.conv(x, padding=1, path="other"), k=(1, 4), padding=(0, 1), path="a")
    return net.pointwise(net.conv(net.pointwise(x), k=2, path="b"))


def test_even_kernels_that_make_up_for_each_other() -> None:
    net = Network(x=(1, 8, H, W))
    x = net.conv(net.conv(net.input(), k=4, padding=2), k=4, padding=1)
    net.join(x, net.input())
    assert drifting(net.trace(), net.uses[-1], -1) == []


def test_all_even_kernels_are_padded_or_none() -> None:
    _, found = cause(lambda net, x: (net.conv(net.conv(x, k=4, padding=1, path=""), k=2, path="b"), x))
    assert found.text.startswith(": the even kernel 4 of conv2d and 1 more makes one row less")
    assert found.fix is None


def test_a_stride_behind_an_even_kernel_takes_up_its_row() -> None:
    net = Network(x=(1, 8, 75, 75))
    x = net.input()
    net.join(strided(net, net.conv(x, k=2, padding=1)), net.pool(x))
    assert drifting(net.trace(), net.uses[-1], -1) == []
    net.join(net.conv(strided(net, x), k=2), strided(net, x))
    assert [use.layer.args["kernel_size"] for use in drifting(net.trace(), net.uses[-1], -1)] == [(2, 2)]


def test_the_first_two_operands_are_compared() -> None:
    _, found = cause(lambda net, x: (net.conv(x, path="a"), x))
    net = Network(x=(1, 8, H, W))
    x = net.input()
    net.join(net.conv(x, path="a"), x, net.conv(x, k=5))
    assert difference(net.trace(), net.uses[-1], -1).text == found.text


@pytest.mark.parametrize(
    ("branches", "size"),
    [
        (lambda net, x: (net.pool(x, k=2, stride=1), x), (H, W)),
        (lambda net, x: (net.conv(x, k=4, padding=2, path="a"), net.conv(x, k=2, path="b")), (H, W)),
        (lambda net, x: (net.conv(x, k=2), x), (2, 2)),
        (lambda net, x: (net.transposed(x, k=2), x), (H, W)),
        (lambda net, x: (net.conv(x, k=4), x), (H, W)),
        (lambda net, x: (net.conv(x, k=4, padding=1, stride=2), x), (9, 9)),
    ],
    ids=["a pool", "of both", "broadcast", "transposed", "more than a row", "strided"],
)
def test_other_even_kernels_are_not_to_blame(branches: Branches, size: Any) -> None:
    _, found = cause(branches, size)
    assert "even kernel" not in found.text


@pytest.mark.parametrize(
    ("branches", "text"),
    [
        (lambda net, x: (net.conv(x, 16, padding=1), x), "16"),
        (lambda net, x: (net.pointwise(x), net.conv(x, 16, padding=1)), "16"),
        (lambda net, x: (net.conv(x, 32, padding=1), net.conv(x, 16, padding=1)), ""),
        (lambda net, x: (x, net.input("y")), ""),
    ],
)
def test_a_shortcut_needs_the_channels_of_the_other_branch(branches: Branches, text: str) -> None:
    _, found = cause(branches, axis=-3)
    assert found.text == (f": the shortcut needs a 1×1 convolution that makes {text} channels" if text else "")


def test_of_batches_only_the_makers_are_told() -> None:
    _, found = cause(lambda net, x: (net.sliced(x, 0, 0, 1, 2), x), (8, 8), axis=-4)
    assert (found.text, found.fix) == ("", None)
    assert [text for _, text in found.related] == ["getitem makes 1×8×8×8"]


def test_the_only_axis_of_a_signal_has_a_scale() -> None:
    net = Network(x=(8,))
    net.use("op", [(net.input(), [Read("kept", 0, field.window(1, 2))])], (4,))
    assert scale(net.uses[-1], -1) == 2
    assert scale(net.uses[-1], -2) is None


def test_both_branches_are_told() -> None:
    net, found = cause(lambda net, x: (net.conv(x, stride=2, path="a"), net.conv(x, 16, stride=4, path="b")), (64, 64))
    assert [(net.where(place), text) for place, text in found.related] == [
        ("a", "a makes 1×8×31×31"),
        ("b", "b makes 1×16×16×16"),
    ]
