"""RF302: the last rows of a tensor lie behind the last place of every window that reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from rflint.checks import rule
from rflint.checks._fits import fitting
from rflint.checks._places import called, counted, named, place_of
from rflint.checks._readers import Reader, readers_of, tensors
from rflint.checks._rests import Rest, rest
from rflint.checks._unread import shares_factor
from rflint.diagnostics import Finding
from rflint.receptive import fields
from rflint.trace import Trace

LARGE = Fraction(1, 8)
"""To lose this share of the input is flagged unasked."""
MOST_RELATED = 8


class Drop(NamedTuple):
    """The layer that reads most of a tensor, of which it leaves rows, and what they are worth in the input."""

    at: Rest
    lost: Fraction
    of: int

    @property
    def share(self) -> Fraction:
        """The share of the input."""
        return self.lost / self.of


@rule("RF302", "input-rows-dropped", "info", fix="hint", needs_size=True)
def input_rows_dropped(trace: Trace) -> Iterator[Finding]:
    """Whether all readers of some tensor leave out its last rows; one finding for the whole network."""
    found = list(drops(trace)) if trace.complete and trace.declared else []
    if found:
        yield finding(trace, max(found, key=lambda drop: drop.share), found)


def drops(trace: Trace) -> Iterator[Drop]:
    """What is dropped, tensor by tensor, on the first axis on which rows are."""
    for source, axes in tensors(trace):
        readers = readers_of(trace, source)
        pairs = ((least(readers, axis, size), axis) for axis, size in axes if isinstance(size, int))
        found = next(((one, axis) for one, axis in pairs if one), None)
        if found is not None:
            yield from worth(trace, source, *found)


def least(readers: Sequence[Reader], axis: int, size: int) -> Rest | None:
    """The window that leaves the fewest rows of an axis; None if some reader leaves none, or may leave none."""
    found = [rest(reader.use, axis) for reader in readers]
    known = [one for one in found if one is not None and one.size == size and one.dropped]
    filling = [one for one in known if one.window.kernel >= one.window.stride and not shares_factor(one.window)]
    if not filling or len(known) < len(found):
        return None
    return min(filling, key=lambda one: one.dropped)


def worth(trace: Trace, source: int | str, one: Rest, axis: int) -> Iterator[Drop]:
    """The rows in positions of the first input that the tensor sees; nothing where that is not known."""
    if isinstance(source, str):
        yield Drop(one, Fraction(one.dropped), one.size)
        return
    for name, seen in fields(trace)[source].items():
        sizes = trace.spatial_sizes(name)
        for field, size in zip(seen, sizes, strict=False):
            if field.at == axis and field.interval and isinstance(size, int):
                yield Drop(one, one.dropped * field.interval.jump, size)
                return


def finding(trace: Trace, worst: Drop, found: Sequence[Drop]) -> Finding:
    """The finding at the layer that loses most; what it would take is said where that is much."""
    at, one, is_large = worst.at, worst.at.window, worst.share >= LARGE
    rows = "the last row" if at.dropped == 1 else f"the last {at.dropped} rows"
    layers = {layer_of(drop): drop.at.use for drop in found}
    others = [use for layer, use in layers.items() if layer != layer_of(worst)]
    more = f"; {counted(len(others), 'drop')} rows, too" if others else ""
    message = (
        f"kernel {one.kernel} at stride {one.stride} never reads {rows} of {at.size}, worth {worst.lost} of {worst.of} "
        f"input rows ({round(100 * worst.share)} %){more}"
    )
    cure = fitting(trace, "whole", "none is dropped") if is_large else ""
    related = dict.fromkeys((place_of(use, "stride", "kernel_size"), f"{named(use)}, too") for use in others)
    place, severity = place_of(at.use, "stride", "kernel_size"), "warning" if is_large else ""
    nearby = [*called(at.use), *related][: MOST_RELATED + 1]
    return Finding(place, message + cure, tuple(nearby), severity=severity, use=at.use.index, optional=not is_large)


def layer_of(drop: Drop) -> str | int:
    """What a layer is told by that is used several times; each call of a function is one for itself."""
    return drop.at.use.path or drop.at.use.index
