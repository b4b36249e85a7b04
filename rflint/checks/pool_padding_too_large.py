"""RF307: the padding of a pool is more than half of its kernel."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import number, one_or_each, spatial_rank
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.edits import Fix, SetArgument
from rflint.trace import Use


@rule("RF307", "pool-padding-too-large", "error", fix="unsafe")
def pool_padding_too_large(use: Use) -> Iterator[Finding]:
    """Whether 2·padding > kernel_size on an axis of a pool; dilation does not count."""
    if use.conditional or not use.base.startswith(("MaxPool", "AvgPool")):
        return
    for axis in range(spatial_rank(use)):
        kernel, padding = number(use, "kernel_size", axis), number(use, "padding", axis)
        if kernel is not None and padding is not None and 0 < kernel < 2 * padding:
            dilated = "; dilation does not count" if (number(use, "dilation", axis) or 1) > 1 else ""
            message = f"a pool of kernel {kernel} takes a padding of {kernel // 2} at most, not {padding}{dilated}"
            yield Finding(place_of(use, "padding"), message, called(use), fix=as_much_as_it_takes(use))
            return


def as_much_as_it_takes(use: Use) -> Fix | None:
    """The edit that pads by k//2 where it is more; None if that is not known on all axes."""
    axes = range(spatial_rank(use))
    sizes = [(number(use, "kernel_size", axis), number(use, "padding", axis)) for axis in axes]
    most = [min(kernel // 2, padding) for kernel, padding in sizes if kernel is not None and padding is not None]
    return Fix((SetArgument(use.layer, "padding", one_or_each(most)),)) if len(most) == len(axes) else None
