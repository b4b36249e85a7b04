"""Where the last place of a window ends: before the padding does, or even before the last rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from rflint.checks._layers import Window, is_transposed, spatial_rank
from rflint.checks._unread import window_on
from rflint.trace import Trace, Use


class Rest(NamedTuple):
    """A layer that slides along an axis, the size of which is known, and the positions behind its last place."""

    use: Use
    axis: int
    window: Window
    size: int
    behind: int
    """Positions of the padded axis behind the last place; below 0 where that place hangs over (`ceil_mode`)."""

    @property
    def right(self) -> int:
        """The padding behind the last row: of an odd total the larger part."""
        return self.window.padding - self.window.padding // 2

    @property
    def dropped(self) -> int:
        """The rows behind the last place."""
        return max(0, self.behind - self.right)


def rest(use: Use, axis: int) -> Rest | None:
    """What a layer leaves behind its last place along an axis; None if it does not slide, or sizes are not known."""
    one = None if is_transposed(use) or not use.operands else window_on(use, axis)
    shape = use.operands[0].shape if one else None
    if one is None or shape is None or use.output is None or len(use.output) != len(shape):
        return None
    size, made = shape[axis], use.output[axis]
    if not isinstance(size, int) or not isinstance(made, int) or min(size, made) < 1:
        return None
    return Rest(use, axis, one, size, size + one.padding - one.extent - (made - 1) * one.stride)


def rests(trace: Trace) -> Iterator[Rest]:
    """Those of all layers that step by more than 1, axis by axis; none where it is not certain that they are called."""
    for use in trace.uses:
        rank = len(use.operands[0].shape or ()) if use.operands else 0
        for axis in range(rank - spatial_rank(use), rank) if not use.conditional else ():
            found = rest(use, axis)
            if found is not None and found.window.stride > 1:
                yield found
