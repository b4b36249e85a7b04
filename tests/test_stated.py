"""What contracts are answered: by which figures, along which axis, and in which words where nothing is decided."""

from __future__ import annotations

from typing import Any

import pytest
from calls import traced
from networks import H, N, Network, T, W, same

from rflint.contracts import contract
from rflint.geometry.stated import Verdict, judged
from rflint.trace import Said, Trace

LINE = (1, 3, 8)
SQUARE = (1, 3, 32, 32)
VOLUME = (1, 3, 32, 32, 32)


def verdicts(trace: Trace, stated: str, **about: Any) -> list[Verdict]:
    """What is said of all that a network returns."""
    return judged(trace, Said(contract(stated), None, tuple(trace.output_sources), **about))


def verdict(expression: str, stated: str, /, **inputs: Any) -> tuple[bool | None, str]:
    """The verdict on what an expression of x (and others) returns."""
    [found] = verdicts(traced(expression, **inputs), stated)
    return found.holds, found.text


def holds(expression: str, stated: str, /, **inputs: Any) -> bool | None:
    return verdict(expression, stated, **inputs)[0]


# Figures, axis by axis


@pytest.mark.parametrize(
    ("expression", "stated", "shape", "text"),
    [
        ("F.max_pool2d(x, (3, 5), 1)", "rf>=4", SQUARE, "each unit sees 3×5 px"),
        ("F.max_pool1d(x, 5)", "rf>=6", LINE, "each unit sees 5"),
        ("F.interpolate(x, scale_factor=3, mode='linear')", "rf==2", LINE, "each unit sees 1 to 2"),
        ("F.max_pool1d(x, 5)", "jump==4", LINE, "units are 5 apart"),
        ("F.max_pool2d(x, 5)", "jump==4", SQUARE, "units are 5 apart"),
        ("F.max_pool2d(x, (3, 5))", "jump==3", SQUARE, "units are 5 apart along the width"),
        ("F.max_pool2d(x, (3, 5))", "jump==5", SQUARE, "units are 3 apart along the height"),
        ("F.max_pool3d(x, (1, 2, 2))", "jump==2", VOLUME, "units are 1 apart along the depth"),
        ("F.max_pool3d(x, (2, 1, 2))", "jump==2", VOLUME, "units are 1 apart along the height"),
        ("F.max_pool3d(x, (2, 2, 1))", "jump==2", VOLUME, "units are 1 apart along the width"),
        ("x[:, :, :, :, :, ::2]", "jump==1", (1, 3, 4, 4, 4, 4), "units are 2 apart along axis 5"),
        ("F.max_pool2d(x, 2).mean((2, 3))", "rf==3", SQUARE, "before the global pool each unit sees 2×2 px"),
        ("F.linear(x, torch.zeros(8, 8))", "rf==7", LINE, "each unit sees 8"),
        ("F.max_pool2d(x, 2).mean(2)", "rf==3", SQUARE, "before the global pool each unit sees 2×2 px"),
        ("F.max_pool1d(x, 3, 1, 1) * x.mean(2, keepdim=True)", "rf==9", LINE, "each unit sees 3"),
        ("x.cumsum(2)", "rf==3", (1, 3, 32, 4), "each unit sees ?×1 px"),
    ],
)
def test_the_figures_that_break_a_contract(expression: str, stated: str, shape: Any, text: str) -> None:
    assert verdict(expression, stated, x=shape) == (False, text)


def test_the_axis_that_is_farthest_off_is_named() -> None:
    def axis(window: str, stated: str) -> int:
        [found] = verdicts(traced(f"F.max_pool2d(x, {window})", x=SQUARE), stated)
        return found.axis

    assert [axis("(3, 5)", "rf>=9"), axis("(5, 3)", "rf>=9"), axis("(3, 5)", "rf<=2"), axis("(5, 3)", "rf<=2")] == [
        0,
        1,
        1,
        0,
    ]
    phases = "F.max_pool2d(F.interpolate(x, scale_factor=(1, 3), mode='bilinear'), (2, 1), 1)"
    [found] = verdicts(traced(phases, x=SQUARE), "rf>=3")
    assert (found.text, found.axis) == ("each unit sees 2×1 to 2 px", 1)


