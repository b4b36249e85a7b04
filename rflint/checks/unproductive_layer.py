"""RF103: a convolution whose input sees all of the image already, whichever way leads there: it adds no context."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rflint.checks import rule
from rflint.checks._layers import is_convolution, spatial_rank, times, windows
from rflint.checks._places import named, place_of
from rflint.diagnostics import Finding
from rflint.geometry.ends import behind
from rflint.receptive import fields, path_sizes
from rflint.trace import Trace, Use

MOST_RELATED = 8
SIZED = ("Adaptive", "Upsample", "interpolate")
"""Layers whose window depends on the size of what they are given."""


@rule("RF103", "unproductive-layer", "info", default=False, fix="hint", needs_size=True)
def unproductive_layer(trace: Trace) -> Iterator[Finding]:
    """Whether the narrowest way to a convolution sees everything; one finding for the whole network."""
    if not trace.declared or trace.order != "forward" or not gives_one_answer(trace):
        return
    idle = {(use.path, use.layer.defined): use for use in reversed(trace.uses) if is_idle(trace, use)}
    layers = list(reversed(idle.values()))
    if layers:
        yield finding(trace, layers)


def gives_one_answer(trace: Trace) -> bool:
    """Whether nothing that is returned is a map, whose units each need the whole image, and more than its size."""
    outputs = [trace.uses[source] for source in trace.output_sources if isinstance(source, int)]
    return bool(outputs) and not any(is_map(trace, use) for use in outputs)


def is_map(trace: Trace, use: Use) -> bool:
    """Whether its units lie along axes of an input, or whether that is not known."""
    axes = [axis for field in fields(trace)[use.index].values() for axis in field]
    flat = use.output is not None and len(use.output) < 3
    return any(not axis.pooled and (axis.at is not None or not flat) for axis in axes)


def is_idle(trace: Trace, use: Use) -> bool:
    """Whether a convolution with a kernel above 1 is given a map that sees the input whole along its narrowest way."""
    slides = windows(use) if is_convolution(use) and not use.conditional else []
    wide = None not in slides and any(one.kernel > 1 for one in slides if one)
    if not wide or gathers(use):
        return False
    least, sizes = least_seen(trace, use), whole_sizes(trace, use)
    return bool(least) and len(least) == len(sizes) and all(a >= b for a, b in zip(least, sizes, strict=True))


def gathers(use: Use) -> bool:
    """Whether it reads a map as a whole, as a flatten with a linear layer would: one unit is left of many."""
    before, after = (use.operands[0].shape or ())[-spatial_rank(use) :], (use.output or ())[-spatial_rank(use) :]
    return set(after) == {1} and set(before) != {1}


def least_seen(trace: Trace, use: Use) -> list[int]:
    """How much the units of its operand see along each axis at least, by every way; [] where that is not known.

    Nothing is told behind a layer that sees everything, be it only a gate beside the way.
    """
    name, source = input_name(trace, use), use.operands[0].source
    if not name or not isinstance(source, int):
        return []
    field = fields(trace)[source][name]
    found = [path_sizes(trace, source, name, axis) for axis in range(len(field))]
    sizes = [one.least for one in found if one is not None]
    local = not any(seen.whole for seen in field)
    return sizes if local and len(sizes) == len(field) == spatial_rank(use) else []


def input_name(trace: Trace, use: Use) -> str:
    """The only network input that reaches a use; "" if there are others."""
    source = use.operands[0].source
    names = list(fields(trace)[source]) if isinstance(source, int) else []
    return names[0] if len(names) == 1 else ""


def whole_sizes(trace: Trace, use: Use) -> list[int]:
    """The sizes of the network input, those that are numbers."""
    return [size for size in trace.spatial_sizes(input_name(trace, use)) if isinstance(size, int)]


def finding(trace: Trace, layers: Sequence[Use]) -> Finding:
    """The finding at the first such layer."""
    first = layers[0]
    seen, sizes = least_seen(trace, first), whole_sizes(trace, first)
    more = f" (first of {len(layers)} such layers)" if len(layers) > 1 else ""
    what = f"the input of {named(first)} already sees {times(seen)} px of {times(sizes)}: it cannot add context{more}"
    place = place_of(first, "kernel_size")
    others = dict.fromkeys((place_of(one, "kernel_size"), f"{named(one)}, too") for one in layers[1:])
    related = tuple(pair for pair in others if pair[0] != place)[:MOST_RELATED]
    return Finding(place, what + productive_from(trace, layers), related, use=first.index)


def productive_from(trace: Trace, layers: Sequence[Use]) -> str:
    """From which size on all of them add context; "" where what is seen depends on the size."""
    if any(trace.uses[at].base.startswith(SIZED) for layer in layers for at in behind(trace, layer.index)):
        return ""
    size = max(max(least_seen(trace, layer)) for layer in layers) + 1
    return f"; from {size} px on {'all of them' if len(layers) > 1 else 'it'} can"
