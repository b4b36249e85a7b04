"""The JSON of `diff --format json`, version 1."""

from __future__ import annotations

import json
from typing import Any

from rflint.formats.changes import Changes, NetworkChange
from rflint.formats.figures import Figure
from rflint.formats.json_report import finding


def changes_json(changes: Changes) -> str:
    """All that differs, as one object."""
    found = changes.findings
    report = {
        "version": 1,
        "before": changes.before,
        "after": changes.after,
        "networks": list(map(_network, changes.networks)),
        "same": changes.same,
        "new_findings": list(map(finding, found.new)),
        "gone_findings": list(map(finding, found.gone)),
        "changed_findings": [{"before": finding(old), "after": finding(new)} for old, new in found.changed],
    }
    return json.dumps(report, indent=2) + "\n"


def _network(network: NetworkChange) -> dict[str, Any]:
    rows = {row.label: {"before": _figure(row.before), "after": _figure(row.after)} for row in network.rows}
    named = {"network": network.target, "was": network.was or None, "status": network.status}
    return {**named, "figures": rows}


def _figure(figure: Figure | None) -> Any:
    """A figure as data and as text; null where there is none."""
    return None if figure is None else {"value": figure.data, "text": figure.text}