@pytest.mark.parametrize(
    ("expression", "stated", "shape", "text"),
    [
        ("x.mean((2, 3))", "jump==1", SQUARE, "mean leaves no units on this axis"),
        ("F.linear(x, torch.zeros(8, 8))", "jump==1", LINE, "linear leaves no units on this axis"),
        ("x.flatten(1)", "jump==1", SQUARE, "flatten folds it into other axes"),
        ("x.flatten(1)", "rf==1", SQUARE, "flatten folds it into other axes"),
        ("x.cumsum(2)", "rf==1", LINE, "it sums up all positions before"),
        ("x.softmax(2)", "rf==8", LINE, "softmax may let units see different parts of everything"),
        ("x.softmax(2)", "rf==8", (1, 3, "L"), "softmax may let units see different parts of everything"),
        ("x.flatten(1) @ w", "rf==8", LINE, "matmul may let units see different parts of everything"),
        ("F.linear(x, w)", "rf==8", (1, 3, "L"), "linear sees everything, and the size is not known"),
        ("torch.cat([x[..., :4], F.max_pool1d(x, 2)], 1)", "rf==9", (1, 3, "L"), "branches with different jumps meet"),
        ("torch.cat([x[..., :4], F.max_pool1d(x, 2)], 1)", "jump==1", LINE, "branches with different jumps meet"),
        ("F.conv_transpose1d(x, v, stride=2)[..., 1::2]", "rf==1", LINE, "some units see nothing"),
        ("x[..., :4]", "rf==1", None, "it is not known that an input with spatial axes reaches the tensor"),
        ("x", "rf==1", None, "it is not known that an input with spatial axes reaches the tensor"),
        ("x", "rf==1", (1, 3), "it is not known that an input with spatial axes reaches the tensor"),
        ("F.grid_sample(x, torch.zeros(1, 32, 32, 2))", "rf==1", SQUARE, "it samples at positions that are computed"),
        ("F.grid_sample(x, torch.zeros(1, 32, 32, 2))", "jump==1", SQUARE, "it samples at positions that are computed"),
        ("x[..., 0]", "rf==1", (1, 3), "it is not known that an input with spatial axes reaches the tensor"),
        ("torch.zeros(1, 3, 8)", "rf==1", LINE, "it is not known that an input with spatial axes reaches the tensor"),
    ],
)
def test_why_nothing_is_decided(expression: str, stated: str, shape: Any, text: str) -> None:
    made = expression.replace("w)", "torch.zeros(8, 8))").replace("@ w", "@ torch.zeros(24, 8)")
    assert verdict(made.replace("v,", "torch.zeros(3, 3, 1),"), stated, x=shape) == (None, text)


def test_one_axis_that_is_not_known_leaves_it_open_unless_another_breaks_it() -> None:
    assert holds("x.cumsum(2)", "rf==1", x=SQUARE) is None
    assert holds("x.cumsum(2)", "rf==2", x=SQUARE) is False


def test_what_is_pooled_counts_as_before_and_what_is_linear_sees_all() -> None:
    assert holds("F.max_pool1d(x, 2).mean(2)", "rf==2", x=LINE) is True
    assert holds("F.linear(x, torch.zeros(8, 8))", "rf==8", x=LINE) is True
    assert holds("F.linear(x, torch.zeros(8, 8)).mean(2)", "rf==8", x=LINE) is True


@pytest.mark.parametrize("pool", ["mean", "amax", "sum", "logsumexp"])
def test_operations_that_pool(pool: str) -> None:
    assert holds(f"x.{pool}(2)", "rf==1", x=LINE) is True


@pytest.mark.parametrize(
    "pool",
    [
        "F.adaptive_avg_pool1d(x, 1)",
        "nn.AdaptiveAvgPool1d(1)(x)",
        "nn.AdaptiveMaxPool1d(1)(x)",
        "x.max(2)[0]",
        "x.max(2).values",
    ],
)
def test_layers_that_pool(pool: str) -> None:
    assert holds(pool, "rf==1", x=LINE) is True


def test_units_of_different_jumps_are_looked_at_one_by_one_if_they_are_few() -> None:
    both = "torch.cat([x[..., :{units}], F.max_pool1d(x, 2)], 1)"
    assert verdict(both.format(units=4), "rf==3", x=LINE) == (False, "each unit sees 2 to 5")
    assert holds(both.format(units=4096), "rf>=2", x=(1, 1, 8192)) is True
    assert holds(both.format(units=4097), "rf>=2", x=(1, 1, 8194)) is None


# Which tensors, and whether they are reached


def test_the_first_input_with_spatial_axes_counts() -> None:
    assert holds("x[..., None] + F.max_pool1d(y, 3)", "rf==3", x=(1, 3), y=(1, 3, 9)) is True
    assert holds("F.max_pool1d(x, 2) + F.max_pool1d(y, 3)", "rf==3", x=(1, 3, 6), y=(1, 3, 9)) is False


def test_the_input_itself() -> None:
    assert holds("x", "rf==1", x=LINE) is True
    assert holds("x", "jump==1", x=LINE) is True
    assert holds("x", "reached==100%", x=LINE) is True
    assert holds("x", "reached<100%", x=LINE) is False
    assert holds("x", "causal", x=LINE) is True
    assert holds("x", "size==input", x=LINE) is True


