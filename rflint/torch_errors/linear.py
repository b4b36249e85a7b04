"""What torch says of linear layers and products of matrices."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._layers import size_given
from rflint.dims import Size, equal, product
from rflint.torch_errors.figures import listed, shape_of
from rflint.trace import Shape, Use

RANKS = {"mm": 2, "bmm": 3}
"""The products that take one number of axes only."""


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    shapes = [operand.shape or () for operand in use.operands]
    if use.base == "Linear":
        yield from applied(use)
    elif use.kind in RANKS and len(shapes) == 2 and {len(shape) for shape in shapes} != {RANKS[use.kind]}:
        yield from of_other_rank(use.kind, *shapes)
    elif use.base == "matmul" and len(shapes) == 2:
        yield from multiplied(*shapes)
    elif use.base == "einsum":
        yield from summed(str(use.layer.args.get("equation", "")), shapes)


def of_other_rank(kind: str, left: Shape, right: Shape) -> Iterator[str]:
    """Products that take tensors with two, or with three axes alone."""
    names = ("batch1", "batch2") if kind == "bmm" else ("self", "mat2")
    name = names[0] if len(left) != RANKS[kind] else names[1]
    yield f"RuntimeError: {name} must be a {'3D tensor' if kind == 'bmm' else 'matrix'}"


def matrices(rows: Size, columns: Size, other: Shape) -> str:
    """The text about two matrices."""
    shapes = f"{rows}x{columns} and {other[0]}x{other[1]}"
    return f"RuntimeError: mat1 and mat2 shapes cannot be multiplied ({shapes})"


def applied(use: Use) -> Iterator[str]:
    """A linear layer: all axes but the last are rows."""
    wanted, made, shape = size_given(use, "in_features"), size_given(use, "out_features"), shape_of(use)
    if wanted is not None and made is not None and shape and equal(shape[-1], wanted) is False:
        yield matrices(product(shape[:-1]), shape[-1], (wanted, made))


def multiplied(left: Shape, right: Shape) -> Iterator[str]:
    """Two tensors with two axes or more."""
    if min(len(left), len(right)) < 2 or equal(left[-1], right[-2]) is not False:
        return
    if len(right) == 2:
        yield matrices(product(left[:-1]), left[-1], right)
    elif equal(product(left[:-2]), product(right[:-2])) or len(left) == 2:
        batch = product(right[:-2])
        first, second = listed((batch, left[-1])), listed((batch, right[-2]))
        yield f"RuntimeError: Expected size for first two dimensions of batch2 tensor to be: {first} but got: {second}."


def summed(equation: str, shapes: list[Shape]) -> Iterator[str]:
    """The letters of an einsum, in the order of its operands."""
    terms = [term.strip() for term in equation.split("->")[0].split(",")]
    if "." in equation or [len(term) for term in terms] != [len(shape) for shape in shapes]:
        return
    seen: dict[str, Size] = {}
    for number, (term, shape) in enumerate(zip(terms, shapes, strict=True)):
        if len(set(term)) < len(term):
            return  # diagonals have texts of their own
        for letter, size in zip(term, shape, strict=True):
            held = seen.get(letter, 1)
            if equal(held, size) is False and 1 not in (held, size):
                yield (
                    f"RuntimeError: einsum(): subscript {letter} has size {size} for operand {number} "
                    f"which does not broadcast with previously seen size {held}"
                )
            seen[letter] = size if held == 1 else held
