"""What a run learns about suppressions: which are there, which were needed, and which code was run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from rflint.comments.reading import comments
from rflint.comments.suppressions import Named, Suppression, Suppressions
from rflint.diagnostics import Diagnostic, Rule, Span
from rflint.trace import Place, Trace


@dataclass(frozen=True, slots=True)
class Walked:
    """A network that was traced: how far, the marks of the code that was run, by file, and which rules were applied to
    it in which files."""

    target: str
    complete: bool
    declared: bool
    marks: Mapping[str, frozenset[int]]
    applied: Callable[[Rule, str], bool]


@dataclass(slots=True)
class Ledger:
    """The suppressions by file, the networks, and the comments and names that have silenced something.

    `read` gives the text of a file, `span` tells where a place is.  `noqa` says whether `# noqa` silences.
    """

    read: Callable[[str], str | None]
    span: Callable[[Place], Span]
    noqa: bool = True
    walked: list[Walked] = field(default_factory=list)
    used: set[tuple[str, int, int]] = field(default_factory=set)
    files: dict[str, Suppressions] = field(default_factory=dict)
    linted: dict[str, str] = field(default_factory=dict)
    """The texts of the files that are linted as a whole."""

    def suppressions(self, file: str) -> Suppressions:
        """The comments of a file that silence rules."""
        if file not in self.files:
            self.files[file] = comments(self.read(file) or "").suppressions
        return self.files[file]

    def silences(self, found: Diagnostic) -> bool:
        """Whether a comment silences a finding, in whichever file it stands."""
        return any(self.suppressions(found.file).silencing(found.span, found.code, found.name, self.noqa))

    def note(self, place: Place, code: str, name: str) -> None:
        """Note which comments are needed for a finding, whether or not it would be shown."""
        found = self.suppressions(place.file)
        if found.found:
            for one, names in found.silencing(self.span(place), code, name, self.noqa):
                self.used.update((place.file, one.line, start) for start in (one.start, *(n.start for n in names)))

    def is_used(self, file: str, one: Suppression, name: Named | None = None) -> bool:
        """Whether a comment, or one of its names, has silenced anything."""
        return (file, one.line, one.start if name is None else name.start) in self.used

    def walk(self, trace: Trace, applied: Callable[[Rule, str], bool]) -> None:
        """Note that a network was traced, and which rules are applied to it in which files."""
        marks: dict[str, set[int]] = {}
        for place in _places(trace):
            marks.setdefault(place.file, set()).add(place.mark)
        frozen = {file: frozenset(found) for file, found in marks.items()}
        self.walked.append(Walked(trace.target, trace.complete, trace.declared, frozen, applied))


def _places(trace: Trace) -> Iterator[Place]:
    """Where the code stands that a trace has run, as far as it says so."""
    found = [trace.place, *(said.place for said in trace.said)]
    for use in trace.uses:
        found += [use.place, use.layer.defined, *use.layer.places.values()]
    for member in trace.members:
        found += [member.made, member.kept]
    return (place for place in found if place is not None)
