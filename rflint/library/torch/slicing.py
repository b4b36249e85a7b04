"""Slices of one axis: `start:stop:step` on sizes that may be symbolic, and the positions that are read."""

from __future__ import annotations

from typing import NamedTuple

from rflint import dims, field
from rflint.dims import Size
from rflint.field import IDENTITY
from rflint.interp.values import Value, find_unknown, is_size
from rflint.library.torch.op import fresh, unread
from rflint.trace import Read


class Cut(NamedTuple):
    """What a slice leaves of an axis: its size, the first position (None: not a known number) and the step."""

    size: Size
    start: int | None
    step: int
    reason: str = ""

    def read(self, to: int) -> Read:
        """How the sliced axis is read, as output axis `to`."""
        if self.start is None:
            return unread(to, self.reason or "where the slice begins depends on the input size")
        access = field.strided(self.start, self.step)
        return Read("kept", to, IDENTITY if access == IDENTITY else access)

    def write(self, to: int) -> Read:
        """How what is written to the slice is read: position i of axis `to` reads (i - start)/step."""
        access = field.transposed(1, self.step, -self.start, 1) if self.start is not None else None
        if access is None:
            return unread(to, self.reason or "where the slice begins depends on the input size")
        return Read("kept", to, access)


def cut(size: Size, part: slice) -> Cut:
    """What `part` leaves of an axis of this size.

    Slices of symbolic sizes are taken to leave something, as convolutions are.
    """
    step = 1 if part.step is None else part.step
    doubt = find_unknown([part.start, part.stop, step])
    if doubt is not None or not isinstance(step, int) or step < 1:
        return Cut(fresh(), None, 1, doubt.reason if doubt is not None else f"a slice with step {step}")
    start, stop = _from_front(part.start, 0, size), _from_front(part.stop, size, size)
    if start is None or stop is None:
        return Cut(fresh(), None, step, "whether a slice counts from the end depends on the input size")
    if isinstance(start, int) and isinstance(stop, int) and isinstance(size, int):
        inside = range(max(start, 0), min(max(stop, 0), size), step)
        return Cut(len(inside), inside.start, step)
    length = dims.minimum(stop, size) - start
    if part.stop is None and dims.less(start, size) is True and not isinstance(start, int):
        length = dims.minimum(length, size)
    if dims.at_most(length, 0):
        return Cut(0, None, step)
    return Cut((length + step - 1) // step, start if isinstance(start, int) else None, step)


def _from_front(value: Value, default: Size, size: Size) -> Size | None:
    """One end of a slice, counted from the front; None if it is not known whether it counts from the end."""
    if value is None:
        return default
    negative = dims.less(value, 0) if is_size(value) else None
    return None if negative is None else value + size if negative else value
