"""Runs every rule page and every literate test, and holds each of their blocks to the same invariants."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest
from mdtest import Case, Marker, read

from rflint import cli, linter
from rflint.config import from_toml
from rflint.diagnostics import Diagnostic
from rflint.receptive import fields, json_field
from rflint.suppressing.commenting import commented
from rflint.trace import Trace

ROOT = Path(__file__).parent.parent
PAGES = [*sorted((ROOT / "rules").glob("*.md")), *sorted((ROOT / "tests" / "literate").glob("*.md"))]
CASES = [case for page in PAGES for case in read(page)]
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page.stem}: {case.name}")


def options(case: Case, files: dict[str, str] | None = None) -> linter.Options:
    """Options that read the case's files from memory, with its configuration."""
    files = case.files if files is None else files
    assert set(case.options) <= {"--train", "--verbose"}
    config = from_toml(case.config, linter.known_rules())
    given = {option: f"--{option}" in case.options for option in ("train", "verbose")}
    return linter.Options(config, read=files.get, **given)


def findings(case: Case, files: dict[str, str] | None = None) -> list[Diagnostic]:
    """What rflint says of the case's files."""
    report = linter.check(list(case.files), options(case, files))
    assert not report.failures
    return report.diagnostics


@each_case
def test_findings_are_those_that_are_marked(case: Case) -> None:
    rules = linter.known_rules()
    page_rule = next((rule.name for rule in rules.values() if rule.name == case.page.stem), None)
    claims = [(path, marker) for path, marker in case.markers() if marker.kind == "error"]
    unclaimed = []
    for found in findings(case):
        match = next((c for c in claims if c[0] == found.file and _claims(c[1], found, page_rule)), None)
        if match is None:
            unclaimed.append(f"{case.at(found.file, found.span.line)}: {found.code} {found.message}")
        else:
            claims.remove(match)
    assert not unclaimed, "findings without a marker"
    assert not claims, f"markers without a finding: {[(case.at(path, m.line), m.rule, m.text) for path, m in claims]}"


def _claims(marker: Marker, found: Diagnostic, page_rule: str | None) -> bool:
    wanted = marker.rule or page_rule
    return marker.line == found.span.line and found.name == wanted and marker.text in found.message


@each_case
def test_shapes_and_fields_are_those_that_are_marked(case: Case) -> None:
    for path, text in case.files.items():
        wanted = [m for p, m in case.markers() if p == path and m.kind != "error"]
        if not wanted:
            continue
        shown = linter.show(path, options(case))
        for marker in wanted:
            seen = [_said(trace, use, marker.kind) for trace, use in _on_line(shown, path, marker.line)]
            assert seen, f"{case.at(path, marker.line)}: no call was followed on this line of {text.splitlines()[0]!r}…"
            assert seen[-1] == marker.text, case.at(path, marker.line)


def _on_line(shown: linter.Shown, path: str, line: int) -> list[tuple[Trace, int]]:
    called, defined = [], []
    for trace in shown.traces:
        for use in trace.uses:
            if use.inner:
                continue
            if use.place.file == path and shown.span(use.place).line == line:
                called.append((trace, use.index))
            elif use.layer.defined and use.layer.defined.file == path and shown.span(use.layer.defined).line == line:
                defined.append((trace, use.index))
    return called or defined


def _said(trace: Trace, index: int, kind: str) -> str:
    use = trace.uses[index]
    if kind == "shape":
        if use.output is None:
            return "?"
        return f"({', '.join(map(str, use.output))}{',' if len(use.output) == 1 else ''})"
    field = next(iter(fields(trace)[index].values()), None)
    if field is None:
        return "none"
    sizes = json_field(field, None, use.output)["size"]
    if sizes is None:
        return "?"
    return str(sizes[0]) if all(size == sizes[0] for size in sizes) else f"({', '.join(map(str, sizes))})"


@each_case
def test_every_block_is_python(case: Case) -> None:
    for path, text in case.files.items():
        compile(text, path, "exec")


@each_case
def test_the_answer_is_the_same_twice(case: Case) -> None:
    assert findings(case) == findings(case)


@each_case
def test_a_suppression_silences_exactly_its_statement(case: Case) -> None:
    before = findings(case)
    for found in before:
        text = case.files[found.file]
        lines = text.splitlines()
        lines[found.span.line - 1] = f"{lines[found.span.line - 1]}  # noqa: {found.code}"
        after = findings(case, {**case.files, found.file: "\n".join(lines) + "\n"})
        here = {(f.file, f.span.line, f.code) for f in after}
        gone = {(f.file, f.span.line, f.code) for f in before} - here
        assert (found.file, found.span.line, found.code) in gone
        assert {(file, code) for file, _, code in gone} == {(found.file, found.code)}
        assert {_statement(text, line) for _, line, _ in gone} == {_statement(text, found.span.line)}


@pytest.mark.parametrize("case", CASES[::10], ids=lambda case: f"{case.page.stem}: {case.name}")
def test_comments_that_are_added_silence_all_findings(case: Case) -> None:
    found = [one for one in findings(case) if one.severity != "note" and one.code not in ("RF900", "RF910")]
    files = {path: commented(text, [one for one in found if one.file == path]) for path, text in case.files.items()}
    assert {one.code for one in findings(case, files) if one.severity != "note"} <= {"RF900", "RF910"}


def _statement(text: str, line: int) -> int:
    """The first line of the innermost statement around a line."""
    found = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.stmt)]
    return max(node.lineno for node in found if node.lineno <= line <= (node.end_lineno or line))


@each_case
@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"^from torch import nn$", "import torch.nn as nn"),
        (r"^import torch\.nn as nn$", "import torch\nnn = torch.nn"),
        (r"^import torch\.nn\.functional as F$", "from torch.nn import functional as F"),
    ],
)
def test_another_way_to_import_changes_nothing(case: Case, pattern: str, replacement: str) -> None:
    files = {path: re.sub(pattern, replacement, text, flags=re.MULTILINE) for path, text in case.files.items()}
    if files == case.files:
        return
    assert [(f.code, f.message) for f in findings(case, files)] == [(f.code, f.message) for f in findings(case)]


@each_case
def test_the_command_agrees_with_the_library(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, text in case.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    (tmp_path / "rflint.toml").write_text(case.config, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    cli.main(["check", *case.files, *case.options, "--format", "json"])
    printed = json.loads(capsys.readouterr().out)["findings"]
    seen = [(f["file"], f["line"], f["column"], f["code"]) for f in printed]
    assert seen == [(f.file, f.span.line, f.span.column, f.code) for f in findings(case)]
