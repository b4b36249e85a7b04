"""What to suggest for a wanted receptive field: a dilation schedule, what it comes to, and alternatives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import ceil

from rflint.geometry.gains import gridding_index
from rflint.geometry.schedules import covering_rates, extent, fewest_layers, hybrid_distances, is_hybrid


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: a field in input positions, by layers of one kernel with stride 1.

    They stand where units are `jump` input positions apart and see `seen` of them already.
    """

    kernel: int
    field: int
    jump: int = 1
    seen: int = 1
    layers: int | None = None
    hybrid: bool = False

    @property
    def growth(self) -> int | None:
        """What keeps the rates valid, see `schedules.covering_rates`."""
        return 2 if self.hybrid else None

    @property
    def units(self) -> int:
        """The wanted field in units at the layers' input."""
        return max(0, ceil((self.field - self.seen) / self.jump)) + 1


@dataclass(frozen=True, slots=True)
class Schedule:
    """Dilation rates, the field that they give in input positions, and figures about them."""

    about: str
    rates: tuple[int, ...]
    """Empty where no layer is dilated."""
    layers: int
    field: int
    index: float | None
    """The gridding index, see `gains.py`; None if it was not computed."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """The answer to `wanted`, and other ways to the same field."""

    wanted: Wanted
    schedule: Schedule
    distances: tuple[int, ...]
    """M_1, M_2, … of the hybrid criterion, see `schedules.hybrid_distances`."""
    valid: bool
    """Whether the hybrid criterion holds."""
    alternatives: tuple[Schedule, ...]


class Unreachable(ValueError):
    """No such layers give that field; the text says why."""


def suggested(wanted: Wanted) -> Suggestion:
    """The fewest layers, or the given number of them, with which units see the field without holes.

    Raises Unreachable.
    """
    rates = rates_for(wanted)
    schedule = scheduled(wanted, rates, "")
    valid = is_hybrid(wanted.kernel, rates)
    return Suggestion(wanted, schedule, tuple(hybrid_distances(rates)), valid, tuple(alternatives(wanted, rates)))


def rates_for(wanted: Wanted) -> list[int]:
    """The rates of the schedule.  Raises Unreachable."""
    if wanted.kernel < 2:
        raise Unreachable("a kernel of 1 sees one position whatever its dilation")
    if wanted.seen < wanted.jump:
        raise Unreachable(
            f"units that see {wanted.seen} and are {wanted.jump} apart leave positions between them unread"
        )
    if wanted.units == 1:
        raise Unreachable(f"units that see {wanted.seen} before these layers see {wanted.field} already")
    fewest = fewest_layers(wanted.kernel, wanted.units, wanted.growth)
    if wanted.layers is None:
        return fewest
    found = covering_rates(wanted.kernel, wanted.layers, wanted.units, wanted.growth)
    if found is None:
        raise Unreachable(
            f"a field of {wanted.field} without holes takes {len(fewest)} layers of kernel {wanted.kernel}, "
            f"not {wanted.layers}"
        )
    return found


def scheduled(wanted: Wanted, rates: list[int], about: str) -> Schedule:
    """Rates with the field that they give."""
    kernels = [wanted.kernel] * len(rates)
    field = wanted.seen + wanted.jump * (extent(kernels, rates) - 1)
    return Schedule(about, tuple(rates), len(rates), field, gridding_index(kernels, rates))


def alternatives(wanted: Wanted, rates: list[int]) -> Iterator[Schedule]:
    """Other ways: rates that grow more slowly, none at all, and fewer layers behind pools."""
    slower = fewest_layers(wanted.kernel, wanted.units, growth=1)
    if wanted.layers is None and slower != rates:
        yield scheduled(wanted, slower, "rates that about double")
    plain = ceil((wanted.units - 1) / (wanted.kernel - 1))
    field = wanted.seen + wanted.jump * plain * (wanted.kernel - 1)
    yield Schedule("no dilation", (), plain, field, 0.0)
    for pools in (1, 2):
        behind = pooled(wanted, pools)
        if behind.units > 1:
            about = "after a pool of 2, stride 2" if pools == 1 else f"after {pools} pools of 2, stride 2"
            yield scheduled(behind, fewest_layers(behind.kernel, behind.units, behind.growth), about)


def pooled(wanted: Wanted, pools: int) -> Wanted:
    """The same field, wanted behind so many pools of kernel and stride 2: each widens what is seen by a jump."""
    jump = wanted.jump << pools
    return replace(wanted, jump=jump, seen=wanted.seen + jump - wanted.jump)
