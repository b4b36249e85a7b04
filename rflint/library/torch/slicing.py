"""Slices of one axis: `start:stop:step` on sizes that may be symbolic, and the positions that are read."""

from __future__ import annotations

from typing import NamedTuple

from rflint import dims, field
from rflint.algebra.questions import aside
from rflint.dims import Size
from rflint.field import IDENTITY
from rflint.interp.values import Value, find_unknown, is_size
from rflint.library.torch.op import fresh, unread
from rflint.trace import Read

LARGE = 10_000
REMAINDERS = 16
"""So many large values in a row tell what hangs on remainders."""


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

    On a symbolic size a slice is taken to begin inside and to leave something, as a window is taken to fit.
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
    negative = is_negative(value) if is_size(value) else None
    return None if negative is None else settled(value + size if negative else value)


def is_negative(value: Size) -> bool | None:
    """Is it below 0?  Where that depends on the input size: for large inputs, since for small ones sizes run out."""
    sure = dims.less(value, 0)
    if sure is not None or dims.is_unknown(value):
        return sure
    answers = {dims.less(large, 0) for more in range(REMAINDERS) for large in large_values(value, more)}
    return answers.pop() if len(answers) == 1 else None


def large_values(value: Size, more: int = 0) -> list[Size]:
    """The size for large values of its symbols, the first ones smaller than the last ones, and the other way round."""
    names = sorted(dims.symbols(value))
    scales = [LARGE * 100**position + more for position in range(len(names))]
    orders = (scales, scales[::-1])
    return [dims.substitute(value, dict(zip(names, order, strict=True))) for order in orders]


@aside
def settled(value: Size) -> Size:
    """The number that a symbolic size is for all values of its symbols, or else the size itself."""
    if isinstance(value, int) or dims.is_unknown(value):
        return value
    candidate = large_values(value)[0]
    return candidate if dims.equal(value, candidate) else value
