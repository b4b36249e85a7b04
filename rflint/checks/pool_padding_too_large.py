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
    axes = range(spatial_rank(use))
    for axis in axes:
        kernel, padding = number(use, "kernel_size", axis), number(use, "padding", axis)
        if kernel is not None and padding is not None and 0 < kernel < 2 * padding:
            dilated = "; dilation does not count" if (number(use, "dilation", axis) or 1) > 1 else ""
            message = f"a pool of kernel {kernel} takes a padding of {kernel // 2} at most, not {padding}{dilated}"
            most = [min(number(use, "padding", at) or 0, (number(use, "kernel_size", at) or 0) // 2) for at in axes]
            fix = Fix((SetArgument(use.layer, "padding", one_or_each(most)),))
            yield Finding(place_of(use, "padding"), message, called(use), fix=fix)
            return
