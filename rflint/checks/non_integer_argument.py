"""RF421: a number that is no integer where a layer takes an integer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rflint.checks import rule
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.edits import Fix, Replace, SetArgument
from rflint.trace import Use

WINDOW = ("kernel_size", "stride", "padding", "dilation", "output_padding")
CHANNELS = ("in_channels", "out_channels", "groups")
INTEGERS = {
    "Conv": (*CHANNELS, *WINDOW),
    "MaxPool": WINDOW,
    "AvgPool": WINDOW,
    "LPPool": ("kernel_size", "stride"),
    "Linear": ("in_features", "out_features"),
    "Embedding": ("num_embeddings", "embedding_dim"),
    "BatchNorm": ("num_features",),
    "LayerNorm": ("normalized_shape",),
    "RMSNorm": ("normalized_shape",),
    "GroupNorm": ("num_groups", "num_channels"),
    "PixelShuffle": ("upscale_factor",),
    "PixelUnshuffle": ("downscale_factor",),
    "LSTM": ("input_size", "hidden_size", "num_layers"),
    "GRU": ("input_size", "hidden_size", "num_layers"),
    "RNN": ("input_size", "hidden_size", "num_layers"),
}
"""The arguments that torch takes as integers alone, by how the name of the layer begins."""


@rule("RF421", "non-integer-argument", "error", fix="safe")
def non_integer_argument(use: Use) -> Iterator[Finding]:
    """Whether an argument that torch takes as an integer is a float: 2.0 is refused like 1.5."""
    names = next((names for stem, names in INTEGERS.items() if use.base.startswith(stem)), ())
    for name in names if not use.conditional else ():
        odd = fraction(use.layer.args.get(name))
        if odd is not None:
            whole = int(odd) if odd == int(odd) else f"{int(odd)} or {int(odd) + 1}"
            message = f"{name}={odd} is no integer, and torch takes nothing else here; {whole}? // divides integers"
            yield Finding(place_of(use, name), message, called(use), fix=whole_number(use, name))
            return


def whole_number(use: Use, name: str) -> Fix | None:
    """The edit that writes 2.0 as 2, or a division as one of integers; None if the argument is not written so."""
    value = use.layer.args.get(name)
    if name not in use.layer.places:
        return None
    if name not in use.layer.literals:
        edit = Replace(use.layer.places[name], "{dividend} // {divisor}")
        return Fix((edit,), safe=True, message="divide with //")
    whole = {int(one) for one in (value if isinstance(value, tuple) else (value,)) if one == int(one)}
    return Fix((SetArgument(use.layer, name, str(whole.pop())),), safe=True) if len(whole) == 1 else None


def fraction(value: Any) -> float | None:
    """The first floating-point number of an argument; None if there is none, or it is no finite number."""
    values = value if isinstance(value, tuple) else (value,)
    return next((one for one in values if isinstance(one, float) and abs(one) < float("inf")), None)
