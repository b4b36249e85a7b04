"""RF312: a module that is said to be causal sees positions that come after the one it computes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from rflint.checks import rule
from rflint.checks._layers import is_convolution, spatial_rank, window
from rflint.checks._places import argument_fix, place_of
from rflint.diagnostics import Finding
from rflint.dims import equal
from rflint.edits import Fix, Mirror, Replace
from rflint.geometry.ends import behind
from rflint.receptive import fields
from rflint.trace import Member, Operand, Place, Trace, Use


@rule("RF312", "causal-leak", "warning", fix="unsafe")
def causal_leak(trace: Trace) -> Iterator[Finding]:
    """Whether an output of a module that calls itself causal reads an input of its own length ahead of it."""
    found: dict[Place, Finding] = {}
    for member in trace.members:
        if member.causal and member.called:
            for finding in leaks(trace, part(trace, member.path), member):
                found.setdefault(finding.place, finding)
    yield from found.values()


def leaks(trace: Trace, module: Trace, member: Member) -> Iterator[Finding]:
    """The findings for one module: where the first step is after which it looks ahead, and how far it does at last."""
    for output in (one for one in module.output_sources if isinstance(one, int)):
        for name, shape in module.input_shapes.items():
            ahead = look_ahead(module, output, name)
            size = (module.uses[output].output or (None,))[-1]
            if ahead > 0 and shape and size is not None and equal(shape[-1], size) is True:
                first = next(at for at in behind(module, output) if look_ahead(module, at, name) > 0)
                yield finding(trace, module.uses[first], ahead, member)


def finding(trace: Trace, use: Use, ahead: int, member: Member) -> Finding:
    """The finding at the step that looks ahead."""
    pads = is_convolution(use) and use.layer.args.get("padding") not in ((0,), "valid")
    place = place_of(use, "padding") if pads else use.place
    steps = "position" if ahead == 1 else "positions"
    what = f"position t of {member.path or 'the output'} sees up to {ahead} {steps} after t"
    message = f"{what}, though {member.causal} says that it is causal: all of the padding belongs on the left"
    elsewhere = ((use.place, "from here on it looks ahead"),) if place != use.place else ()
    return Finding(place, message, elsewhere, fix=late(trace, use), use=use.index)


def late(trace: Trace, use: Use) -> Fix | None:
    """The edit that lets a crop keep the beginning, or a convolution pad the left side only."""
    if use.base == "getitem":
        return Fix((Mirror(use.place),), message="cut off the end instead")
    return padded_left(trace, use)


def padded_left(trace: Trace, use: Use) -> Fix | None:
    """The edit that pads what a convolution is called on, on its left, by as much as it pads on both sides together."""
    one = window(use, 0) if is_convolution(use) and spatial_rank(use) == 1 else None
    alike = all(other.layer == use.layer for other in trace.uses if other.place == use.place)
    if one is None or one.padding != one.extent - 1 or not alike or not pads_zeros(use):
        return None
    plain = argument_fix(use, "padding", 0)
    pad = Replace(use.place, f"torch.nn.functional.pad({{}}, ({one.padding}, 0))", operand=0, layer=use.layer)
    return Fix((*plain.edits, pad), message=f"pad {one.padding} on the left only") if plain else None


def pads_zeros(use: Use) -> bool:
    """Whether its padding is zeros, as that of `F.pad`."""
    return use.layer.args.get("padding_mode") == "zeros"


def look_ahead(module: Trace, index: int, name: str) -> int:
    """How many positions after its own a unit sees along the last axis; 0 if that is not known, or strides come in."""
    field = fields(module)[index].get(name, ())
    hull = field[0].interval.hull if len(field) == 1 and field[0].interval and not field[0].whole else None
    return int(hull[2]) if hull is not None and hull[0] == 1 else 0


def part(trace: Trace, path: str) -> Trace:
    """What the module of that path does, as a trace of its own: what it is given becomes its inputs."""
    if not path:
        return trace
    chosen = [use for use in trace.uses if use.path == path or use.path.startswith(f"{path}.")]
    number = {use.index: at for at, use in enumerate(chosen)}
    operands = [tuple(moved(operand, number) for operand in use.operands) for use in chosen]
    uses = [replace(use, index=at, operands=operands[at]) for at, use in enumerate(chosen)]
    inputs = {one.source: one.shape for row in operands for one in row if isinstance(one.source, str)}
    read = {one.source for row in operands for one in row}
    last: list[int | str | None] = [at for at in range(len(uses)) if at not in read]
    return replace(trace, uses=uses, input_shapes=inputs, output_sources=last, memo={})


def moved(operand: Operand, number: Mapping[int, int]) -> Operand:
    """The operand with its source as it is numbered now; what others have made, by a name."""
    source = operand.source
    if isinstance(source, int):
        source = number.get(source, str(source))
    return replace(operand, source=source)
