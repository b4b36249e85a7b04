"""What torch says where an axis is cut into pieces, or made longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.dims import Size, equal
from rflint.torch_errors.figures import integer, listed, shape_of
from rflint.trace import Shape, Use

SIZES = ("split_size", "split_sizes", "split_size_or_sections")


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    if use.base == "expand":
        yield from expanded(shape_of(use), use.layer.args.get("size"))
    else:
        yield from split(use, shape_of(use), integer(use, "dim"))


def split(use: Use, shape: Shape, dim: int | None) -> Iterator[str]:
    """Pieces that are not as long together as the axis, or of less than nothing."""
    sizes = next((value for name in SIZES if (value := use.layer.args.get(name)) is not None), None)
    if dim is None or not -len(shape) <= dim < len(shape):
        return
    length = shape[dim]
    if isinstance(sizes, int) and sizes < 0:
        yield f"RuntimeError: split expects split_size be non-negative, but got split_size={sizes}"
    elif sizes == 0:
        yield f"RuntimeError: split_size can only be 0 if dimension size is 0, but got dimension size of {length}"
    elif isinstance(sizes, tuple) and is_other(sizes, length):
        yield (
            f"RuntimeError: split_with_sizes expects split_sizes to sum exactly to {length} "
            f"(input tensor's size at dimension {dim}), but got split_sizes={listed(sizes)}"
        )


def is_other(sizes: tuple[object, ...], length: Size) -> bool:
    """Whether pieces of known sizes are surely not as long together as the axis."""
    known = [one for one in sizes if isinstance(one, int) and one >= 0]
    return len(known) == len(sizes) and equal(sum(known), length) is False


def expanded(shape: Shape, sizes: object) -> Iterator[str]:
    """An axis of another size than 1 that is to be longer; axes are compared from the last to the first."""
    wanted = sizes if isinstance(sizes, Sequence) and len(sizes) >= len(shape) else ()
    first = len(wanted) - len(shape)
    for axis in range(len(wanted) - 1, -1, -1):
        size, new = shape[axis - first] if axis >= first else 1, wanted[axis]
        if axis < first and new == -1:
            yield (
                "RuntimeError: The expanded size of the tensor (-1) isn't allowed in a leading, "
                f"non-existing dimension {axis}"
            )
        elif new != -1 and size != 1 and equal(size, new) is False:
            yield (
                f"RuntimeError: The expanded size of the tensor ({new}) must match the existing size ({size}) at "
                f"non-singleton dimension {axis}.  Target sizes: {listed(wanted)}.  Tensor sizes: {listed(shape)}"
            )
