"""Convolutions: what arguments in brackets stand for."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, traced

MIRRORED = "nn.Conv2d(3, 8, 3, padding=(1,), padding_mode='reflect')"


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


def test_one_padding_in_brackets_is_refused_where_the_padding_is_no_zeros() -> None:
    use = last(f"{MIRRORED}(x)", x=(1, 3, 6, 6))
    assert use.output is None
    assert use.refused.startswith("one padding in brackets stands for the last axis alone")


def test_of_a_single_image_it_pads_the_columns_only() -> None:
    use = last(f"{MIRRORED}(x)", x=(3, 6, 6))  # torch makes 4 rows and 6 columns of it
    assert (use.output, use.refused) == (None, "")


def test_a_layer_keeps_its_arguments_as_they_are() -> None:
    assert traced("torch.zeros(nn.Conv2d(3, 8, 3, padding=[1]).padding)", x=(1,)).output == (1,)
    assert traced("torch.zeros(nn.Conv2d(3, 8, 3, padding=2).padding)", x=(1,)).output == (2, 2)
