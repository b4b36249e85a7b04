"""RF509: interpolations of one network of which some lay the corner pixels on each other and some do not."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._fixes import together
from rflint.checks._places import named, place_of
from rflint.diagnostics import Finding
from rflint.edits import SetArgument
from rflint.trace import Trace, Use

SMOOTH = ("linear", "bilinear", "trilinear", "bicubic")
MOST_RELATED = 4


@rule("RF509", "align-corners-mixed", "info", default=False, fix="unsafe")
def align_corners_mixed(trace: Trace) -> Iterator[Finding]:
    """Whether some interpolations align corners and others do not; one finding, where the fewer ones begin."""
    kinds: dict[bool, list[Use]] = {True: [], False: []}
    for use in trace.uses:
        if "align_corners" in use.layer.args and resamples(use):
            kinds[bool(use.layer.args["align_corners"])].append(use)
    if all(kinds.values()):
        fewer, more = sorted(kinds.values(), key=lambda uses: (len(uses), -uses[0].index))
        first, aligned = fewer[0], fewer is kinds[True]
        message = (
            f"{named(first)} has align_corners={aligned} and {count(more)} {not aligned}: the same place lies up to "
            f"half a pixel of the smaller map apart"
        )
        related = tuple((place_of(use, "align_corners"), f"align_corners={not aligned}") for use in more[:MOST_RELATED])
        edits = [SetArgument(use.layer, "align_corners", str(not aligned)) for use in fewer]
        fix = together(edits) if len(fewer) < len(more) else None
        yield Finding(place_of(first, "align_corners"), message, related, fix=fix, use=first.index)


def count(more: list[Use]) -> str:
    """How many others there are."""
    return "another one" if len(more) == 1 else f"{len(more)} others have"


def resamples(use: Use) -> bool:
    """Whether it is a smooth interpolation to another size, of more than one position: else corners do not matter."""
    before, after = use.operands[0].shape if use.operands else None, use.output
    if use.base != "Upsample" or use.layer.args.get("mode") not in SMOOTH or before is None or use.conditional:
        return False
    return before != after and any(size != 1 for size in before[2:])
