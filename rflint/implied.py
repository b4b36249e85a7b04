"""The input sizes that the first linear layer implies: `Linear(16 * 5 * 5, 120)` behind two pools fits 32 × 32."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.dims import Size, is_unknown, product, symbols, value_at
from rflint.trace import Shape, Trace, Use

LARGEST = 2048
"""The largest input size that is tried."""


def implied_sizes(trace: Trace) -> list[range] | None:
    """The sizes in 1..2048, the same along every spatial axis, for which the first linear layer behind a flatten gets
    the features that it expects.

    None where nothing is implied: the input is declared, or the features depend on more than its spatial sizes.
    """
    names = _spatial(trace)
    found = _features(trace) if names else None
    if found is None:
        return None
    use, features = found
    if not symbols(features) or not symbols(features) <= names or is_unknown(features):
        return None
    before = {size for one in trace.uses[: use.index] for size in one.output or () if symbols(size) <= names}
    wanted = use.layer.args["in_features"]
    return list(_ranges(_fitting(features, wanted, [size for size in before if not is_unknown(size)], names)))


def implied_text(trace: Trace) -> str:
    """`fc1 fits H = W = 32`, or `… 28 to 31`; "" where nothing, or no single range, is implied."""
    sizes = implied_sizes(trace)
    found = _features(trace) if sizes is not None and len(sizes) == 1 else None
    if sizes is None or found is None:
        return ""
    low, high = sizes[0][0], sizes[0][-1]
    axes = " = ".join(sorted(_spatial(trace)))
    return f"{found[0].path or found[0].kind} fits {axes} = {low if low == high else f'{low} to {high}'}"


def _spatial(trace: Trace) -> frozenset[str]:
    """The symbols of the input's spatial sizes, if there is one input and its size is not declared."""
    shapes = [shape for shape in trace.input_shapes.values() if shape is not None]
    if trace.declared or len(shapes) != 1:
        return frozenset()
    return frozenset(name for size in shapes[0][2:] for name in symbols(size))


def _features(trace: Trace) -> tuple[Use, Size] | None:
    """The first linear layer, and how many features of one sample reach it."""
    use = next((one for one in trace.uses if one.base == "Linear"), None)
    if use is None or not use.operands or not isinstance(use.layer.args.get("in_features"), int):
        return None
    shape = use.operands[0].shape
    if not shape or len(shape) != 2:
        return None
    if not isinstance(shape[-1], int):
        return use, shape[-1]
    return _reshaped(trace, use, shape)


def _reshaped(trace: Trace, use: Use, shape: Shape) -> tuple[Use, Size] | None:
    """Behind `x.view(-1, 400)` a sample has 400 features only if all of it goes there."""
    source = use.operands[0].source
    while isinstance(source, int):
        maker = trace.uses[source]
        before = maker.operands[0] if maker.operands else None
        if before is None or before.shape is None:
            return None
        if maker.base == "reshape" and shape[-1] == use.layer.args["in_features"]:
            return use, product(before.shape[1:])
        if maker.output != before.shape:
            return None
        source = before.source
    return None


def _fitting(features: Size, wanted: int, before: Sequence[Size], names: frozenset[str]) -> Iterator[int]:
    """The sizes that give the features that are wanted and leave no size on the way below 1."""
    for side in range(1, LARGEST + 1):
        values = dict.fromkeys(names, side)
        if value_at(features, values) == wanted and all(value_at(size, values) > 0 for size in before):
            yield side


def _ranges(numbers: Iterator[int]) -> Iterator[range]:
    start = end = 0
    for number in numbers:
        if end and number == end:
            end += 1
            continue
        if end:
            yield range(start, end)
        start, end = number, number + 1
    if end:
        yield range(start, end)
