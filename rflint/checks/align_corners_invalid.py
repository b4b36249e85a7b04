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
SMOOTHED = ("bilinear", "bicubic", "lanczos")


@rule("RF507", "align-corners-invalid", "error", fix="unsafe")
def align_corners_invalid(use: Use) -> Iterator[Finding]:
    """Whether size, scale_factor, mode, align_corners, antialias and the axes of the input go together."""
    if use.base != "Upsample" or use.conditional:
        return
    for argument, message in problems(use):
        mode = mode_meant(use) if argument == "mode" else ""
        fix = Fix((SetArgument(use.layer, "mode", repr(mode)),)) if mode else None
        yield Finding(place_of(use, argument), message, called(use), fix=fix)
        return


def problems(use: Use) -> Iterator[tuple[str, str]]:
    """What torch refuses, with the argument that is wrong; an argument that is not known is not judged."""
    args = use.layer.args
    mode = args.get("mode")
    if "size" in args and "scale_factor" in args and (args["size"] is None) == (args["scale_factor"] is None):
        told = "neither is" if args["size"] is None else "both are"
        yield "size", f"takes either size or scale_factor, {told} given"
    if args.get("align_corners") is not None and mode in ANY:
        linear = "linear, bilinear, bicubic and trilinear"
        yield (
            "align_corners",
            f"align_corners={args['align_corners']} has no meaning for mode {mode!r}, only for {linear}",
        )
    if args.get("antialias") and mode is not None and mode not in SMOOTHED:
        yield "antialias", f"antialias=True is there for bilinear, bicubic and lanczos, mode is {mode!r}"
    if isinstance(mode, str):
        yield from misfits(use, mode)


def misfits(use: Use, mode: str) -> Iterator[tuple[str, str]]:
    """A mode that does not take inputs of this rank, or that does not exist."""
    if mode not in AXES and mode not in ANY:
        yield "mode", f"there is no mode {mode!r}; torch has {', '.join([*ANY, *AXES])}"
    shape = use.operands[0].shape if use.operands else None
    if shape is not None and mode in AXES and len(shape) in (3, 4, 5) and len(shape) != AXES[mode] + 2:
        wanted = AXES[mode] + 2
        yield (
            "mode",
            f"mode {mode!r} takes inputs with {wanted} axes, this has {len(shape)}; "
            f"{mode_meant(use)!r} is meant for them",
        )


def mode_meant(use: Use) -> str:
    """The linear mode for inputs of this rank; "" if it is not known, or has none."""
    shape = use.operands[0].shape if use.operands else None
    linear = use.layer.args.get("mode") in AXES and shape is not None
    return {3: "linear", 4: "bilinear", 5: "trilinear"}.get(len(shape or ()), "") if linear else ""
