"""What stands directly before and behind a use: the layers that could change places with it, or become one with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import prod

from rflint.checks._layers import is_convolution, windows
from rflint.checks._places import place_of
from rflint.trace import Place, Trace, Use

MONOTONE = ("ReLU", "ReLU6", "LeakyReLU", "ELU", "SELU", "CELU", "Softplus", "Sigmoid", "Tanh", "Hardtanh")
"""Activations that never fall as their input grows."""
ACTIVATIONS = (*MONOTONE, "RReLU", "PReLU", "GELU", "SiLU", "Mish", "Hardswish", "Hardsigmoid", "Softsign", "Threshold")
TRANSPARENT = ("BatchNorm", "InstanceNorm", "GroupNorm", "SyncBatchNorm", "Dropout", "Identity")
"""How the names of layers begin that neither bend a signal nor mix its positions."""


def only_readers(trace: Trace, use: Use) -> Sequence[Use]:
    """All that read the output of a use; none if it is returned as well, or it is not certain that all this happens."""
    readers = [reader for reader, _ in trace.consumers().get(use.index, [])]
    uncertain = use.inner or use.conditional or any(reader.conditional or reader.inner for reader in readers)
    return [] if uncertain or use.index in trace.output_sources or not trace.complete else readers


def is_pointwise(use: Use) -> bool:
    """Whether it is a convolution that reads one position, and every one of them."""
    known = windows(use) if is_convolution(use) else []
    return bool(known) and all(one is not None and one[:2] == (1, 1) and one.padding == 0 for one in known)


def growth(use: Use) -> Fraction | None:
    """How many positions of the output there are for one of the first operand; None if that is not known."""
    accesses = [read.access for read in use.operands[0].reads if read.how != "mixed"]
    if any(access is None or access.step < 1 for access in accesses):
        return None
    return prod((Fraction(len(access.taps), access.step) for access in accesses if access), start=Fraction(1))


def activation_before(trace: Trace, use: Use) -> Use | None:
    """The activation that made what a use is given, norms and dropout between them aside."""
    source = use.operands[0].source if use.operands else None
    while isinstance(source, int):
        before = trace.uses[source]
        if before.base in ACTIVATIONS:
            return before
        if not before.base.startswith(TRANSPARENT):
            return None
        source = before.operands[0].source
    return None


def uses_of(trace: Trace, use: Use) -> Iterator[Use]:
    """All calls of the layer that a use calls; of a function this one."""
    return (other for other in trace.uses if other.path == use.path and other.layer.defined == use.layer.defined)


def place_of_one(trace: Trace, use: Use) -> Place:
    """Where the layer is constructed if this is its only call, else the call."""
    return place_of(use) if len(list(uses_of(trace, use))) == 1 else use.place
