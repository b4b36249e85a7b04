"""How wide the influence on a unit is spread at initialisation: figures for the table and the JSON of `show`."""

from __future__ import annotations

from typing import Any

from rflint.geometry.influence import central_width, influence
from rflint.receptive import Field
from rflint.trace import Trace, Use

CAVEAT = "effective: what holds 95 % of the influence at initialisation, 4σ for uniform weights; training changes it"


def effective_widths(trace: Trace, use: Use, name: str, axes: Field) -> list[float | None]:
    """For each axis the central width in input positions, at most the extent; None where it is not known or gone."""
    sigmas = effective_sigmas(trace, use, name, axes)
    return [
        None if sigma is None or axis.interval is None else central_width(sigma, axis.interval.size[1])
        for axis, sigma in zip(axes, sigmas, strict=True)
    ]


def effective_sigmas(trace: Trace, use: Use, name: str, axes: Field) -> list[float | None]:
    """For each axis the standard deviation of the influence, in input positions."""
    return [
        None if axis.at is None or (spread := influence(trace, name, number)[use.index]) is None else spread.sigma
        for number, axis in enumerate(axes)
    ]


def effective_data(trace: Trace, use: Use, name: str, axes: Field) -> dict[str, Any]:
    """Both, rounded, for the field of a use in the JSON."""
    return {
        "sigma": [rounded(sigma) for sigma in effective_sigmas(trace, use, name, axes)],
        "width": [rounded(width) for width in effective_widths(trace, use, name, axes)],
    }


def rounded(number: float | None) -> float | None:
    """Four decimals."""
    return None if number is None else round(number, 4)
