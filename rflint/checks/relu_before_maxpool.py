"""RF606: an activation on a map of which a max pool keeps one value in several, where pooling first gives the same."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import rule
from rflint.checks._neighbours import MONOTONE, growth, only_readers, place_of_one
from rflint.checks._places import made, named
from rflint.diagnostics import Finding
from rflint.trace import Trace, Use


@rule("RF606", "relu-before-maxpool", "info", default=False, fix="hint")
def relu_before_maxpool(trace: Trace) -> Iterator[Finding]:
    """Whether a monotone activation is read by one max pool alone."""
    for use in trace.uses:
        readers = only_readers(trace, use) if is_monotone(use) else []
        kept = growth(readers[0]) if len(readers) == 1 and is_plain_max(readers[0]) else None
        if kept is not None and kept < 1:
            pool = readers[0]
            message = (
                f"{named(use)} is applied to {float(1 / kept):.3g} values for every one that {named(pool)} keeps: "
                f"behind the pool it gives the same"
            )
            yield Finding(place_of_one(trace, use), message, (made(pool, "the pool"),), use=use.index)


def is_monotone(use: Use) -> bool:
    """Whether an activation never falls: then the largest value stays the largest."""
    slopes = [use.layer.args[name] for name in ("negative_slope", "alpha", "beta") if name in use.layer.args]
    wanted = {"LeakyReLU": 1, "ELU": 1, "CELU": 1, "Softplus": 1}.get(use.base, 0)
    return (
        use.base in MONOTONE and len(slopes) >= wanted and all(isinstance(s, (int, float)) and s >= 0 for s in slopes)
    )


def is_plain_max(use: Use) -> bool:
    """Whether it is a max pool that gives values only: places of equal values may change."""
    return use.layer.args.get("return_indices") is False
