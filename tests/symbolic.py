"""Symbolic runs of torchvision's networks: what they say of all sizes is what runs on numbers say of one.

Each network with one image as its input is traced with a symbolic batch and with sides `32*h` and `32*w`.  It is
complete; or its size is fixed, and it says by what: by equations between sizes (`requirements`), or by a condition on
the input size that is not decided.  With numbers for the symbols every use's output and field is that of the run on
these numbers; where that one ends (torch raises there), what comes before is compared.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from typing import Any

from rflint.dims import Size, is_unknown, substitute, symbol
from rflint.receptive import AxisField, Field, fields
from rflint.requirements import requirements
from rflint.trace import Shape, Trace, Use
from rflint.tracing.running import trace
from rflint.tracing.session import Root, Session

SIZES = ({"N": 2, "h": 7, "w": 7}, {"N": 3, "h": 8, "w": 5})
STEP = 32


def compare_symbolic(truth: dict[str, Any], session: Session, sources: Path, totals: Counter[str]) -> Iterator[str]:
    """One network's symbolic run and its runs on numbers: counts, and a sentence for all that differs."""
    shape = (symbol("N"), *truth["inputs"][0][:-2], symbol("h", STEP), symbol("w", STEP))
    root = Root(str(sources / truth["file"]), truth["call"], (("", shape),))
    every = trace(session, root)
    wrong = 0
    for values in SIZES:
        one = trace(session, replace(root, inputs=(("", substituted(shape, values)),)))
        totals["symbolic uses"] += sum(1 for _ in pairs(every, one))
        for problem in differences(every, one, values):
            wrong += 1
            yield f"{problem} for {values}"
    totals.update({"symbolic": 1, "symbolic wrong": int(wrong > 0), verdict(every): 1})
    if verdict(every) == "symbolic stuck":
        yield f"not complete for all sizes: {[note.reason for note in every.unknowns][:3]}"


def verdict(every: Trace) -> str:
    """Is the trace complete, or is its size fixed by what the network itself asks of it?"""
    reasons = [note.reason for note in every.unknowns]
    if every.complete:
        return "symbolic fixed" if requirements(every) else "symbolic complete"
    return "symbolic fixed" if reasons and reasons[0].endswith("depends on the input size") else "symbolic stuck"


def substituted(shape: Shape | None, values: Mapping[str, Size]) -> Shape | None:
    """The shape with numbers for its symbols."""
    return None if shape is None else tuple(substitute(size, values) for size in shape)


def differences(every: Trace, one: Trace, values: Mapping[str, Size]) -> Iterator[str]:
    """Where what is known for all sizes is not what is known for one."""
    for a, b in pairs(every, one):
        name = f"use {b.index} {b.path} {b.kind}"
        if (a.path, a.kind) != (b.path, b.kind):
            yield f"{name} where {a.path} {a.kind} is expected"
            return
        got = substituted(a.output, values)
        if got is not None and b.output is not None and not fits(got, b.output):
            yield f"{name} gives {b.output}, {a.output} says {got}"
        seen = fields(one)[b.index]
        for input, field in fields(every)[a.index].items():
            if not same_field(field, seen.get(input)):
                yield f"{name} sees {seen.get(input)}, for all sizes it is {field}"


def pairs(every: Trace, one: Trace) -> Iterator[tuple[Use, Use]]:
    """The uses that are the same: all, one by one; where some are conditional, those of paths that have as many."""
    ran = until_it_ends(one)
    if not any(use.conditional for use in every.uses):
        yield from zip(every.uses, ran, strict=False)
        return
    left, right = grouped(every.uses), grouped(ran)
    for key, uses in left.items():
        if len(uses) == len(right.get(key, ())):
            yield from zip(uses, right[key], strict=True)


def until_it_ends(one: Trace) -> list[Use]:
    """The uses of a run on numbers, up to where torch raises or something is not known."""
    if one.order != "forward":
        return []
    return list(takewhile(lambda use: use.output is not None and not any(map(is_unknown, use.output)), one.uses))


def grouped(uses: Sequence[Use]) -> dict[tuple[str, str], list[Use]]:
    """The uses of each path and kind."""
    found: dict[tuple[str, str], list[Use]] = {}
    for use in uses:
        found.setdefault((use.path, use.kind), []).append(use)
    return found


def fits(got: Shape, true: Shape) -> bool:
    """Whether sizes are the same, as far as they are known."""
    return len(got) == len(true) and all(is_unknown(a) or a == b for a, b in zip(got, true, strict=True))


def same_field(field: Field, true: Field | None) -> bool:
    """Whether a field says the same, as far as it is known; None is that of a use that sees nothing of the input."""
    if true is None:
        return not any(map(_is_known, field))
    return len(field) == len(true) and all(map(_same_axis, field, true))


def _is_known(axis: AxisField) -> bool:
    return axis.interval is not None and not axis.reason


def _same_axis(axis: AxisField, true: AxisField) -> bool:
    said, held = ((one.at, one.interval, one.whole, one.pooled) for one in (axis, true))
    return not _is_known(axis) or said == held
