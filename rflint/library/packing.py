"""einops: pack and unpack, which lay tensors side by side along one axis of a pattern and take them apart again."""

from __future__ import annotations

from collections.abc import Sequence

from rflint import dims
from rflint.dims import Size
from rflint.interp import attributes
from rflint.interp.frames import Call
from rflint.interp.values import Tensor, Unknown, Value, is_size
from rflint.library.registry import LIBRARY, function


def _axes(call: Call, pattern: Value) -> tuple[int, int] | Unknown:
    """How many axes a pattern such as `"b * c"` names before its star, and behind it."""
    names = pattern.split() if isinstance(pattern, str) else []
    if names.count("*") != 1:
        return call.unknown("a pattern without a star")
    return names.index("*"), len(names) - names.index("*") - 1


def _method(call: Call, tensor: Value, name: str, *args: Value) -> Value:
    return call.interp.call(attributes.get(tensor, name, call.frame, call.node), list(args), call.frame, call.node)


@function("einops.pack", "einops.packing.pack", signature="tensors, pattern")
def pack(call: Call, tensors: Value, pattern: Value) -> Value:
    """`pack(tensors, "b * c")`: one tensor, and the shapes that the star stood for."""
    axes = _axes(call, pattern)
    items = call.interp.elements(tensors, call.frame, call.node)
    for one in (axes, items, *(items if isinstance(items, list) else ())):
        if isinstance(one, Unknown):
            return one
        if isinstance(one, Tensor) and one.shape is None:
            return call.unknown(one.reason or "a tensor of unknown shape is packed")
    assert isinstance(axes, tuple)
    assert isinstance(items, list)
    before, after = axes
    shapes = [tensor.shape for tensor in items if isinstance(tensor, Tensor) and tensor.shape is not None]
    if len(shapes) != len(items) or any(len(shape) < before + after for shape in shapes):
        return call.unknown(f"tensors that do not fit {pattern!r}")
    stars = [shape[before : len(shape) - after] for shape in shapes]
    flat = [
        _method(call, tensor, "reshape", (*shape[:before], dims.product(star), *shape[len(shape) - after :]))
        for tensor, shape, star in zip(items, shapes, stars, strict=True)
    ]
    joined = call.interp.call(LIBRARY.find("torch.cat"), [flat, before], call.frame, call.node)
    return joined, list(stars)


@function("einops.unpack", "einops.packing.unpack", signature="tensor, packed_shapes, pattern")
def unpack(call: Call, tensor: Value, packed_shapes: Value, pattern: Value) -> Value:
    """`unpack(tensor, shapes, "b * c")`: the tensors that were packed."""
    axes = _axes(call, pattern)
    stars = _shapes(call, packed_shapes)
    for one in (axes, stars, tensor):
        if isinstance(one, Unknown):
            return one
    if not isinstance(tensor, Tensor) or tensor.shape is None:
        return call.unknown("a tensor of unknown shape is taken apart")
    assert isinstance(axes, tuple)
    assert isinstance(stars, list)
    before, after = axes
    if len(tensor.shape) != before + after + 1:
        return call.unknown(f"a tensor that does not fit {pattern!r}")
    head, size, tail = tensor.shape[:before], tensor.shape[before], tensor.shape[before + 1 :]
    lengths = _lengths(stars, size)
    parts = _method(call, tensor, "split", lengths, before)
    found = call.interp.elements(parts, call.frame, call.node)
    if isinstance(found, Unknown) or len(found) != len(stars):
        return found if isinstance(found, Unknown) else call.unknown("parts that are not known")
    return [_method(call, part, "reshape", (*head, *star, *tail)) for part, star in zip(found, stars, strict=True)]


def _shapes(call: Call, value: Value) -> list[tuple[Size, ...]] | Unknown:
    rows = call.interp.elements(value, call.frame, call.node)
    if isinstance(rows, Unknown):
        return rows
    if not all(isinstance(row, (list, tuple)) and all(map(is_size, row)) for row in rows):
        return call.unknown("shapes that are not known")
    return [tuple(row) for row in rows]


def _lengths(stars: Sequence[tuple[Size, ...]], size: Size) -> list[Size]:
    """How long each part is; one whose shape holds -1 gets what the others leave."""
    lengths = [dims.product(star) for star in stars]
    free = [at for at, star in enumerate(stars) if -1 in star]
    if len(free) == 1:
        rest = size
        for at, length in enumerate(lengths):
            rest = rest if at in free else rest - length
        lengths[free[0]] = rest
    return lengths
