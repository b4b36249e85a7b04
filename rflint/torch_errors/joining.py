"""What torch says where tensors meet whose shapes do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.dims import equal
from rflint.torch_errors.figures import integer, listed
from rflint.trace import Shape, Use


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    shapes = [operand.shape or () for operand in use.operands]
    if use.base == "cat":
        dim = integer(use, "dim")
        yield from concatenated(shapes, dim) if dim is not None else ()
    elif use.base == "stack":
        yield from stacked(shapes)
    elif len(shapes) == 2:
        yield from broadcast(*shapes)


def broadcast(a: Shape, b: Shape) -> Iterator[str]:
    """Axes are compared from the last to the first."""
    rank = max(len(a), len(b))
    for back in range(1, min(len(a), len(b)) + 1):
        if equal(a[-back], b[-back]) is False and 1 not in (a[-back], b[-back]):
            yield (
                f"RuntimeError: The size of tensor a ({a[-back]}) must match the size of tensor b ({b[-back]}) "
                f"at non-singleton dimension {rank - back}"
            )


def concatenated(shapes: Sequence[Shape], dim: int) -> Iterator[str]:
    """Every tensor against the first; empty ones with one axis are skipped."""
    known = [(number, shape) for number, shape in enumerate(shapes) if shape != (0,)]
    for number, shape in known[1:]:
        first = known[0][1]
        if len(shape) != len(first):
            yield (f"RuntimeError: Tensors must have same number of dimensions: got {len(first)} and {len(shape)}")
            return
        if not -len(first) <= dim < len(first):
            ends = f"[{-len(first)}, {len(first) - 1}]"
            yield f"IndexError: Dimension out of range (expected to be in range of {ends}, but got {dim})"
            return
        joined = dim % len(first)
        for axis, (held, size) in enumerate(zip(first, shape, strict=True)):
            if axis != joined and equal(held, size) is False:
                yield (
                    f"RuntimeError: Sizes of tensors must match except in dimension {joined}. "
                    f"Expected size {held} but got size {size} for tensor number {number} in the list."
                )


def stacked(shapes: Sequence[Shape]) -> Iterator[str]:
    """Every tensor against the first."""
    for number, shape in enumerate(shapes):
        pairs = zip(shapes[0], shape, strict=False)
        if len(shape) != len(shapes[0]) or any(equal(a, b) is False for a, b in pairs):
            yield (
                f"RuntimeError: stack expects each tensor to be equal size, but got {listed(shapes[0])} at entry 0 "
                f"and {listed(shape)} at entry {number}"
            )
