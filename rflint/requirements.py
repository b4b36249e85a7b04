"""What must hold of symbolic sizes for a network to run at all: torch raises where sizes that must agree do not.

A network with a table of 197 positions gives a trace for every image size, which is right wherever the network runs;
`requirements` says where that is: `4*h*w + 1 = 197`.
"""

from __future__ import annotations

from collections.abc import Iterator

from rflint.dims import Size, cancelled, equal, is_unknown, product
from rflint.field import IDENTITY
from rflint.trace import Note, Operand, Shape, Trace, Use

RESHAPING = frozenset(("reshape", "flatten", "unflatten"))


def requirements(trace: Trace) -> list[Note]:
    """The equations between sizes that each use needs and that do not hold for all sizes, each once.

    Those that follow from an earlier one are listed as well; what only some paths need is left out."""
    found: dict[str, Note] = {}
    for use in trace.uses:
        if not use.conditional and not use.inner:
            for a, b in _meeting(use):
                if equal(a, b) is None and not is_unknown(a) and not is_unknown(b):
                    claim = "{} = {}".format(*cancelled(a, b))
                    found.setdefault(claim, Note(use.place, claim))
    return list(found.values())


def _meeting(use: Use) -> Iterator[tuple[Size, Size]]:
    """The pairs of sizes that have to be equal."""
    if use.base in RESHAPING and use.output is not None and len(use.operands) == 1:
        shape = use.operands[0].shape
        if shape is not None:
            yield product(shape), product(use.output)
    features = use.layer.args.get("in_features") if use.base == "Linear" else None
    if isinstance(features, int) and use.operands and use.operands[0].shape:
        yield use.operands[0].shape[-1], features
    if len(use.operands) > 1 and use.output is not None:
        for operand in use.operands:
            yield from _in_place(operand, use.output)


def _in_place(operand: Operand, output: Shape) -> Iterator[tuple[Size, Size]]:
    """The axes of an operand that are read position by position, each with the output's, unless it is stretched."""
    for size, read in zip(operand.shape or (), operand.reads, strict=False):
        if read.how == "kept" and read.access == IDENTITY and read.to is not None and equal(size, 1) is False:
            yield size, output[read.to]
