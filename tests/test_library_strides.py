"""Views that would have to copy: torch 2.13 refuses those that are said to fail, in either order of channels."""

from __future__ import annotations

from typing import Any

import pytest
from calls import traced


def refused(expression: str, **inputs: Any) -> bool:
    """Whether a use of the expression is refused."""
    return any(use.refused for use in traced(expression, **inputs).uses)


@pytest.mark.parametrize(
    ("expression", "shape", "fails"),
    [
        ("x.transpose(1, 2).view(2, -1)", (2, 3, 4), True),
        ("x.transpose(1, 2).reshape(2, -1)", (2, 3, 4), False),
        ("x.transpose(1, 2).contiguous().view(2, -1)", (2, 3, 4), False),
        ("x.transpose(1, 2).clone().view(2, -1)", (2, 3, 4), False),
        ("x.transpose(1, 2).view(2, 4, 3, 1)", (2, 3, 4), False),
        ("x.transpose(1, 2).view(2, -1)", (2, 1, 4), False),
        ("x.transpose(1, 2).transpose(1, 2).view(2, -1)", (2, 3, 4), False),
        ("x[:, 1:].view(-1)", (2, 3, 4), True),
        ("x[1:].view(-1)", (2, 3, 4), False),
        ("x[:, 0].view(-1)", (2, 3, 4), True),
        ("x[:, :, ::2].view(2, -1)", (2, 3, 4), False),
        ("x[:, :, ::2].view(2, 9)", (2, 3, 5), True),
        ("x.permute(0, 2, 3, 1).view(2, 20, 3)", (2, 3, 4, 5), False),
        ("x.permute(0, 2, 3, 1).view(2, -1)", (2, 3, 4, 5), False),
        ("x.permute(0, 2, 1, 3).view(2, -1)", (2, 3, 4, 5), True),
        ("nn.Linear(4, 8)(x).transpose(1, 2).view(2, 24)", (2, 3, 4), True),
        ("nn.Linear(4, 8)(x).view(2, 3, 2, 4).transpose(1, 2).view(2, 24)", (2, 3, 4), False),
        ("(x @ x.transpose(1, 2)).transpose(1, 2).view(2, 9)", (2, 3, 4), True),
        ("x.transpose(1, 2).relu().view(2, -1)", (2, 3, 4), False),
        ("x.transpose(0, 1).view(-1)", ("N", 3), False),
    ],
)
def test_a_view_that_must_copy_is_refused(expression: str, shape: tuple[Any, ...], fails: bool) -> None:
    assert refused(expression, x=shape) is fails
