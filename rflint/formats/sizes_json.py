"""The key "sizes" of a network in the JSON of `show --sizes`: the exact sets of `formats/sizes_text.py`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rflint.admissible.answers import Answer, Row, answers, pairs, refusals, tabulated
from rflint.admissible.asking import Admissible
from rflint.admissible.integers import Integers


def sizes_json(found: Admissible | None, wanted: Sequence[int] | None) -> dict[str, Any] | None:
    """The input sizes for which a network runs, axis by axis; null where no size can be asked."""
    if found is None:
        return None
    body: dict[str, Any] = {
        "axes": [_axis(answer) for answer in answers(found)],
        "mixes": numbers(found.together.mixing(found.together.axes[0])),
        "pairs": [{axis: numbers(sizes) for axis, sizes in one.items()} for one in pairs(found)],
        "raises": [
            {"sizes": numbers(sizes), "example": least, "reason": reason} for sizes, least, reason in refusals(found)
        ],
    }
    if wanted is not None:
        body["table"] = [_row(row) for row in tabulated(found, list(wanted))]
    return body


def _axis(answer: Answer) -> dict[str, Any]:
    useful = answer.useful
    return {
        "axes": list(answer.axes),
        "runs": numbers(answer.sizes),
        "unknown": None if answer.unknown is None else {**numbers(answer.unknown), "reason": answer.reason},
        "even": None if answer.even is None else numbers(answer.even),
        "undropped": None if answer.whole is None else numbers(answer.whole),
        "dropped": _dropped(answer),
        "live": None if useful is None or useful.live is None else numbers(useful.live),
        "widening": None if useful is None else {"from": useful.widening, "border": useful.border or None},
        "seen": None if useful is None else useful.seen,
    }


def numbers(sizes: Integers) -> dict[str, Any]:
    """A set: the ranges below `start`, first and last included, and from there on what is left modulo `period`."""
    return {
        "ranges": [[part[0], part[-1]] for part in sizes.before],
        "start": sizes.start,
        "period": sizes.period,
        "residues": list(sizes.residues),
        "text": str(sizes),
    }


def _dropped(answer: Answer) -> list[dict[str, Any]] | None:
    """What the residues cost, each at its first size: rows of the input that no window reads."""
    sizes = answer.sizes
    if answer.whole is None or not sizes.residues:
        return None
    period = answer.whole.period if answer.whole.period % sizes.period == 0 else answer.whole.period * sizes.period
    start = max(sizes.start, answer.whole.start)
    found = []
    for size in range(start, start + period):
        cost = answer.costs.at(size) if size in sizes else None
        if cost is not None:
            found.append({"residue": size % period, "period": period, "rows": float(cost.rows)})
    return sorted(found, key=lambda row: row["residue"])


def _row(row: Row) -> dict[str, Any]:
    cost = row.cost
    return {
        "size": row.size,
        "runs": row.runs,
        "output": _shapes(row.output),
        "reason": row.reason or None,
        "rows_dropped": None if cost is None else float(cost.rows),
        "dropped": None if cost is None else [{"path": path, "rows": count} for path, count in cost.dropped],
        "uneven": None if cost is None else list(cost.uneven),
    }


def _shapes(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _shapes(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_shapes(inner) for inner in value]
    return value if value is None or isinstance(value, int) else str(value)
