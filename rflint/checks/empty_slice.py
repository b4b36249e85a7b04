"""RF313: a slice that leaves nothing, as `x[..., :-p]` does where p is 0."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.diagnostics import Finding
from rflint.dims import less
from rflint.edits import Fix, OpenEnd
from rflint.trace import Trace


@rule("RF313", "empty-slice", "warning", fix="unsafe")
def empty_slice(trace: Trace) -> Iterator[Finding]:
    """Whether an index keeps an axis, of which it was given something, and leaves no position of it."""
    for use in trace.uses:
        shape, output = use.operands[0].shape if use.operands else None, use.output
        if use.base != "getitem" or shape is None or output is None or use.conditional:
            continue
        for size, read in zip(shape, use.operands[0].reads, strict=False):
            if read.to is not None and read.how == "kept" and output[read.to] == 0 and less(0, size) is True:
                what = f"nothing is left of {times(shape)}: {times(output)}"
                fix = Fix((OpenEnd(use.place),), message="end the slice at -p or None")
                yield Finding(use.place, f"{what}; a slice up to -p is empty where p is 0", fix=fix, use=use.index)
                break
