"""Padding layers and `F.pad`."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced

from rflint import field
from rflint.trace import Read


@pytest.mark.parametrize(
    ("call", "size", "output"),
    [
        ("nn.ZeroPad2d((1, 2, 3, 4))(x)", (1, 3, 8, 8), (1, 3, 15, 11)),
        ("nn.ConstantPad1d(2, 0.5)(x)", (3, 8), (3, 12)),
        ("nn.ReflectionPad2d(3)(x)", ("N", 3, "H", "W"), ("N", 3, "H + 6", "W + 6")),
        ("nn.ReplicationPad3d(1)(x)", (1, 3, 1, 2, 3), (1, 3, 3, 4, 5)),
        ("nn.CircularPad1d((2, 0))(x)", (1, 3, 8), (1, 3, 10)),
        ("nn.ZeroPad2d(-1)(x)", (1, 3, 8, 8), (1, 3, 6, 6)),
        ("F.pad(x, (1, 2))", (1, 3, 8, 8), (1, 3, 8, 11)),
        ("F.pad(x, [0, 0, 0, 0, 1, 0])", (1, 3, 8, 8), (1, 4, 8, 8)),
        ("F.pad(x, (3, 3), 'reflect')", (3, 8), (3, 14)),
        ("F.pad(x, (0, y.size(2) - x.size(2)))", (1, 3, 8), (1, 3, 11)),
        ("torch.constant_pad_nd(x, (1, 1), 0)", (8,), (10,)),
    ],
)
def test_sizes_are_those_of_torch(call: str, size: Any, output: Any) -> None:
    assert traced(call, x=size, y=(1, 3, 11)).output == shape(*output)


def test_padding_moves_positions_by_what_is_added_on_the_left() -> None:
    reads = last("F.pad(x, (1, 2, -3, 0))", x=(1, 3, 8, 8)).operands[0].reads
    assert reads[2:] == (Read("kept", 2, field.shifted(3)), Read("kept", 3, field.shifted(-1)))


def test_padding_that_depends_on_the_input_moves_positions_by_an_unknown_number() -> None:
    """What a decoder lacks is 0 or 1, depending on the size: added on the right it moves nothing."""
    inputs: dict[str, Any] = {"x": (1, 3, "2*(H//2)"), "y": (1, 3, "H")}
    for padding, how in (("(y.size(2) - x.size(2), 0)", "unknown"), ("(0, y.size(2) - x.size(2))", "kept")):
        use = last(f"F.pad(x, {padding})", **inputs)
        assert (use.output, use.operands[0].reads[2].how) == (shape(1, 3, "H"), how)


@pytest.mark.parametrize(
    ("call", "kind", "args"),
    [
        ("nn.ReflectionPad2d(3)(x)", "ReflectionPad2d", {"padding": (3, 3, 3, 3)}),
        ("nn.ConstantPad2d([1, 2, 3, 4], 5)(x)", "ConstantPad2d", {"padding": (1, 2, 3, 4), "value": 5}),
        ("F.pad(x, [1, 2], mode='replicate')", "pad", {"pad": (1, 2), "mode": "replicate", "value": None}),
    ],
)
def test_all_of_them_are_pads(call: str, kind: str, args: dict[str, Any]) -> None:
    use = last(call, x=(3, 9, 9))
    assert (use.kind, use.base, dict(use.layer.args)) == (kind, "pad", args)


@pytest.mark.parametrize(
    ("call", "size", "reason"),
    [
        (
            "nn.ReflectionPad2d(4)(x)",
            (1, 3, 4, 9),
            "it mirrors 4 and 4 positions of 4, and should mirror fewer than there are",
        ),
        ("F.pad(x, (5, 0), 'circular')", (1, 3, 4), "it repeats 5 and 0 positions of 4, more than there are"),
        ("F.pad(x, (-5, 2))", (1, 3, 4), "it crops 5 of 4 positions"),
        ("F.pad(x, (1, 1), 'reflect')", (1, 3, 4, 4), "it pads 1 axes of a tensor with 4"),
        ("F.pad(x, (1, 1, 1, 1))", (4,), "it pads 2 axes of a tensor with 1"),
        ("F.pad(x, [], 'replicate')", (3, 4), "it pads 0 axes of a tensor with 2"),
    ],
)
def test_what_torch_refuses_has_no_output(call: str, size: Any, reason: str) -> None:
    made = traced(call, x=size)
    assert made.output is None
    assert reason in [note.reason for note in made.unknowns]


def test_an_unknown_pair_leaves_the_other_axes_known() -> None:
    made = traced("F.pad(x, (torch.unheard_of, 0, 1, 1))", x=(1, 3, 8, 8))
    assert made.output[:3] == (1, 3, 10)
    assert [read.how for read in made.uses[-1].operands[0].reads] == ["kept", "kept", "kept", "unknown"]


def test_padding_before_the_first_convolution_keeps_the_channels_that_it_tells() -> None:
    made = traced("nn.Conv2d(3, 8, 7)(nn.ReflectionPad2d(3)(x))", x=None)
    assert made.output == shape("N", 8, "H", "W")
    assert traced("nn.Conv2d(4, 8, 1)(F.pad(x, (0, 0, 0, 0, 0, 1)))", x=None).input_shapes["x"] is None
