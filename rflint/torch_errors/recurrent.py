"""What torch says of recurrent layers."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._layers import size_given
from rflint.dims import equal
from rflint.torch_errors.figures import integer, listed, shape_of
from rflint.trace import Shape, Use


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    yield from features(use)
    yield from states(use) if not use.base.endswith("Cell") else ()


def states(use: Use) -> Iterator[str]:
    """States of other shapes than the layers have."""
    given = [operand.shape or () for operand in use.operands[1:]]
    wanted = state_shapes(use, shape_of(use))
    for number, (shape, right) in enumerate(zip(given, wanted, strict=False)):
        if len(shape) == len(right) == 3 and any(equal(a, b) is False for a, b in zip(shape, right, strict=True)):
            name = f"hidden[{number}]" if use.base == "LSTM" else "hidden"
            yield f"RuntimeError: Expected {name} size ({', '.join(map(str, right))}), got {listed(shape)}"
            return


def state_shapes(use: Use, shape: Shape) -> list[Shape]:
    """The shapes (layers·directions, N, features) of the states that go with an input; [] if they are not known."""
    layers, hidden = integer(use, "num_layers"), integer(use, "hidden_size")
    both, first = use.layer.args.get("bidirectional"), use.layer.args.get("batch_first")
    projected = integer(use, "proj_size") if use.base == "LSTM" else 0
    if layers is None or hidden is None or projected is None or len(shape) != 3:
        return []
    if not isinstance(both, bool) or not isinstance(first, bool):
        return []
    count, batch = layers * (1 + both), shape[0 if first else 1]
    return [(count, batch, projected or hidden), *([(count, batch, hidden)] if use.base == "LSTM" else [])]


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
