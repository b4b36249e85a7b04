"""Layers on sequences: recurrent ones, their cells, transformers."""

from __future__ import annotations

from typing import Any

import pytest
from calls import last, shape, traced


@pytest.mark.parametrize(
    ("expression", "x", "y", "made"),
    [
        ("nn.LSTM(8, 16)(x)", ("L", "N", 8), (1,), (("L", "N", 16), ((1, "N", 16), (1, "N", 16)))),
        (
            "nn.LSTM(8, 16, 2, batch_first=True, bidirectional=True, proj_size=4)(x)",
            ("N", "L", 8),
            (1,),
            (("N", "L", 8), ((4, "N", 4), (4, "N", 16))),
        ),
        ("nn.GRU(8, 16, batch_first=True)(x)", ("N", "L", 8), (1,), (("N", "L", 16), (1, "N", 16))),
        ("nn.GRU(8, 16)(x)", ("L", 8), (1,), (("L", 16), (1, 16))),
        ("nn.RNN(8, 16, 2)(x, y)", ("L", "N", 8), (2, "N", 16), (("L", "N", 16), (2, "N", 16))),
        ("nn.LSTMCell(8, 16)(x, (y, y))", ("N", 8), ("N", 16), (("N", 16), ("N", 16))),
        ("nn.GRUCell(8, 16)(x, y)", ("N", 8), ("N", 16), ("N", 16)),
        ("nn.TransformerEncoderLayer(64, 8)(x)", ("L", "N", 64), (1,), ("L", "N", 64)),
        (
            "nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 8, batch_first=True), 6)(x)",
            ("N", "L", 64),
            (1,),
            ("N", "L", 64),
        ),
        (
            "nn.TransformerDecoder(nn.TransformerDecoderLayer(64, 8), 6)(x, y)",
            ("L", "N", 64),
            ("S", "N", 64),
            ("L", "N", 64),
        ),
        ("nn.Transformer(64, 8, batch_first=True)(x, y)", ("N", "S", 64), ("N", "L", 64), ("N", "L", 64)),
        ("nn.Transformer.generate_square_subsequent_mask(x.size(1))", ("N", 7), (1,), (7, 7)),
        ("nn.LSTM(8, 16, 2).weight_ih_l1", (1,), (1,), (64, 16)),
        ("nn.GRU(8, 16, bidirectional=True).weight_hh_l0_reverse", (1,), (1,), (48, 16)),
    ],
)
def test_output_shape(expression: str, x: tuple[Any, ...], y: tuple[Any, ...], made: Any) -> None:
    seen = traced(expression, x=x, y=y)
    assert seen.output == _shapes(made)
    assert not seen.unknowns


def _shapes(made: Any) -> Any:
    """The structure that a trace gives: a list for a tuple of shapes."""
    return list(map(_shapes, made)) if isinstance(made[0], tuple) else shape(*made)


@pytest.mark.parametrize(
    ("expression", "x", "y", "why"),
    [
        ("nn.LSTM(8, 16)(x)", (5, 2, 7), (1,), "7 features where 8 are expected"),
        ("nn.GRU(8, 16)(x)", (5, 2, 8, 3), (1,), "GRU on a tensor with 4 axes"),
        ("nn.GRU(8, 16)(x, y)", (5, 2, 8), (1, 3, 16), "takes a state of 1×2×16, and is given one of 1×3×16"),
        ("nn.LSTMCell(8, 16)(x)", (2, 7), (1,), "7 features where 8 are expected"),
        ("nn.TransformerEncoderLayer(64, 8)(x)", (5, 2, 32), (1,), "32 features where 64 are expected"),
        ("nn.Transformer(64, 8)(x, y)", (5, 2, 64), (5, 3, 64), "batches of different sizes"),
    ],
)
def test_what_torch_refuses(expression: str, x: tuple[Any, ...], y: tuple[Any, ...], why: str) -> None:
    seen = traced(expression, x=x, y=y)
    assert why in [note.reason for note in seen.unknowns]
    assert seen.uses[-1].output is None


@pytest.mark.parametrize(
    ("expression", "operand", "reads"),
    [
        ("nn.LSTM(8, 16)(x)[0]", 0, [("whole", 0), ("kept", 1), ("whole", 2)]),
        ("nn.GRU(8, 16, batch_first=True)(x)[0]", 0, [("kept", 0), ("whole", 1), ("whole", 2)]),
        ("nn.TransformerEncoderLayer(8, 2, batch_first=True)(x)", 0, [("kept", 0), ("whole", 1), ("whole", 2)]),
        ("nn.TransformerDecoderLayer(8, 2)(x, x)", 1, [("whole", None), ("kept", 1), ("whole", None)]),
    ],
)
def test_what_is_read(expression: str, operand: int, reads: list[Any]) -> None:
    row = last(expression, x=(4, 4, 8)).operands[operand].reads
    assert [(read.how, read.to) for read in row] == reads


def test_states_come_from_the_same_use() -> None:
    seen = traced("nn.LSTM(8, 16)(x)[1][0]", x=(5, 2, 8))
    assert seen.output_sources == [0]


def test_packed_sequences_are_not_followed() -> None:
    seen = traced("nn.LSTM(8, 16)(nn.utils.rnn.pack_padded_sequence(x, y))[0]", x=(5, 2, 8), y=(2,))
    assert "sequences of unequal lengths are not followed" in [note.reason for note in seen.unknowns]
