"""Comments that speak to rflint: suppressions (`# noqa`, `# rflint: ignore[…]`) and declarations (`# rflint: input=…`)."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rflint.diagnostics import Span
from rflint.shapes import Shape, parse_shape

NOQA = re.compile(r"#\s*noqa(?P<codes>\s*:\s*(?P<list>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]*)*))?", re.IGNORECASE)
FILE_NOQA = re.compile(r"#\s*flake8\s*[:=]\s*noqa(?P<codes>\s*[:=]\s*(?P<list>[A-Z]+[0-9]*(?:[,\s]+[A-Z]+[0-9]*)*))?", re.I)
OURS = re.compile(r"#\s*rflint\s*:\s*(?P<said>.*)$")
IGNORE = re.compile(r"^ignore(?P<file>-file)?(?:\[(?P<list>[^\]]*)\])?\s*(?:--.*)?$")
INPUT = re.compile(r"input(?:\.(?P<name>\w+))?\s*=\s*(?P<shape>[\[(][^\])]*[\])])")
TASK = re.compile(r"task\s*=\s*(?P<task>[\w-]+)")
TASKS = ("segmentation", "classification", "detection", "restoration", "audio")
FORMS = "input=(N, 3, 224, 224), input.name=(…), task=segmentation, ignore[rule-name] or ignore-file"


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a comment declares of the code on `line`: shapes by parameter name ("" in order), or a task."""

    line: int
    kind: str
    shapes: tuple[tuple[str, Shape], ...] = ()
    task: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A comment that speaks to rflint and is not understood."""

    line: int
    message: str


@dataclass(slots=True)
class Comments:
    """The suppressions and declarations of a file."""

    lines: dict[int, frozenset[str]] = field(default_factory=dict)
    """For each line with a suppression: the codes and names it silences; an empty set silences all."""
    whole: list[frozenset[str]] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def suppresses(self, span: Span, code: str, name: str) -> bool:
        """Is a finding there silenced, by a comment on its first or last line or for the whole file?"""
        here = [self.lines[line] for line in (span.line, span.end_line) if line in self.lines]
        return any(_matches(wanted, code, name) for wanted in [*here, *self.whole])


def _matches(wanted: frozenset[str], code: str, name: str) -> bool:
    return not wanted or any(code.startswith(one.upper()) or one == name for one in wanted)


def comments(text: str) -> Comments:
    """The comments of a file that speak to rflint."""
    found = Comments()
    if "noqa" not in text.lower() and "rflint" not in text:
        return found
    rows = list(_comments(text))
    code = sorted({line for line, _, alone in rows if not alone} | _code_lines(text))
    for line, comment, alone in rows:
        _note(found, line, comment, next((n for n in code if n > line), line) if alone else line)
    return found


def _comments(text: str) -> Iterator[tuple[int, str, bool]]:
    """Line, text, and whether nothing else stands on the line."""
    lines = text.splitlines()
    for token in _tokens(text):
        if token.type == tokenize.COMMENT:
            line, column = token.start
            yield line, token.string, not lines[line - 1][:column].strip()


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _code_lines(text: str) -> set[int]:
    skip = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    return {token.start[0] for token in _tokens(text) if token.type not in skip}


def _note(found: Comments, line: int, comment: str, target: int) -> None:
    if match := FILE_NOQA.search(comment):
        found.whole.append(_words(match["list"]))
    elif match := NOQA.search(comment):
        found.lines[line] = _words(match["list"])
    elif match := OURS.search(comment):
        _ours(found, line, match["said"].strip(), target)


def _words(text: str | None) -> frozenset[str]:
    return frozenset(word for word in re.split(r"[,\s]+", text or "") if word)


def _ours(found: Comments, line: int, said: str, target: int) -> None:
    if match := IGNORE.match(said):
        words = _words(match["list"])
        if match["file"]:
            found.whole.append(words)
        else:
            found.lines[line] = words
        return
    try:
        declared = list(_declared(said, target))
    except ValueError as problem:
        found.problems.append(Problem(line, str(problem)))
        return
    if not declared:
        found.problems.append(Problem(line, f"'# rflint: {said}' is not understood: write {FORMS}"))
    found.declarations.extend(declared)


def _declared(said: str, target: int) -> Iterable[Declaration]:
    rest = said
    for match in INPUT.finditer(said):
        yield Declaration(target, "input", ((match["name"] or "", parse_shape(match["shape"])),))
        rest = rest.replace(match[0], "")
    for match in TASK.finditer(said):
        if match["task"] not in TASKS:
            raise ValueError(f"there is no task {match['task']!r}: choose one of {', '.join(TASKS)}")
        yield Declaration(target, "task", task=match["task"])
        rest = rest.replace(match[0], "")
    if rest.strip(" ,;"):
        raise ValueError(f"{rest.strip(' ,;')!r} in '# rflint: {said}' is not understood: write {FORMS}")
