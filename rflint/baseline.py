"""Baselines: a record of the findings that are there already, so that only new ones are reported.

Findings are known again by their fingerprints, wherever their lines have moved.  What a file has more of one
fingerprint than its record says is new; what it has less has moved to another file, or is gone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rflint.diagnostics import Diagnostic
from rflint.fingerprints import gist

VERSION = 1


class BaselineError(Exception):
    """A baseline that cannot be used: a sentence that says why, and whether it may be written anew."""

    def __init__(self, sentence: str, broken: bool = True) -> None:
        super().__init__(f"{sentence}; --update-baseline writes it anew" if broken else sentence)
        self.broken = broken


class Entry(NamedTuple):
    """What is recorded of findings that are alike: the file, relative to the baseline, and what they are."""

    file: str
    code: str
    fingerprint: str
    message: str


Record = Mapping[Entry, int]
"""The entries of a baseline, with how often each was found."""


@dataclass(slots=True)
class Comparison:
    """What has become of a baseline: the findings that it does not hold, those that it does, how many entries are gone,
    and those of which this run cannot tell."""

    new: list[int] = field(default_factory=list)
    held: list[int] = field(default_factory=list)
    gone: Counter[Entry] = field(default_factory=Counter)
    open: Counter[Entry] = field(default_factory=Counter)


def entries(found: Sequence[Diagnostic], prints: Sequence[str], name: Callable[[str], str]) -> list[Entry]:
    """The entry of each finding; `name` gives a file as it is called in the baseline."""
    pairs = zip(found, prints, strict=True)
    return [Entry(name(one.file), one.code, printed, gist(one.message)) for one, printed in pairs]


def compared(record: Record, found: Sequence[Entry], is_settled: Callable[[Entry], bool]) -> Comparison:
    """Which of the findings a baseline holds.

    `is_settled` says whether this run would have found what an entry says in its file, so that it is gone, or has moved
    to another file, if it was not found there.
    """
    left, result, moved = Counter(record), Comparison(), []
    by_place = _by_place(left)
    for number, one in enumerate(found):
        if _take(left, by_place.get((one.file, one.fingerprint), ())):
            result.held.append(number)
        else:
            moved.append(number)
    elsewhere = _by_print(entry for entry in left if left[entry] and is_settled(entry))
    for number in moved:
        taken = _take(left, elsewhere.get(found[number].fingerprint, ()))
        (result.held if taken else result.new).append(number)
    for entry, count in left.items():
        if count:
            (result.gone if is_settled(entry) else result.open)[entry] = count
    return result


def _by_place(known: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    rows: dict[tuple[str, str], list[Entry]] = {}
    for entry in known:
        rows.setdefault((entry.file, entry.fingerprint), []).append(entry)
    return rows


def _by_print(known: Iterable[Entry]) -> dict[str, list[Entry]]:
    rows: dict[str, list[Entry]] = {}
    for entry in known:
        rows.setdefault(entry.fingerprint, []).append(entry)
    return rows


def _take(left: Counter[Entry], known: Iterable[Entry]) -> bool:
    """Take one of the entries away, if any is left."""
    entry = next((entry for entry in known if left[entry]), None)
    if entry is not None:
        left[entry] -= 1
    return entry is not None


# Reading and writing


def written(record: Record) -> str:
    """A baseline as JSON, sorted, each entry on a line of its own."""
    rows = ",\n".join(json.dumps(_row(entry, count), ensure_ascii=False) for entry, count in sorted(record.items()))
    return (
        f'{{"version": {VERSION}, "findings": [\n{rows}\n]}}\n'
        if rows
        else f'{{"version": {VERSION}, "findings": []}}\n'
    )


def _row(entry: Entry, count: int) -> dict[str, Any]:
    return {**entry._asdict(), "count": count}


def read(text: str, path: str) -> Record:
    """The entries of a baseline.  Raises BaselineError."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BaselineError(f"{path}: the baseline is no JSON: {problem}") from None
    if not isinstance(said, dict) or not isinstance(said.get("version"), int):
        raise BaselineError(f"{path} is no baseline of rflint: it has no version", broken=False)
    if said["version"] > VERSION:
        newer = f"{path} is a baseline of a newer rflint: of version {said['version']}, and this one knows {VERSION}"
        raise BaselineError(newer, broken=False)
    return Counter(dict(_entries(said.get("findings"), path)))


def _entries(rows: Any, path: str) -> Iterator[tuple[Entry, int]]:
    for number, row in enumerate(rows if isinstance(rows, list) else [None], 1):
        texts = [row.get(name) for name in Entry._fields] if isinstance(row, dict) else [None]
        count = row.get("count", 1) if isinstance(row, dict) else None
        if not all(isinstance(text, str) for text in texts) or type(count) is not int or count < 1:
            raise BaselineError(f"{path}: entry {number} of the baseline is not understood")
        yield Entry(*texts), count
