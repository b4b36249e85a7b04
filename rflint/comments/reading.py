"""Comments that speak to rflint: suppressions (`# noqa`), declarations (`# rflint: input=…`), contracts (`rf>=70`)."""

from __future__ import annotations

import re
import tokenize
from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field

from rflint.comments.logical_lines import assembled, open_lines, physical_lines, tokens
from rflint.comments.suppressions import Suppressions, file_noqa, noqa, ours
from rflint.contracts import SUBJECTS, Contract, contract
from rflint.shapes import Shape, parse_shape, split
from rflint.spelling import suggestion

TASKS = ("segmentation", "classification", "detection", "restoration", "audio")
FORMS = "input=(N, 3, 224, 224), input.name=(…), task=segmentation, rf>=512, ignore[rule-name] or expect[rule-name]"
WORDS = ("input", "task", *SUBJECTS, "ignore", "ignore-file", "expect")
_PART = re.compile(r"#(?=\s*[A-Za-z])")
"""What begins a part of a comment that speaks to a tool of its own: `# type: ignore  # noqa: E501`."""
_OURS = re.compile(r"#\s*rflint\s*:\s*(?P<said>.*?)\s*(?:(?:^|\s)--.*|#.*)?$")
_DECLARATION = re.compile(r"(?P<key>input|task)(?:\.(?P<name>\w+))?\s*=\s*(?P<value>.*)$", re.DOTALL)
_WORD = re.compile(r"[A-Za-z][\w-]*")
_NOT_CODE = frozenset(
    [tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER]
)


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

    suppressions: Suppressions = field(default_factory=Suppressions)
    declarations: list[Declaration] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def comments(text: str) -> Comments:
    """The comments of a file that speak to rflint."""
    found = Comments()
    if "rflint" not in text and "noqa" not in text.lower():
        return found
    read = list(tokens(text))
    code = _code_lines(read)
    found.suppressions.statements = list(assembled(read, physical_lines(text)))
    found.suppressions.open_lines = open_lines(read)
    for token in read:
        if token.type == tokenize.COMMENT:
            _read(found, token, code)
    return found


def _code_lines(read: Sequence[tokenize.TokenInfo]) -> list[int]:
    """The lines on which code begins or ends, in order."""
    ends = ((token.start[0], token.end[0]) for token in read if token.type not in _NOT_CODE)
    return list(dict.fromkeys(line for pair in ends for line in pair))


def _read(found: Comments, token: tokenize.TokenInfo, code: Sequence[int]) -> None:
    """Add what a comment says."""
    line, column = token.start[0], token.start[1] + 1
    at = bisect(code, line)
    alone = code[at - 1 : at] != [line]
    target = code[at] if alone and at < len(code) else line
    if alone:
        found.suppressions.found.extend(file_noqa(line, column, token.string))
    starts = [part.start() for part in _PART.finditer(token.string)]
    for start, end in zip(starts, [*starts[1:], len(token.string)], strict=False):
        part = token.string[start:end]
        found.suppressions.found.extend(noqa(line, column + start, part))
        if said := _OURS.match(part):
            _ours(found, line, column + start, part, said, target)


def _ours(found: Comments, line: int, column: int, part: str, said: re.Match[str], target: int) -> None:
    """Add what stands behind `# rflint:`."""
    try:
        if suppression := ours(line, column, part, said, target):
            found.suppressions.found.append(suppression)
            return
        found.declarations.extend([_declaration(one, target) for one in split(said["said"]) or [said["said"]]])
    except ValueError as problem:
        found.problems.append(Problem(line, f"# rflint: {problem}"))


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
            near = suggestion(value, TASKS, 0.5)
            raise ValueError(f"there is no task {value!r}: choose one of {', '.join(TASKS)}{near}")
        return Declaration(line, "task", task=value)
    if value[:1] + value[-1:] not in ("()", "[]"):
        raise ValueError(f"{text!r} lacks the brackets around a shape: write input=(N, 3, 224, 224)")
    return Declaration(line, "input", ((match["name"] or "", parse_shape(value)),))
