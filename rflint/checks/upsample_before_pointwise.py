"""RF605: a 1×1 convolution on an upsampled map, which would compute the same before the upsampling, in less time."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import size_given
from rflint.checks._neighbours import growth, is_pointwise, only_readers, place_of_one
from rflint.checks._places import made, named
from rflint.diagnostics import Finding
from rflint.trace import Trace


@rule("RF605", "upsample-before-pointwise", "info", default=False, fix="hint")
def upsample_before_pointwise(trace: Trace) -> Iterator[Finding]:
    """Whether an interpolation to more positions is read by one 1×1 convolution alone that adds no channels."""
    for use in trace.uses:
        readers = only_readers(trace, use) if use.base == "Upsample" else []
        if len(readers) != 1 or not is_pointwise(readers[0]):
            continue
        last, times = readers[0], growth(use)
        inp, out = size_given(last, "in_channels"), size_given(last, "out_channels")
        if times is None or times <= 1 or not isinstance(inp, int) or not isinstance(out, int) or out > inp:
            continue
        message = (
            f"{named(last)}, a 1×1 convolution, is computed on {float(times):.3g} times as many positions as before "
            f"{named(use)}: there it gives the same, and {out} channels are upsampled instead of {inp}"
        )
        yield Finding(place_of_one(trace, use), message, (made(last, "the 1×1 convolution"),), use=use.index)
