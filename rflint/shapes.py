"""Shapes as people write them: `N,3,224,224`, `(N, 3, 32*h, 32*w)`."""

from __future__ import annotations

from rflint.dims import Size, parse

Shape = tuple[Size, ...]


def parse_shape(text: str) -> Shape:
    """The shape that a text means: sizes between commas, brackets around them or not.

    A size is a positive integer, a name, or a product such as `32*h`.  Raises ValueError with a sentence.
    """
    inner = text.strip()
    if inner[:1] in "([" and inner[-1:] in ")]" and len(inner) > 1:
        inner = inner[1:-1]
    parts = [part.strip() for part in inner.rstrip().removesuffix(",").split(",")]
    if not any(parts):
        raise ValueError(f"{text!r} is no shape: write sizes between commas, batch first, such as N,3,224,224")
    return tuple(_size(part, text) for part in parts)


def _size(part: str, text: str) -> Size:
    if not part:
        raise ValueError(f"{text!r} has an empty size: write sizes between commas, batch first, such as N,3,224,224")
    try:
        return parse(part)
    except ValueError as problem:
        raise ValueError(f"{part!r} in {text!r} is no size: {problem}") from None
