"""Shapes of equally many elements: which size `-1` stands for, and which axes of one shape are which of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint import dims
from rflint.algebra.questions import aside
from rflint.dims import Size
from rflint.interp.values import Value, find_unknown, is_size
from rflint.library.torch.op import fresh, kept
from rflint.library.torch.refusal import Refusal
from rflint.trace import Read, Shape, show_shape

Resolved = tuple[Shape | None, str]
"""The shape, None if torch certainly raises; and why a size is not known, or why it raises."""


def resolved(shape: Shape, wanted: Sequence[Value]) -> Resolved:
    """The shape that `x.view(*wanted)` has.  One size that is -1, or not known, follows from all the others."""
    odd = next((size for size in wanted if isinstance(size, (float, str))), None)
    if odd is not None:
        return None, Refusal(f"{odd!r} is no size")
    open = [at for at, size in enumerate(wanted) if not is_size(size) or size == -1]
    sizes = [size for at, size in enumerate(wanted) if at not in open]
    if any(dims.less(size, 0) for size in sizes) or sum(_is_minus_one(size) for size in wanted) > 1:
        return None, Refusal(f"{written(wanted)} is no shape")
    total, known = dims.product(shape), dims.product(sizes)
    if not open:
        fits = dims.equal(total, known)
        return (None, misfit(shape, wanted)) if fits is False else (tuple(sizes), "")
    if len(open) > 1:
        doubt = find_unknown(list(wanted))
        return tuple(size if is_size(size) and size != -1 else fresh() for size in wanted), _why(doubt)
    if known == 0 and dims.equal(total, 0) is False:
        return None, misfit(shape, wanted)
    size, reason = quotient(total, known)
    if size is None:
        return None, misfit(shape, wanted)
    return (*wanted[: open[0]], size, *wanted[open[0] + 1 :]), reason


def _is_minus_one(size: Value) -> bool:
    return is_size(size) and bool(size == -1)


def _why(doubt: Value) -> str:
    return doubt.reason if doubt is not None else "a size is no integer"


def quotient(total: Size, known: Size) -> tuple[Size | None, str]:
    """How often a number of elements fits into another one: None if it certainly does not divide it."""
    if dims.equal(known, 0) is not False and isinstance(known, int):
        return fresh(), "a size is 0"
    size = total // known
    exact = dims.equal(size * known, total)
    if exact is None:
        return fresh(), f"whether {known} divides {total} depends on the input size"
    return (size, "") if exact else (None, "")


def misfit(shape: Shape, wanted: Sequence[Value]) -> str:
    """Why a tensor cannot be viewed as something else."""
    return Refusal(f"{show_shape(shape)} cannot be viewed as {written(wanted)}")


def written(wanted: Sequence[Value]) -> str:
    """Sizes as a reader knows them."""
    return "×".join(str(size) if is_size(size) else "?" for size in wanted) or "a scalar"


@aside
def regrouped_reads(shape: Shape, output: Shape) -> list[Read]:
    """How each axis is read where a tensor is viewed as another shape.

    An axis that is one axis of the output as well is kept; axes that are merged or split, and those of size 1, are
    folded into others.
    """
    reads = [Read("mixed")] * len(shape)
    for before, after in groups(shape, output):
        if len(before) == len(after) == 1:
            reads[before[0]] = kept(after[0])
    return reads


def groups(shape: Shape, output: Shape) -> Iterator[tuple[list[int], list[int]]]:
    """Both shapes cut into runs of axes with equal products, as short as can be; axes of size 1 are left out."""
    before = [at for at, size in enumerate(shape) if size != 1]
    after = [at for at, size in enumerate(output) if size != 1]
    while before and after:
        left, right = _first_group([shape[at] for at in before], [output[at] for at in after])
        yield before[:left], after[:right]
        before, after = before[left:], after[right:]


def _first_group(a: Sequence[Size], b: Sequence[Size]) -> tuple[int, int]:
    """How many sizes of each make the shortest first run with equal products; all of them if no product is equal."""
    counts = sorted(
        ((left, right) for left in range(1, len(a) + 1) for right in range(1, len(b) + 1)), key=lambda pair: sum(pair)
    )
    for left, right in counts:
        if dims.equal(dims.product(a[:left]), dims.product(b[:right])):
            return left, right
    return len(a), len(b)
