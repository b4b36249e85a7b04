"""Shapes as people write them: `N,3,224,224`, `(N, 3, 32*h, 32*w)`."""

from __future__ import annotations

from rflint.dims import Size, parse

Shape = tuple[Size, ...]
_EXAMPLE = "write sizes between commas, batch first, such as N,3,224,224"


def parse_shape(text: str) -> Shape:
    """The shape that a text means: sizes between commas, brackets around them or not.

    A size is a positive integer, a name, or a product such as `32*h`.  Raises ValueError with a sentence.
    """
    parts = split(_unwrapped(text.strip()))
    if parts and not parts[-1]:  # (3,)
        parts.pop()
    if not any(parts):
        raise ValueError(f"{text!r} is no shape: {_EXAMPLE}")
    return tuple(_size(part, text) for part in parts)


def split(text: str) -> list[str]:
    """The parts of a text between the commas that stand in no brackets, without blanks around them."""
    parts, depth = [""], 0
    for letter in text:
        depth += (letter in "([{") - (letter in ")]}")
        if letter == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += letter
    return [part.strip() for part in parts]


def _unwrapped(text: str) -> str:
    """A text without the brackets around all of it."""
    if text[:1] + text[-1:] not in ("()", "[]"):
        return text
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and at < len(text) - 1:  # (H + 1)//2,(W + 1)
            return text
    return text[1:-1]


def _size(part: str, text: str) -> Size:
    if not part:
        raise ValueError(f"{text!r} has an empty size: {_EXAMPLE}")
    try:
        return parse(part)
    except ValueError as problem:
        raise ValueError(f"{problem} (in {text!r})" if part != text else str(problem)) from None
