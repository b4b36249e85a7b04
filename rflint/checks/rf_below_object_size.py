"""RF106: the units of a head see less than the objects that it has to find."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._layers import times
from rflint.checks._widening import further_layers, last_window, seen, widening
from rflint.diagnostics import Finding
from rflint.geometry.stated import Tensor, extents, tensor
from rflint.trace import Said, Trace, Use


@rule("RF106", "rf-below-object-size", "info", default=False, fix="hint")
def rf_below_object_size(trace: Trace) -> Iterator[Finding]:
    """Whether a head, of which it is declared how large its objects are, sees less."""
    for said in trace.said:
        if said.contract.subject == "object-size":
            yield from small_heads(trace, said)


def small_heads(trace: Trace, said: Said) -> Iterator[Finding]:
    """A finding for each head that sees too little; one size goes for all heads, several go in their order."""
    wanted = said.contract.values * (len(said.sources) if len(said.contract.values) == 1 else 1)
    if len(wanted) != len(said.sources) or said.conditional:
        return
    for number, (size, source) in enumerate(zip(wanted, said.sources, strict=True), 1):
        head = tensor(trace, source)
        if head is not None and isinstance(head.source, int):
            which = f"head {number} of {len(wanted)}" if len(wanted) > 1 else "the head"
            yield from finding(trace, head, int(size), which, trace.uses[head.source])


def finding(trace: Trace, head: Tensor, size: int, which: str, use: Use) -> Iterator[Finding]:
    """The finding at the last layer that widens the head's field, if that is too small along some axis."""
    sizes = [extents(trace, head, axis) for axis in range(len(head.axes))]
    known = [int(one[0]) for one in sizes if not isinstance(one, str)]
    if len(known) < len(sizes) or min(known) >= size or use.conditional:
        return
    axis = known.index(min(known))
    wide = widening(trace, use.index, head.name, axis)
    last = last_window(wide) if wide else use
    cure = further_layers(trace, last, head.name, axis, seen(trace, use.index, head.name, axis), size)
    what = f"{which} sees {times(known)}{' px' if len(known) > 1 else ''}, its objects are {size} large"
    yield Finding(trace.standing_for(last).place, what + cure, use=use.index)
