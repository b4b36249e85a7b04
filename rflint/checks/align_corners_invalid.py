"""RF507: arguments of a resampling that torch does not take together."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.edits import Fix, SetArgument
from rflint.trace import Use

AXES = {"linear": 1, "bilinear": 2, "bicubic": 2, "lanczos": 2, "trilinear": 3}
"""The modes that take tensors with so many spatial axes only."""
ANY = ("nearest", "nearest-exact", "area")
"""The modes that take one to three, and nothing that speaks of corners."""
LINEAR = {3: "linear", 4: "bilinear", 5: "trilinear"}
"""The linear mode for inputs with so many axes; others are refused whatever the mode is."""
SMOOTHED = ("bilinear", "bicubic", "lanczos")


@rule("RF507", "align-corners-invalid", "error", fix="unsafe")
def align_corners_invalid(use: Use) -> Iterator[Finding]:
    """Whether size, scale_factor, mode, align_corners, antialias and the axes of the input go together."""
    first = next(problems(use), None) if use.base == "Upsample" and not use.conditional else None
    if first is not None:
        argument, message, mode = first
        fix = Fix((SetArgument(use.layer, "mode", repr(mode)),)) if mode else None
        yield Finding(place_of(use, argument), message, called(use), fix=fix)


def problems(use: Use) -> Iterator[tuple[str, str, str]]:
    """What torch refuses, with the argument that is wrong and the mode that is meant, "" if that is not known.

    An argument that is not known is not judged.
    """
    args = use.layer.args
    mode = args.get("mode")
    if "size" in args and "scale_factor" in args and (args["size"] is None) == (args["scale_factor"] is None):
        told = "neither is" if args["size"] is None else "both are"
        yield "size", f"takes either size or scale_factor, {told} given", ""
    if args.get("align_corners") is not None and mode in ANY:
        corners, linear = args["align_corners"], "linear, bilinear, bicubic and trilinear"
        yield "align_corners", f"align_corners={corners} has no meaning for mode {mode!r}, only for {linear}", ""
    if args.get("antialias") and mode is not None and mode not in SMOOTHED:
        yield "antialias", f"antialias=True is there for bilinear, bicubic and lanczos, mode is {mode!r}", ""
    if isinstance(mode, str):
        yield from misfits(use, mode)


def misfits(use: Use, mode: str) -> Iterator[tuple[str, str, str]]:
    """A mode that does not take inputs of this rank, or that does not exist."""
    if mode not in AXES and mode not in ANY:
        yield "mode", f"there is no mode {mode!r}; torch has {', '.join([*ANY, *AXES])}", ""
    shape = use.operands[0].shape if use.operands else None
    rank = len(shape or ())
    if mode in AXES and rank in LINEAR and rank != AXES[mode] + 2:
        meant = LINEAR[rank]
        message = f"mode {mode!r} takes inputs with {AXES[mode] + 2} axes, this has {rank}; {meant!r} is meant for them"
        yield "mode", message, meant
