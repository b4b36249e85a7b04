"""RF401: a convolution is given another number of channels than it is made for."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._blame import blamed
from rflint.checks._layers import channels_given, has_channels_last, size_given, spatial_rank, times
from rflint.checks._makers import size_fix
from rflint.checks._places import called, chain, made, named, twins
from rflint.diagnostics import Finding
from rflint.dims import Size, equal
from rflint.edits import Fix, Replace
from rflint.trace import Place, Trace, Use


@rule("RF401", "in-channels-mismatch", "error", fix="unsafe")
def in_channels_mismatch(trace: Trace) -> Iterator[Finding]:
    """Whether `in_channels` differs from the channels of the input, for every input size."""
    for use in trace.uses:
        given, wanted = channels_given(use), size_given(use, "in_channels")
        if given is None or wanted is None or use.conditional or equal(given, wanted) is not False:
            continue
        alike = {channels_given(twin) for twin in twins(trace, use)} == {given}
        number = given if isinstance(given, int) and divides_into(given, use) and not hint(use) else None
        yield Finding(
            blamed(trace, use, "in_channels", "weight"),
            f"takes {wanted} channels, but its {times(use.operands[0].shape)} input has {given}{hint(use)}",
            (*called(use), *origin(trace, use, given)),
            fix=size_fix(trace, use, "in_channels", number, alike) or permuted(trace, use),
            use=use.index,
        )


def divides_into(given: int, use: Use) -> bool:
    """Whether the layer's groups allow that many input channels."""
    groups = use.layer.args.get("groups")
    return isinstance(groups, int) and groups > 0 and given % groups == 0


def hint(use: Use) -> str:
    """What to do if the channels that are wanted stand last."""
    return f": channels stand last, permute({order(use)}) first" if has_channels_last(use) else ""


def order(use: Use) -> str:
    """The axes of a batch with channels last, in the order that the layer takes."""
    rank = spatial_rank(use) + 2
    return ", ".join(map(str, (0, rank - 1, *range(1, rank - 1))))


def permuted(trace: Trace, use: Use) -> Fix | None:
    """The edit that moves the channels of what the layer is called on, if they stand last and it is called directly."""
    first = next(other for other in trace.uses if other.place == use.place)
    if not has_channels_last(use) or first is not use or use.operands[0].source not in trace.input_shapes:
        return None
    edit = Replace(use.place, f"{{}}.permute({order(use)})", operand=0, layer=use.layer)
    return Fix((edit,), message=f"permute({order(use)}) first")


def origin(trace: Trace, use: Use, given: Size) -> Iterator[tuple[Place, str]]:
    """The use that made this number of channels: the last one whose own input has another number."""
    axis = len(use.operands[0].shape or ()) - spatial_rank(use) - 1
    for maker in chain(trace, use.operands[0].source):
        before = maker.operands[0].shape if maker.operands else None
        if before is None or len(before) <= axis or equal(before[axis], given) is not True:
            yield made(maker, f"{named(maker)} makes {given} channels")
            return