def test_every_tensor_has_a_verdict() -> None:
    trace = traced("(F.max_pool1d(x, 2), x)", x=LINE)
    assert [found.holds for found in verdicts(trace, "rf==1")] == [False, True]


def test_what_may_not_be_reached_is_not_judged() -> None:
    trace = traced("F.max_pool1d(x, 2)", x=LINE)
    assert verdicts(trace, "rf==1", conditional="a test of x") == [
        Verdict(None, "it is not certain that this line is reached: a test of x")
    ]
    net = Network(x=(1, 3, 8))
    made = net.conv(net.input(), more={"conditional": "a loop"})
    assert verdicts(net.trace(made), "rf==1") == [Verdict(None, "it is not certain that this line is reached: a loop")]


def test_of_layers_in_constructor_order_nothing_is_said() -> None:
    net = Network(x=(1, 3, 8))
    made = net.conv(net.input())
    nothing = [Verdict(None, "nothing is known of the tensor")]
    assert verdicts(net.trace(made, order="constructor"), "rf==1") == nothing
    assert judged(net.trace(made), Said(contract("rf==1"), None, ())) == nothing


def test_where_the_shape_is_not_known_its_size_is_not() -> None:
    net = Network(x=(1, 3, 8))
    made = net.use("conv", [(net.input(), same(net.input()))], None)
    size, order = (verdicts(net.trace(made), stated)[0] for stated in ("size==input", "causal"))
    assert (size.holds, size.text) == (None, "whether the sizes agree depends on them")
    assert (order.holds, order.text) == (
        None,
        "its units do not follow each other as the positions of the input do",
    )


# What of the window is read


@pytest.mark.parametrize(
    ("expression", "stated", "answer", "text"),
    [
        ("F.conv2d(x, k, dilation=2)", "reached>=40%", False, "each unit reads 36 % of its window"),
        ("F.conv2d(x, k, dilation=2)", "reached<=30%", False, "each unit reads 36 % of its window"),
        ("F.conv2d(x, k, dilation=2)", "reached>=36%", True, ""),
        ("x.cumsum(2)", "reached>=36%", None, "which positions are read is not known"),
        ("x.mean(2)", "reached>=36%", None, "which positions are read is not known"),
        ("x.mean((2, 3))", "reached>=36%", None, "which positions are read is not known"),
        ("x.mean(2, keepdim=True) + x.mean(3, keepdim=True)", "reached>=36%", None, "which positions are read is not"),
        ("F.conv2d(x, k, dilation=1048576)", "reached>=36%", None, "which positions are read is not known"),
    ],
)
def test_the_share_that_is_read(expression: str, stated: str, answer: bool | None, text: str) -> None:
    found = verdict(expression.replace("k,", "torch.zeros(1, 3, 3, 3),"), stated, x=(1, 3, "H", "W"))
    assert found[0] is answer
    assert text in found[1]


def test_the_worst_phase_is_named() -> None:
    """Of two phases behind a dilated convolution the one reads half of its window, the other two thirds."""
    phases = "F.conv1d(F.interpolate(x, scale_factor=2), torch.zeros(1, 3, 2), dilation=5)"
    assert verdict(phases, "reached>=90%", x=(1, 3, 32)) == (False, "each unit reads 50 % of its window")
    assert verdict(phases, "reached<=10%", x=(1, 3, 32)) == (False, "each unit reads 66.7 % of its window")
    assert verdict(phases, "reached>60%", x=(1, 3, 32))[0] is False


@pytest.mark.parametrize(("factors", "answer"), [((8, 8), True), ((5, 13), None), ((1, 65), None)])
def test_so_many_phases_are_looked_at(factors: tuple[int, int], answer: bool | None) -> None:
    assert holds(f"F.interpolate(x, scale_factor={factors})", "reached==100%", x=(1, 1, 4, 4)) is answer


def test_one_phase_that_cannot_be_counted_leaves_it_open_unless_another_breaks_it() -> None:
    """Every other unit reads two windows of 2²⁰ positions, together one more than are counted."""
    wide = "F.conv_transpose1d(F.conv1d(x, torch.zeros(3, 3, 2), dilation=2**20 - 1), torch.zeros(3, 3, 3), stride=2)"
    assert verdict(wide, "reached>=0.0001%", x=(1, 3, "L")) == (None, "which positions are read is not known")
    assert holds(wide, "reached<=0.0001%", x=(1, 3, "L")) is False


