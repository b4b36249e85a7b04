"""One report with nasty contents in all formats of `check`, each read by a parser that is not ours."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import jsonschema
import pytest
import xmlschema

from rflint.choices import CHECK_FORMATS, FOR_PEOPLE
from rflint.diagnostics import Change, Diagnostic, Failure, Repair, Report, Span, Step
from rflint.formats.registry import WRITERS, View, written

RECORDED = Path(__file__).parent / "recorded" / "formats"
FOLDER = "/home/ü/100% my nets"
FILE = "a dir/100% näts, [1]: x#y.py"
OTHER = "../elsewhere/q&a?.py"
MESSAGE = "says \"no\" to <b>&</b> 画𐐀: 50 %, 'x'\n\r\n::error::\x1b[2J\x00 {0} [a](b) ]]>"
LINES = ["import torch", "x = '画𐐀', conv(1, é=2)", "y = 1", "    z = conv(3)"]
FIRST = Diagnostic(
    FILE,
    Span(2, 11, 2, 15),
    "RF405",
    "add-shape-mismatch",
    "error",
    MESSAGE,
    witness="Net('a,b') on 1,3,8,8",
    related=(
        (FILE, Span(1, 1, 1, 7), "one, with ü: %"),
        (FOLDER + "/b.py", Span(3, 1, 4, 2), "two\nlines"),
        (OTHER, Span(1, 1, 1, 1), "<three>"),
    ),
    trail=(Step("x: 1×3×8×8"), Step("a.0 Conv2d: 1×3×8×8 → 1×4×8×8", FILE, 2), Step("… 12 more")),
    torch='RuntimeError: sizes <differ> & "more"',
    fix=Repair("é=3, and 4", False, (Change(FILE, Span(4, 14, 4, 15), "4"), Change(FILE, Span(2, 21, 2, 22), "3"))),
    count=3,
)
SPREAD = Diagnostic(
    FILE,
    Span(3, 1, 4, 2),
    "RF201",
    "gridding-holes",
    "warning",
    "over two lines",
    fix=Repair("in two files", True, (Change(FILE, Span(3, 5, 3, 6), "2"), Change("b.py", Span(1, 1, 1, 1), "new\n"))),
)
ADVICE = Diagnostic("b.py", Span(9, 1, 9, 4), "RF602", "linear-conv-chain", "info", "gone from disk")
NOTE = Diagnostic("b.py", Span(9, 1, 9, 4), "RF904", "global-op", "note", "a note")
FOUND = [FIRST, SPREAD, ADVICE, NOTE]
FAILURES = [
    Failure("nowhere.py does not exist", "nowhere.py"),
    Failure(f"{FILE}:7: rf>>5 is no contract: write rf>=5", FILE, 7),
    Failure("something\nelse, 5 % of <it>"),
]
PARTIAL = [("Net()", f"{FILE}:2", "forward(**<x>) is\nunknown")]
NASTY = Report(FOUND, files=3, networks=2, complete=1, partial=PARTIAL, failures=FAILURES)
EMPTY = Report([], files=1, networks=1, complete=1)
VIEW = View(
    lambda file: LINES if file == FILE else (), FOLDER, False, lambda found: [f"mark{n}" for n in range(len(found))]
)


def text(name: str, report: Report = NASTY) -> str:
    """What a format writes, which is plain text for any stream of UTF-8."""
    made = written(report, name, VIEW)
    made.encode()
    return made


def test_each_format_has_a_writer_and_says_what_it_is_for() -> None:
    assert list(WRITERS) == list(CHECK_FORMATS)
    assert all(CHECK_FORMATS.values())
    assert set(FOR_PEOPLE) < set(CHECK_FORMATS)


@pytest.mark.parametrize("name", ["concise", "full", "grouped", "pylint"])
def test_lines_for_terminals_hold_no_control_characters(name: str) -> None:
    lines = text(name).split("\n")
    assert all(line.isprintable() for line in lines)
    assert sum(found.code in line for found in FOUND for line in lines) == len(FOUND)
    assert text(name, EMPTY) == ""


@pytest.mark.parametrize("name", FOR_PEOPLE)
def test_colours_only_add_escapes(name: str) -> None:
    coloured = written(NASTY, name, replace(VIEW, colour=True))
    assert "\033[31mRF405\033[0m" in coloured
    assert re.sub("\033\\[[0-9;]*m", "", coloured) == text(name)


def test_concise_is_one_line_each() -> None:
    pattern = re.compile(r"^(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>RF\d+) (?P<message>.+)$")
    lines = text("concise").splitlines()
    assert [pattern.match(line)["code"] for line in lines] == [one.code for one in FOUND]  # type: ignore[index]


def test_grouped_names_each_file_once() -> None:
    assert [line for line in text("grouped").splitlines() if line and line[0] != " "] == [FILE, "b.py"]
    assert "  9:1  RF602  gone from disk\n" in text("grouped")


def test_pylint_has_path_line_and_code_in_brackets() -> None:
    lines = text("pylint").splitlines()
    assert lines[1] == f"{FILE}:3: [RF201] over two lines"
    assert [re.match(r"(.+):(\d+): \[(\w+)\] .", line)[3] for line in lines] == [one.code for one in FOUND]  # type: ignore[index]


def test_json_and_its_lines_hold_the_same_findings_and_failures() -> None:
    whole = json.loads(text("json"))
    assert [one["message"] for one in whole["findings"]] == [one.message for one in FOUND]
    assert [one["failure"] for one in whole["failures"]] == [one.sentence for one in FAILURES]
    assert whole["failures"][1] == {"failure": FAILURES[1].sentence, "file": FILE, "line": 7}
    assert whole["partial"][0]["reason"] == "forward(**<x>) is\nunknown"
    lines = [json.loads(line) for line in text("jsonl").splitlines()]
    assert lines == whole["findings"] + whole["failures"]
    assert text("jsonl", EMPTY) == ""


# GitHub


def unescaped(text: str, more: str = "") -> str:
    """What the runner of GitHub Actions makes of escapes."""
    for character in "\r\n" + more + "%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """Workflow commands as the runner reads them: name, properties and message."""
    found = []
    for line in text.splitlines():
        assert line.startswith("::")
        head, _, message = line[2:].partition("::")
        name, _, properties = head.partition(" ")
        pairs = [pair.split("=", 1) for pair in properties.split(",")]
        found.append((name, {key: unescaped(value, ":,") for key, value in pairs}, unescaped(message)))
    return found


def test_github_gets_an_annotation_for_each_finding_and_failure() -> None:
    read = commands(text("github"))
    assert [name for name, _, _ in read] == ["error", "warning", "notice", "notice", "error", "error", "error"]
    properties = {"file": FILE, "line": "2", "endLine": "2", "col": "11", "endColumn": "15"}
    assert read[0][1] == {**properties, "title": "RF405 add-shape-mismatch"}
    assert read[1][1] == {"file": FILE, "line": "3", "endLine": "4", "title": "RF201 gridding-holes"}
    assert [message for _, _, message in read[4:]] == [failure.sentence for failure in FAILURES]
    assert [properties.get("file") for _, properties, _ in read[4:]] == ["nowhere.py", FILE, None]
    assert text("github", EMPTY) == ""


# GitLab


def test_gitlab_gets_what_its_code_quality_report_needs() -> None:
    read = json.loads(text("gitlab"))
    assert len(read) == len(FOUND) + len(FAILURES)
    for one in read:
        assert set(one) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert one["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert not one["location"]["path"].startswith(("./", "/"))
        assert 1 <= one["location"]["lines"]["begin"] <= one["location"]["lines"]["end"]
    assert len({one["fingerprint"] for one in read}) == len(read)
    assert read[1]["location"] == {"path": FILE, "lines": {"begin": 3, "end": 4}}
    assert json.loads(text("gitlab", EMPTY)) == []


# JUnit


@cache
def junit_schema() -> xmlschema.XMLSchema10:
    """The schema of the reports that Jenkins reads."""
    return xmlschema.XMLSchema10(str(RECORDED / "junit-10.xsd"))


@pytest.mark.parametrize("report", [NASTY, EMPTY], ids=["nasty", "empty"])
def test_junit_is_valid(report: Report) -> None:
    junit_schema().validate(io.StringIO(text("junit", report).partition("\n")[2]))


def test_junit_has_a_case_for_each_finding_and_failure() -> None:
    root = ElementTree.fromstring(text("junit").encode())
    assert root.attrib == {"name": "rflint", "tests": "7", "failures": "2", "errors": "3"}
    assert [suite.get("name") for suite in root] == [FILE, "b.py", "rflint"]
    assert [suite.get("skipped") for suite in root] == ["0", "2", "0"]
    [failure] = root[0][0]
    assert failure.tag == "failure"
    assert "<b>&</b> 画𐐀" in failure.attrib["message"]
    assert "via a.0 Conv2d: 1×3×8×8 → 1×4×8×8" in str(failure.text)
    assert [error.get("message") for error in root.iter("error")] == [one.sentence for one in FAILURES]


def test_junit_of_nothing_found_has_a_case_that_passes() -> None:
    root = ElementTree.fromstring(text("junit", EMPTY).encode())
    assert root.attrib["tests"] == "1"
    assert list(root[0][0]) == []


# SARIF


@cache
def sarif_schema() -> jsonschema.Draft4Validator:
    """The published schema."""
    schema = json.loads((RECORDED / "sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8"))
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def run(report: Report = NASTY) -> Any:
    """The run of the SARIF file."""
    return json.loads(text("sarif", report))["runs"][0]


def snippet(number: int) -> Any:
    """The source that a result quotes; None if it quotes none."""
    region = run()["results"][number]["locations"][0]["physicalLocation"]["region"]
    return region.get("snippet", {}).get("text")


@pytest.mark.parametrize("report", [NASTY, EMPTY], ids=["nasty", "empty"])
def test_sarif_is_valid(report: Report) -> None:
    sarif_schema().validate(json.loads(text("sarif", report)))


def test_sarif_names_its_rules_with_their_pages() -> None:
    rules = run()["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["RF201", "RF405", "RF602", "RF904"]
    assert [rule["defaultConfiguration"]["level"] for rule in rules] == ["warning", "error", "note", "none"]
    assert [rule["defaultConfiguration"]["enabled"] for rule in rules][:3] == [True, True, False]
    assert rules[0]["help"]["markdown"].startswith("# gridding-holes (RF201)")
    for result in run()["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_sarif_places_files_by_their_uris() -> None:
    result = run()["results"][0]
    own = result["locations"][0]["physicalLocation"]["artifactLocation"]
    assert own["uriBaseId"] == "%SRCROOT%"
    assert unquote(own["uri"]) == FILE
    assert re.fullmatch(r"[\w/%.~-]+", own["uri"], re.ASCII)
    inside, outside = [place["physicalLocation"]["artifactLocation"] for place in result["relatedLocations"][1:]]
    assert inside == {"uri": "b.py", "uriBaseId": "%SRCROOT%"}
    assert outside == {"uri": "file:///home/%C3%BC/elsewhere/q%26a%3F.py"}


def test_sarif_counts_columns_in_characters() -> None:
    assert run()["columnKind"] == "unicodeCodePoints"
    region = run()["results"][0]["locations"][0]["physicalLocation"]["region"]
    places = {"startLine": 2, "startColumn": 11, "endLine": 2, "endColumn": 15}
    assert region == {**places, "snippet": {"text": "conv"}}
    assert LINES[1][10:14] == "conv"
    assert snippet(1) == "y = 1\n "
    assert snippet(2) is None


def test_sarif_shows_the_way_and_the_fix() -> None:
    first, second = run()["results"][:2]
    steps = first["codeFlows"][0]["threadFlows"][0]["locations"]
    assert [step["location"]["message"]["text"] for step in steps] == [step.text for step in FIRST.trail]
    assert steps[1]["location"]["physicalLocation"]["region"] == {"startLine": 2}
    assert [one["insertedContent"]["text"] for one in first["fixes"][0]["artifactChanges"][0]["replacements"]] == [
        "4",
        "3",
    ]
    assert [one["artifactLocation"]["uri"] for one in second["fixes"][0]["artifactChanges"]][1] == "b.py"
    assert [result["partialFingerprints"]["rflint/v1"] for result in run()["results"]] == [
        "mark0",
        "mark1",
        "mark2",
        "mark3",
    ]


def test_sarif_says_what_could_not_be_read() -> None:
    invocation = run()["invocations"][0]
    assert not invocation["executionSuccessful"]
    notes = invocation["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes[:3]] == [one.sentence for one in FAILURES]
    assert notes[1]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert [note["level"] for note in notes] == ["error", "error", "error", "note"]
    assert run(EMPTY)["invocations"][0] == {"executionSuccessful": True, "toolExecutionNotifications": []}


# rdjson

POSITION = {
    "type": "object",
    "properties": {"line": {"type": "integer", "minimum": 1}, "column": {"type": "integer", "minimum": 1}},
    "required": ["line"],
    "additionalProperties": False,
}
RANGE = {
    "type": "object",
    "properties": {"start": POSITION, "end": POSITION},
    "required": ["start"],
    "additionalProperties": False,
}
LOCATION = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "range": RANGE},
    "required": ["path"],
    "additionalProperties": False,
}
RDJSON = {
    "type": "object",
    "properties": {
        "source": {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": False},
        "diagnostics": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "message": {"type": "string"},
                    "location": LOCATION,
                    "severity": {"enum": ["ERROR", "WARNING", "INFO"]},
                    "code": {
                        "type": "object",
                        "properties": {"value": {"type": "string"}},
                        "additionalProperties": False,
                    },
                    "related_locations": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"message": {"type": "string"}, "location": LOCATION},
                            "additionalProperties": False,
                        },
                    },
                    "suggestions": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"range": RANGE, "text": {"type": "string"}},
                            "required": ["range", "text"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["message", "location"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["diagnostics"],
    "additionalProperties": False,
}
"""The messages of reviewdog's reviewdog.proto that are written, and no other field."""


