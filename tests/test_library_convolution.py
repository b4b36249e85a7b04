"""Convolutions: what arguments in brackets stand for."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, traced


@pytest.mark.parametrize(
    ("layer", "size", "output"),
    [
        ("nn.Conv2d(3, 8, 3, padding=(1,))", (1, 3, 6, 6), (1, 8, 6, 6)),
        ("nn.Conv2d(3, 8, 3, padding=[1, 1], padding_mode='reflect')", (1, 3, 6, 6), (1, 8, 6, 6)),
        ("nn.Conv2d(3, 8, 3, padding=1, padding_mode='circular')", (1, 3, 6, 6), (1, 8, 6, 6)),
        ("nn.Conv1d(3, 8, [3], padding=[1], padding_mode='reflect')", (1, 3, 6), (1, 8, 6)),
        ("nn.ConvTranspose2d(3, 8, 3, 2, (1,), (1,))", (1, 3, 6, 6), (1, 8, 12, 12)),
    ],
)
def test_one_number_in_brackets_stands_for_all_axes(layer: str, size: Any, output: Any) -> None:
    assert last(f"{layer}(x)", x=size).output == output


@pytest.mark.parametrize(
    ("layer", "size", "is_refused"),
    [
        ("nn.Conv2d(3, 8, 3, padding=(1,), padding_mode='reflect')", (1, 3, 6, 6), True),
        ("nn.Conv2d(3, 8, 3, padding=(1,), padding_mode='reflect')", (3, 6, 6), False),  # torch pads columns: 8×4×6
        ("nn.Conv3d(3, 8, 3, padding=(1, 1), padding_mode='replicate')", (1, 3, 6, 6, 6), True),
        ("nn.Conv3d(3, 8, 3, padding=(1, 1), padding_mode='replicate')", (3, 6, 6, 6), False),
        ("nn.Conv2d(3, 8, 3, padding=(1, 1, 0), padding_mode='replicate')", (1, 3, 6, 6), False),
        ("nn.Conv2d(3, 8, 3, padding=(1, 1, 0))", (1, 3, 6, 6), True),
    ],
)
def test_other_numbers_of_paddings_pad_other_axes(layer: str, size: Any, is_refused: bool) -> None:
    use = last(f"{layer}(x)", x=size)
    assert (use.output, bool(use.refused)) == (None, is_refused)


def test_a_layer_keeps_its_arguments_as_they_are() -> None:
    assert traced("torch.zeros(nn.Conv2d(3, 8, 3, padding=[1]).padding)", x=(1,)).output == (1,)
    assert traced("torch.zeros(nn.Conv2d(3, 8, 3, padding=2).padding)", x=(1,)).output == (2, 2)
