"""What differs between two states of a repository, as it is told in text, Markdown and JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rflint.formats.figures import Figure
from rflint.formats.terminal import counted
from rflint.history.findings import Differences

TOLD = ("output", "field", "jump", "parameters", "input sizes")
"""The figures that are told of a network that only one side has: those whose label begins so."""


@dataclass(frozen=True, slots=True)
class Row:
    """A figure on both sides; None where there is none."""

    label: str
    before: Figure | None
    after: Figure | None

    @property
    def texts(self) -> tuple[str, str]:
        """Both as text, with the difference behind the second one where both are numbers."""
        first, last = (one.text if one is not None else "–" for one in (self.before, self.after))
        numbers = [text.replace(",", "") for text in (first, last)]
        if self.label == "parameters" and all(number.isdecimal() for number in numbers):
            last += f" ({int(numbers[1]) - int(numbers[0]):+,})"
        return first, last


@dataclass(frozen=True, slots=True)
class NetworkChange:
    """A network that differs: `status` is "changed", "new" or "gone", `rows` are the figures that differ, or all."""

    target: str
    status: str
    rows: tuple[Row, ...]
    was: str = ""
    """What it was called before, if not as now."""


@dataclass(frozen=True, slots=True)
class Changes:
    """All that differs between two sides, which are called `before` and `after`; `same` networks do not differ."""

    before: str
    after: str
    networks: Sequence[NetworkChange]
    same: int
    findings: Differences

    @property
    def is_nothing(self) -> bool:
        """Whether nothing differs."""
        return not self.networks and not any(self.findings)


def differing(before: Sequence[Figure], after: Sequence[Figure]) -> tuple[Row, ...]:
    """The figures whose texts differ, by their labels."""
    return tuple(row for row in paired(before, after) if row.before is None or row.after is None or is_changed(row))


def is_changed(row: Row) -> bool:
    """Whether a figure of both sides differs."""
    return row.before is not None and row.after is not None and row.before.text != row.after.text


def paired(before: Sequence[Figure], after: Sequence[Figure]) -> Iterator[Row]:
    """The figures of both sides by their labels, those that only the first has at the end."""
    olds, news = ({one.label: one for one in side} for side in (before, after))
    yield from (Row(label, olds.get(label), one) for label, one in news.items())
    yield from (Row(label, one, None) for label, one in olds.items() if label not in news)


def alone(figures: Sequence[Figure], status: str) -> tuple[Row, ...]:
    """The figures of a network that only one side has."""
    told = [one for one in figures if one.label.startswith(TOLD)]
    return tuple(Row(one.label, *((None, one) if status == "new" else (one, None))) for one in told)


def headline(changes: Changes) -> str:
    """`2 networks changed, 1 new; 1 new finding, 3 gone`, of what there is."""
    counts = {status: sum(one.status == status for one in changes.networks) for status in ("changed", "new", "gone")}
    networks = _counts(counts, "network")
    found = changes.findings
    findings = _counts({"new": len(found.new), "gone": len(found.gone), "changed": len(found.changed)}, "finding")
    return "; ".join(filter(None, (networks, findings))) or "no network and no finding has changed"


def _counts(counts: dict[str, int], noun: str) -> str:
    """`1 new finding, 3 gone`."""
    told = [(number, status) for status, number in counts.items() if number]
    first = [counted(number, f"{status} {noun}") for number, status in told[:1]]
    return ", ".join([*first, *(f"{number} {status}" for number, status in told[1:])])
