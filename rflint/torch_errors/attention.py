"""What torch says of attention and of the layers made of it."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.dims import equal
from rflint.torch_errors.figures import integer, shape_of
from rflint.trace import Use


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    if use.base == "MultiheadAttention":
        yield from heads(use)
    else:
        yield from transformer(use)


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


def transformer(use: Use) -> Iterator[str]:
    """The same of a transformer, which makes its attention when it is built; its norms may come first."""
    size, count, shape = integer(use, "d_model"), integer(use, "nhead"), shape_of(use)
    if size is not None and count is not None and min(size, count) > 0 and size % count:
        yield "AssertionError: embed_dim must be divisible by num_heads"
    elif size is None or len(shape) not in (2, 3) or equal(shape[-1], size) is not False:
        return
    elif use.base == "Transformer":
        yield "RuntimeError: the feature number of src and tgt must be equal to d_model"
    elif use.layer.args.get("norm_first") is False:
        yield f"AssertionError: was expecting embedding dimension of {size}, but got {shape[-1]}"
