"""What differs between two states of a repository, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rflint.formats.changes import Changes, NetworkChange
from rflint.formats.concise import headline as finding_line
from rflint.formats.terminal import one_line, paint

MARKS = {"new": "green", "gone": "red", "changed": "yellow"}


def changes_text(changes: Changes, colour: bool = False) -> str:
    """The networks that differ with their figures, then the findings that do; "" if nothing differs."""
    return "".join(f"{line}\n" for line in _lines(changes, colour))


def _lines(changes: Changes, colour: bool) -> Iterator[str]:
    for network in changes.networks:
        yield from _network(network, colour)
    found = changes.findings
    for status, diagnostics in (
        ("new", found.new),
        ("gone", found.gone),
        ("changed", [now for _, now in found.changed]),
    ):
        if diagnostics:
            title = "findings with other figures" if status == "changed" else f"{status} findings"
            yield paint(title, MARKS[status], colour)
            yield from (f"  {finding_line(one, colour)}" for one in diagnostics)


def _network(network: NetworkChange, colour: bool) -> Iterator[str]:
    was = f"  (was {one_line(network.was)})" if network.was else ""
    status = was if network.status == "changed" else f"  ({network.status})"
    yield paint(one_line(network.target), "bold", colour) + paint(status, MARKS[network.status], colour)
    width = max((len(row.label) for row in network.rows), default=0)
    for row in network.rows:
        first, last = row.texts
        told = f"{first} → {last}" if network.status == "changed" else last if row.before is None else first
        yield f"  {row.label:{width}}  {told}"
