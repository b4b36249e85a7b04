"""The single convolution that is as wide as a network: kernel, stride and padding, and in what they are not equal.

A chain of linear layers without padding inside is one convolution; see Araujo et al. 2019, "Computing receptive fields
of convolutional neural networks", distill.pub/2019/computing-receptive-fields.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from rflint import sizes
from rflint.dims import Size, equal, substitute
from rflint.field import Interval
from rflint.geometry.ends import End, behind, counts, ends, example_sizes
from rflint.geometry.exact_units import exact_units
from rflint.receptive import reached
from rflint.receptive.axes import label
from rflint.trace import Trace, Use

NONLINEAR = frozenset(
    """
    ReLU ReLU6 LeakyReLU PReLU RReLU ELU SELU CELU GELU GLU SiLU Mish Sigmoid LogSigmoid Tanh Softplus Softsign
    Softshrink Hardshrink Tanhshrink Threshold Hardsigmoid Hardswish Hardtanh Softmax Softmin LogSoftmax Softmax2d
    """.split()
)
"""Activations; functions have the same names in small letters."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Window:
    """The convolution along one axis."""

    kernel: tuple[int, int]
    """Its size; the least and the greatest of several that take turns."""
    stride: int
    turns: int
    """So many kernels take turns, each with this stride: 1 unless something is upsampled."""
    left: int
    """Padding before the first position; negative where positions are left out."""
    right: int | None
    """Padding behind the last one that gives as many outputs; None where that is not known, or kernels take turns."""


@dataclass(frozen=True, slots=True)
class Equivalent:
    """The convolution that a map is as wide as, seen from one input."""

    end: End
    windows: tuple[Window | None, ...]
    """For each axis; None where it is not known, or where units lie in another order than positions."""
    differences: tuple[str, ...]
    """In what the network and the convolution are not equal."""


def equivalents(trace: Trace) -> list[Equivalent]:
    """For every map at which the local geometry of the network ends, and each input."""
    return [_equivalent(trace, end) for end in ends(trace)]


def _equivalent(trace: Trace, end: End) -> Equivalent:
    windows = tuple(_window(trace, end, axis) for axis in range(len(end.axes)))
    return Equivalent(end, windows, tuple(dict.fromkeys(_differences(trace, end, windows))))


def _window(trace: Trace, end: End, axis: int) -> Window | None:
    interval = end.axes[axis].interval
    lows = [lo for lo in interval.lo if lo is not None] if interval else []
    if interval is None or not lows or interval.step < 1:
        return None
    right = _right(trace, end, axis, interval, -min(lows)) if interval.period == 1 else None
    return Window(interval.size, interval.step, interval.period, -min(lows), right)


def _right(trace: Trace, end: End, axis: int, interval: Interval, left: int) -> int | None:
    """The padding behind that gives as many outputs, that before if it does; None where sizes are not known enough."""
    n, m = counts(trace, end, axis)
    if m is None:
        return None
    kernel, stride = interval.size[0], interval.step
    least = (m - 1) * stride + kernel - n - left
    if isinstance(least, int):
        return min(max(left, least), least + stride - 1)
    found = (left + shift for shift in sorted(range(-stride, stride + 1), key=abs))
    return next((one for one in found if equal(sizes.window(n, kernel, stride, left, one, 1), m)), None)


# Differences


def _differences(trace: Trace, end: End, windows: tuple[Window | None, ...]) -> Iterator[str]:
    yield from _global(end)
    known = [(axis, window) for axis, window in enumerate(windows) if window is not None]
    yield from _told_once([(axis, list(_of_axis(trace, end, axis, window))) for axis, window in known])
    yield from _branches(trace, end)
    yield from _nonlinear(trace, end)


def _told_once(of_axes: list[tuple[int, list[str]]]) -> Iterator[str]:
    """What holds along all axes once, anything else with its axis."""
    for axis, texts in of_axes:
        for text in texts:
            yield text if all(text in others for _, others in of_axes) else f"{text} (axis {axis + 2})"


def _global(end: End) -> Iterator[str]:
    whole = next((axis.whole for axis in end.axes if axis.whole and not axis.pooled), "")
    if whole:
        yield f"global: {whole} reads everything; the convolution is what is seen beside it"
    if end.output is None:
        yield "global: what follows reads everything, or is not followed; the convolution stands for the layers before"


def _of_axis(trace: Trace, end: End, axis: int, window: Window) -> Iterator[str]:
    if window.turns > 1:
        yield f"phases: {window.turns} kernels take turns, each {window.stride} positions on from its last place"
    read = reached(trace, end.use, end.name, axis)
    if read is not None and read.count < read.extent:
        yield f"holes: {read.extent - read.count} of the {read.extent} taps are always zero"
    n, m = counts(trace, end, axis)
    if isinstance(n, int) and window.kernel[0] > n:
        yield f"clipping: the kernel of {window.kernel[0]} is wider than the {n} positions of the input"
    spoilt = _spoilt(trace, end, axis, m)
    if spoilt > 0:
        some = f"{spoilt} of {m} outputs" if isinstance(n, int) else "outputs near the ends"
        yield f"padding: {some} read padding of layers inside, which is not the input's"


def _spoilt(trace: Trace, end: End, axis: int, m: Size | None) -> int:
    """How many outputs read padding of layers inside, at example sizes where they are symbolic; 0 if not known."""
    values = example_sizes(trace, end)
    exact = exact_units(trace, end.name, axis, values, beyond=True)[end.use]
    count = None if m is None else substitute(m, values)
    return count - len(exact) if exact is not None and isinstance(count, int) else 0


def _branches(trace: Trace, end: End) -> Iterator[str]:
    joins = [use for use in _uses(trace, end) if is_join(use)]
    if joins:
        yield f"branches: {named(joins)} join several; the kernel is as wide as all of them together"


def is_join(use: Use) -> bool:
    """Whether a use reads several tensors."""
    return len({operand.source for operand in use.operands} - {None}) > 1


def _nonlinear(trace: Trace, end: End) -> Iterator[str]:
    found = [use for use in _uses(trace, end) if is_nonlinear(use)]
    if found:
        yield f"weights: {kinds(found)} are not linear: equal is what is read, not what is computed"


def is_nonlinear(use: Use) -> bool:
    """Whether a use is certainly not linear: an activation, a pool by maximum, a product of tensors."""
    names = {name.lower() for name in NONLINEAR}
    return use.base.lower() in names or "MaxPool" in use.base or (use.base == "mul" and is_join(use))


def _uses(trace: Trace, end: End) -> list[Use]:
    return [trace.uses[index] for index in behind(trace, end.use)]


def kinds(uses: list[Use]) -> str:
    """`17 ReLU, 1 MaxPool2d`."""
    counts = Counter(use.kind for use in uses)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common())


def named(uses: list[Use]) -> str:
    """The first of some uses by path and kind, and how many more there are."""
    first = ", ".join(label(use) for use in uses[:MOST_NAMED])
    return first if len(uses) <= MOST_NAMED else f"{first} and {len(uses) - MOST_NAMED} more"
