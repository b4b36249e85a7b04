"""JUnit XML: a suite for each file, a test case for each finding, which fails; CI shows them among its tests.

Source: the schema of Jenkins' xUnit plugin (junit-10.xsd).  Advice and notes are cases that are skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from rflint.diagnostics import Diagnostic, Failure, Report
from rflint.formats.concise import concise, sentence

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped."""
OUTCOMES = {"error": "failure", "warning": "failure", "info": "skipped", "note": "skipped"}


def junit(report: Report) -> str:
    """The report as one document; without findings it holds one case that has passed."""
    suites = Element("testsuites", {"name": "rflint"})
    for file, found in groupby(report.diagnostics, key=lambda diagnostic: diagnostic.file):
        suite(suites, file, [(case_name(one), outcome(one)) for one in found])
    if report.failures:
        suite(suites, "rflint", [(failure.sentence, error(failure)) for failure in report.failures])
    if not report.diagnostics and not report.failures:
        suite(suites, "rflint", [("no findings", None)])
    counted(suites, suites)
    indent(suites)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(suites, encoding="unicode") + "\n"


def suite(suites: Element, file: str, cases: Iterable[tuple[str, Element | None]]) -> None:
    """Add the cases of a file, with what came of each: None for one that has passed."""
    made = SubElement(suites, "testsuite", {"name": valid(file)})
    for name, result in cases:
        case = SubElement(made, "testcase", {"name": valid(name), "classname": valid(file)})
        case.extend([] if result is None else [result])
    counted(made, made)


def counted(element: Element, cases: Element) -> None:
    """Write how many cases there are, and how many did not pass, as attributes."""
    numbers = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for attribute, tag in numbers.items():
        if attribute != "skipped" or element.tag == "testsuite":
            element.set(attribute, str(sum(1 for _ in cases.iter(tag))))


def case_name(diagnostic: Diagnostic) -> str:
    """`RF405 add-shape-mismatch at 16:16`."""
    return f"{diagnostic.code} {diagnostic.name} at {diagnostic.span.line}:{diagnostic.span.column}"


def outcome(diagnostic: Diagnostic) -> Element:
    """A failure with the sentence of the finding, and below it the way there."""
    text = "\n".join(details(diagnostic))
    return result(OUTCOMES[diagnostic.severity], diagnostic.severity, sentence(diagnostic), text)


def details(diagnostic: Diagnostic) -> Iterator[str]:
    """The line of the concise format, the uses that lead there, and torch's text."""
    yield concise([diagnostic]).rstrip("\n")
    yield from (f"via {step}" for step in diagnostic.trail)
    if diagnostic.torch:
        yield f"torch: {diagnostic.torch}"


def error(failure: Failure) -> Element:
    """A target that could not be read."""
    return result("error", "failure", failure.sentence, failure.sentence)


def result(tag: str, kind: str, message: str, text: str) -> Element:
    """What came of a case."""
    made = Element(tag, {"type": kind, "message": valid(message)})
    made.text = valid(text)
    return made


def valid(text: str) -> str:
    """The text without characters that XML cannot hold."""
    return NOT_XML.sub("\ufffd", text)
