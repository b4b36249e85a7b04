"""Compares what rflint says of torchvision's networks with what torch recorded on them.

    python -m tests.conformance SOURCES [NAME…]

SOURCES is the folder into which a torchvision wheel was unpacked; nothing of it is imported.  `tests/recorded/shapes`
holds every call that torch made of a convolution, pool, norm, linear or upsampling module, `tests/recorded/detection`
those of detection networks up to the first size that depends on data, `tests/recorded/fields` the receptive fields
measured by gradient; `tests/symbolic.py` runs the same networks on symbolic sizes, `tests/findings.py` holds what the
rules say of them to what torch has proved.  Missing is work to do, wrong is a bug: the exit status is 1 if anything is
wrong, or if less is right than `REACHED` says.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from rflint.linter import read_from_disk
from rflint.receptive import fields, json_field, reached
from rflint.trace import Trace
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session
from tests.findings import compare_findings
from tests.symbolic import compare_symbolic

RECORDED = Path(__file__).parent / "recorded"
PARAMETERS = json.loads((RECORDED / "parameters.json").read_text(encoding="utf-8"))["networks"]
REACHED = {
    "complete": 94,
    "calls right": 13626,
    "fields right": 248,
    "detection right": 1650,
    "symbolic complete": 77,
    "parameters right": 106,
}
"""How much is right at least; further networks may be complete on symbolic sizes, the others say why not."""


def main(argv: list[str]) -> int:
    """Compare all networks, or those whose names begin with one of the names given."""
    sources, names = Path(argv[0]), argv[1:]
    totals: Counter[str] = Counter()
    session = Session(read_from_disk)
    compared = {"shapes": compare_calls, "fields": compare_fields, "detection": compare_until_data}
    for kind, compare in compared.items():
        for truth in _recorded(kind, names):
            seen = _traced(session, sources, truth, kind)
            found = compare_findings(seen, truth["network"], session, sources, totals) if kind != "fields" else ()
            counts = compare_parameters(truth["network"], seen, totals) if kind != "fields" else ()
            for problem in chain(compare(truth, seen, totals), found, counts):
                print(f"{truth['network']}: {problem}")
    for truth in _recorded("shapes", names):
        for problem in compare_symbolic(truth, session, sources, totals):
            print(f"{truth['network']}: {problem}")
    print(
        f"networks complete {totals['complete']}/{totals['networks']} · "
        f"layer calls right {totals['calls right']}/{totals['calls']}, wrong {totals['calls wrong']} · "
        f"fields right {totals['fields right']}/{totals['fields']}, wrong {totals['fields wrong']}"
    )
    print(
        f"detection: layer calls before data decide right {totals['detection right']}/{totals['detection calls']}, "
        f"wrong {totals['detection wrong']}"
    )
    print(
        f"symbolic runs: {totals['symbolic complete']} of {totals['symbolic']} networks complete, "
        f"{totals['symbolic fixed']} fixed by their own reason, wrong {totals['symbolic wrong']}"
    )
    print(
        f"findings of default rules at the networks' own sizes: {totals['findings']}, of which torch has proved "
        f"{totals['proved']}, wrong {totals['findings wrong']}"
    )
    short = not names and any(totals[what] < least for what, least in REACHED.items())
    print(f"parameters right {totals['parameters right']}, wrong {totals['parameters wrong']}")
    wrong = any(
        totals[f"{what} wrong"] for what in ("calls", "fields", "detection", "symbolic", "findings", "parameters")
    )
    return int(wrong or short)


def _recorded(kind: str, names: list[str]) -> Iterator[dict[str, Any]]:
    for path in sorted((RECORDED / kind).glob("*.json")):
        if not names or path.stem.startswith(tuple(names)):
            yield json.loads(path.read_text(encoding="utf-8"))


def _traced(session: Session, sources: Path, truth: dict[str, Any], kind: str) -> Trace:
    shapes = [truth["input"]] if kind == "fields" else truth["inputs"]
    batch = {"shapes": (2,), "fields": (1,), "detection": ()}[kind]
    inputs = tuple(("", (*batch, *shape)) for shape in shapes)
    return trace(session, Root(str(sources / truth["file"]), truth["call"], inputs))


def compare_calls(truth: dict[str, Any], seen: Trace, totals: Counter[str]) -> Iterator[str]:
    """Every recorded call is right, missing or wrong; a call that torch did not make is wrong."""
    kinds = {kind for _, kind, _, _ in truth["layers"]}
    true, got = _by_path(truth["layers"]), _traced_calls(seen, truth, kinds)
    right = wrong = 0
    for path in {**true, **got}:
        known = [call for call in got.get(path, []) if all(map(_is_whole, call))]
        same = sum((Counter(map(str, true.get(path, []))) & Counter(map(str, known))).values())
        off = max(len(known) - same, len(got.get(path, [])) - len(true.get(path, [])))
        right, wrong = right + same, wrong + off
        if off:
            yield f"{path}: torch {true.get(path)}, rflint {got.get(path)}"
    missing = len(truth["layers"]) - right
    if seen.complete and not missing and seen.output is not None and _plain(seen.output) != truth["output"]:
        wrong += 1
        yield f"output: torch {truth['output']}, rflint {seen.output}"
    totals.update(networks=1, calls=len(truth["layers"]))
    totals.update(
        {"calls right": right, "calls wrong": wrong, "complete": int(seen.complete and not missing and not wrong)}
    )
    if missing:
        yield f"{missing} calls missing: {[note.reason for note in seen.unknowns][:3]}"


def compare_until_data(truth: dict[str, Any], seen: Trace, totals: Counter[str]) -> Iterator[str]:
    """Every recorded call is right or missing; a further call is wrong if its sizes are known, and one that torch has
    not made before the first size that depends on data."""
    kinds = {kind for _, kind, _, _ in truth["layers"]}
    true, got = _by_path(truth["layers"]), _traced_calls(seen, truth, kinds)
    for path in {**true, **got}:
        known = [call for call in got.get(path, []) if all(map(_is_whole, call))]
        same = sum((Counter(map(str, true.get(path, []))) & Counter(map(str, known))).values())
        totals.update({"detection right": same, "detection wrong": len(known) - same})
        if len(known) > same or same < len(true.get(path, [])):
            yield f"{path}: torch {true.get(path)}, rflint {got.get(path)}"
    totals["detection calls"] += len(truth["layers"])


def compare_parameters(network: str, seen: Trace, totals: Counter[str]) -> Iterator[str]:
    """The count of parameters is right, or said to be open, or wrong."""
    found, true = seen.parameters, PARAMETERS[network]
    if found is None or found.notes:
        yield f"parameters: torch {true}, open in rflint: {found and found.notes[0].reason}"
        return
    totals["parameters right" if found.known == true else "parameters wrong"] += 1
    if found.known != true:
        yield f"parameters: torch {true}, rflint {found.known}"


def _by_path(layers: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for path, _, given, made in layers:
        found.setdefault(path, []).append([given, made])
    return found


def _traced_calls(seen: Trace, truth: dict[str, Any], kinds: set[str]) -> dict[str, list[Any]]:
    paths = {path for path, *_ in truth["layers"]}
    found: dict[str, list[Any]] = {}
    for use in seen.uses:
        if not use.inner and (use.path in paths or use.kind in kinds):
            given = use.inputs[0] if use.inputs else None
            found.setdefault(use.path, []).append([_plain(given), _plain(use.output)])
    return found


def _is_whole(shape: Any) -> bool:
    return isinstance(shape, list) and all(isinstance(size, int) for size in shape)


def _plain(shape: Any) -> Any:
    if isinstance(shape, dict):
        return {key: _plain(value) for key, value in shape.items()}
    return [_plain(item) for item in shape] if isinstance(shape, (list, tuple)) else shape


def compare_fields(truth: dict[str, Any], seen: Trace, totals: Counter[str]) -> Iterator[str]:
    """Size, jump, start and the number of positions reached, on the last axis."""
    uses = {}
    for use in seen.uses:
        uses.setdefault(use.path, use)
    for path, true in truth["layers"].items():
        totals["fields"] += 1
        use = uses.get(path)
        axes = (
            next(iter(fields(seen)[use.index].values()), None) if use is not None and seen.order == "forward" else None
        )
        if axes is None or axes[-1].interval is None:
            yield f"{path}: field missing"
            continue
        field = {key: value[-1] if isinstance(value, list) else value for key, value in json_field(axes).items()}
        name = next(iter(fields(seen)[use.index]))
        positions = reached(seen, use.index, name, len(axes) - 1)
        if _agrees(true, field, positions.count if positions is not None else None):
            totals["fields right"] += 1
        else:
            totals["fields wrong"] += 1
            yield f"{path}: torch {true}, rflint {field}"


def _agrees(true: dict[str, Any], field: dict[str, Any], count: int | None) -> bool:
    if isinstance(field["size"], list):
        low, high = field["size"]
        return bool(low <= true["rf"] <= high)
    if field["size"] != true["rf"] or (count is not None and count != true["reached"]):
        return False
    return true["jump"] is None or (
        field["jump"] == true["jump"] and field["start"] + field["jump"] * true["index"] == true["lo"]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
