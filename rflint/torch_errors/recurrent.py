"""What torch says of recurrent layers and attention."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._layers import size_given
from rflint.dims import equal
from rflint.torch_errors.figures import integer, shape_of
from rflint.trace import Use


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    if use.base == "MultiheadAttention":
        yield from heads(use)
    else:
        yield from features(use)


def heads(use: Use) -> Iterator[str]:
    """Heads that do not divide the features, and other features than announced."""
    size, count, shape = integer(use, "embed_dim"), integer(use, "num_heads"), shape_of(use)
    if size is not None and count is not None and min(size, count) < 1:
        yield (
            f"ValueError: embed_dim and num_heads must be greater than 0, "
            f"got embed_dim={size} and num_heads={count} instead"
        )
    elif size is not None and count is not None and size % count:
        yield "AssertionError: embed_dim must be divisible by num_heads"
    elif size is not None and len(shape) in (2, 3) and equal(shape[-1], size) is False:
        yield f"AssertionError: was expecting embedding dimension of {size}, but got {shape[-1]}"


def features(use: Use) -> Iterator[str]:
    """Other features than announced."""
    wanted, shape = size_given(use, "input_size"), shape_of(use)
    if wanted is None or not shape or equal(shape[-1], wanted) is not False:
        return
    if use.base.endswith("Cell"):
        if len(shape) > 2:
            return
        yield f"RuntimeError: input has inconsistent input_size: got {shape[-1]} expected {wanted}"
    elif len(shape) in (2, 3):
        yield (f"RuntimeError: input.size(-1) must be equal to input_size. Expected {wanted}, got {shape[-1]}")
