"""What torch says of padding that mirrors or repeats more than there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.checks._layers import both_sides, spatial_rank
from rflint.dims import less
from rflint.torch_errors.figures import each, listed, shape_of
from rflint.trace import Shape, Use

MODULES = {"Reflection": "reflect", "Circular": "circular", "Replication": "replicate"}
Ends = Sequence[tuple[int, int]]
"""The padding before and after each of the last axes."""


def errors(use: Use) -> Iterator[str]:
    """The texts that apply to a pad."""
    pads = use.layer.args.get("pad", use.layer.args.get("padding"))
    if not isinstance(pads, tuple) or not all(isinstance(pad, int) for pad in pads):
        return
    if len(pads) > 2 * len(shape_of(use)):
        yield (
            "RuntimeError: Padding length should be less than or equal to two times the input dimension "
            f"but got padding length {len(pads)} and input of dimension {len(shape_of(use))}"
        )
        return
    module = use.kind.partition("Pad")[0] if "Pad" in use.kind else ""
    mode = MODULES.get(module) or str(use.layer.args.get("mode", ""))
    if mode in MODULES.values() and use.layer.args.get("value") not in (None, 0):
        yield f'RuntimeError: Padding mode "{mode}" doesn\'t take in value argument'
    yield from rank(use, module, mode, len(pads))
    yield from filling(mode, shape_of(use), list(zip(pads[::2], pads[1::2], strict=False))[::-1])


def rank(use: Use, module: str, mode: str, pads: int) -> Iterator[str]:
    """Tensors with more or fewer axes than such a padding takes."""
    taken, axes = (pads // 2 + 1, pads // 2 + 2), len(shape_of(use))
    if axes in taken or mode not in MODULES.values():
        return
    if module == "Circular":
        yield f"ValueError: expected {taken[0]}D or {taken[1]}D input (got {axes}D input)"
    else:
        yield f"NotImplementedError: Padding size {pads} is not supported for {axes}D input tensor."


def filling(mode: str, shape: Shape, ends: Ends) -> Iterator[str]:
    """A reflection wants less than there is, a circular padding no more."""
    for number, (size, pair) in enumerate(zip(shape[::-1], ends[::-1], strict=False)):
        if mode == "reflect" and max(pair) > 0 and less(max(pair), size) is False:
            yield (
                f"RuntimeError: Argument #{2 * number + 4}: Padding size should be less than the corresponding input "
                f"dimension, but got: padding ({pair[0]}, {pair[1]}) at dimension {len(shape) - 1 - number} "
                f"of input {listed(shape)}"
            )
        if mode == "circular" and less(size, max(pair)) is True:
            yield "RuntimeError: Padding value causes wrapping around more than once."


def of_convolution(use: Use) -> Ends:
    """The padding of a convolution before and after each axis; [] if it is not known."""
    kernel, dilation = each(use, "kernel_size"), each(use, "dilation")
    if not kernel or not dilation:
        return []
    totals = [both_sides(use, axis, dilation[axis] * (kernel[axis] - 1)) for axis in range(spatial_rank(use))]
    known = [total for total in totals if total is not None]
    return [(total // 2, total - total // 2) for total in known] if len(known) == len(totals) else []
