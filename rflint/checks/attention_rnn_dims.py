"""RF420: features that a recurrent layer or an attention does not take, or heads that do not divide them."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import size_given
from rflint.checks._places import called, named, place_of
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.trace import Shape, Use

RECURRENT = ("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell")
TRANSFORMERS = ("Transformer", *(f"Transformer{one}" for one in ("Encoder", "EncoderLayer", "Decoder", "DecoderLayer")))
FEATURES = {
    **dict.fromkeys(RECURRENT, "input_size"),
    "MultiheadAttention": "embed_dim",
    **dict.fromkeys(TRANSFORMERS, "d_model"),
}
"""The layers, and the argument that says how many features they take."""
HEADS = (("embed_dim", "num_heads"), ("d_model", "nhead"))
"""The two names under which features and heads go."""


@rule("RF420", "attention-rnn-dims", "error")
def attention_rnn_dims(use: Use) -> Iterator[Finding]:
    """Whether heads divide the features, and the last axis of what is handed in has the features that are taken."""
    features = FEATURES.get(use.base)
    if use.conditional or features is None:
        return
    read = use.inputs if use.base in TRANSFORMERS else use.inputs[:1]
    found = [*undivided(use), *(one for shape in read for one in misfit(use, features, shape))][:1]
    if not found and use.refused:
        found = [Finding(use.place, f"{named(use)}: {use.refused}: torch refuses it")]
    yield from found


def undivided(use: Use) -> Iterator[Finding]:
    """Features that the heads do not divide."""
    for features, heads in HEADS:
        size, count = use.layer.args.get(features), use.layer.args.get(heads)
        if isinstance(size, int) and isinstance(count, int) and (count < 1 or size % count):
            message = (
                f"{heads}={count} does not divide {features}={size}; each head takes an equal part of the features"
            )
            yield Finding(place_of(use, heads), message, called(use))


def misfit(use: Use, argument: str, shape: Shape | None) -> Iterator[Finding]:
    """Another number of features than the layer was built for."""
    wanted = size_given(use, argument)
    ranks = (1, 2) if use.base.endswith("Cell") else (2, 3)
    if shape is not None and wanted is not None and len(shape) in ranks and equal(shape[-1], wanted) is False:
        shown = "×".join(map(str, shape))
        message = f"takes {wanted} features, but the last axis of its {shown} input has {shape[-1]}"
        yield Finding(place_of(use, argument), message, called(use))