def test_phases_that_see_nothing_do_not_count() -> None:
    phases = "F.conv_transpose1d(x, torch.zeros(3, 3, 1), stride=2)"
    assert holds(phases, "reached==100%", x=LINE) is True
    assert holds(f"{phases}[..., 1::2]", "reached==100%", x=LINE) is None
    assert holds(f"F.pad({phases}[..., 1::2], (0, 1))", "causal", x=LINE) is True


# Time


@pytest.mark.parametrize(
    ("expression", "length", "answer", "text"),
    [
        ("F.pad(x, (1, -1))", 8, True, ""),
        ("F.pad(x, (-1, 1))", 8, False, "each unit sees up to 1 position after its own"),
        ("F.pad(x, (-2, 2))", 8, False, "each unit sees up to 2 positions after its own"),
        ("F.max_pool1d(x, 4)", "L", True, ""),
        ("F.max_pool1d(x, 5, 4)", 33, False, "each unit sees up to 1 position after its own"),
        ("F.max_pool1d(x, 6, 4)", 34, False, "each unit sees up to 2 positions after its own"),
        ("F.max_pool1d(x, 4)", 33, True, ""),
        ("F.max_pool1d(x, 4, ceil_mode=True)", 33, True, ""),
        ("F.max_pool1d(x, 4)[..., 1:]", 33, None, "there are 7 units for 33 positions, so that it is open which of"),
        ("F.pad(F.max_pool1d(x, 4), (0, 2))", 33, None, "there are 10 units for 33 positions, so that it is open"),
        ("F.max_pool1d(x, 5, 4)", "L", None, "there are (L - 1)//4 units for L positions, so that it is open which"),
        ("F.interpolate(x, scale_factor=2)", 8, True, ""),
        ("F.interpolate(x, scale_factor=2, mode='linear')", 8, False, "each unit sees up to 1 position after its own"),
        ("x.flip(2)", 8, None, "its units do not follow each other as the positions of the input do"),
        ("x[..., 3:4].expand(-1, -1, 8)", 8, None, "its units do not follow each other as the positions of the input"),
        ("x.mean(2, keepdim=True) + x", 8, False, "mean takes in every position, the later ones too"),
        ("F.instance_norm(x)", 8, False, "instance_norm takes in every position, the later ones too"),
        ("F.linear(x, torch.zeros(8, 8))", 8, None, "linear may see every position"),
        ("x * x.softmax(2)", 8, None, "softmax may see every position"),
        ("x.cumsum(2)", 8, None, "it sums up all positions before"),
        ("torch.cat([x[..., :4], F.max_pool1d(x, 2)], 1)", 8, None, "branches with different jumps meet"),
    ],
)
def test_what_a_unit_sees_after_its_own_block(expression: str, length: Any, answer: bool | None, text: str) -> None:
    found = verdict(expression, "causal", x=(1, 3, length))
    assert found[0] is answer
    assert found[1].startswith(text)


@pytest.mark.parametrize("block", [1024, 9, 5, 7])
def test_lengths_that_are_not_known_are_whole_blocks(block: int) -> None:
    blocks = f"F.interpolate(F.max_pool1d(x, {block}), scale_factor={block})"
    ahead = f"each unit sees up to {block - 1} positions after its own"
    assert verdict(blocks, "causal", x=(1, 3, "L")) == (False, ahead)


def test_units_may_be_as_many_as_another_input_has_positions() -> None:
    text = "there are L + M units for L positions, so that it is open which of them belong together"
    assert verdict("F.pad(x, (0, y.shape[2]))", "causal", x=(1, 3, "L"), y=(1, 3, "M")) == (None, text)


def test_causality_is_asked_of_one_axis() -> None:
    assert verdict("x", "causal", x=SQUARE) == (None, "it is asked of inputs with one spatial axis only")


# Size


def test_sizes_are_compared_with_those_of_the_input() -> None:
    shape = (N, 3, H, W)
    net = Network(x=shape)
    x = net.input()
    cropped = net.sliced(x, 3, 0, W - 1)

    def answer(*made: T) -> list[tuple[bool | None, str, int]]:
        return [(found.holds, found.text, found.axis) for found in verdicts(net.trace(*made), "size==input")]

    assert answer(cropped) == [(False, "its size is H×(W - 1), that of the input H×W", 1)]
    assert answer(net.conv(x, padding=1), x)[0][0] is True
    assert answer(net.flat(x)) == [(None, "whether the sizes agree depends on them", 0)]
    assert answer(net.sliced(x, 2, 0, 32))[0][0] is None
    assert holds("x.mean(2)", "size==input", x=LINE) is None
    assert verdict("x.mean(2)", "size==input", x=(1, 3, 8, "W"))[0] is None
    assert verdict("x[:, :, :, 1:].mean(2)", "size==input", x=SQUARE) == (
        False,
        "its size is 31, that of the input 32×32",
    )
