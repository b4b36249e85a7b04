"""Comments that speak to rflint: suppressions (`# noqa`), declarations (`# rflint: input=…`), contracts (`rf>=70`)."""

from __future__ import annotations

import io
import re
import tokenize
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field

from rflint.contracts import SUBJECTS, Contract, contract
from rflint.diagnostics import Span
from rflint.shapes import Shape, parse_shape, split
from rflint.spelling import suggestion

TASKS = ("segmentation", "classification", "detection", "restoration", "audio")
FORMS = "input=(N, 3, 224, 224), input.name=(…), task=segmentation, rf>=512, ignore[rule-name] or ignore-file"
WORDS = ("input", "task", *SUBJECTS, "ignore", "ignore-file")
_CODES = r"(?P<list>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)"
_NOQA = re.compile(rf"#\s*noqa\b(?:\s*:\s*{_CODES})?", re.IGNORECASE)
_FILE_NOQA = re.compile(rf"#\s*flake8\s*[:=]\s*noqa(?:\s*:\s*{_CODES})?\s*$", re.IGNORECASE)
_OURS = re.compile(r"#\s*rflint\s*:\s*(?P<said>.*?)\s*(?:(?:^|\s)--.*|#.*)?$")
_IGNORE = re.compile(r"ignore(?P<file>-file)?\s*(?:\[(?P<list>[^\]]*)\])?$")
_DECLARATION = re.compile(r"(?P<key>input|task)(?:\.(?P<name>\w+))?\s*=\s*(?P<value>.*)$", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][\w-]*")
_NOT_CODE = frozenset(
    [tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER]
)


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment that silences rules: those it names by code, beginning of a code or name, or all if it names none."""

    line: int
    rules: frozenset[str]
    whole_file: bool = False
    noqa: bool = False
    """Whether it is a comment of the kind that flake8 itself knows."""

    def silences(self, code: str, name: str) -> bool:
        """Does it mean that rule?"""
        return not self.rules or any(rule == name or code.startswith(rule.upper()) for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a comment declares of the code on `line`: shapes by parameter name ("" in order), a task, or a contract.

    A comment that stands alone speaks of the next line of code.
    """

    line: int
    kind: str
    shapes: tuple[tuple[str, Shape], ...] = ()
    task: str | None = None
    contract: Contract | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """A comment that speaks to rflint and is not understood."""

    line: int
    message: str


@dataclass(slots=True)
class Comments:
    """The suppressions and declarations of a file."""

    suppressions: list[Suppression] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def suppresses(self, span: Span, code: str, name: str, noqa: bool = True) -> bool:
        """Is a finding there silenced, by a comment on its first or last line or for the whole file?

        Without `noqa`, only comments that speak to us alone count."""
        lines = (span.line, span.end_line)
        heard = (one for one in self.suppressions if noqa or not one.noqa)
        return any((one.whole_file or one.line in lines) and one.silences(code, name) for one in heard)


def comments(text: str) -> Comments:
    """The comments of a file that speak to rflint."""
    found = Comments()
    if "rflint" not in text and "noqa" not in text.lower():
        return found
    rows, code = _read(text)
    for line, comment in rows:
        at = bisect(code, line)
        alone = code[at - 1 : at] != [line]
        found.suppressions.extend(_noqa(line, comment, alone))
        if match := _OURS.search(comment):
            _ours(found, line, match["said"], code[at] if alone and at < len(code) else line)
    return found


def _read(text: str) -> tuple[list[tuple[int, str]], list[int]]:
    """The comments with their lines, and the lines on which code begins or ends, in order."""
    rows: list[tuple[int, str]] = []
    code: dict[int, None] = {}
    for token in _tokens(text):
        if token.type == tokenize.COMMENT:
            rows.append((token.start[0], token.string))
        elif token.type not in _NOT_CODE:
            code.update({token.start[0]: None, token.end[0]: None})
    return rows, list(code)


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """The tokens of a text, as far as it can be read."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text, newline=None).readline)
    except (tokenize.TokenError, SyntaxError):
        return


def _noqa(line: int, comment: str, alone: bool) -> Iterator[Suppression]:
    """What flake8 would take for a suppression: anywhere in a comment, for the whole file only if alone on its line."""
    if match := _NOQA.search(comment):
        yield Suppression(line, _words(match["list"]), noqa=True)
    if alone and (match := _FILE_NOQA.match(comment)):
        yield Suppression(line, _words(match["list"]), whole_file=True, noqa=True)


def _ours(found: Comments, line: int, said: str, target: int) -> None:
    """Add what stands behind `# rflint:`."""
    if match := _IGNORE.match(said):
        rules = _words(match["list"])
        if match["list"] is not None and not rules:
            found.problems.append(Problem(line, f"# rflint: {said!r} names no rule: write ignore[rule-name]"))
        else:
            found.suppressions.append(Suppression(line, rules, bool(match["file"])))
        return
    try:
        found.declarations.extend([_declaration(part, target) for part in split(said) or [said]])
    except ValueError as problem:
        found.problems.append(Problem(line, f"# rflint: {problem}"))


def _words(text: str | None) -> frozenset[str]:
    return frozenset(word for word in re.split(r"[,\s]+", text or "") if word)


def _declaration(text: str, line: int) -> Declaration:
    """`input.x=(N, 3)`, `task=audio` or `rf>=70`.  Raises ValueError."""
    match, word = _DECLARATION.match(text), _WORD.match(text)
    if word is not None and word[0] in SUBJECTS:
        return Declaration(line, "contract", contract=contract(text))
    if match is None or (match["key"] == "task" and match["name"]):
        raise ValueError(f"{text!r} is not understood: write {FORMS}{suggestion(word[0], WORDS) if word else ''}")
    value = match["value"].strip()
    if match["key"] == "task":
        if value not in TASKS:
            raise ValueError(f"there is no task {value!r}: choose one of {', '.join(TASKS)}")
        return Declaration(line, "task", task=value)
    if value[:1] + value[-1:] not in ("()", "[]"):
        raise ValueError(f"{text!r} lacks the brackets around a shape: write input=(N, 3, 224, 224)")
    return Declaration(line, "input", ((match["name"] or "", parse_shape(value)),))
