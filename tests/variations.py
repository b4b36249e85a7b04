"""Small changes of the networks on rules' pages, each with what the rule then says: where its condition ends.

`tests/recorded/variations/NAME.txt` holds for a rule a line for each change, under the name of its case:

    13:33 3 -> 4: 13:33 31 % of what its …; net.py:11:20-11:21: kernel 3; fix (unsafe): padding=2; …

is line and column of what is replaced, what stands there then (`H`: a symbolic size, `UNKNOWN`: what cannot be known),
and what the rule says with its other places, torch's own text and the fix, findings separated by ` / `; nothing if it
is silent.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from mdtest import Case, read
from telling import brief

from rflint import linter
from rflint.config import from_toml

TESTS = Path(__file__).parent
RECORDS = TESTS / "recorded" / "variations"
UNKNOWN = 'int(open("settings").read())'
LINE = re.compile(r"^(\S+:)?(\d+):(\d+) (.*?) -> (.*?):(?: (.*))?$")
SWAPS = """
    True False  False True  MaxPool2d AvgPool2d  AvgPool2d MaxPool2d  MaxPool1d AvgPool1d  AvgPool1d MaxPool1d
    Conv2d ConvTranspose2d  ConvTranspose2d Conv2d  Conv1d ConvTranspose1d  ConvTranspose1d Conv1d
    BatchNorm2d InstanceNorm2d  ReLU Sigmoid  relu sigmoid  sigmoid relu  + *  - +  * +  cat stack
    "same" "valid"  "valid" "same"  "reflect" "replicate"  "replicate" "reflect"  "circular" "zeros"  "zeros" "reflect"
    "bilinear" "nearest"  "nearest" "bilinear"  "bicubic" "nearest"  "trilinear" "nearest"  "linear" "nearest"
    'same' 'valid'  'bilinear' 'nearest'  'nearest' 'bilinear'  'reflect' 'replicate'
""".split()
OTHER = dict(zip(SWAPS[::2], SWAPS[1::2], strict=True))
INPUT = re.compile(r"\b\d+\b|(?<=\W)[A-Z]\b")


@dataclass(frozen=True)
class Variation:
    """One change in one file of a case: at a line and a column `old` becomes `new`."""

    case: str
    file: str
    line: int
    column: int
    old: str
    new: str

    def __str__(self) -> str:
        file = "" if self.file == "net.py" else f"{self.file}:"
        return f"{file}{self.line}:{self.column} {self.old} -> {self.new.replace(UNKNOWN, 'UNKNOWN')}"


@cache
def cases(page: Path) -> dict[str, Case]:
    """The cases of a page by their names."""
    return {case.name: case for case in read(page)}


def answer(page: Path, change: Variation) -> str:
    """What the page's rule says of a changed case.  An internal failure is an AssertionError."""
    case = cases(page)[change.case]
    files = {**case.files, change.file: changed(case.files[change.file], change)}
    config = from_toml(case.config, linter.known_rules())
    config = replace(config, extend_select=(*config.extend_select, page.stem), ignore=())
    train = "--train" in case.options
    report = linter.check(list(files), linter.Options(config, read=files.get, train=train, verbose=True))
    assert not any("internal failure" in str(one) for one in report.failures), report.failures
    found = [one for one in report.diagnostics if one.name == page.stem]
    return " / ".join(map(brief, found))


def changed(text: str, change: Variation) -> str:
    """The text with the change."""
    lines = text.splitlines(keepends=True)
    line, start = lines[change.line - 1], change.column - 1
    assert line.startswith(change.old, start), f"{change}: no longer there; python -m tests.mutation --seek"
    lines[change.line - 1] = line[:start] + change.new + line[start + len(change.old) :]
    return "".join(lines)


def possible(page: Path) -> Iterator[Variation]:
    """All changes that are tried."""
    for case in cases(page).values():
        for file, text in case.files.items():
            for (line, column), old, new in edits(text):
                yield Variation(case.name, file, line, column + 1, old, new)


def edits(text: str) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Other numbers, other names, arguments left out, layers left out, inputs of another size."""
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    for at, token in enumerate(tokens):
        if token.type == tokenize.NUMBER and token.string.isdigit():
            number = int(token.string)
            for other in dict.fromkeys((number + 1, max(number - 1, 0), 2 * number)):
                if other != number:
                    yield token.start, token.string, str(other)
            yield token.start, token.string, UNKNOWN
        elif token.type == tokenize.COMMENT and "rflint: input" in token.string:
            yield from of_input(token)
        elif token.string in OTHER:
            yield token.start, token.string, OTHER[token.string]
        follows = [one.string for one in tokens[at : at + 5]]
        if len(follows) == 5 and follows[0] == "," and follows[2] == "=" and follows[4] in ",)":
            end = tokens[at + 3].end
            if end[0] == token.start[0]:
                yield token.start, token.line[token.start[1] : end[1]], ""
    for number, line in enumerate(text.splitlines(), 1):
        if found := re.match(r" +x = (?!x$)(.+)$", line.split("  #")[0]):
            yield (number, found.start(1)), found[1], "x"


def of_input(token: tokenize.TokenInfo) -> Iterator[tuple[tuple[int, int], str, str]]:
    """Other sizes of an input that is declared."""
    for found in INPUT.finditer(token.string):
        old, where = found[0], (token.start[0], token.start[1] + found.start())
        numbers = [int(old) + 1, max(int(old) - 1, 1), 2 * int(old)] if old.isdigit() else [1, 2, 7, 64]
        for new in [*map(str, numbers), *(["H"] if old.isdigit() else [])]:
            if new != old:
                yield where, old, new


def recorded(page: Path) -> list[tuple[Variation, str]]:
    """The changes that are recorded for a page, with what is said."""
    file, here, found = RECORDS / f"{page.stem}.txt", "", []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else []:
        if parts := LINE.match(line):
            name, row, column, old, new, said = parts.groups()
            new = new.replace("UNKNOWN", UNKNOWN)
            found.append((Variation(here, (name or "net.py:")[:-1], int(row), int(column), old, new), said or ""))
        else:
            here = line
    return found


def write(page: Path, changes: list[Variation]) -> None:
    """Records changes with what is said of them now."""
    RECORDS.mkdir(exist_ok=True)
    lines, here = [], ""
    for change in sorted(set(changes), key=lambda one: (one.case, one.file, one.line, one.column, one.new)):
        if change.case != here:
            here = change.case
            lines.append(here)
        lines.append(f"{change}: {answer(page, change)}".rstrip(" "))
    if lines:
        (RECORDS / f"{page.stem}.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def telling(page: Path, most: int = 12) -> list[Variation]:
    """Changes that matter, not more than so many: first those by which the rule begins or ceases to speak.

    One for each place that does so, then one for each wording that is left.
    """
    asked = [(change, answer(page, change)) for change in possible(page)]
    usual = {name: unchanged(page, name) for name in cases(page)}
    chosen: dict[object, Variation] = {}
    for change, said in asked:
        if len(chosen) < most * 2 // 3 and bool(said) != bool(usual[change.case]):
            chosen.setdefault((change.case, change.file, change.line, change.column, bool(said)), change)
    for change, said in asked:
        if said != usual[change.case]:
            chosen.setdefault(re.sub(r"\d+", "", said), change)
    return list(dict.fromkeys(chosen.values()))[:most]


def unchanged(page: Path, case: str) -> str:
    """What the page's rule says of a case as it is."""
    file = next(iter(cases(page)[case].files))
    return answer(page, Variation(case, file, 1, 1, "", ""))
