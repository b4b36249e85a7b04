"""What a flattened map would have for features if dilated layers were padded to keep its size."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from rflint.checks._branches import shrinking
from rflint.checks._layers import windows
from rflint.checks._places import chain
from rflint.dims import Size, equal
from rflint.trace import Shape, Trace, Use


def misfitting_paddings(trace: Trace, use: Use, wanted: Size) -> Iterator[Use]:
    """The dilated layers before a flatten that change the size of the map, if it would have as many features as are
    wanted without that; none if that is not known."""
    path = list(chain(trace, use.operands[0].source))
    flat = next((at for at, maker in enumerate(path) if maker.base in ("flatten", "reshape")), None)
    if flat is None:
        return
    before = path[:flat:-1]
    slips = [layer for layer in before if is_slip(layer)]
    shape = kept_size(before[before.index(slips[0]) :]) if slips else None
    if shape is not None and equal(prod(shape[1:]), wanted) is True:
        yield from slips


def is_slip(use: Use) -> bool:
    """Whether it is dilated, and its padding changes the size of a map."""
    found = windows(use)
    return any(one and one.dilation > 1 and shrinking(use, at - len(found)) for at, one in enumerate(found))


def kept_size(path: list[Use]) -> Shape | None:
    """What comes out at the end of a way if its dilated layers kept the sizes; None where that is not known."""
    sizes: list[Size] = list((path[0].operands[0].shape or ())[2:])
    for use in path:
        before, after = use.operands[0].shape or (), use.output or ()
        if is_slip(use) or before[2:] == after[2:]:
            continue
        found = windows(use)
        if len(found) != len(sizes) or None in found or use.layer.args.get("ceil_mode") or "Transpose" in use.base:
            return None
        sizes = [(n + w.padding - w.extent) // w.stride + 1 for n, w in zip(sizes, found, strict=True) if w]
    return (*(path[-1].output or ())[:2], *sizes)
