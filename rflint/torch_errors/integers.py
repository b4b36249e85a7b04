"""What torch says of floating-point numbers where it makes parameters of so many elements."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks._places import is_constructed
from rflint.trace import Use


def errors(use: Use) -> Iterator[str]:
    """The text for the first size of a weight that is no integer."""
    sizes = weight(use) if is_constructed(use) else []
    at = next((number for number, size in enumerate(sizes) if isinstance(size, float)), None)
    if at == 0 and len(sizes) == 1:
        yield "TypeError: empty(): argument 'size' (position 1) must be tuple of ints, not float"
    elif at == 0:
        yield (
            "TypeError: empty(): argument 'size' (position 1) must be tuple of ints, "
            "but found element of type float at pos 0"
        )
    elif at is not None:
        yield (
            f"TypeError: empty(): argument 'size' failed to unpack the object at pos {at + 1} "
            'with error "type must be tuple of ints,but got float"'
        )


def weight(use: Use) -> list[object]:
    """The sizes of the weight as the constructor works them out; [] for layers without one."""
    args = use.layer.args
    if use.base == "Linear":
        return [args.get("out_features"), args.get("in_features")]
    if use.base.startswith("BatchNorm"):
        return [args.get("num_features")]
    if use.base in ("Conv1d", "Conv2d", "Conv3d") and isinstance(args.get("kernel_size"), tuple):
        return [args.get("out_channels"), args.get("in_channels"), *args["kernel_size"]]
    return []
