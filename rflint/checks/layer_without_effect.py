"""RF604: a layer that passes on what it is given, whatever that is."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import called, chain, is_constructed, named, place_of, twins
from rflint.diagnostics import Finding
from rflint.edits import Fix, Replace
from rflint.trace import Place, Trace, Use

IDLE = (
    ("Dropout", "p", 0, "drops nothing"),
    ("AlphaDropout", "p", 0, "drops nothing"),
    ("FeatureAlphaDropout", "p", 0, "drops nothing"),
    ("Upsample", "scale_factor", 1, "makes as many positions as there are"),
    ("PixelShuffle", "upscale_factor", 1, "moves no channel into the map"),
    ("PixelUnshuffle", "downscale_factor", 1, "moves nothing into channels"),
)
"""How the names of layers begin, the argument, the value with which they do nothing, and what that means."""


@rule("RF604", "layer-without-effect", "info", fix="safe")
def layer_without_effect(trace: Trace) -> Iterator[Finding]:
    """Whether a layer is written with a number that makes it do nothing, in all that its constructor call builds."""
    for use in trace.uses if trace.order == "forward" else ():
        words = why(trace, use)
        if words and all(why(trace, twin) for twin in twins(trace, use)):
            call = use.layer.defined
            fix = idle(call) if call and is_constructed(use) else None
            message = f"{named(use)} {words}{'; nn.Identity() would do' if fix else ''}"
            yield Finding(place_of(use), message, called(use), fix=fix, use=use.index)


def idle(call: Place) -> Fix:
    """The edit that puts a layer in its place which does nothing, under the same name."""
    return Fix((Replace(call, "torch.nn.Identity()"),), safe=True, message="use nn.Identity()")


def why(trace: Trace, use: Use) -> str:
    """Why a use does nothing; "" if it does something, or it is not written there that it does not."""
    if use.inner or use.conditional or (is_constructed(use) and use.kind != use.base):
        return ""
    for begin, argument, nothing, words in IDLE:
        if use.base.startswith(begin) and argument in use.layer.literals and is_all(use, argument, nothing):
            return f"{words}: {argument}={nothing}"
    return of_single_positions(use) or of_bins(trace, use)


def is_all(use: Use, argument: str, nothing: int) -> bool:
    """Whether an argument has this value, on all axes."""
    value = use.layer.args.get(argument)
    return value == nothing or (isinstance(value, tuple) and set(value) == {nothing})


def of_single_positions(use: Use) -> str:
    """Of a pool whose window is one position, at every position."""
    given = {"kernel_size", "stride", "padding"} & set(use.layer.places)
    if not use.base.startswith(("MaxPool", "AvgPool")) or not given <= use.layer.literals:
        return ""
    single = is_all(use, "kernel_size", 1) and is_all(use, "stride", 1) and is_all(use, "padding", 0)
    plain = use.layer.args.get("divisor_override") is None and use.layer.args.get("return_indices") is not True
    return "pools single positions, each of them: kernel_size=1, stride=1" if single and plain else ""


def of_bins(trace: Trace, use: Use) -> str:
    """Of an adaptive pool that is given, whatever the size of the input, as many positions as it makes."""
    if not use.base.startswith("Adaptive") or use.layer.args.get("return_indices") is True:
        return ""
    for before in chain(trace, use.operands[0].source):
        if before.output != use.output or use.output is None or before.conditional:
            return ""
        if before.base.startswith("Adaptive"):
            same = use.layer.args.get("output_size") == before.layer.args.get("output_size")
            return f"makes the bins that {named(before)} has made already" if same else ""
    return ""
