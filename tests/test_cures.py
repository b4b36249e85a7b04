"""What would make a contract hold that does not: the cheapest change, or none where none can be told."""

from __future__ import annotations

from typing import Any

import pytest
from calls import traced
from networks import Network, T, same

from rflint import field
from rflint.checks._cures import NONE, Cure, cure
from rflint.contracts import contract
from rflint.geometry.stated import judged
from rflint.trace import Read, Said, Trace

LINE = (1, 3, 24)
SQUARE = (1, 3, 8, 8)


def cured(trace: Trace, stated: str) -> Cure:
    """What is said of a contract on all that a network returns, which does not hold."""
    [verdict] = judged(trace, Said(contract(stated), None, tuple(trace.output_sources)))
    assert verdict.holds is False
    return cure(trace, contract(stated), verdict)


@pytest.mark.parametrize(
    ("expression", "stated", "shape", "text"),
    [
        ("F.max_pool1d(F.max_pool1d(x, 2), 3)", "jump<=2", LINE, "; without the stride of max_pool1d they would be 2"),
        ("F.max_pool1d(F.max_pool1d(x, 2), 3)", "jump<4", LINE, "; without the stride of max_pool1d they would be 3"),
        ("F.max_pool1d(x, 2) + torch.arange(12).exp()", "jump==1", LINE, "; the stride of max_pool1d takes them from"),
        ("F.relu(F.max_pool2d(x, 3, 1))", "size==input", SQUARE, "; max_pool2d needs padding=1 to keep the size"),
        ("F.max_pool2d(x, 3, 1)[..., 1:-1, 1:-1]", "size==input", SQUARE, "; an upsampling by 2 behind it would bring"),
        ("F.max_pool2d(x, 8)", "size==input", SQUARE, "; an upsampling by 8 behind it would bring it back"),
    ],
)
def test_the_cheapest_change(expression: str, stated: str, shape: Any, text: str) -> None:
    assert cured(traced(expression, x=shape), stated).text.startswith(text)


@pytest.mark.parametrize(
    ("expression", "stated"),
    [
        ("F.conv_transpose1d(F.max_pool1d(x, 3, 1), torch.zeros(3, 3, 3), stride=2)", "rf==3"),
        ("F.interpolate(F.max_pool1d(x, 3), scale_factor=1.5)", "jump==3"),
    ],
    ids=["some units see as much already", "what lays units closer together has no stride"],
)
def test_no_change_is_told(expression: str, stated: str) -> None:
    assert cured(traced(expression, x=LINE), stated) == NONE


def test_what_is_made_of_no_input_has_no_units() -> None:
    net = Network(x=LINE)
    x, constant = net.input(), T(None, LINE)
    strided = [*same(x)[:2], Read("kept", 2, field.window(1, 2))]
    y = net.use("op", [(x, strided), (constant, strided)], (1, 3, 12))
    y = net.join(y, net.use("op", [(constant, strided)], (1, 3, 12)))
    assert cured(net.trace(y), "jump==1").text == "; the stride of op takes them from 1 to 2"
