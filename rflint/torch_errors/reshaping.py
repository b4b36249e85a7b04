"""What torch says of views and of shuffled pixels."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.dims import Dim, divides, equal, product
from rflint.torch_errors.figures import integer, listed, shape_of
from rflint.trace import Use


def errors(use: Use) -> Iterator[str]:
    """The texts that apply."""
    if use.base == "reshape":
        yield from viewed(use)
    elif use.base == "PixelShuffle":
        yield from shuffled(use)
    else:
        yield from unshuffled(use)


def viewed(use: Use) -> Iterator[str]:
    """A shape with another number of elements."""
    wanted, total = use.layer.args.get("shape"), product(shape_of(use))
    if not isinstance(wanted, tuple) or not all(isinstance(size, (int, Dim)) for size in wanted):
        return
    known = [size for size in wanted if size != -1]
    below = next((at for at, size in enumerate(wanted) if isinstance(size, int) and size < -1), None)
    if below is not None:
        yield f"RuntimeError: invalid shape dimension {wanted[below]} at index {below} of shape {listed(wanted)}"
        return
    if len(wanted) - len(known) > 1:
        yield "RuntimeError: only one dimension can be inferred"
        return
    number = product(known)
    fits = equal(number, total) if known == list(wanted) else isinstance(number, Dim) or divides(number, total)
    if fits is False:
        yield f"RuntimeError: shape '{listed(wanted)}' is invalid for input of size {total}"


def shuffled(use: Use) -> Iterator[str]:
    """Channels to pixels."""
    factor, shape = integer(use, "upscale_factor"), shape_of(use)
    yield from rank("pixel_shuffle", len(shape))
    if factor is not None and factor < 1:
        yield f"RuntimeError: pixel_shuffle expects a positive upscale_factor, but got {factor}"
    elif factor is not None and len(shape) > 2 and divides(factor * factor, shape[-3]) is False:
        yield (
            "RuntimeError: pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of "
            f"upscale_factor, but input.size(-3)={shape[-3]} is not divisible by {factor * factor}"
        )


def unshuffled(use: Use) -> Iterator[str]:
    """Pixels to channels."""
    factor, shape = integer(use, "downscale_factor"), shape_of(use)
    yield from rank("pixel_unshuffle", len(shape))
    if factor is not None and factor < 1:
        yield f"RuntimeError: pixel_unshuffle expects a positive downscale_factor, but got {factor}"
        return
    for name, axis in (("height", -2), ("width", -1)) if factor is not None and len(shape) > 2 else ():
        if factor is not None and divides(factor, shape[axis]) is False:
            yield (
                f"RuntimeError: pixel_unshuffle expects {name} to be divisible by downscale_factor, "
                f"but input.size({axis})={shape[axis]} is not divisible by {factor}"
            )


def rank(name: str, axes: int) -> Iterator[str]:
    """Too few axes."""
    if axes < 3:
        yield (
            f"RuntimeError: {name} expects input to have at least 3 dimensions, but got input with {axes} dimension(s)"
        )
