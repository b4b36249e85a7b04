"""Which findings are new, which are gone, and which have other figures only."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import NamedTuple

from rflint.diagnostics import Diagnostic
from rflint.fingerprints import Read, fingerprints, placeless
from rflint.notebooks.showing import Places
from rflint.source import NEWLINE


class Differences(NamedTuple):
    """The findings of one side only, and pairs of findings that a statement had and has, with other figures."""

    new: list[Diagnostic]
    gone: list[Diagnostic]
    changed: list[tuple[Diagnostic, Diagnostic]]


def differences(
    before: Sequence[Diagnostic],
    after: Sequence[Diagnostic],
    reads: tuple[Read, Read],
    old_name: Callable[[str], str],
) -> Differences:
    """What differs between the findings of two sides, whose files are read by `reads`.

    A finding is the same if its fingerprint is; so is one of those that are left, if it is of the same rule and at the
    same statement of the same file (`old_name` says what that was called before).  It has changed if its message has.
    """
    marks = [fingerprints(before, reads[0]), fingerprints(after, reads[1])]
    same, gone, new = _matched(list(zip(before, marks[0], strict=True)), list(zip(after, marks[1], strict=True)))
    old_keys = [(one, (one.code, one.file, _statement(one, reads[0]))) for one in gone]
    new_keys = [(one, (one.code, old_name(one.file), _statement(one, reads[1]))) for one in new]
    alike, gone, new = _matched(old_keys, new_keys)
    changed = [(old, now) for old, now in (*same, *alike) if placeless(old.message) != placeless(now.message)]
    return Differences(new, gone, changed)


def in_cells(found: Differences, reads: tuple[Read, Read]) -> Differences:
    """The same with the lines of notebooks counted in their cells."""
    old, new = (Places(read).finding for read in reads)
    pairs = [(old(was), new(now)) for was, now in found.changed]
    return Differences([new(one) for one in found.new], [old(one) for one in found.gone], pairs)


def _matched(
    before: Sequence[tuple[Diagnostic, Hashable]], after: Sequence[tuple[Diagnostic, Hashable]]
) -> tuple[list[tuple[Diagnostic, Diagnostic]], list[Diagnostic], list[Diagnostic]]:
    """Pairs with the same key, each finding in one at most; what is left of either side."""
    waiting: dict[Hashable, list[Diagnostic]] = {}
    for one, key in before:
        waiting.setdefault(key, []).append(one)
    pairs, new = [], []
    for one, key in after:
        if waiting.get(key):
            pairs.append((waiting[key].pop(0), one))
        else:
            new.append(one)
    left = {id(one) for rows in waiting.values() for one in rows}
    return pairs, [one for one, _ in before if id(one) in left], new


def _statement(found: Diagnostic, read: Read) -> str:
    """The lines on which a finding stands, without the space around them."""
    rows = NEWLINE.split(read(found.file) or "")
    return "\n".join(row.strip() for row in rows[found.span.line - 1 : found.span.end_line])
