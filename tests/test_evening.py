"""What makes a transposed convolution even, or give s·n rows: the layer with the arguments that are proposed does."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from networks import Network

from rflint.checks._evening import CENTRED, evened, times_stride
from rflint.trace import Use

NAMES = ("k", "stride", "padding", "output_padding", "dilation")
LAYERS = [
    dict(zip(NAMES, values, strict=True))
    for values in product(range(1, 7), range(1, 5), range(3), range(2), range(1, 3))
]
POSITIONS = 20


def transposed(*size: int, **about: Any) -> Use:
    """A transposed convolution of a map of this size."""
    net = Network(x=(1, 8, *size))
    net.transposed(net.input(), **about)
    return net.uses[0]


def with_cure(about: dict[str, int], cure: str) -> dict[str, int]:
    """The arguments with those that a message proposes."""
    new = dict(pair.split("=") for pair in cure.split(", ") if pair)
    return about | {name.replace("kernel_size", "k"): int(value) for name, value in new.items()}


def test_an_even_layer_is_one_that_the_stride_divides() -> None:
    for about in LAYERS:
        cure, fix = evened(transposed(POSITIONS, **about))
        after = with_cure(about, cure)
        assert after["k"] == -(-about["k"] // about["stride"]) * about["stride"]
        assert after["dilation"] == 1 or after["stride"] == 1
        assert bool(cure) is (about["k"] % about["stride"] > 0 or about["dilation"] > 1 < about["stride"])
        assert (fix.words if fix else "") == cure
        if cure:
            assert after["output_padding"] < after["stride"]
            assert transposed(POSITIONS, **after).output == (1, 8, POSITIONS * about["stride"])


EVEN_AT_STRIDE_1 = [about for about in LAYERS if about["stride"] == about["dilation"] == 1 and about["k"] % 2 == 0]


def test_an_even_kernel_never_keeps_the_size_at_stride_1() -> None:
    for about in EVEN_AT_STRIDE_1:
        assert times_stride(transposed(POSITIONS, **about)) == ("", None)


def test_as_many_rows_as_the_stride_says() -> None:
    for about in [about for about in LAYERS if about not in EVEN_AT_STRIDE_1]:
        cure, fix = times_stride(transposed(POSITIONS, **about))
        after = with_cure(about, cure)
        least = max(about["stride"], about["dilation"])
        assert transposed(POSITIONS, **after).output == (1, 8, POSITIONS * about["stride"])
        assert 0 <= after["output_padding"] < least
        assert {name for name in NAMES if after[name] != about[name]} <= {"padding", "output_padding"}
        sizes = [transposed(POSITIONS, **about | {"output_padding": more}).output for more in range(least)]
        assert (after["padding"] == about["padding"]) is ((1, 8, POSITIONS * about["stride"]) in sizes)
        formulas = {edit.argument: edit.symbolic for edit in fix.edits} if fix else {}
        both = len(formulas) == 2 and about["dilation"] == 1 and about["k"] >= about["stride"]
        assert formulas == (CENTRED if both else dict.fromkeys(formulas, ""))
        values = {
            name: eval(text.format(kernel_size=about["k"], stride=about["stride"])) for name, text in CENTRED.items()
        }
        assert not both or values == {name: after[name] for name in CENTRED}


def test_arguments_are_told_axis_by_axis_where_they_differ() -> None:
    use = transposed(8, 8, k=(3, 6), stride=2, padding=(0, 1))
    assert evened(use)[0] == "kernel_size=(4, 6), padding=1"
    assert times_stride(use)[0] == "padding=(1, 2), output_padding=(1, 0)"


@pytest.mark.parametrize("name", ["kernel_size", "stride", "padding", "output_padding", "dilation"])
def test_nothing_is_proposed_where_an_argument_is_not_known(name: str) -> None:
    use = transposed(8, 8, k=3, stride=2, unknown=(name,))
    assert evened(use) == times_stride(use) == ("", None)
