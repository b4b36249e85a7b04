"""Findings in torchvision's networks at their own input sizes: those of which torch has given the proof, and no others.

`tests/recorded/findings.json` holds a row for each place at which a default rule speaks, with the figures that its
message must name; `fixtures/record_findings.py` has measured them with torch.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rflint.causes import Found, one_for_each_cause
from rflint.checks import all_rules
from rflint.diagnostics import Finding, Rule
from rflint.trace import Place, Trace
from rflint.tracing.session import Session

TABLE = Path(__file__).parent / "recorded" / "findings.json"


def compare_findings(seen: Trace, network: str, session: Session, sources: Path, totals: Counter[str]) -> Iterator[str]:
    """One network: a proved finding that is missing, says other figures, or a finding without a proof."""
    rows = {(row["code"], row["at"]): row for row in proved() if row["network"] == network}
    totals["proved"] += len(rows)
    found = findings(seen, session, sources)
    for key, messages in found.items():
        says = rows[key]["says"] if key in rows else None
        if says is None or not any(says in message for message in messages):
            totals["findings wrong"] += 1
            yield f"{key}: {messages[0]}: torch's proof: {says}"
    for key in rows.keys() - found.keys():
        totals["findings wrong"] += 1
        yield f"{key}: not found"
    totals["findings"] += len(found)


def proved() -> list[dict[str, Any]]:
    """The rows of the table."""
    rows: list[dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return rows


def findings(seen: Trace, session: Session, sources: Path) -> dict[tuple[str, str], list[str]]:
    """The messages of the default rules by code and place."""
    found: dict[tuple[str, str], list[str]] = {}
    for rule, finding in heard(seen):
        found.setdefault((rule.code, written(finding.place, session, sources)), []).append(finding.message)
    return found


def heard(seen: Trace) -> Iterator[Found]:
    """What the default rules say of a network without being asked, one finding for each cause."""
    rules = [rule for rule in all_rules().values() if rule.default and rule.severity != "note"]
    found = [Found(rule, finding) for rule in rules for finding in rule.check(seen)]
    yield from one_for_each_cause(seen, [one for one in found if is_plain(*one)])


def is_plain(rule: Rule, finding: Finding) -> bool:
    """Whether it is neither a note nor for those who ask for its rule."""
    return not finding.optional and (finding.severity or rule.severity) != "note"


def written(place: Place, session: Session, sources: Path) -> str:
    """A place as `file:line`, the file as it is called below the sources."""
    source = session.source(place.file)
    assert source is not None, place
    return f"{Path(place.file).relative_to(sources).as_posix()}:{source.span(place.mark).line}"
