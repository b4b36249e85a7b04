"""How the influence of input positions on a unit is spread at initialisation: the effective receptive field.

With uniform weights the influence of a position is the number of weighted ways from it to the unit; a layer adds the
variance of its taps, (jump·dilation)²·(k² - 1)/12 along one axis.  With random weights the expected squared gradient
follows the same law.  Source: Luo et al. 2016, "Understanding the effective receptive field", arXiv 1701.04128.
What training makes of it is another matter: it mostly grows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor, gcd, lcm, sqrt
from typing import NamedTuple

from rflint.field import IDENTITY, Access
from rflint.receptive import fields
from rflint.receptive.links import Link, links_along
from rflint.trace import Operand, Trace, Use

MAX_PHASES = 256
"""Influence that differs between more phases than this is not computed (`None`)."""
MAX_TAPS = 1 << 14
"""Nor is that of operations that read more positions than this, over all phases."""
CENTRAL = 4
"""So many σ hold the central 95 % of a normal distribution."""
LINEAR = ("linear", "bilinear", "trilinear")


class Law(NamedTuple):
    """The influence on one unit: its sum over all positions, their mean, and their variance."""

    mass: float
    mean: float
    variance: float


NOTHING = Law(0.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Spread:
    """The influence on the units of a tensor along one input axis: unit `q*m + φ` has that of phase φ, at step*m."""

    step: int
    phases: tuple[Law, ...]

    def at(self, unit: int) -> Law:
        """The influence on a unit; a mass of 0 if it sees nothing."""
        turns, phase = divmod(unit, len(self.phases))
        mass, mean, variance = self.phases[phase]
        return Law(mass, self.step * turns + mean, variance)

    @property
    def sigma(self) -> float:
        """The standard deviation, in input positions; the quadratic mean over the phases that see anything."""
        seen = [law.variance for law in self.phases if law.mass]
        return sqrt(sum(seen) / len(seen)) if seen else 0.0


POINT = Spread(1, (Law(1.0, 0.0, 0.0),))


def central_width(sigma: float, extent: int) -> float:
    """The width that holds about 95 % of the influence, 4σ, no more than the extent of the field; at least 1."""
    return min(max(CENTRAL * sigma, 1.0), float(extent))


def influence(trace: Trace, name: str, axis: int) -> list[Spread | None]:
    """For every use: the spread of what its units see of an input axis (0 is the third), None where it is not known.

    Layers have uniform weights, linear upsampling its own.  Sums weigh their branches equally, concatenations by their
    channels; global branches are left out.  Pieces that are laid side by side, or repeated, are not followed.
    """
    known: dict[tuple[str, int], list[Spread | None]] = trace.memo.setdefault("influence", {})
    if (name, axis) not in known:
        found: list[Spread | None] = []
        known[name, axis] = found
        for use, links in zip(trace.uses, links_along(trace, name, axis), strict=True):
            fixed = any(link.access.fixed for link in links.local or ())
            local = None if fixed or name not in fields(trace)[use.index] else links.local
            found.append(_spread_of(use, local, found) if local else None)
    return known[name, axis]


def _spread_of(use: Use, local: Sequence[Link], found: Sequence[Spread | None]) -> Spread | None:
    branches = [_through(use, link, POINT if isinstance(link.source, str) else found[link.source]) for link in local]
    known = [one for one in branches if one is not None]
    if len(known) < len(branches):
        return None
    return known[0] if len(known) == 1 else _mixed(known, shares(use, local))


def shares(use: Use, local: Sequence[Link]) -> list[float]:
    """What part each branch has in a use: by channels in a concatenation, else the same."""
    sizes = [_channels(use, link) for link in local] if use.base == "cat" else []
    known = [size for size in sizes if size]
    weights = known if len(known) == len(local) else [1] * len(local)
    return [weight / sum(weights) for weight in weights]


def _channels(use: Use, link: Link) -> int:
    operand: Operand = next(operand for operand in use.operands if operand.source == link.source)
    size = operand.shape[1] if operand.shape is not None and len(operand.shape) > 1 else None
    return size if isinstance(size, int) else 0


def _mixed(branches: Sequence[Spread], weights: Sequence[float]) -> Spread | None:
    """The spread of a weighted sum of branches with the same jump."""
    period = lcm(*(len(one.phases) for one in branches))
    jumps = {Fraction(one.step, len(one.phases)) for one in branches}
    if len(jumps) > 1 or period > MAX_PHASES:
        return None
    pairs = list(zip(weights, branches, strict=True))
    return Spread(int(jumps.pop() * period), tuple(_law([(w, b.at(unit)) for w, b in pairs]) for unit in range(period)))


def _law(parts: Sequence[tuple[float, Law]]) -> Law:
    """The influence through several ways, each with its weight."""
    masses = [weight * law.mass for weight, law in parts]
    total = sum(masses)
    if not total:
        return NOTHING
    pairs = list(zip(masses, (law for _, law in parts), strict=True))
    mean = sum(mass * law.mean for mass, law in pairs) / total
    return Law(total, mean, sum(mass * (law.variance + (law.mean - mean) ** 2) for mass, law in pairs) / total)


def _through(use: Use, link: Link, inner: Spread | None) -> Spread | None:
    """The spread behind an operation that reads units with this one."""
    access = link.access
    if inner is None or access is IDENTITY:
        return inner
    period = len(inner.phases)
    turns = period // gcd(period, access.step)
    weights = tap_weights(use, access)
    if weights is None or turns * len(access.taps) > MAX_PHASES or turns * sum(map(len, weights)) > MAX_TAPS:
        return None
    reads = [(access.step * turn, *row) for turn in range(turns) for row in zip(access.taps, weights, strict=True)]
    phases = (
        _law([(weight, inner.at(start + tap)) for tap, weight in zip(taps, row, strict=True)])
        for start, taps, row in reads
    )
    return Spread(inner.step * access.step * turns // period, tuple(phases))


def tap_weights(use: Use, access: Access) -> list[list[float]] | None:
    """The weights of what each phase reads; None for interpolations other than linear and nearest.

    Uniform ones add up to 1 in each phase, but for transposed convolutions, where phases may read fewer positions.
    """
    mode = use.layer.args.get("mode", "nearest") if use.base == "Upsample" else "nearest"
    if mode in LINEAR and not use.layer.args.get("antialias"):
        return [_linear_weights(use, access, phase) for phase in range(len(access.taps))]
    if use.base == "Upsample" and mode not in ("nearest", "nearest-exact", "area"):
        return None
    most = max(map(len, access.taps)) if use.base.startswith("ConvTranspose") else 0
    return [[1 / (most or len(taps))] * len(taps) for taps in access.taps]


def _linear_weights(use: Use, access: Access, phase: int) -> list[float]:
    """Output φ lies at x = σ·φ with aligned corners, else at σ·(φ + ½) - ½, for σ input positions per output."""
    if len(access.taps[phase]) == 1:
        return [1.0]
    rate = Fraction(access.step, len(access.taps))
    x = rate * phase if use.layer.args.get("align_corners") else rate * (phase + Fraction(1, 2)) - Fraction(1, 2)
    return [float(1 - (x - floor(x))), float(x - floor(x))]
