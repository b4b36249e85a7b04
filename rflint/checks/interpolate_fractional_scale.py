"""RF506: a scale factor with which a size does not come out as an integer, or not as the one that is meant."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._places import called, place_of
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use

NEARLY = 1e-6
"""Products that miss an integer by less are meant to be it."""
NEAREST = ("nearest", "nearest-exact")
"""Modes for which some of torch's kernels do not look at the factor where a size stays or doubles."""


@rule("RF506", "interpolate-fractional-scale", "info", default=False, fix="hint", needs_size=True)
def interpolate_fractional_scale(trace: Trace) -> Iterator[Finding]:
    """Whether n·scale_factor is rounded down, on an axis of known size."""
    for use in trace.uses:
        for n, scale, made in scaled_axes(use):
            if made != n * scale:
                yield Finding(place_of(use, "scale_factor"), message(use, n, scale, made), called(use), use=use.index)
                break


def scaled_axes(use: Use) -> list[tuple[int, float, int]]:
    """The size, the factor, and the size that is made, on each axis with a known size and a factor."""
    scales = use.layer.args.get("scale_factor")
    if not isinstance(scales, tuple) or use.conditional or use.output is None:
        return []
    sizes, made = (use.operands[0].shape or ())[2:], use.output[2:]
    rows = zip(sizes, scales, made, strict=False)
    return [(n, s, m) for n, s, m in rows if isinstance(n, int) and isinstance(m, int) and isinstance(s, (int, float))]


def message(use: Use, n: int, scale: float, made: int) -> str:
    """What the product is, what is made of it, and where rows are taken then."""
    product, whole = n * scale, round(n * scale)
    if abs(product - whole) < NEARLY:
        return f"{scale:g} times {n} rows is {product!r} in floating point: {made} rows, not {whole}; size= is exact"
    apart = f", taken {1 / scale:.4g} apart and not {n / made:.4g}" if steps_by_scale(use, n, made) else ""
    return f"{scale:g} times {n} rows is {product:.4g}: {made} rows{apart}; size= says which is meant"


def steps_by_scale(use: Use, n: int, made: int) -> bool:
    """Whether rows are taken 1/scale_factor apart, and not at the ratio of the sizes."""
    args = use.layer.args
    by_size = args.get("recompute_scale_factor") or args.get("align_corners") or args.get("mode") in ("area", None)
    return not by_size and (args["mode"] not in NEAREST or made not in (n, 2 * n))
