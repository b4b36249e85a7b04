"""What torch says of resampling."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rflint.torch_errors.figures import labelled, shape_of
from rflint.trace import Use

ANY = ("nearest", "area", "nearest-exact")
AXES = {"linear": 3, "bilinear": 4, "trilinear": 5, "bicubic": 4, "lanczos": 4}
LISTED = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"
TOLD = ("linear", "bilinear", "trilinear")
"""The modes of which torch says how many axes they need."""


def errors(use: Use) -> Iterator[str]:
    """The texts that apply, in the order in which torch looks."""
    args, mode, rank = use.layer.args, use.layer.args.get("mode"), len(shape_of(use))
    lengths = [len(args[name]) for name in ("size", "scale_factor") if isinstance(args.get(name), tuple)]
    if not isinstance(mode, str) or any(length != rank - 2 for length in lengths):
        return
    if args.get("align_corners") is not None and mode in ANY:
        yield (
            "ValueError: align_corners option can only be set with the interpolating modes: "
            "linear | bilinear | bicubic | trilinear"
        )
    yield from sizes(use)
    if args.get("antialias") and (mode not in ("bilinear", "bicubic", "lanczos") or rank != 4):
        yield (
            "ValueError: Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D "
            "tensor as input"
        )
    yield from axes(mode, rank)
    yield from nothing_left(use, mode)


def sizes(use: Use) -> Iterator[str]:
    """Both of the arguments that say how large the output is, or none."""
    args = use.layer.args
    if "size" not in args or "scale_factor" not in args:
        return
    if args["size"] is not None and args["scale_factor"] is not None:
        yield "ValueError: only one of size or scale_factor should be defined"
    if args["size"] is None and args["scale_factor"] is None:
        yield "ValueError: either size or scale_factor should be defined"


def axes(mode: str, rank: int) -> Iterator[str]:
    """Modes that need other axes."""
    if mode in ANY and rank in (3, 4, 5):
        return
    if mode in TOLD and rank in (3, 4, 5):
        if AXES[mode] != rank:
            yield f"NotImplementedError: Got {rank}D input, but {mode} mode needs {AXES[mode]}D input"
    elif AXES.get(mode) != rank:
        yield (
            f"NotImplementedError: Input Error: Only 3D, 4D and 5D input Tensors supported (got {rank}D) "
            f"for the modes: {LISTED} (got {mode})"
        )


def nothing_left(use: Use, mode: str) -> Iterator[str]:
    """An output without positions: ⌊n·scale⌋ = 0."""
    scale, before = use.layer.args.get("scale_factor"), shape_of(use)[2:]
    each = scale if isinstance(scale, tuple) else (scale,) * len(before)
    known = [size for size in before if isinstance(size, int)]
    factors = [one for one in each if isinstance(one, (int, float))]
    if mode == "area" or len(known) < len(before) or len(factors) < len(before) or not 1 <= len(before) <= 3:
        return
    made = [int(Fraction(size) * Fraction(one)) for size, one in zip(known, factors, strict=False)]
    if min(made) < 1:
        source, target = (labelled("DHW"[-len(made) :], sizes, sign=", ") for sizes in (known, made))
        word = "and output" if len(made) == 1 else "output"
        yield (
            f"RuntimeError: Input and output sizes should be greater than 0, but got input ({source}) {word} ({target})"
        )
