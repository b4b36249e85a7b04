"""Shapes that annotations give: `Float[Tensor, "n 3 224 224"]`, `Annotated[Tensor, Shape("N", 3, 224, 224)]`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

import libcst as cst

from rflint.dims import Size, parse
from rflint.interp.values import Function
from rflint.trace import Shape

TEXT_BEHIND_TYPE = frozenset(
    "Annotated Float Float16 Float32 Float64 BFloat16 Half Double Int Int8 Int16 Int32 Int64 UInt8 Integer Inexact "
    "Real Num Number Shaped Complex Bool".split()
)
"""Subscripts whose first item is the array's type: `Annotated`, and jaxtyping's."""
SIZES_ONLY = frozenset(["TensorType", "TT"])
"""Subscripts that hold the sizes alone: torchtyping's."""
TYPE_COMMENT = re.compile(r"#\s*type:\s*\((.*)\)\s*->")
LONGEST_NAME = 6
"""Letters of a name for a size in a text that is not surely about sizes."""


def annotated(forward: Function) -> Iterator[tuple[str, Shape]]:
    """The parameters of `forward` whose annotations state all sizes, as numbers or names, with their shapes."""
    for name, node in typed_parameters(forward):
        if (shape := shape_of(node)) is not None:
            yield name, shape


def typed_parameters(forward: Function) -> Iterator[tuple[str, Any]]:
    """The parameters of `forward` that are annotated, or have a type in a comment (PEP 484), with the annotation."""
    params = forward.node.params
    rows = (*params.posonly_params, *params.params, *params.kwonly_params)
    commented = _commented(forward.node)
    names = [param.name.value for param in rows if param.name.value != "self"]
    yield from zip(names, commented, strict=False) if len(names) == len(commented) else ()
    for param in rows:
        if param.annotation is not None:
            node = param.annotation.annotation
            yield param.name.value, _parsed(node) if isinstance(node, cst.SimpleString) else node


def _commented(function: Any) -> list[Any]:
    """The types in `# type: (Tensor, list[Tensor]) -> Tensor`, behind the colon or on the first line of the body."""
    body = getattr(function, "body", None)
    lines = [getattr(body, "header", None), *(getattr(first, "leading_lines", ()) for first in _statements(body)[:1])]
    comments = [getattr(line, "comment", None) for one in lines for line in (one if isinstance(one, tuple) else [one])]
    for comment in comments:
        found = TYPE_COMMENT.match(comment.value) if comment is not None else None
        if found:
            node = _expression(f"({found[1]},)" if found[1].strip() else "()")
            return [element.value for element in getattr(node, "elements", ())]
    return []


def _statements(body: Any) -> list[Any]:
    return list(getattr(body, "body", ())) if isinstance(body, cst.IndentedBlock) else []


def _expression(text: str) -> Any:
    try:
        return cst.parse_expression(text)
    except cst.ParserSyntaxError:
        return None


def shape_of(node: Any) -> Shape | None:
    """The shape that an annotation states; None if it states none, or leaves a size open."""
    if isinstance(node, cst.SimpleString):
        node = _parsed(node)
    if not isinstance(node, cst.Subscript):
        return None
    items = [element.slice.value for element in node.slice if isinstance(element.slice, cst.Index)]
    name = _last_name(node.value)
    if name in ("Optional", "Final") and len(items) == 1:
        return shape_of(items[0])
    if name in SIZES_ONLY:
        return _shape(_words(items))
    if name not in TEXT_BEHIND_TYPE or len(items) < 2:
        return None
    return _first(_shape(_words(_arguments(item, name == "Annotated"))) for item in items[1:])


def _first(shapes: Iterator[Shape | None]) -> Shape | None:
    return next((shape for shape in shapes if shape is not None), None)


def _parsed(node: cst.SimpleString) -> Any:
    try:
        return cst.parse_expression(str(ast.literal_eval(node.value)))
    except (cst.ParserSyntaxError, ValueError, SyntaxError):
        return node


def _last_name(node: Any) -> str:
    return node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", "")


def _arguments(item: Any, loose: bool) -> Sequence[Any]:
    """What stands in `Shape("N", 3, 224, 224)`, or a text of sizes; in `Annotated` a text may be about anything."""
    if isinstance(item, cst.Call) and "shape" in _last_name(item.func).lower():
        return [arg.value for arg in item.args]
    if not isinstance(item, cst.SimpleString) or (loose and not _is_about_sizes(_words([item]))):
        return []
    return [item]


def _is_about_sizes(words: Sequence[str]) -> bool:
    return any(word.isdecimal() for word in words) and all(len(word) <= LONGEST_NAME for word in words)


def _words(items: Sequence[Any]) -> list[str]:
    """The sizes as text: numbers, and the words of strings."""
    words: list[str] = []
    for item in items:
        if isinstance(item, cst.SimpleString):
            words.extend(str(ast.literal_eval(item.value)).strip("()[] ").replace(",", " ").split())
        else:
            words.append(item.value if isinstance(item, cst.Integer) else "...")
    return words


def _shape(words: Sequence[str]) -> Shape | None:
    sizes = [_size(word) for word in words]
    known = tuple(size for size in sizes if size is not None)
    return known if known and len(known) == len(sizes) else None


def _size(word: str) -> Size | None:
    """`3`, `h`, `h//2`, `channels=3`; None for `_`, `...`, `*batch`, `#h`."""
    word = word.split("=")[-1]
    try:
        return None if word.startswith("_") else parse(word)
    except ValueError:
        return None
