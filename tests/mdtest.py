"""Reads Markdown whose Python blocks are tests, runs rflint on them, and compares with their markers.

A section with Python blocks is one case; unnamed blocks of a section are one file, joined.  A block with a path on a
line of its own before it (`` `models/net.py`: ``) is that file.  A `toml` block is the configuration of its section.
A line with nothing but options of the command (`` `--train` ``) gives them to its section.

Markers are comments, behind the code of their line or alone on the lines above it:

    # error                     one finding of the page's own rule starts on this line
    # error: [name]             one finding of this rule
    # error: [name] "text"      whose message contains the text
    # shape: (N, 64, H//2, W)   the output of the last call on this line (or of the layer constructed on it)
    # field: 7                  its receptive field; (7, 15) for different axes, [188, 204] for different phases

Every finding must be claimed by a marker, and every marker by a finding.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

HEADING = re.compile(r"^(#{1,6}) +(.+?) *$")
FENCE = re.compile(r"^```(\w*) *$")
PATH = re.compile(r"^`([^`]+)`:\s*$")
OPTIONS = re.compile(r"^`(--[^`]+)`\s*$")
MARKER = re.compile(r"#\s*(error|shape|field)\b(:?)\s*(.*)$")
ERROR = re.compile(r'^(?:\[([\w-]+)\])?\s*(?:"([^"]*)")?$')
LANGUAGES = ("python", "toml", "text", "console", "diff", "json", "yaml", "")


class MarkdownError(Exception):
    """A Markdown test that cannot be read as one."""


@dataclass(frozen=True)
class Marker:
    """One marker: what it says, and the line of code that it speaks of."""

    kind: str
    line: int
    rule: str = ""
    text: str = ""


@dataclass
class Case:
    """One case: its files, configuration and where in the Markdown each file's lines stand."""

    name: str
    page: Path
    rule: str
    files: dict[str, str] = field(default_factory=dict)
    origin: dict[str, list[int]] = field(default_factory=dict)
    config: str = ""
    options: tuple[str, ...] = ()

    def markers(self) -> Iterator[tuple[str, Marker]]:
        """The markers of all files."""
        for path, text in self.files.items():
            for marker in markers(text):
                yield path, marker

    def at(self, path: str, line: int) -> str:
        """The line of the Markdown that a line of a file stands on."""
        lines = self.origin[path]
        return f"{self.page.name}:{lines[line - 1] if line <= len(lines) else '?'}"


def read(page: Path) -> list[Case]:
    """The cases of a Markdown file."""
    cases: list[Case] = []
    titles: list[str] = []
    case: Case | None = None
    configs: dict[int, str] = {}
    named = ""
    given: tuple[str, ...] = ()
    lines = page.read_text(encoding="utf-8").splitlines()
    number = 0
    while number < len(lines):
        line = lines[number]
        number += 1
        if heading := HEADING.match(line):
            depth = len(heading[1])
            titles = [*titles[: depth - 1], heading[2]]
            configs = {level: text for level, text in configs.items() if level < depth}
            case, named, given = None, "", ()
        elif options := OPTIONS.match(line):
            given = tuple(options[1].split())
        elif path := PATH.match(line):
            named = path[1]
        elif fence := FENCE.match(line):
            if fence[1] not in LANGUAGES:
                raise MarkdownError(f"{page}:{number}: a block in {fence[1]!r}")
            body, number = _block(lines, number, page)
            if fence[1] == "toml":
                configs[len(titles)] = "\n".join(body)
                if case is not None:
                    case.config = "\n".join(configs.values())
            elif fence[1] == "python":
                if case is None:
                    case = Case(" - ".join(titles), page, page.stem, config="\n".join(configs.values()), options=given)
                    cases.append(case)
                _add(case, named or "net.py", body, number - len(body) - 1)
            named = ""
    return cases


def _block(lines: list[str], number: int, page: Path) -> tuple[list[str], int]:
    start = number
    while number < len(lines) and lines[number].rstrip() != "```":
        number += 1
    if number == len(lines):
        raise MarkdownError(f"{page}:{start}: a block without an end")
    return lines[start:number], number + 1


def _add(case: Case, path: str, body: list[str], first: int) -> None:
    case.files[path] = case.files.get(path, "") + "\n".join(body) + "\n"
    case.origin.setdefault(path, []).extend(range(first + 1, first + 1 + len(body)))


def markers(text: str) -> Iterator[Marker]:
    """The markers in the comments of a Python file."""
    code = set(_code_lines(text))
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type != tokenize.COMMENT or not (found := MARKER.match(token.string)):
            continue
        line = token.start[0]
        if line not in code:
            later = [n for n in sorted(code) if n > line]
            if not later:
                raise MarkdownError(f"a marker without code: {token.string}")
            line = later[0]
        yield _marker(found[1], found[3].strip(), line)


def _marker(kind: str, rest: str, line: int) -> Marker:
    if kind != "error":
        return Marker(kind, line, text=rest)
    said = ERROR.match(rest)
    if said is None:
        raise MarkdownError(f"a marker that is not understood: # error: {rest}")
    return Marker(kind, line, said[1] or "", said[2] or "")


def _code_lines(text: str) -> Iterator[int]:
    skip = (tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER)
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in skip:
            yield from range(token.start[0], token.end[0] + 1)
