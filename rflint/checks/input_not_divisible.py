"""RF310: the declared input size is not among those that the network takes, which are the multiples of something."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.checks import all_rules, rule
from rflint.checks._fits import nearest
from rflint.diagnostics import Finding
from rflint.trace import Fit, Place, Sizes, Trace, show_shape

JOINS = ("RF405", "RF406")
"""What is found where tensors meet whose sizes were rounded differently.  Views that fail for their windows are left
alone: which sizes fit these takes too long to find."""


@rule("RF310", "input-not-divisible", "info", fix="hint", needs_size=True)
def input_not_divisible(trace: Trace) -> Iterator[Finding]:
    """Whether a network raises on its declared input, and runs on sizes with certain remainders below and above it."""
    fails = failure(trace) if trace.declared else None
    if fails is None:
        return
    text = nearest(trace, "runs", leaves_remainder)
    if text:
        shape = next(iter(trace.input_shapes.values()))
        message = f"declared {show_shape(shape)}, it takes only {text}"
        yield Finding(trace.place or fails, message, ((fails, "it fails here"),))


def leaves_remainder(fit: Fit, sizes: Sizes) -> bool:
    """Whether it is for its remainder that a size is not taken, and not because it is too small, or none but one is."""
    return sizes.period > 1 and sizes.least is not None and sizes.least <= fit.declared


def failure(trace: Trace) -> Place | None:
    """Where the network surely raises, as its code or a rule about joins says; None if that is not so."""
    if trace.raised is not None:
        return trace.raised.place
    return next((finding.place for code in JOINS for finding in all_rules()[code].check(trace)), None)
