"""Tensors that are laid side by side along an axis: which of the positions there are whose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rflint.field import MAX_PHASES, piece, shift_of
from rflint.receptive.axes import AxisField
from rflint.trace import Operand, Read, Use

UNPLACED = "pieces lie side by side, and where is not known: declare the input's size"


def placed(use: Use, operand: Operand, lies: int | None, others: Sequence[AxisField]) -> Operand:
    """The operand, where it is a piece: read as if it were padded if nothing else there sees the same input axis.

    Only the axis on which the input axis `lies` is looked at, all of them where it lies among others (None).

    `others` say what the other pieces see of that axis.  If they see any of it, each position of the whole belongs to
    one of the pieces.
    """
    if not any(read.how == "piece" for read in operand.reads):
        return operand
    alone = all(other.pooled for other in others)
    reads = enumerate(operand.reads)
    found = (_read(use, operand, at, alone) if lies in (None, at) else read for at, read in reads)
    return replace(operand, reads=tuple(found))


def _read(use: Use, operand: Operand, at: int, alone: bool) -> Read:
    read = operand.reads[at]
    if read.how != "piece":
        return read
    if alone or read.access is None or read.to is None:
        return replace(read, how="kept")
    start, size, total = shift_of(read.access), (operand.shape or ())[at], (use.output or ())[read.to]
    if start is None or not isinstance(size, int) or not isinstance(total, int):
        return Read("unknown", read.to, reason=UNPLACED)
    access = piece(-start, size, total)
    many = f"pieces lie side by side along more than {MAX_PHASES // 3} positions: declare a smaller input"
    return Read("unknown", read.to, reason=many) if access is None else Read("kept", read.to, access)
