"""What torch raises at a use, word by word, with the figures of the use: the texts of torch 2."""

from __future__ import annotations

from rflint.checks._layers import SLIDING
from rflint.dims import is_unknown
from rflint.torch_errors import (
    adaptive,
    attention,
    convolution,
    integers,
    joining,
    linear,
    norms,
    padding,
    pieces,
    pooling,
    recurrent,
    resampling,
    reshaping,
)
from rflint.trace import Use

FAMILIES = (
    (("Conv",), convolution.errors),
    (("MaxPool1d",), pooling.of_one_axis),
    (("MaxPool2d", "MaxPool3d", "AvgPool", "LPPool"), pooling.errors),
    (("Adaptive",), adaptive.errors),
    (("BatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm", "RMSNorm", "PReLU"), norms.errors),
    (("Linear", "matmul", "einsum"), linear.errors),
    (("add", "sub", "mul", "div", "cat", "stack"), joining.errors),
    (("reshape", "PixelShuffle", "PixelUnshuffle"), reshaping.errors),
    (("pad",), padding.errors),
    (("Upsample",), resampling.errors),
    (("LSTM", "GRU", "RNN"), recurrent.errors),
    (("MultiheadAttention", "Transformer"), attention.errors),
    (("split", "chunk", "expand"), pieces.errors),
)
"""How the names of layers begin, and which texts are theirs."""


def torch_error(use: Use) -> str:
    """`RuntimeError: …`; "" if it is not known that torch raises here, or with which text."""
    shapes = [operand.shape for operand in use.operands]
    if any(shape is None or any(map(is_unknown, shape)) for shape in shapes):
        return ""
    families = [errors for names, errors in FAMILIES if use.base.startswith(names)]
    text = next(integers.errors(use), "")
    if text or has_odd_numbers(use):
        return text
    return next((text for errors in families for text in errors(use)), "")


def has_odd_numbers(use: Use) -> bool:
    """Whether a number of a window is no integer: then torch raises before it looks at what these texts are about."""
    names = ("kernel_size", "stride", "padding", "dilation", "output_padding", "groups")
    given = [use.layer.args.get(name) for name in names] if use.base.startswith(SLIDING) else []
    numbers = [one for value in given for one in (value if isinstance(value, tuple) else (value,))]
    return any(isinstance(one, (bool, float)) for one in numbers) or isinstance(use.layer.args.get("groups"), str)
