"""Whether what is stated of a tensor holds: of its field, its jump, what of the field is read, causality and size."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import ceil, floor, prod
from typing import NamedTuple

from rflint.contracts import COMPARED, Contract, holds
from rflint.dims import Size, equal, symbols, value_at
from rflint.field import Interval
from rflint.receptive import Field, coverage, fields
from rflint.receptive.forward import seen_by_input
from rflint.trace import Said, Shape, Trace, show_shape

MOST_UNITS = 4096
"""Maps with more units along an axis are not looked at one by one."""
MOST_PHASES = 64
BLOCKS = 2**10 * 3**2 * 5 * 7
"""Positions of an input that the strides of most networks divide."""
AXES = {2: ("the height", "the width"), 3: ("the depth", "the height", "the width")}
POOLS = (
    "AdaptiveAvgPool",
    "AdaptiveMaxPool",
    "AvgPool",
    "MaxPool",
    "LPPool",
    "mean",
    "amax",
    "max",
    "sum",
    "logsumexp",
)
"""Global operations that add up what the units see and lose its place; all others see each position with its place."""
EACH_SEES_ALL = ("Linear", "linear")
"""Operations of which each output is made of all positions; of recurrence and masked attention that is not so."""
Source = int | str
Span = tuple[Fraction | int, Fraction | int]


class Tensor(NamedTuple):
    """A tensor of a trace: what made it, the network input that it is judged by, and its field in that."""

    source: Source
    name: str
    axes: Field
    shape: Shape


class Verdict(NamedTuple):
    """Whether a statement holds (None: not decided), for which tensor, and the figures or the reason in words."""

    holds: bool | None
    text: str
    tensor: Tensor | None = None
    axis: int = 0


def judged(trace: Trace, said: Said) -> list[Verdict]:
    """A verdict for each tensor of which it is said; one without a tensor where there is none."""
    if trace.order != "forward" or not said.sources:
        return [Verdict(None, "nothing is known of the tensor")]
    if said.conditional:
        return [Verdict(None, f"it is not certain that this line is reached: {said.conditional}")]
    return [_of_source(trace, said.contract, source) for source in said.sources]


def _of_source(trace: Trace, contract: Contract, source: Source | None) -> Verdict:
    found = tensor(trace, source)
    if found is None or not found.axes:
        return Verdict(None, "it is not known that an input with spatial axes reaches the tensor")
    if isinstance(source, int) and trace.uses[source].conditional:
        return Verdict(None, f"it is not certain that this line is reached: {trace.uses[source].conditional}")
    return JUDGES[contract.subject](trace, contract, found)


def tensor(trace: Trace, source: Source | None) -> Tensor | None:
    """The tensor with its field in the first network input that reaches it."""
    if isinstance(source, str):
        shape = trace.input_shapes.get(source) or ()
        return Tensor(source, source, seen_by_input(trace.spatial(source, len(shape))), shape)
    if source is None:
        return None
    seen = fields(trace)[source]
    name = next((name for name in trace.input_shapes if seen.get(name)), None)
    return None if name is None else Tensor(source, name, seen[name], trace.uses[source].output or ())


def units_along(found: Tensor, axis: int) -> Size | None:
    """How many units the tensor has along an axis of the input; None where that is not known."""
    at = found.axes[axis].at
    return found.shape[at] if at is not None and found.shape else None


def is_pool(trace: Trace, label: str) -> bool:
    """Whether the use of this path and kind adds up positions."""
    return _is_by(trace, label, POOLS)


def _is_by(trace: Trace, label: str, bases: tuple[str, ...]) -> bool:
    return any(use.base.startswith(bases) for use in trace.uses if f"{use.path} {use.kind}".strip() == label)


def axis_name(found: Tensor, axis: int) -> str:
    """What an axis of the input is called."""
    return AXES[len(found.axes)][axis] if len(found.axes) in AXES else f"axis {axis + 2}"


# -- figures, axis by axis -----------------------------------------------------------------------------------------


def compared(trace: Trace, contract: Contract, found: Tensor) -> Verdict:
    """The verdict on a figure that every axis has."""
    spans = [MEASURES[contract.subject](trace, found, axis) for axis in range(len(found.axes))]
    wanted = contract.values[0]
    known = [(axis, span) for axis, span in enumerate(spans) if not isinstance(span, str)]
    broken = [(axis, span) for axis, span in known if not holds(contract.relation, *span, wanted)]
    if broken:
        axis, _ = max(broken, key=lambda row: max(wanted - row[1][0], row[1][1] - wanted))
        return Verdict(False, _words(trace, contract.subject, found, axis, spans), found, axis)
    doubt = next((span for span in spans if isinstance(span, str)), None)
    return Verdict(None, doubt, found) if doubt is not None else Verdict(True, "", found)


def _words(trace: Trace, subject: str, found: Tensor, axis: int, spans: Sequence[Span | str]) -> str:
    known = [_figure(span) for span in spans]
    if subject == "jump":
        along = f" along {axis_name(found, axis)}" if len(set(known)) > 1 else ""
        return f"units are {known[axis]} apart{along}"
    before = "before the global pool " if is_pool(trace, found.axes[axis].whole) and found.axes[axis].pooled else ""
    return f"{before}each unit sees {'×'.join(known)}{' px' if len(known) > 1 else ''}"


def _figure(span: Span | str) -> str:
    if isinstance(span, str):
        return "?"
    low, high = span
    return str(low) if low == high else f"{low} to {high}"


def percent(share: Fraction) -> str:
    """A share as messages write it."""
    return f"{float(100 * share):.3g} %"


def extents(trace: Trace, found: Tensor, axis: int) -> Span | str:
    """The least and the greatest extent that a unit sees; a sentence where that is not known.

    What is seen beside a global pool, or before it, counts; behind a linear layer over all positions, all of the axis.
    """
    seen = found.axes[axis]
    if seen.whole and not _is_by(trace, seen.whole, (*POOLS, *EACH_SEES_ALL)):
        return f"{seen.whole} may let units see different parts of everything"
    if seen.whole and not is_pool(trace, seen.whole):
        size = (*trace.spatial_sizes(found.name), None)[axis]
        return (size, size) if isinstance(size, int) else f"{seen.whole} sees everything, and the size is not known"
    if not seen.maps or seen.data_dependent:
        return seen.reason
    if seen.interval is None:
        units = units_along(found, axis)
        if not isinstance(units, int) or units > MOST_UNITS:
            return seen.reason
        low, high = seen.sizes(units)
    else:
        low, high = seen.interval.size
    return (low, high) if low else "some units see nothing"


def jumps(trace: Trace, found: Tensor, axis: int) -> Span | str:
    """The distance of two units in input positions."""
    seen = found.axes[axis]
    if seen.pooled or seen.interval is None:
        return seen.reason or f"{seen.whole} leaves no units on this axis"
    return seen.interval.jump, seen.interval.jump


MEASURES: dict[str, Callable[[Trace, Tensor, int], Span | str]] = {"rf": extents, "jump": jumps}


# -- what of the window is read ------------------------------------------------------------------------------------


def reached(trace: Trace, contract: Contract, found: Tensor) -> Verdict:
    """The verdict on the share of the positions in its window that a unit reads, over all axes together."""
    shares = list(_shares(trace, found))
    known = [share for share in shares if share is not None]
    wanted = contract.values[0]
    if known and not holds(contract.relation, min(known), max(known), wanted):
        worst = max(known) if contract.relation.startswith("<") else min(known)
        return Verdict(False, f"each unit reads {percent(worst)} of its window", found)
    return Verdict(
        None if len(known) < len(shares) or not known else True, "which positions are read is not known", found
    )


def _shares(trace: Trace, found: Tensor) -> Iterator[Fraction | None]:
    """For a unit of each phase; None where that is not known exactly."""
    intervals = [seen.interval for seen in found.axes if not seen.pooled]
    known = [one for one in intervals if one is not None]
    if len(known) < len(found.axes) or isinstance(found.source, str):
        yield None if len(known) < len(found.axes) else Fraction(1)
        return
    if prod(one.period for one in known) > MOST_PHASES:
        yield None
        return
    for unit in product(*([u for u in range(one.period) if one.span(u)] for one in known)):
        read = coverage(trace, found.source, found.name, unit)
        yield Fraction(read.read, read.window) if read is not None and read.exact else None


# -- time, and size ------------------------------------------------------------------------------------------------


def causal(trace: Trace, contract: Contract, found: Tensor) -> Verdict:
    """The verdict on whether a unit sees nothing after the block of input positions that it stands for."""
    seen = found.axes[-1]
    if len(found.axes) > 1:
        return Verdict(None, "it is asked of inputs with one spatial axis only", found)
    everything = seen.normalised or (seen.whole if is_pool(trace, seen.whole) else "")
    if everything:
        return Verdict(False, f"{everything} takes in every position, the later ones too", found)
    if seen.whole or seen.interval is None:
        return Verdict(None, seen.reason or f"{seen.whole} may see every position", found)
    unclear = _other_length(trace, found, seen.interval.jump)
    if unclear:
        return Verdict(None, unclear, found)
    ahead = look_ahead(seen.interval)
    many = "positions" if ahead > 1 else "position"
    return Verdict(ahead <= 0, f"each unit sees up to {ahead} {many} after its own", found)


def look_ahead(seen: Interval) -> int:
    """How many positions after the block that it stands for, ⌊jump·i⌋ to ⌈jump·(i+1)⌉-1, a unit sees at most."""
    units = [(unit, span) for unit in range(seen.period) if (span := seen.span(unit))]
    return max((last - max(floor(seen.jump * u), ceil(seen.jump * (u + 1)) - 1) for u, (_, last) in units), default=0)


def _other_length(trace: Trace, found: Tensor, jump: Fraction) -> str:
    """Why it cannot be told which unit stands for which position; "" if they are as many as the positions are blocks.

    Sizes that are not known are compared for an input of many whole blocks.
    """
    size, here = trace.spatial_sizes(found.name)[-1], units_along(found, -1)
    if here is None or jump <= 0:
        return "its units do not follow each other as the positions of the input do"
    many = dict.fromkeys(symbols(size) | symbols(here), BLOCKS * jump.numerator)
    length, units = value_at(size, many), value_at(here, many)
    if floor(length / jump) <= units <= ceil(length / jump):
        return ""
    return f"there are {here} units for {size} positions, so that it is open which of them belong together"


def sized(trace: Trace, contract: Contract, found: Tensor) -> Verdict:
    """The verdict on whether the tensor has the spatial sizes of the input."""
    wanted = trace.spatial_sizes(found.name)
    made = [units_along(found, axis) for axis in range(len(found.axes))]
    answers = [None if a is None else equal(a, b) for a, b in zip(made, wanted, strict=True)]
    if False in answers:
        sizes = show_shape(tuple(size for size in made if size is not None))
        return Verdict(
            False, f"its size is {sizes}, that of the input {show_shape(wanted)}", found, answers.index(False)
        )
    return Verdict(all(answers) or None, "whether the sizes agree depends on them", found)


JUDGES: dict[str, Callable[[Trace, Contract, Tensor], Verdict]] = {
    **dict.fromkeys(COMPARED, compared),
    "reached": reached,
    "causal": causal,
    "size": sized,
}
