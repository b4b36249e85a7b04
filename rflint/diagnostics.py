"""Rules and findings: what a check yields, and what a face prints."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from rflint.edits import Fix
from rflint.trace import Place

SEVERITIES = ("note", "info", "warning", "error")
"""From what is only worth knowing, and said where `--verbose` asks for it, to what will raise."""


class Span(NamedTuple):
    """Lines and columns of a place, counted from 1; the end column is the one after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Change:
    """A piece of text of a file that becomes another one."""

    file: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Repair:
    """A fix as the faces show it: what it does, and the text that it changes.

    `refused` says why it cannot be made ("" if it can): then there are no changes.
    """

    message: str
    safe: bool
    changes: tuple[Change, ...] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check yields: a place, a sentence with the numbers, other places, perhaps a fix.

    `use` is the index of the use at which it goes wrong, if it does at one: the way there, what it is given and torch's
    own text follow from it.  `trail` names the uses to be shown instead of that way, where others matter.
    """

    place: Place
    message: str
    related: tuple[tuple[Place, str], ...] = ()
    trail: tuple[int, ...] = ()
    fix: Fix | None = None
    severity: str = ""
    """How serious this one is, where it is not as its rule says: "error" where torch surely raises, for example."""
    optional: bool = False
    """Whether it is shown only to those who select its rule."""
    use: int | None = None
    torch: str = ""
    """What torch raises, where it does not follow from the use: `AttributeError: cannot assign …`."""
    subject: str = ""
    """What it is about, where a rule may have to say several things of one place."""


def with_cure(finding: Finding) -> str:
    """The sentence of a finding, and what its edit would write if it does not say so itself."""
    edit = "" if finding.fix is None or finding.fix.message else finding.fix.words
    return finding.message if edit in finding.message else f"{finding.message}; {edit} would do"


Check = Callable[[Any], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its code and name, how serious it is, whether it is on by default, and its check."""

    code: str
    name: str
    severity: str
    check: Check
    default: bool = True
    fix: str = ""
    """"" (no fix), "safe", "unsafe" or "hint"."""
    needs_size: bool = False
    """True if its condition may hold for some input sizes only, so that it needs a known input."""


@dataclass(frozen=True, slots=True)
class Step:
    """A use on the way to a finding and the sizes that it makes, with the line that calls it: none of an input."""

    text: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return f"{self.text}  {self.file}:{self.line}" if self.file else self.text


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """A finding with its place resolved: what the faces print.  Sorts by file and position."""

    file: str
    span: Span
    code: str
    name: str
    severity: str
    message: str
    witness: str = ""
    related: tuple[tuple[str, Span, str], ...] = ()
    trail: tuple[Step, ...] = ()
    """The uses that lead here, with their sizes."""
    torch: str = ""
    """What torch raises here, word by word; "" if it does not raise, or its text is not known."""
    fix: Repair | None = None
    count: int = 1
    subject: str = ""
    """What it is about, where a rule says several things of one place."""

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.file, self.span, self.code, self.message)


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be done: a sentence that names what it is about, and the file and line of that where there are."""

    sentence: str
    file: str = ""
    line: int = 0

    def __str__(self) -> str:
        return self.sentence


@dataclass(slots=True)
class Report:
    """What a run looked at and what it found."""

    diagnostics: list[Diagnostic] = field(default_factory=list)
    files: int = 0
    networks: int = 0
    complete: int = 0
    partial: list[tuple[str, str, str]] = field(default_factory=list)
    """Of each network followed only in part: its target, where it stopped ("file:line") and why."""
    undecided: list[str] = field(default_factory=list)
    """Sentences about contracts of which it is open whether they hold."""
    failures: list[Failure] = field(default_factory=list)
    """Targets that could not be read, and internal failures: exit status 2."""
    linted: list[str] = field(default_factory=list)
    """The files that were linted as a whole, and not only one network of them."""