@pytest.mark.parametrize("report", [NASTY, EMPTY], ids=["nasty", "empty"])
def test_rdjson_has_the_fields_of_reviewdogs_messages(report: Report) -> None:
    jsonschema.Draft7Validator(RDJSON).validate(json.loads(text("rdjson", report)))


def test_rdjson_counts_columns_in_bytes() -> None:
    place = json.loads(text("rdjson"))["diagnostics"][0]["location"]
    start, end = place["range"]["start"], place["range"]["end"]
    assert LINES[1].encode()[start["column"] - 1 : end["column"] - 1] == b"conv"
    unread = json.loads(text("rdjson"))["diagnostics"][2]["location"]
    assert unread == {"path": "b.py", "range": {"start": {"line": 9}, "end": {"line": 9}}}


def test_rdjson_suggests_all_changes_of_a_fix_at_once_or_none() -> None:
    first, second = json.loads(text("rdjson"))["diagnostics"][:2]
    [suggestion] = first["suggestions"]
    start, end = suggestion["range"]["start"], suggestion["range"]["end"]
    rows = [line.encode() for line in LINES]
    kept, rest = rows[start["line"] - 1][: start["column"] - 1], rows[end["line"] - 1][end["column"] - 1 :]
    fixed = [*rows[: start["line"] - 1], kept + suggestion["text"].encode() + rest, *rows[end["line"] :]]
    assert b"\n".join(fixed).decode() == "\n".join([LINES[0], "x = '画𐐀', conv(1, é=3)", "y = 1", "    z = conv(4)"])
    assert "suggestions" not in second
